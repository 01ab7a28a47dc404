// Does the bot keep the time of a replayed market, and never guess whose time it is?
import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { FollowedClock } from './followed-clock.ts';

let server: Server | undefined;
afterEach(() => new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve()))));

async function serve(listener: RequestListener): Promise<string> {
  const listening = createServer(listener);
  server = listening;
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve));
  const address = listening.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

test('it shows the time of the market and wakes by it', async () => {
  let now = 5_000;
  const url = await serve((_, response) => response.setHeader('connection', 'close').end(JSON.stringify({ now })));
  const clock = await FollowedClock.follow(url);
  expect(clock?.now()).toBe(5_000);
  const woken = new Promise<void>((resolve) => clock?.after(1_000, resolve));
  now = 6_000;
  await woken;
  expect(clock?.now()).toBe(6_000);
  clock?.close();
});

test('an exchange without a market time of its own is not followed', async () => {
  const url = await serve((_, response) => {
    response.writeHead(404, { connection: 'close' }).end();
  });
  expect(await FollowedClock.follow(url)).toBeUndefined();
});

test('an exchange that does not answer yet is not taken for one that keeps our time', async () => {
  const url = await serve((_, response) => response.end());
  await new Promise<void>((resolve) => server?.close(() => resolve()));
  server = undefined;
  await expect(FollowedClock.follow(url)).rejects.toMatchObject({ code: 'UNREACHABLE' });
});

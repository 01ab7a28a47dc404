// Do programs on one machine together stay within the limits of a venue that enforces them (L14)?
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { OrderRequest } from '../../../src/ports/venue-account.ts';
import { KEY, openVenue, SECRET } from './local-venue.ts';

const run = promisify(execFile);
const worker = fileURLToPath(new URL('budget-worker.ts', import.meta.url));

async function inFolder<Value>(act: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = await mkdtemp(join(tmpdir(), 'perpilot-budget-'));
  try {
    return await act(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const orderOf = (clientOrderId: string, safety: boolean): OrderRequest => ({
  clientOrderId,
  symbol: 'AAAUSDT',
  side: 'buy',
  quantity: 0.1,
  reduceOnly: false,
  type: 'limit',
  price: 60,
  safety,
});

describe.each(['bybit', 'binance'] as const)('L14: one budget at %s', (venue) => {
  test('bot, watchdog and download ask as much as they may, and none is refused', async () => {
    await inFolder(async (budgetFolder) => {
      await using local = await openVenue({ venue, limits: true, connection: { budgetFolder } });
      const { httpUrl: rest, webSocketUrl: stream } = local.running;
      const outputs = await Promise.all(
        (['bot', 'watchdog', 'download'] as const).map((role) => {
          const task = { venue, rest, stream, budgetFolder, key: KEY, secret: SECRET, name: role, forMs: 2_500, role };
          return run(process.execPath, [worker, JSON.stringify(task)]);
        }),
      );
      const counts = outputs.map(({ stdout }) => JSON.parse(stdout) as Record<string, number>);
      for (const count of counts) expect(Object.keys(count)).toEqual(['done']);
      const orders = local.requests.filter((request) => request.startsWith('POST')).length;
      // How many depends on the machine; that they do go out is what is asked here.
      expect(orders).toBeGreaterThan(4);
      // Nothing is left behind but the count itself.
      const files = await readdir(budgetFolder);
      expect(files.filter((file) => !file.endsWith('.json'))).toEqual([]);
    });
  });

  test('a bot that has asked all that it may delays nobody who looks at the account to make it safe', async () => {
    await inFolder(async (budgetFolder) => {
      // Time stands still, so that nothing that was asked is ever forgotten.
      const at = Number(process.hrtime.bigint()) / 1e6;
      const timing = { patienceMs: 100, readTries: 1 };
      const shared = { budgetFolder, steady: () => at, timing };
      await using local = await openVenue({ venue, limits: true, connection: shared });
      const { account } = local.connection;
      let failure: unknown;
      for (let asked = 0; asked < 200 && failure === undefined; asked += 1)
        failure = await account.positions().then(
          () => undefined,
          (error: unknown) => error,
        );
      expect(failure).toMatchObject({ code: 'RATE_LIMITED', venueCode: undefined });
      const other = await local.connect(shared);
      await expect(other.account.positions()).rejects.toMatchObject({ code: 'RATE_LIMITED' });

      const watchdog = await local.connect({ ...shared, urgent: true });
      await watchdog.account.positions();
      await watchdog.account.openOrders();
      await watchdog.account.place(orderOf('safe', true));
    });
  });
});

test('L14: what brings to safety does not wait behind the rest', async () => {
  await inFolder(async (budgetFolder) => {
    await using local = await openVenue({ limits: true, connection: { budgetFolder } });
    const { account } = local.connection;
    const done: string[] = [];
    const crowd = Array.from({ length: 14 }, async (_, index) => {
      done.push((await account.place(orderOf(`n-${index}`, false))).clientOrderId);
    });
    while (done.length < 7) await new Promise((resolve) => setImmediate(resolve));
    await account.place(orderOf('safe', true));
    expect(done.length).toBeLessThan(14);
    await Promise.all(crowd);
  });
});

test('after the venue has shut the address out, nothing is sent until it is over', async () => {
  await inFolder(async (budgetFolder) => {
    await using local = await openVenue({ limits: true, connection: { budgetFolder } });
    const other = await local.connect({ budgetFolder });
    local.fail({
      path: /tickers/,
      fate: { kind: 'replace', commit: false, status: 403, contentType: 'text/html', body: 'access too frequent' },
    });
    const failure = await local.connection.market.tickers().catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'BANNED', retryable: true, orderMayExist: false });
    const { blockedUntil = 0 } = local.connection.health();
    expect(blockedUntil - Date.now()).toBeGreaterThan(9 * 60_000);
    const before = local.requests.length;
    // The other connection hears of it through the shared count.
    await other.account.balance().catch(() => undefined);
    for (const connection of [local.connection, other]) {
      const refused = await connection.account.place(orderOf('x', true)).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: 'BANNED', orderMayExist: false });
    }
    expect(local.requests.length - before).toBeLessThanOrEqual(1);
  });
});

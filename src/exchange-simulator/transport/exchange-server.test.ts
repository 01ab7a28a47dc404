import { connect } from 'node:net';
import { once } from 'node:events';
import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { createManualClock } from '../../../test/scenarios/exchange-simulator/manual-clock.ts';
import { createSystemClock } from '../../adapters/system/system-clock.ts';
import type { ExchangeEvent } from '../core/exchange-event.ts';
import { NO_FAULTS, type FaultPipeline, type HttpFate } from '../faults/fault-pipeline.ts';
import type { VenueCodec } from '../venues/venue-codec.ts';
import { ExchangeServer } from './exchange-server.ts';
import { createRateLimits } from './rate-limits.ts';
import { BODY_LIMIT } from './read-request.ts';

const EVENT: ExchangeEvent = { kind: 'end', time: 1 };

/** A venue that says back what it was asked. */
function echoVenue(handled: string[]): VenueCodec {
  return {
    name: 'bybit',
    owns: (path) => path.startsWith('/v5/'),
    classify: ({ path }) => ({
      symbol: undefined,
      isPrivate: false,
      isWrite: path.includes('write'),
      limit: { name: path, weight: 1 },
    }),
    handle({ method, path, rawQuery, body }) {
      if (path === '/v5/bug') throw new Error('a bug of the codec');
      handled.push(path);
      return { status: 200, body: JSON.stringify({ method, path, rawQuery, body }) };
    },
    refuse: (_request, refusal) => ({ status: refusal === 'banned' ? 403 : 200, body: JSON.stringify({ refusal }) }),
    limitRules: (name) =>
      name === '/v5/limited'
        ? [{ id: name, max: 2, windowMs: 60_000, per: 'key', refusal: 'rate-limited', banMs: 0 }]
        : [],
    limitHeaders: ([usage]) => (usage === undefined ? {} : { 'x-left': String(usage.rule.max - usage.used) }),
    channelOf: (path) => (path === '/v5/public' ? 'public' : undefined),
    connect: (connection) => ({
      receive(text) {
        if (text === 'bug') throw new Error('a bug of the session');
        connection.send('echo', text);
      },
      hear: (event) => connection.send('event', event.kind),
      sample: () => connection.send('sample', 'sample'),
      closed: () => undefined,
    }),
  };
}

let server: ExchangeServer;
let url: string;
let fate: HttpFate;
let faults: FaultPipeline;
let handled: string[];
let problems: unknown[];
let tell: (event: ExchangeEvent) => void;

beforeEach(async () => {
  handled = [];
  problems = [];
  fate = { kind: 'pass' };
  faults = { ...NO_FAULTS, request: () => fate };
  const exchange = {
    listen(listener: (event: ExchangeEvent) => void) {
      tell = listener;
      return () => undefined;
    },
  };
  server = new ExchangeServer({
    exchange,
    codec: echoVenue(handled),
    faults: {
      request: (view) => faults.request(view),
      frame: (view) => faults.frame(view),
      dropsConnection: (view) => faults.dropsConnection(view),
      isDead: (view) => faults.isDead(view),
      clockOffsetMs: () => faults.clockOffsetMs(),
      orderLagMs: () => 0,
    },
    clock: createSystemClock(),
    limits: createRateLimits(),
    sideDoor: {
      owns: (path) => path.startsWith('/control'),
      handle: async () => ({ status: 200, body: '"door"' }),
      answer: async (text) => `door ${text}`,
    },
    report: (problem) => problems.push(problem),
  });
  url = `http://127.0.0.1:${await server.listen(0)}`;
});

afterEach(() => server.close());

async function open(path = '/v5/public'): Promise<{ socket: WebSocket; frames: string[] }> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`);
  const frames: string[] = [];
  socket.on('message', (data: Buffer) => frames.push(data.toString()));
  socket.on('error', () => undefined);
  await once(socket, 'open');
  return { socket, frames };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

describe('requests', () => {
  it('reach the venue with path, query and body as they came', async () => {
    const reply = await fetch(`${url}/v5/write?a=1&b=%20x`, { method: 'POST', body: '{"c":2}' });
    expect(await reply.json()).toEqual({ method: 'POST', path: '/v5/write', rawQuery: 'a=1&b=%20x', body: '{"c":2}' });
  });

  it('to nobody are answered like a web server does, and the side door is past all faults', async () => {
    fate = { kind: 'reset', commit: false };
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
    expect(await (await fetch(`${url}/control/now`)).json()).toBe('door');
  });

  it('run into limits with headers that say so', async () => {
    const replies = [];
    for (let index = 0; index < 3; index += 1) replies.push(await fetch(`${url}/v5/limited`));
    expect(replies.map(({ headers }) => headers.get('x-left'))).toEqual(['1', '0', '0']);
    expect(await replies[2]?.json()).toEqual({ refusal: 'rate-limited' });
    expect(handled).toHaveLength(2);
  });

  it('that meet a bug get the error of the venue, and the bug is reported', async () => {
    expect(await (await fetch(`${url}/v5/bug`)).json()).toEqual({ refusal: 'server-error' });
    expect(problems).toHaveLength(1);
    expect((await fetch(`${url}/v5/fine`)).status).toBe(200);
  });

  it('with a body beyond the limit are refused', async () => {
    const reply = await fetch(`${url}/v5/write`, { method: 'POST', body: 'x'.repeat(BODY_LIMIT + 1) }).catch(
      () => undefined,
    );
    expect(reply === undefined || reply.status === 413).toBe(true);
    expect(handled).toEqual([]);
  });
});

describe('faults on requests', () => {
  const commits = [true, false];

  it.each(commits)('no reply, commit %s', async (commit) => {
    fate = { kind: 'no-reply', commit };
    await expect(fetch(`${url}/v5/write`, { signal: AbortSignal.timeout(150) })).rejects.toThrow('timeout');
    expect(handled).toHaveLength(commit ? 1 : 0);
  });

  it.each(commits)('reset, commit %s', async (commit) => {
    fate = { kind: 'reset', commit };
    await expect(fetch(`${url}/v5/write`)).rejects.toThrow('fetch failed');
    expect(handled).toHaveLength(commit ? 1 : 0);
  });

  it.each(commits)('other bytes, commit %s', async (commit) => {
    fate = { kind: 'replace', commit, status: 502, contentType: 'text/html', body: '<html>', headers: { 'x-a': 'b' } };
    const reply = await fetch(`${url}/v5/write`);
    expect([reply.status, reply.headers.get('content-type'), reply.headers.get('x-a'), await reply.text()]).toEqual([
      502,
      'text/html',
      'b',
      '<html>',
    ]);
    expect(handled).toHaveLength(commit ? 1 : 0);
  });

  it('half of a body, complete for HTTP', async () => {
    fate = { kind: 'truncate', commit: true };
    const text = await (await fetch(`${url}/v5/write`)).text();
    expect(() => JSON.parse(text) as unknown).toThrow();
    expect(text.length).toBeGreaterThan(10);
  });

  it('half of a body and then silence', async () => {
    fate = { kind: 'stall', commit: true };
    const reply = await fetch(`${url}/v5/write`, { signal: AbortSignal.timeout(150) });
    expect(reply.status).toBe(200);
    await expect(reply.text()).rejects.toThrow('timeout');
    expect(handled).toHaveLength(1);
  });

  it('a refusal in the words of the venue, carried out all the same', async () => {
    fate = { kind: 'refuse', commit: true, refusal: 'server-timeout' };
    expect(await (await fetch(`${url}/v5/write`)).json()).toEqual({ refusal: 'server-timeout' });
    expect(handled).toHaveLength(1);
  });

  it('a delay holds back the reply, not the deed', async () => {
    fate = { kind: 'pass', delayMs: 60 };
    const started = performance.now();
    const reply = fetch(`${url}/v5/write`);
    await until(() => handled.length === 1);
    expect(performance.now() - started).toBeLessThan(50);
    expect((await reply).status).toBe(200);
    expect(performance.now() - started).toBeGreaterThan(50);
  });
});

describe('connections', () => {
  it('hear events, samples and answers, in order', async () => {
    const { socket, frames } = await open();
    socket.send('hello');
    await until(() => frames.length === 1);
    tell(EVENT);
    server.sample();
    await server.written();
    await until(() => frames.length === 3);
    expect(frames).toEqual(['hello', 'end', 'sample']);
  });

  it('to a path that nobody serves are refused', async () => {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/v5/nowhere`);
    const [error] = (await once(socket, 'error')) as [Error];
    expect(error.message).toContain('404');
  });

  it('survive a bug of the session', async () => {
    const { socket, frames } = await open();
    socket.send('bug');
    socket.send('after');
    await until(() => frames.length === 1);
    expect(frames).toEqual(['after']);
    expect(problems).toHaveLength(1);
  });

  it('lose, double, delay and mix up frames as faults say', async () => {
    const plan: Record<string, { delayMs: number; payload: string }[]> = {
      lost: [],
      twice: [
        { delayMs: 0, payload: 'twice' },
        { delayMs: 0, payload: 'twice' },
      ],
      late: [{ delayMs: 30, payload: 'late' }],
    };
    faults = { ...faults, frame: ({ payload }) => plan[payload] ?? [{ delayMs: 0, payload }] };
    const { socket, frames } = await open();
    for (const text of ['lost', 'late', 'twice', 'last']) socket.send(text);
    await until(() => frames.length === 4);
    expect(frames).toEqual(['twice', 'twice', 'last', 'late']);
  });

  it('are dropped without a word, also when nothing is sent', async () => {
    const { socket } = await open();
    faults = { ...faults, dropsConnection: () => true };
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1006);
    await until(() => server.counts.connections === 0);
    expect(server.counts.connectionsEver).toBe(1);
  });

  it('go dead: neither answers nor pongs, yet stay open', async () => {
    const { socket, frames } = await open();
    let pongs = 0;
    socket.on('pong', () => (pongs += 1));
    socket.ping();
    await until(() => pongs === 1);
    faults = { ...faults, isDead: () => true };
    socket.ping();
    socket.send('hello');
    tell(EVENT);
    await new Promise((resolve) => setTimeout(resolve, 40));
    expect([pongs, frames, socket.readyState]).toEqual([1, [], WebSocket.OPEN]);
  });

  it('of the side door are answered in order', async () => {
    const { socket, frames } = await open('/control');
    for (const text of ['1', '2', '3']) socket.send(text);
    await until(() => frames.length === 3);
    expect(frames).toEqual(['door 1', 'door 2', 'door 3']);
  });
});

it('nothing stays open after the end', async () => {
  const { socket } = await open();
  fate = { kind: 'no-reply', commit: true };
  const silent = fetch(`${url}/v5/write`).catch(() => 'ended');
  await until(() => handled.length === 1);
  const closed = once(socket, 'close');
  await server.close();
  await closed;
  expect(await silent).toBe('ended');
  await expect(fetch(`${url}/v5/write`)).rejects.toThrow('fetch failed');
});

it('two servers cannot have one port', async () => {
  const second = new ExchangeServer({
    exchange: { listen: () => () => undefined },
    codec: echoVenue([]),
    faults,
    clock: createSystemClock(),
    limits: undefined,
    sideDoor: undefined,
    report: () => undefined,
  });
  await expect(second.listen(Number(new URL(url).port))).rejects.toMatchObject({ code: 'EADDRINUSE' });
});

it('connections that are too many are refused, and silent ones are cut', async () => {
  const clock = createManualClock();
  const rule = {
    id: 'connections',
    max: 2,
    windowMs: 60_000,
    per: 'address',
    refusal: 'rate-limited',
    banMs: 0,
  } as const;
  const second = new ExchangeServer({
    exchange: { listen: () => () => undefined },
    codec: { ...echoVenue([]), limitRules: (name) => (name === 'connect' ? [rule] : []), idleLimitMs: () => 30_000 },
    faults: NO_FAULTS,
    clock,
    limits: createRateLimits(),
    sideDoor: undefined,
    report: () => undefined,
  });
  url = `http://127.0.0.1:${await second.listen(0)}`;
  const talking = await open();
  const silent = await open();
  const refused = new WebSocket(`${url.replace('http', 'ws')}/v5/public`);
  const [error] = (await once(refused, 'error')) as [Error];
  expect(error.message).toContain('403');
  clock.advance(20_000);
  talking.socket.send('hello');
  await until(() => talking.frames.length === 1);
  clock.advance(20_000);
  expect((await once(silent.socket, 'close'))[0]).toBe(1006);
  expect(talking.socket.readyState).toBe(WebSocket.OPEN);
  await second.close();
  expect(clock.waiting).toBe(0);
});

describe('nonsense', () => {
  it('over raw sockets never brings the server down', async () => {
    const port = Number(new URL(url).port);
    const start = fc.constantFrom(
      '',
      'GET ',
      'POST /v5/write HTTP/1.1\r\n',
      'GET /v5/x HTTP/1.1\r\nUpgrade: websocket\r\n',
    );
    await fc.assert(
      fc.asyncProperty(start, fc.uint8Array({ maxLength: 2_000 }), async (head, bytes) => {
        const socket = connect(port, '127.0.0.1');
        socket.on('error', () => undefined);
        const closed = new Promise((resolve) => socket.once('close', resolve));
        socket.end(Buffer.concat([Buffer.from(head), bytes, Buffer.from('\r\n\r\n')]));
        socket.resume();
        await closed;
      }),
      { numRuns: 150 },
    );
    expect((await fetch(`${url}/v5/fine`)).status).toBe(200);
    expect(problems).toEqual([]);
  });

  it('in frames closes that connection at most', async () => {
    for (const junk of [Buffer.from([0xff, 0xfe]), 'x'.repeat(100_000), Buffer.alloc(70_000)]) {
      const { socket } = await open();
      socket.send(junk);
      socket.send('hello');
      await Promise.race([once(socket, 'close'), once(socket, 'message')]);
      socket.terminate();
    }
    const { socket, frames } = await open();
    socket.send('hello');
    await until(() => frames.length === 1);
    expect(problems).toEqual([]);
  });
});

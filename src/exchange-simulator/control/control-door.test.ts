import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { startBybit, type SimulatedBybit } from '../../../test/contract/bybit-server.ts';
import { HOUR, START } from '../../../test/scenarios/simulated-market.ts';
import type { HandOfFate } from '../core/exchange.ts';
import { FATE_CALLS } from './fate-calls.ts';

const MANUAL = new URL('../../../docs/exchange-simulator.md', import.meta.url);

let server: SimulatedBybit | undefined;
afterEach(() => server?.close());

async function start(more: Parameters<typeof startBybit>[0] = {}): Promise<SimulatedBybit> {
  server = await startBybit(more);
  return server;
}

interface Example {
  readonly method: string;
  readonly target: string;
  readonly body: string | undefined;
  readonly status: number;
  readonly answer: unknown;
}

/** Requests and answers of the manual, in order. */
function examples(): Example[] {
  const lines = readFileSync(MANUAL, 'utf8').split('\n');
  return lines.flatMap((line, index) => {
    const request = /^(GET|POST) (\/control\S*)(?: (\{.*\}))?$/.exec(line);
    if (request === null) return [];
    const answer = /^→ (?:(\d{3}) )?(.*)$/.exec(lines[index + 1] ?? '');
    if (answer === null) throw new Error(`no answer stands under ${line}`);
    const [, method, target, body] = request;
    return [{ method, target, body, status: Number(answer[1] ?? 200), answer: JSON.parse(answer[2]) as unknown }];
  });
}

async function ask({ httpUrl }: SimulatedBybit, { method, target, body }: Pick<Example, 'method' | 'target' | 'body'>) {
  const reply = await fetch(`${httpUrl}${target}`, { method, ...(body === undefined ? {} : { body }) });
  return { status: reply.status, answer: await reply.json() };
}

const post = (target: SimulatedBybit, path: string, body: object) =>
  ask(target, { method: 'POST', target: `/control/${path}`, body: JSON.stringify(body) });

describe('the manual', () => {
  it('tells the truth in every example', async () => {
    const target = await start();
    const all = examples();
    expect(all.length).toBeGreaterThan(15);
    for (const example of all) {
      const { status, answer } = await ask(target, example);
      expect(status, `${example.method} ${example.target} ${JSON.stringify(answer)}`).toBe(example.status);
      expect(answer).toMatchObject(example.answer as object);
    }
    await target.ended;
  });

  it('names every stroke of fate', () => {
    const manual = readFileSync(MANUAL, 'utf8');
    for (const call of Object.keys(FATE_CALLS)) expect(manual).toContain(`\`${call}\``);
  });
});

describe('strokes of fate', () => {
  const calls: readonly (readonly [keyof HandOfFate, object])[] = [
    ['deleverage', { symbol: 'AAAUSDT', quantity: 0.1 }],
    ['setStatus', { symbol: 'BBBUSDT', status: 'reduce-only' }],
    ['changeInstrument', { symbol: 'AAAUSDT', lotSize: 0.01, minNotional: 7 }],
    ['tradeByHand', { symbol: 'AAAUSDT', side: 'sell', quantity: 0.2 }],
    ['setLeverageByHand', { symbol: 'AAAUSDT', leverage: 3 }],
    ['setModesByHand', { marginMode: 'cross' }],
    ['setReduceOnly', { symbol: 'AAAUSDT', reduceOnly: true }],
    ['setDeleverageRank', { symbol: 'AAAUSDT', rank: 5 }],
    ['fillNow', { symbol: 'AAAUSDT', orderId: 'the resting one' }],
    ['dropProtection', { symbol: 'AAAUSDT' }],
    ['refuseProtection', { symbol: 'AAAUSDT', refused: true }],
    ['rejectAtTrigger', { symbol: 'AAAUSDT', rejected: true }],
    ['thinBook', { symbol: 'AAAUSDT', share: 0.5 }],
    ['splitFills', { symbol: 'AAAUSDT', parts: 3 }],
    ['transfer', { amount: -10.5 }],
    ['setNextFundingRate', { symbol: 'AAAUSDT', rate: -0.002 }],
    ['reviseCandle', { symbol: 'AAAUSDT', openTime: START, close: 100.7, announce: true }],
    ['setFalsePrice', { symbol: 'AAAUSDT', price: 1 }],
    ['setFalsePrice', { symbol: 'AAAUSDT' }],
    ['delist', { symbol: 'DDDUSDT', at: START + 5 * HOUR }],
    ['beginMaintenance', {}],
    ['endMaintenance', {}],
    ['liquidate', { symbol: 'AAAUSDT' }],
  ];

  it('can all be called by name', async () => {
    const target = await start();
    const { exchange } = target;
    expect(new Set(calls.map(([call]) => call))).toEqual(new Set(Object.keys(FATE_CALLS)));
    exchange.fate.tradeByHand('AAAUSDT', 'buy', 2);
    await target.advance(START + 2 * HOUR);
    const resting = { type: 'limit', quantity: 1, price: 80, reduceOnly: false, clientOrderId: 'resting' } as const;
    exchange.place({ symbol: 'AAAUSDT', side: 'buy', ...resting });
    const [{ orderId }] = exchange.openOrders({});
    for (const [call, more] of calls) {
      const named = 'orderId' in more ? { ...more, orderId } : more;
      expect(await post(target, 'fate', { call, ...named }), call).toMatchObject({ status: 200 });
    }
    expect(exchange.position('AAAUSDT').quantity).toBe(0);
    expect(exchange.closedOrders({ orderId })).toMatchObject([{ status: 'filled' }]);
    expect(exchange.contract('AAAUSDT')?.instrument).toMatchObject({ lotSize: 0.01, minNotional: 7 });
    expect(exchange.account().marginMode).toBe('cross');
    expect(exchange.contract('DDDUSDT')?.delistingAt).toBe(START + 5 * HOUR);
    const { result } = (await (
      await fetch(`${target.httpUrl}/v5/market/kline?category=linear&symbol=AAAUSDT&interval=60&start=${START}&limit=1`)
    ).json()) as { result: { list: string[][] } };
    expect(result.list[0]?.[4]).toBe('100.7');
  });

  it.each([
    [{}, 'call is required'],
    [{ call: 'dance' }, 'no stroke of fate called dance'],
    [{ call: 'constructor' }, 'no stroke of fate called constructor'],
    [{ call: 'deleverage', symbol: 'AAAUSDT' }, 'quantity is required'],
    [{ call: 'deleverage', quantity: 1 }, 'symbol is required'],
    [{ call: 'deleverage', symbol: 'AAAUSDT', quantity: -1 }, 'quantity invalid'],
    [{ call: 'setStatus', symbol: 'AAAUSDT', status: 'odd' }, 'status invalid'],
    [{ call: 'thinBook', symbol: 'AAAUSDT', share: 2 }, 'between 0 and 1'],
    [{ call: 'splitFills', symbol: 'AAAUSDT', parts: 0 }, 'at least 1'],
    [{ call: 'setReduceOnly', symbol: 'AAAUSDT' }, 'reduceOnly is required'],
    [{ call: 'changeInstrument', symbol: 'AAAUSDT' }, 'one of tickSize'],
    [{ call: 'reviseCandle', symbol: 'AAAUSDT', openTime: START }, 'one of open'],
    [{ call: 'setModesByHand' }, 'marginMode or positionMode'],
    [{ call: 'transfer', amount: 'much' }, 'amount invalid'],
  ])('%j is refused', async (body, words) => {
    const target = await start();
    const { status, answer } = await post(target, 'fate', body);
    expect(status).toBe(400);
    expect(answer).toMatchObject({ error: expect.stringContaining(words) });
  });
});

it('a false price is seen at once', async () => {
  const target = await start();
  const market = new WebSocket(`${target.webSocketUrl}/v5/public/linear`);
  const prices: string[] = [];
  market.on('message', (data: Buffer) => {
    const { data: row } = JSON.parse(data.toString()) as { data?: { lastPrice?: string } };
    if (row?.lastPrice !== undefined) prices.push(row.lastPrice);
  });
  await once(market, 'open');
  market.send('{"op":"subscribe","args":["tickers.AAAUSDT"]}');
  while (prices.length < 1) await new Promise((resolve) => setImmediate(resolve));
  await post(target, 'fate', { call: 'setFalsePrice', symbol: 'AAAUSDT', price: 0.1 });
  while (prices.length < 2) await new Promise((resolve) => setImmediate(resolve));
  expect(prices).toEqual(['100.0', '0.1']);
});

describe('the control API', () => {
  it('refuses what it does not know', async () => {
    const target = await start();
    expect(await post(target, 'dance', {})).toMatchObject({
      status: 400,
      answer: { error: expect.stringContaining('advance') },
    });
    const junk = await ask(target, { method: 'POST', target: '/control/advance', body: '[1]' });
    expect(junk).toMatchObject({ status: 400 });
    expect(await post(target, 'advance', { to: 1, by: 2 })).toMatchObject({ status: 400 });
    expect(await post(target, 'advance', { to: 'soon' })).toMatchObject({ status: 400 });
    expect(await post(target, 'orders', { state: 'odd' })).toMatchObject({ status: 400 });
    expect(target.bugs).toEqual([]);
  });

  it('runs to the end of the data and not beyond', async () => {
    const target = await start();
    expect(await post(target, 'advance', { closes: 1_000 })).toMatchObject({
      answer: { now: START + 48 * HOUR, ended: true },
    });
    expect(await post(target, 'advance', { closes: 1 })).toMatchObject({
      answer: { now: START + 48 * HOUR, ended: true },
    });
  });

  it('is past all faults', async () => {
    const faults = {
      request: () => ({ kind: 'reset', commit: false }) as const,
      frame: () => [],
      dropsConnection: () => true,
      isDead: () => true,
      clockOffsetMs: () => 500,
      orderLagMs: () => 0,
    };
    const target = await start({ server: { faults } });
    const before = Date.now();
    const { answer } = await post(target, 'now', {});
    expect((answer as { serverTime: number }).serverTime - before).toBeGreaterThanOrEqual(500);
  });

  it('hands fault scripts on to whoever keeps them', async () => {
    const kept: unknown[] = [];
    const faultControl = {
      list: () => kept,
      set(script: unknown) {
        if (typeof script !== 'object') return ['a script is an object', 'with faults in it'];
        kept.push(script);
        return [];
      },
      add: (fault: unknown) => {
        kept.push(fault);
        return typeof fault === 'object' ? { id: 'f1' } : { problems: ['no fault'] };
      },
      clear: (id?: string) => (id === undefined || id === 'f1' ? kept.splice(0).length >= 0 : false),
      log: () => ['something was injected'],
    };
    const target = await start({ server: { faultControl } });
    expect(await post(target, 'faults', { do: 'set', script: 7 })).toMatchObject({
      status: 400,
      answer: { error: 'a script is an object; with faults in it' },
    });
    expect(await post(target, 'faults', { do: 'set', script: { a: 1 } })).toEqual({ status: 200, answer: [{ a: 1 }] });
    expect(await ask(target, { method: 'GET', target: '/control/faults', body: undefined })).toMatchObject({
      answer: [{ a: 1 }],
    });
    expect(await post(target, 'faults', { do: 'clear' })).toMatchObject({ answer: [] });
    expect(await post(target, 'faults', { do: 'add', fault: { b: 2 } })).toEqual({ status: 200, answer: { id: 'f1' } });
    expect(await post(target, 'faults', { do: 'add', fault: 7 })).toEqual({
      status: 400,
      answer: { error: 'no fault' },
    });
    expect(await post(target, 'faults', { do: 'log' })).toMatchObject({ answer: ['something was injected'] });
    expect(await post(target, 'faults', { do: 'clear', id: 'f9' })).toMatchObject({ status: 400 });
    expect(await post(target, 'faults', { do: 'clear', id: 'f1' })).toMatchObject({ answer: [] });
    expect(await post(target, 'faults', { do: 'dance' })).toMatchObject({ status: 400 });
  });

  it('answers a WebSocket in order, each step when its frames have been written', async () => {
    const target = await start();
    const market = new WebSocket(`${target.webSocketUrl}/v5/public/linear`);
    const closes: number[] = [];
    market.on('message', (data: Buffer) => {
      const { data: rows } = JSON.parse(data.toString()) as { data?: { confirm: boolean; start: number }[] };
      if (rows?.[0]?.confirm === true) closes.push(rows[0].start);
    });
    await once(market, 'open');
    market.send('{"op":"subscribe","args":["kline.60.AAAUSDT"]}');
    await once(market, 'message');
    const control = new WebSocket(`${target.webSocketUrl}/control`);
    const answers: unknown[] = [];
    control.on('message', (data: Buffer) => answers.push(JSON.parse(data.toString())));
    await once(control, 'open');
    for (let id = 1; id <= 5; id += 1) control.send(JSON.stringify({ id, op: 'advance', closes: 1 }));
    control.send('{"id":6,"op":"dance"}');
    control.send('nonsense');
    while (answers.length < 7 || closes.length < 5) await new Promise((resolve) => setImmediate(resolve));
    expect(answers.slice(0, 5)).toEqual(
      Array.from({ length: 5 }, (_, index) => ({
        id: String(index + 1),
        result: { now: START + (index + 1) * HOUR, ended: false },
      })),
    );
    expect(answers[5]).toMatchObject({ id: '6', problem: expect.stringContaining('dance') });
    expect(answers[6]).toMatchObject({ problem: expect.stringContaining('JSON') });
    expect(closes).toEqual(Array.from({ length: 5 }, (_, index) => START + index * HOUR));
  });
});

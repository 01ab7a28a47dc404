// Do the streams of the simulated Binance tell ccxt what happens, as a bare WebSocket hears it and as it is?
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { atomsToNumber } from '../../src/domain/money.ts';
import { HOUR, START } from '../scenarios/simulated-market.ts';
import { ccxtBinance, rawBinance, startBinance, unified, type SimulatedBinance } from './binance-server.ts';
import { CREDENTIALS } from './bybit-server.ts';

const KEYS = { apiKey: CREDENTIALS.key, secret: CREDENTIALS.secret };
const AAA = unified('AAAUSDT');
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function server(more: Parameters<typeof startBinance>[0] = {}): Promise<SimulatedBinance> {
  const running = await startBinance(more);
  closing.push(() => running.close());
  return running;
}

async function ccxt(target: SimulatedBinance): Promise<any> {
  const client = await ccxtBinance(target, KEYS);
  closing.push(() => client.close());
  return client;
}

async function until(holds: () => boolean, what = 'something'): Promise<void> {
  for (let turn = 0; turn < 20_000; turn += 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error(`${what} did not happen`);
}

/** A connection without any client library. */
async function raw(target: SimulatedBinance, path: string) {
  const socket = new WebSocket(`${target.webSocketUrl}${path}`);
  const frames: any[] = [];
  socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString())));
  closing.push(() => socket.terminate());
  await once(socket, 'open');
  return { socket, frames };
}

async function account(target: SimulatedBinance) {
  const { listenKey } = await rawBinance(target, CREDENTIALS)('POST', '/fapi/v1/listenKey');
  return { listenKey, ...(await raw(target, `/private/ws?listenKey=${listenKey}`)) };
}

describe('candles', () => {
  it('reach ccxt as they closed, and a bare WebSocket with the word for it', async () => {
    const target = await server();
    const client = await ccxt(target);
    const { frames } = await raw(target, '/market/ws/aaausdt@kline_1h');
    const watching = client.watchOHLCV(AAA, '1h');
    await until(() => target.subscribed.includes('aaausdt@kline_1h'), 'a subscription');
    await target.advance(START + 3 * HOUR);
    await watching;
    await until(() => frames.length === 4);
    expect(frames.map(({ k }) => [(k.t - START) / HOUR, k.x])).toEqual([
      [0, true],
      [1, true],
      [2, true],
      [3, false],
    ]);
    await until(() => client.ohlcvs[AAA]['1h'].length === 4);
    const served = target.exchange.candles({
      symbol: 'AAAUSDT',
      intervalMs: HOUR,
      from: START,
      until: START + 3 * HOUR,
      price: 'last',
    });
    expect([...client.ohlcvs[AAA]['1h']]).toEqual(
      served.map(({ openTime, open, high, low, close, volume }) => [openTime, open, high, low, close, volume]),
    );
  });

  it('of four symbols come each once while time runs by itself', async () => {
    const target = await server({ server: { speed: 72_000 } });
    const streams = ['aaausdt', 'bbbusdt', 'cccusdt', 'dddusdt'].map((symbol) => `${symbol}@kline_1h`);
    const { frames } = await raw(target, `/stream?streams=${streams.join('/')}`);
    await until(() => frames.filter(({ data }) => data.k.x === true).length >= 16, 'closes');
    const closes = frames.filter(({ data }) => data.k.x === true).map(({ stream, data }) => `${stream} ${data.k.t}`);
    expect(new Set(closes).size).toBe(closes.length);
  });
});

describe('tickers', () => {
  it('reach ccxt, in short and in full, with marks', async () => {
    const target = await server();
    const client = await ccxt(target);
    expect((await client.watchTicker(AAA)).last).toBe(100);
    expect(await client.watchMarkPrice(AAA)).toMatchObject({ markPrice: 100 });
    const [book] = Object.values<any>(await client.watchBidsAsks([AAA]));
    expect(book.bid).toBeLessThan(book.ask);
    const [trade] = await client.watchTrades(AAA);
    expect(trade).toMatchObject({ symbol: AAA, price: 100 });
  });
});

describe("the account's events", () => {
  it('reach ccxt: orders, trades, positions and balance are the true ones', async () => {
    const target = await server();
    const client = await ccxt(target);
    const seen = { orders: [] as any[], trades: [] as any[], positions: [] as any[], balances: [] as any[] };
    const stop = new AbortController();
    closing.push(() => stop.abort());
    const follow = async (watch: () => Promise<any>, into: any[]): Promise<void> => {
      while (!stop.signal.aborted) {
        const news = await watch().catch(() => []);
        // Rows are live: what they say now is what is kept.
        into.push(...structuredClone(Array.isArray(news) ? [...news] : [news]));
      }
    };
    void follow(() => client.watchOrders(), seen.orders);
    void follow(() => client.watchMyTrades(), seen.trades);
    void follow(() => client.watchPositions(), seen.positions);
    void follow(() => client.watchBalance(), seen.balances);
    await until(() => target.subscribed.includes('account'), 'the account stream');
    await new Promise((resolve) => setTimeout(resolve, 20));
    const { exchange } = target;

    await client.createOrder(AAA, 'market', 'buy', 2, undefined, { clientOrderId: 'in' });
    await until(() => seen.trades.length === 1 && seen.balances.length > 0, 'the first trade');
    const [bought] = exchange.executions({});
    expect(seen.trades[0]).toMatchObject({
      side: 'buy',
      amount: 2,
      price: bought.price,
      fee: { cost: atomsToNumber(bought.fee) },
    });
    expect(seen.balances.at(-1).USDT.total).toBe(exchange.ledger.walletNumber);

    await client.createOrder(AAA, 'market', 'sell', undefined, undefined, {
      stopLossPrice: 95,
      closePosition: true,
      clientOrderId: 'stop',
    });
    await target.advance(START + 12 * HOUR);
    await until(() => seen.trades.length === 2, 'the stop');
    const [, sold] = exchange.executions({}).filter(({ kind }) => kind !== 'funding');
    expect(seen.trades[1]).toMatchObject({
      side: 'sell',
      amount: 2,
      price: sold.price,
      fee: { cost: atomsToNumber(sold.fee) },
    });
    await until(() => seen.balances.at(-1).USDT.total === exchange.ledger.walletNumber, 'the last balance');
    // ccxt drops news that comes while nobody waits; what it keeps is whole.
    await until(() => [...client.positions['future']].at(-1)?.contracts === 0, 'a flat position');
    const states = (name: string): readonly string[] =>
      seen.orders.filter(({ clientOrderId }) => clientOrderId === name).map(({ status }) => status);
    await until(() => states('stop').length >= 3, 'the states of the stop');
    expect(states('in').at(-1)).toBe('closed');
    expect(states('stop')[0]).toBe('open');
    expect(states('stop').at(-1)).toBe('closed');
    expect(target.bugs).toEqual([]);
  });

  it('end with the listen key, for whoever shares it', async () => {
    const target = await server();
    const { frames, listenKey } = await account(target);
    await rawBinance(target, CREDENTIALS)('DELETE', '/fapi/v1/listenKey');
    await until(() => frames.length === 1, 'the last event');
    expect(frames).toMatchObject([{ e: 'listenKeyExpired', listenKey }]);
    await rawBinance(target, CREDENTIALS)('POST', '/fapi/v1/leverage', { symbol: 'AAAUSDT', leverage: 3 });
    const next = await account(target);
    expect(next.listenKey).not.toBe(listenKey);
    await rawBinance(target, CREDENTIALS)('POST', '/fapi/v1/leverage', { symbol: 'AAAUSDT', leverage: 4 });
    await until(() => next.frames.length === 1);
    expect(next.frames[0].ac).toEqual({ s: 'AAAUSDT', l: 4 });
    expect(frames).toHaveLength(1);
  });

  it('come before the answer to the order that made them', async () => {
    const target = await server();
    const { frames } = await account(target);
    const { orderId } = await rawBinance(target, CREDENTIALS)('POST', '/fapi/v1/order', {
      symbol: 'AAAUSDT',
      side: 'BUY',
      type: 'MARKET',
      quantity: 1,
      newClientOrderId: 'first',
    });
    await until(() => frames.length === 4);
    expect(frames[2].o).toMatchObject({ i: orderId, c: 'first', X: 'FILLED' });
  });
});

// Do the streams of the simulated Bybit tell clients of different makers the same, and what the account is?
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { atomsToNumber } from '../../src/domain/money.ts';
import { HOUR, START } from '../scenarios/simulated-market.ts';
import { bybitApiDriver, bybitApiStream } from './bybit-api-driver.ts';
import { CREDENTIALS, startBybit, type SimulatedBybit } from './bybit-server.ts';
import { ccxtClient } from './ccxt-driver.ts';

const KEYS = { apiKey: CREDENTIALS.key, secret: CREDENTIALS.secret };
const AAA = 'AAA/USDT:USDT';
const closing: (() => unknown)[] = [];

afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function server(more: Parameters<typeof startBybit>[0] = {}): Promise<SimulatedBybit> {
  const running = await startBybit(more);
  closing.push(() => running.close());
  return running;
}

async function ccxt(target: SimulatedBybit): Promise<any> {
  const client = await ccxtClient(target, KEYS);
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
async function raw(target: SimulatedBybit, path: string) {
  const socket = new WebSocket(`${target.webSocketUrl}${path}`);
  const frames: any[] = [];
  socket.on('message', (data: Buffer) => frames.push(JSON.parse(data.toString())));
  closing.push(() => socket.terminate());
  await once(socket, 'open');
  const ask = async (frame: object | string): Promise<any> => {
    const before = frames.length;
    socket.send(typeof frame === 'string' ? frame : JSON.stringify(frame));
    await until(() => frames.length > before, 'an answer');
    return frames[before];
  };
  return { socket, frames, ask };
}

describe('candles', () => {
  it('come once with confirm when they close, and the next one opens', async () => {
    const target = await server();
    const { frames, ask } = await raw(target, '/v5/public/linear');
    expect(await ask({ op: 'subscribe', req_id: 5, args: ['kline.60.AAAUSDT'] })).toMatchObject({
      success: true,
      req_id: 5,
    });
    await target.advance(START + HOUR / 2);
    await target.advance(START + HOUR);
    await until(() => frames.length >= 4);
    const rows = frames.slice(1).map(({ data: [row] }) => [row.start, row.confirm, row.close]);
    expect(rows).toEqual([
      [START, false, expect.any(String)],
      [START, true, '100.5'],
      [START + HOUR, false, '100'],
    ]);
    expect(frames[2]).toMatchObject({ topic: 'kline.60.AAAUSDT', type: 'snapshot', ts: START + HOUR });
    expect(frames[2].data[0]).toMatchObject({
      end: START + HOUR - 1,
      interval: '60',
      open: '100',
      high: '101',
      low: '99',
    });
  });

  it('made of longer ones are marked', async () => {
    const target = await server();
    const { frames, ask } = await raw(target, '/v5/public/linear');
    await ask({ op: 'subscribe', args: ['kline.15.AAAUSDT', 'kline.120.AAAUSDT'] });
    await target.advance(START + 2 * HOUR);
    await until(() => frames.filter(({ data }) => data?.[0].confirm === true).length === 9);
    const closed = frames.filter(({ data }) => data?.[0].confirm === true);
    const quarters = closed.filter(({ topic }) => topic === 'kline.15.AAAUSDT').map(({ data: [row] }) => row);
    expect(quarters.map(({ start }) => start)).toEqual(
      Array.from({ length: 8 }, (_, index) => START + index * 900_000),
    );
    expect(quarters.every(({ interpolated }) => interpolated === true)).toBe(true);
    const whole = closed.find(({ topic }) => topic === 'kline.120.AAAUSDT').data[0];
    expect(whole).toMatchObject({ start: START, open: '100', high: '101', low: '99', close: '100.5' });
    expect('interpolated' in whole).toBe(false);
  });

  it('reach ccxt and bybit-api alike', async () => {
    const target = await server();
    const client = await ccxt(target);
    const other = bybitApiStream(target, CREDENTIALS);
    closing.push(() => other.closeAll(true));
    const confirmed: any[] = [];
    other.on('update', (update: any) => confirmed.push(...update.data.filter(({ confirm }: any) => confirm)));
    void other.subscribeV5(['kline.60.AAAUSDT'], 'linear');
    let rows: number[][] = [];
    const watching = client.watchOHLCV(AAA, '1h').then((seen: number[][]) => (rows = seen));
    await until(() => target.subscribed.length >= 2, 'subscriptions');
    await target.advance(START + HOUR);
    await watching;
    await until(() => confirmed.length === 1);
    const closed = client.ohlcvs[AAA]['1h'].find(([time]: number[]) => time === START);
    expect(rows.length).toBeGreaterThan(0);
    const [{ start, open, high, low, close, volume }] = confirmed;
    expect(closed).toEqual([start, open, high, low, close, volume].map(Number));
  });

  it('run on while time runs: sampled, and each close once', async () => {
    const target = await server({ server: { speed: 36_000 } });
    const { frames, ask } = await raw(target, '/v5/public/linear');
    await ask({ op: 'subscribe', args: ['kline.60.AAAUSDT'] });
    await until(() => frames.filter(({ data }) => data?.[0].confirm === true).length >= 3);
    const closes = frames.filter(({ data }) => data?.[0].confirm === true).map(({ data: [row] }) => row.start);
    expect(new Set(closes).size).toBe(closes.length);
    expect(closes).toEqual(closes.map((_, index) => closes[0] + index * HOUR));
  });
});

describe('tickers', () => {
  it('come whole first, then what changed', async () => {
    const target = await server();
    const { frames, ask } = await raw(target, '/v5/public/linear');
    await ask({ op: 'subscribe', args: ['tickers.AAAUSDT'] });
    await until(() => frames.length === 2);
    await target.advance(START + 11 * HOUR + HOUR / 2);
    await until(() => frames.length === 3);
    const [, whole, delta] = frames;
    expect(whole).toMatchObject({
      type: 'snapshot',
      data: { symbol: 'AAAUSDT', lastPrice: '100.0', openInterestValue: '0' },
    });
    expect(delta).toMatchObject({ type: 'delta', data: { symbol: 'AAAUSDT' } });
    expect(Object.keys(delta.data).length).toBeLessThan(Object.keys(whole.data).length);
    expect(Number(delta.data.lastPrice)).toBeLessThan(100);
    expect(delta.cs).toBeGreaterThan(whole.cs);
  });

  it('are a contract for ccxt, with trades and the best prices', async () => {
    const target = await server();
    const client = await ccxt(target);
    const [ticker, book] = await Promise.all([client.watchTicker(AAA), client.watchOrderBook(AAA, 1)]);
    expect(ticker).toMatchObject({ symbol: AAA, last: 100 });
    expect(book.bids[0][0]).toBeLessThan(book.asks[0][0]);
    const trades = client.watchTrades(AAA);
    await until(() => target.subscribed.length >= 3);
    await target.advance(START + HOUR / 2);
    expect((await trades)[0]).toMatchObject({ symbol: AAA, price: target.exchange.quote('AAAUSDT').last });
  });
});

describe('the account', () => {
  it('is told to both clients: orders, executions, position and wallet', async () => {
    const target = await server();
    const client = await ccxt(target);
    const other = bybitApiStream(target, CREDENTIALS);
    closing.push(() => other.closeAll(true));
    const heard: Record<string, any[]> = { order: [], execution: [], position: [], wallet: [] };
    other.on('update', (update: any) => heard[update.topic]?.push(...update.data));
    void other.subscribeV5(['order', 'execution', 'position', 'wallet'], 'linear', true);
    const watched = Promise.all([client.watchOrders(), client.watchMyTrades(), client.watchBalance()]);
    await until(() => target.subscribed.length >= 7);
    const driver = bybitApiDriver(target, CREDENTIALS);
    await driver.place({
      symbol: 'AAAUSDT',
      side: 'buy',
      type: 'market',
      quantity: 2,
      clientOrderId: 'x-1',
      stopPrice: 95,
    });
    const [orders, trades, balance] = await watched;
    await until(() => (heard['wallet']?.length ?? 0) > 0 && (heard['position']?.length ?? 0) > 0);
    expect(orders.at(-1)).toMatchObject({ symbol: AAA });
    const [execution] = target.exchange.executions({});
    expect(trades[0]).toMatchObject({ id: execution.executionId, price: 100.1, amount: 2, side: 'buy' });
    expect(balance.USDT.total).toBe(atomsToNumber(target.exchange.wallet().equity));
    expect(heard['order']?.map((row) => [row.orderLinkId, row.orderStatus])).toEqual([
      ['x-1', 'New'],
      ['x-1', 'Filled'],
      ['', 'Untriggered'],
    ]);
    expect(heard['execution']).toMatchObject([
      { execId: execution.executionId, execFee: '0.1001', closedSize: '0.000' },
    ]);
    expect(heard['position']?.at(-1)).toMatchObject({
      side: 'Buy',
      size: '2.000',
      entryPrice: '100.1',
      stopLoss: '95.0',
    });
    expect(heard['wallet']?.at(-1)).toMatchObject({ totalWalletBalance: '9999.8999' });
  });

  it('is told of a stop, of funding and of a liquidation', async () => {
    const target = await server();
    const { frames, ask } = await loggedIn(target);
    await ask({ op: 'subscribe', args: ['order', 'execution', 'position', 'wallet', 'execution.fast'] });
    const driver = bybitApiDriver(target, CREDENTIALS);
    await driver.setLeverage('CCCUSDT', 20);
    const order = { side: 'buy', type: 'market' } as const;
    await driver.place({ ...order, symbol: 'AAAUSDT', quantity: 2, clientOrderId: 'a', stopPrice: 95 });
    await driver.place({ ...order, symbol: 'CCCUSDT', quantity: 1, clientOrderId: 'c' });
    frames.length = 0;
    await target.advance(START + 12 * HOUR);
    const rows = (topic: string) => frames.filter((frame) => frame.topic === topic).flatMap(({ data }) => data);
    await until(() => rows('wallet').length >= 4);
    const kinds = rows('execution').map(({ symbol, execType, createType }) => `${symbol} ${execType} ${createType}`);
    expect(kinds).toEqual([
      'AAAUSDT Funding ',
      'CCCUSDT Funding ',
      'CCCUSDT BustTrade CreateByLiq',
      'AAAUSDT Trade CreateByStopLoss',
    ]);
    expect(rows('execution.fast').map(({ execId }) => execId)).toEqual(rows('execution').map(({ execId }) => execId));
    expect(rows('position').at(-1)).toMatchObject({ symbol: 'AAAUSDT', side: '', size: '0' });
    const stop = rows('order').filter(({ createType }) => createType === 'CreateByStopLoss');
    expect(stop.map(({ orderStatus }) => orderStatus)).toEqual(expect.arrayContaining(['Triggered', 'Filled']));
    expect(frames.filter(({ topic }) => topic).every(({ creationTime }) => creationTime > START)).toBe(true);
  });

  it('takes orders over the trade channel, from both clients', async () => {
    const target = await server();
    const client = await ccxt(target);
    const placed = await client.createOrderWs(AAA, 'market', 'buy', 1, undefined, {
      positionIdx: 0,
      clientOrderId: 'w-1',
    });
    expect(placed.id).toBe(target.exchange.closedOrders({ clientOrderId: 'w-1' })[0].orderId);
    const other = bybitApiStream(target, CREDENTIALS);
    closing.push(() => other.closeAll(true));
    const reply = await other.sendWSAPIRequest('v5PrivateTrade', 'order.create', {
      category: 'linear',
      symbol: 'AAAUSDT',
      side: 'Sell',
      orderType: 'Market',
      qty: '1',
      reduceOnly: true,
      orderLinkId: 'w-2',
      positionIdx: 0,
    });
    expect(reply).toMatchObject({ retCode: 0, data: { orderLinkId: 'w-2' } });
    expect(target.exchange.position('AAAUSDT').quantity).toBe(0);
    await expect(
      other.sendWSAPIRequest('v5PrivateTrade', 'order.cancel', {
        category: 'linear',
        symbol: 'AAAUSDT',
        orderId: 'none',
      }),
    ).rejects.toMatchObject({ retCode: 110_001 });
    expect(target.bugs).toEqual([]);
  });
});

async function loggedIn(target: SimulatedBybit, path = '/v5/private', key = CREDENTIALS.key) {
  const { createHmac } = await import('node:crypto');
  const connection = await raw(target, path);
  const expires = Date.now() + 10_000;
  const signature = createHmac('sha256', CREDENTIALS.secret).update(`GET/realtime${expires}`).digest('hex');
  const login = await connection.ask({ op: 'auth', args: [key, expires, signature] });
  return { ...connection, login };
}

const header = () => ({ 'X-BAPI-TIMESTAMP': String(Date.now()), 'X-BAPI-RECV-WINDOW': '5000' });

describe('what a connection is told when it errs', () => {
  it('on the public stream', async () => {
    const target = await server();
    const { ask } = await raw(target, '/v5/public/linear');
    const said = async (frame: object | string) => (await ask(frame)).ret_msg;
    expect(await said({ op: 'subscribe', args: ['nonsense.AAAUSDT'] })).toBe(
      'error:handler not found,topic:nonsense.AAAUSDT',
    );
    expect(await said({ op: 'subscribe', args: ['kline.60.NOBODY'] })).toBe(
      'error:handler not found,topic:kline.60.NOBODY',
    );
    expect(await said({ op: 'subscribe', args: ['kline.60.AAAUSDT'] })).toBe('');
    expect(await said({ op: 'subscribe', args: ['kline.60.AAAUSDT'] })).toBe(
      'error:already subscribed,topic:kline.60.AAAUSDT',
    );
    expect(await said({ op: 'unsubscribe', args: ['kline.60.AAAUSDT'] })).toBe('');
    expect(await said({ op: 'subscribe', args: ['kline.60.AAAUSDT'], callerMethodName: 'watchOHLCV' })).toBe('');
    expect(await said({ op: 'subscribe', args: 'kline.60.AAAUSDT' })).toBe('error:invalid args');
    expect(await said({ op: 'subscribe', args: ['x'.repeat(21_001)] })).toBe('error:invalid args');
    expect(await said({ op: 'dance' })).toContain('op not found');
    expect(await said('{"op"')).toContain('json');
    expect(await said('[]')).toContain('json');
    expect(await ask({ op: 'ping', req_id: 7 })).toMatchObject({ ret_msg: 'pong', req_id: '7', op: 'ping' });
  });

  it('on the private stream', async () => {
    const target = await server();
    const { ask } = await raw(target, '/v5/private');
    expect(await ask({ op: 'subscribe', args: ['order'] })).toMatchObject({
      success: false,
      ret_msg: 'Request not authorized',
    });
    expect(await ask({ op: 'auth', args: [CREDENTIALS.key, Date.now() + 9_000, 'wrong'] })).toMatchObject({
      success: false,
      retCode: 10_004,
    });
    expect(await ask({ op: 'auth', args: [CREDENTIALS.key, Date.now() - 1, 'wrong'] })).toMatchObject({
      retCode: 10_002,
    });
    expect(await ask({ op: 'auth', args: [] })).toMatchObject({ success: false, retCode: 10_001 });
    expect((await loggedIn(target, '/v5/private', 'somebody')).login).toMatchObject({ retCode: 10_003 });
    expect((await loggedIn(target, '/v5/private', 'live-key')).login.retMsg).toContain('domain are matched');
    const good = await loggedIn(target);
    expect(good.login).toMatchObject({ success: true, op: 'auth' });
    expect(await good.ask({ op: 'subscribe', args: ['order', 'order.linear'] })).toMatchObject({ success: false });
    expect(await good.ask({ op: 'subscribe', args: ['nonsense'] })).toMatchObject({ success: false });
    expect(await good.ask({ op: 'subscribe', args: ['order.linear'], req_id: 'a' })).toMatchObject({
      success: true,
      req_id: 'a',
    });
    expect(await good.ask({ op: 'ping', req_id: 7 })).toMatchObject({
      op: 'pong',
      req_id: '7',
      args: [expect.any(String)],
    });
  });

  it('on the trade channel', async () => {
    const target = await server();
    const stranger = await raw(target, '/v5/trade');
    const create = { op: 'order.create', reqId: '1', args: [{}] };
    expect(await stranger.ask({ ...create, header: header() })).toMatchObject({ retCode: 10_003, reqId: '1' });
    const { login, ask } = await loggedIn(target, '/v5/trade');
    expect(login).toMatchObject({ retCode: 0, op: 'auth' });
    expect(await ask({ op: 'auth', args: [] })).toMatchObject({ retCode: 20_001 });
    expect(await ask({ ...create, header: header() })).toMatchObject({ retCode: 10_001 });
    expect(await ask({ ...create, header: header() })).toMatchObject({ retCode: 20_006 });
    expect(await ask({ ...create, reqId: '2', header: { 'X-BAPI-TIMESTAMP': '1' } })).toMatchObject({
      retCode: 10_002,
    });
    expect(await ask({ ...create, reqId: '3' })).toMatchObject({ retCode: 10_001 });
    expect(await ask({ op: 'order.dance', reqId: '4', header: header() })).toMatchObject({ retCode: 10_404 });
    expect(await ask({ op: 'ping' })).toMatchObject({ op: 'pong', retCode: 0 });
  });
});

it('maintenance is announced, closes the streams and ends', async () => {
  const target = await server();
  const status = await raw(target, '/v5/public/misc/status');
  await status.ask({ op: 'subscribe', args: ['system.status'] });
  const { socket } = await raw(target, '/v5/public/linear');
  const closed = once(socket, 'close');
  target.exchange.fate.beginMaintenance();
  expect((await closed)[0]).toBe(1001);
  const reply = await fetch(`${target.httpUrl}/v5/market/tickers?category=linear`);
  expect([reply.status, await reply.json()]).toMatchObject([503, { retCode: 10_019 }]);
  expect((await fetch(`${target.httpUrl}/v5/market/time`)).status).toBe(200);
  target.exchange.fate.endMaintenance();
  expect((await fetch(`${target.httpUrl}/v5/market/tickers?category=linear`)).status).toBe(200);
  await until(() => status.frames.length === 3);
  expect(status.frames.slice(1).map(({ data: [{ state }] }) => state)).toEqual(['ongoing', 'completed']);
});

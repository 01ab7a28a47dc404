// Do the faults of frames do to them what the catalogue says? Rows 16 to 21, 24 and 48, in the forms of both venues.
import { describe, expect, it } from 'vitest';
import { faultDesk } from '../../../../test/scenarios/exchange-simulator/fault-desk.ts';
import { HOUR, START } from '../../../../test/scenarios/simulated-market.ts';

const PUBLIC = { channel: 'public' } as const;
const order = (status: string, orderId = 'a'): string =>
  JSON.stringify({ topic: 'order', data: [{ orderId, orderStatus: status }] });
const candle = (confirm: boolean, start = START): string =>
  JSON.stringify({ topic: 'kline.60.TESTUSDT', data: [{ start, confirm }], type: 'snapshot' });
const binanceCandle = (x: boolean): string => JSON.stringify({ e: 'kline', k: { t: START, x } });

const told = (e: string, o: object): string => JSON.stringify({ stream: 'key', data: { e, o } });

describe('single frames', () => {
  it('row 16: come more than once', () => {
    const desk = faultDesk([{ fault: 16, request: 2, copies: 2, delay_ms: 40 }]);
    expect(desk.frame('execution', 'a')).toEqual([['a', 0]]);
    expect(desk.frame('execution', 'b')).toEqual([
      ['b', 0],
      ['b', 40],
      ['b', 40],
    ]);
    expect(desk.frame('execution', 'c')).toEqual([['c', 0]]);
  });

  it('row 17: an older state of the same order comes after the newer one', () => {
    const desk = faultDesk([{ fault: 17, at: new Date(START).toISOString() }]);
    expect(desk.frame('order', order('New'))).toEqual([[order('New'), 0]]);
    expect(desk.frame('order', order('New', 'b'))).toHaveLength(1);
    expect(desk.frame('order', order('New', 'b'))).toHaveLength(1);
    expect(desk.frame('order', order('Filled'))).toEqual([
      [order('Filled'), 0],
      [order('New'), 0],
    ]);
    expect(desk.frame('order', order('Filled', 'b'))).toHaveLength(1);
    expect(desk.rows()).toEqual([17]);
  });

  it('row 17: does the same at Binance, for both books', () => {
    const desk = faultDesk([{ fault: 17 }], { venue: 'binance' });
    const [first, second] = ['NEW', 'FILLED'].map((X) => told('ORDER_TRADE_UPDATE', { i: 5, X }));
    const [third, fourth] = ['NEW', 'CANCELED'].map((X) => told('ALGO_UPDATE', { aid: 5, X }));
    expect(desk.frame('ORDER_TRADE_UPDATE', first)).toHaveLength(1);
    expect(desk.frame('ALGO_UPDATE', third)).toHaveLength(1);
    expect(desk.frame('ORDER_TRADE_UPDATE', second).map(([sent]) => sent)).toEqual([second, first]);
    expect(desk.frame('ALGO_UPDATE', fourth).map(([sent]) => sent)).toEqual([fourth, third]);
  });

  it('row 18: come late, unchanged', () => {
    const desk = faultDesk([{ fault: 18, request: 1, delay_ms: 900 }]);
    expect(desk.frame('order', 'a')).toEqual([['a', 900]]);
    expect(desk.frame('order', 'b')).toEqual([['b', 0]]);
  });

  it('row 19: of the account never come, three by default', () => {
    const desk = faultDesk([{ fault: 19, request: 2 }]);
    const seen = ['a', 'b', 'c', 'd', 'e'].map((text) => desk.frame('execution', text).length);
    expect(seen).toEqual([1, 0, 0, 0, 1]);
    expect(desk.frame('tickers.TESTUSDT', 'x', PUBLIC)).toHaveLength(1);
  });

  it('row 24: come together at the end of a beat', () => {
    const desk = faultDesk([{ fault: 24, request: 1, burst_ms: 500, for_wall: '1s' }]);
    const beat = 500 - (desk.clock.now() % 500);
    const delays: number[] = [];
    for (const text of ['a', 'b', 'c']) {
      delays.push(desk.frame('order', text)[0][1]);
      desk.clock.advance(100);
    }
    expect(delays).toEqual([beat, beat - 100, beat - 200]);
    desk.clock.advance(1_000);
    expect(desk.frame('order', 'd')).toEqual([['d', 0]]);
    const short = faultDesk([{ fault: 24, request: 1, burst_ms: 1_000, for_wall: '10ms' }]);
    const [[, wait]] = short.frame('order', 'a');
    short.clock.advance(20);
    expect(short.frame('order', 'b')).toEqual([['b', wait - 20]]);
    short.clock.advance(wait - 20);
    expect(short.frame('order', 'c')).toEqual([['c', 0]]);
  });
});

describe('candles on the stream', () => {
  it('row 20: the connection drops, and the next closed candles are missing', () => {
    const desk = faultDesk([{ fault: 20, at: new Date(START + HOUR).toISOString(), count: 2 }]);
    const send = (confirm: boolean, connection = 1) =>
      desk.frame('kline.60.TESTUSDT', candle(confirm), { ...PUBLIC, connection }).length;
    expect([send(false), send(true)]).toEqual([1, 1]);
    desk.advance(START + HOUR);
    const view = { connection: 1, channel: 'public' } as const;
    expect(desk.faults.dropsConnection(view)).toBe(true);
    expect(desk.faults.dropsConnection({ ...view, channel: 'private' })).toBe(false);
    expect(desk.faults.dropsConnection({ ...view, connection: 2 })).toBe(false);
    expect([send(false, 2), send(true, 2), send(false, 2), send(true, 2), send(false, 2), send(true, 2)]).toEqual([
      0, 0, 0, 0, 1, 1,
    ]);
    expect(desk.frame('tickers.TESTUSDT', 'x', PUBLIC)).toHaveLength(1);
  });

  it('row 20: without the drop they are merely missing', () => {
    const desk = faultDesk([{ fault: 20, request: 1, drops: false, count: 1 }]);
    expect(desk.frame('kline.60.TESTUSDT', candle(true), PUBLIC)).toEqual([]);
    expect(desk.faults.dropsConnection({ connection: 1, channel: 'public' })).toBe(false);
    expect(desk.frame('kline.60.TESTUSDT', candle(true), PUBLIC)).toHaveLength(1);
  });

  it('row 21: the mark of a closed candle is missing, at both venues', () => {
    const bybit = faultDesk([{ fault: 21, request: 1 }]);
    expect(bybit.frame('kline.60.TESTUSDT', candle(false), PUBLIC)).toEqual([[candle(false), 0]]);
    expect(bybit.frame('kline.60.TESTUSDT', candle(true), PUBLIC)).toEqual([[candle(false), 0]]);
    expect(bybit.frame('kline.60.TESTUSDT', candle(true), PUBLIC)).toEqual([[candle(true), 0]]);
    const binance = faultDesk([{ fault: 21 }], { venue: 'binance' });
    expect(binance.frame('testusdt@kline_1h', binanceCandle(true), PUBLIC)).toEqual([[binanceCandle(false), 0]]);
    const inEnvelope = (x: boolean): string =>
      JSON.stringify({ stream: 'testusdt@kline_1h', data: JSON.parse(binanceCandle(x)) });
    expect(binance.frame('testusdt@kline_1h', inEnvelope(true), PUBLIC)).toEqual([[inEnvelope(false), 0]]);
  });

  it('row 21: or a closed candle comes twice', () => {
    const desk = faultDesk([{ fault: 21, kind: 'twice', delay_ms: 30 }]);
    expect(desk.frame('kline.60.TESTUSDT', candle(true), PUBLIC)).toEqual([
      [candle(true), 0],
      [candle(true), 30],
    ]);
  });
});

describe('row 48, balance-wrong', () => {
  const wallet = JSON.stringify({
    topic: 'wallet',
    data: [{ totalAvailableBalance: '40.5', totalInitialMargin: '7', coin: [{ coin: 'USDT', walletBalance: '100' }] }],
  });

  it('the stream says nothing of the wallet any more', () => {
    const desk = faultDesk([{ fault: 48 }]);
    expect(desk.frame('wallet', wallet)).toEqual([]);
    expect(desk.frame('order', 'x')).toHaveLength(1);
    expect(desk.request('/v5/account/wallet-balance')).toMatchObject({ kind: 'pass', rewrite: undefined });
  });

  it('or more is said to be free than there is, by stream and by request', () => {
    const desk = faultDesk([{ fault: 48, kind: 'overstated', factor: 2 }]);
    const [[sent]] = desk.frame('wallet', wallet);
    expect(JSON.parse(sent)).toMatchObject({
      data: [
        { totalAvailableBalance: '81.00000000', totalInitialMargin: '7', coin: [{ walletBalance: '200.00000000' }] },
      ],
    });
    const fate = desk.request('/v5/account/wallet-balance');
    const rewrite = fate.kind === 'pass' ? fate.rewrite : undefined;
    const reply = JSON.stringify({ retCode: 0, result: { list: [{ totalAvailableBalance: '1', coin: [] }] } });
    expect(JSON.parse(rewrite?.(reply) ?? '')).toMatchObject({
      result: { list: [{ totalAvailableBalance: '2.00000000' }] },
    });
    expect(rewrite?.('no json')).toBe('no json');
  });

  it('at Binance as well', () => {
    const desk = faultDesk([{ fault: 48, kind: 'overstated', factor: 3 }], { venue: 'binance' });
    const event = JSON.stringify({
      e: 'ACCOUNT_UPDATE',
      a: { m: 'ORDER', B: [{ a: 'USDT', wb: '10', cw: '5' }], P: [] },
    });
    const [[sent]] = desk.frame('ACCOUNT_UPDATE', event);
    expect(JSON.parse(sent)).toMatchObject({ a: { B: [{ wb: '30.00000000', cw: '15.00000000' }] } });
    const fate = desk.request('/fapi/v3/account');
    const reply = JSON.stringify({ availableBalance: '1', assets: [{ asset: 'USDT', availableBalance: '1' }] });
    expect(JSON.parse((fate.kind === 'pass' ? fate.rewrite?.(reply) : undefined) ?? '')).toMatchObject({
      availableBalance: '3.00000000',
      assets: [{ availableBalance: '3.00000000' }],
    });
  });
});

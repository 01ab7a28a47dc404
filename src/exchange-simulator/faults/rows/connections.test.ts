// Do the faults of connections do what the catalogue says? Rows 11 to 15, 49 and 50.
import { describe, expect, it } from 'vitest';
import { faultDesk, type FaultDesk } from '../../../../test/scenarios/exchange-simulator/fault-desk.ts';
import { HOUR, START } from '../../../../test/scenarios/simulated-market.ts';

const NOON = new Date(START + HOUR).toISOString();
const view = (connection: number, channel: 'public' | 'private' = 'private') => ({ connection, channel });

/** Whether each of the connections is met. */
function met(desk: FaultDesk, what: 'dropsConnection' | 'isDead', ids: readonly number[]): readonly boolean[] {
  return ids.map((id) => desk.faults[what](view(id)));
}

describe.each([
  [11, 'connection-drops', 'dropsConnection'],
  [12, 'connection-dies-silently', 'isDead'],
] as const)('row %i, %s', (fault, _, what) => {
  it('meets what is open at its moment, and not what is opened later', () => {
    const desk = faultDesk([{ fault, at: NOON }]);
    expect(met(desk, what, [1, 2])).toEqual([false, false]);
    desk.advance(START + HOUR);
    expect(met(desk, what, [1, 2, 3])).toEqual([true, true, false]);
    desk.advance(START + 2 * HOUR);
    expect(met(desk, what, [2, 3])).toEqual([true, false]);
  });

  it('meets everything while it has a span', () => {
    const desk = faultDesk([{ fault, at: NOON, for_wall: '2s' }]);
    met(desk, what, [1]);
    desk.advance(START + HOUR);
    expect(met(desk, what, [1, 2])).toEqual([true, true]);
    desk.clock.advance(2_000);
    expect(met(desk, what, [3])).toEqual([false]);
  });

  it('meets the connection of the n-th frame, after it', () => {
    const desk = faultDesk([{ fault, request: 2 }]);
    expect(desk.frame('order', 'a', view(1))).toEqual([['a', 0]]);
    expect(met(desk, what, [1, 2])).toEqual([false, false]);
    expect(desk.frame('order', 'b', view(2))).toEqual([['b', 0]]);
    expect(met(desk, what, [1, 2])).toEqual([false, true]);
  });

  it('can be narrowed to a channel', () => {
    const desk = faultDesk([{ fault, at: NOON, channel: 'public' }]);
    met(desk, what, [1]);
    desk.advance(START + HOUR);
    expect(desk.faults[what](view(1, 'public'))).toBe(true);
    expect(desk.faults[what](view(1))).toBe(false);
  });

  it('comes again and again', () => {
    const desk = faultDesk([{ fault, every: '1h' }]);
    const seen = [1, 2, 3].map((hour) => {
      met(desk, what, [hour]);
      desk.advance(START + hour * HOUR);
      return met(desk, what, [hour])[0];
    });
    expect(seen).toEqual([true, true, true]);
    expect(desk.rows()).toEqual([fault, fault, fault]);
  });
});

const frames = (desk: FaultDesk, connection: number) =>
  ['kline.60.TESTUSDT', 'tickers.TESTUSDT', 'pong'].map(
    (topic) => desk.frame(topic, 'x', view(connection, 'public')).length,
  );

describe('row 13, topic-stalls', () => {
  it('silences one topic of one connection until the client connects anew', () => {
    const desk = faultDesk([{ fault: 13, request: 1 }]);
    expect(frames(desk, 1)).toEqual([0, 1, 1]);
    expect(frames(desk, 1)).toEqual([0, 1, 1]);
    desk.faults.clientFrame({ ...view(1, 'public'), payload: '{"op":"subscribe","args":["kline.60.TESTUSDT"]}' });
    expect(frames(desk, 1)).toEqual([0, 1, 1]);
    expect(frames(desk, 2)).toEqual([1, 1, 1]);
  });

  it('silences as many topics as it counts', () => {
    const desk = faultDesk([{ fault: 13, request: 1, count: 2 }]);
    expect(desk.frame('kline.60.TESTUSDT', 'x', view(1, 'public'))).toEqual([]);
    expect(desk.frame('kline.60.TESTUSDT', 'x', view(1, 'public'))).toEqual([]);
    expect(frames(desk, 1)).toEqual([0, 0, 1]);
    expect(desk.frame('publicTrade.TESTUSDT', 'x', view(1, 'public'))).toHaveLength(1);
  });

  it('heals when the client subscribes anew, where told so', () => {
    const desk = faultDesk([{ fault: 13, request: 1, heals: 'resubscribe' }]);
    expect(frames(desk, 1)).toEqual([0, 1, 1]);
    desk.faults.clientFrame({ ...view(1, 'public'), payload: '{"op":"ping"}' });
    expect(frames(desk, 1)).toEqual([0, 1, 1]);
    desk.faults.clientFrame({ ...view(1, 'public'), payload: '{"op":"subscribe","args":["kline.60.TESTUSDT"]}' });
    expect(frames(desk, 1)).toEqual([1, 1, 1]);
  });

  it('silences the topics that are named, on every connection, for a span', () => {
    const desk = faultDesk([{ fault: 13, at: NOON, for: '1h', topic: 'tickers' }]);
    expect(frames(desk, 1)).toEqual([1, 1, 1]);
    desk.advance(START + HOUR);
    expect(frames(desk, 1)).toEqual([1, 0, 1]);
    expect(frames(desk, 2)).toEqual([1, 0, 1]);
    desk.advance(START + 2 * HOUR);
    expect(frames(desk, 1)).toEqual([1, 1, 1]);
  });
});

describe('row 14, subscription-refused', () => {
  const subscribe = { ...view(1, 'public'), payload: '{"op":"subscribe","req_id":"7","args":["kline.1.TESTUSDT"]}' };

  it('loses one subscription, or refuses it in the words of the venue', () => {
    const silent = faultDesk([{ fault: 14, request: 1 }]).faults;
    expect(silent.clientFrame({ ...subscribe, payload: '{"op":"ping"}' })).toEqual({ kind: 'heard' });
    expect(silent.clientFrame(subscribe)).toEqual({ kind: 'lost' });
    expect(silent.clientFrame(subscribe)).toEqual({ kind: 'heard' });
    const refusal = faultDesk([{ fault: 14, kind: 'refusal' }]).faults.clientFrame(subscribe);
    expect(refusal.kind).toBe('answered');
    expect(JSON.parse(refusal.kind === 'answered' ? refusal.payload : '')).toMatchObject({
      success: false,
      req_id: '7',
      op: 'subscribe',
      ret_msg: 'error:handler not found,topic:kline.1.TESTUSDT',
    });
  });

  it('does the same at Binance', () => {
    const { faults } = faultDesk([{ fault: 14, kind: 'refusal' }], { venue: 'binance' });
    const fate = faults.clientFrame({
      ...view(1, 'public'),
      payload: '{"method":"SUBSCRIBE","params":["testusdt@kline_1h"],"id":3}',
    });
    expect(JSON.parse(fate.kind === 'answered' ? fate.payload : '')).toMatchObject({ id: 3, error: { code: 2 } });
  });
});

describe('row 15, login-refused', () => {
  const login = { ...view(1), payload: '{"op":"auth","args":["key","1","x"]}' };

  it('refuses a login, or leaves it without an answer', () => {
    const second = faultDesk([{ fault: 15, request: 2 }]).faults;
    expect(second.clientFrame(login)).toEqual({ kind: 'heard' });
    const fate = second.clientFrame(login);
    expect(JSON.parse(fate.kind === 'answered' ? fate.payload : '')).toMatchObject({
      success: false,
      op: 'auth',
      retCode: 10_003,
    });
    expect(second.clientFrame(login)).toEqual({ kind: 'heard' });
    expect(faultDesk([{ fault: 15, kind: 'silence' }]).faults.clientFrame(login)).toEqual({ kind: 'lost' });
  });

  it('refuses a listen key at Binance', () => {
    const desk = faultDesk([{ fault: 15, request: 1 }], { venue: 'binance' });
    expect(desk.request('/fapi/v1/listenKey', { method: 'PUT' }).kind).toBe('pass');
    expect(desk.request('/fapi/v1/listenKey', { method: 'POST' })).toEqual({
      kind: 'refuse',
      commit: false,
      refusal: 'key-invalid',
    });
    expect(desk.request('/fapi/v1/listenKey', { method: 'POST' }).kind).toBe('pass');
  });
});

describe('row 49, listen-key-expires', () => {
  it('says so once at Binance, and then pushes nothing on that connection', () => {
    const desk = faultDesk([{ fault: 49, at: NOON }], { venue: 'binance' });
    const account = (connection: number) => desk.frame('ORDER_TRADE_UPDATE', 'x', view(connection));
    expect(account(1)).toHaveLength(1);
    expect(desk.faults.unasked(view(1))).toEqual([]);
    desk.advance(START + HOUR);
    const [told] = desk.faults.unasked(view(1));
    expect(JSON.parse(told)).toMatchObject({ e: 'listenKeyExpired', E: START + HOUR });
    expect(desk.faults.unasked(view(1))).toEqual([]);
    expect(desk.faults.unasked(view(1, 'public'))).toEqual([]);
    expect(account(1)).toEqual([]);
    expect(desk.frame('testusdt@kline_1h', 'x', view(1, 'public'))).toHaveLength(1);
    expect(account(2)).toHaveLength(1);
  });

  it('is silence without a word at Bybit', () => {
    const desk = faultDesk([{ fault: 49, at: NOON }]);
    desk.frame('order', 'x');
    desk.advance(START + HOUR);
    expect(desk.faults.unasked(view(1))).toEqual([]);
    expect(desk.frame('order', 'x')).toEqual([]);
    expect(desk.frame('pong', 'x')).toHaveLength(1);
  });
});

describe('row 50, process-restarts', () => {
  it('ends every connection, and nothing else happens', () => {
    const desk = faultDesk([{ fault: 50, at: NOON }]);
    met(desk, 'dropsConnection', [1, 2]);
    desk.advance(START + HOUR);
    expect(met(desk, 'dropsConnection', [1, 2, 3])).toEqual([true, true, false]);
    expect(desk.faults.dropsConnection(view(1, 'public'))).toBe(true);
    expect(desk.create()).toMatchObject({ kind: 'pass' });
    expect(desk.exchange.ledger.lines).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import {
  deskOf,
  KEYS,
  NOW,
  type Desk,
  type Params,
} from '../../../../test/scenarios/exchange-simulator/binance-desk.ts';
import { exchangeOver, type Prices } from '../../../../test/scenarios/exchange-market.ts';
import { HOUR, START, SYMBOL } from '../../../../test/scenarios/simulated-market.ts';

const FLAT: Prices = [100, 101, 99, 100];
const PRICES: readonly Prices[] = [FLAT, FLAT, FLAT, [100, 101, 94, 95], [95, 111, 95, 110], FLAT, FLAT];

const ORDER = '/fapi/v1/order';
const LIMIT = { symbol: SYMBOL, side: 'BUY', type: 'LIMIT', quantity: '1', price: '98', timeInForce: 'GTC' } as const;
const MARKET = { symbol: SYMBOL, side: 'BUY', type: 'MARKET', quantity: '1' } as const;

const desk = (prices = PRICES): Desk => deskOf(exchangeOver(prices));

describe('an order', () => {
  it('that rests is acknowledged as new, whatever answer is asked for', () => {
    const { body } = desk().post(ORDER, { ...LIMIT, newClientOrderId: 'a', newOrderRespType: 'RESULT' });
    expect(body).toMatchObject({
      symbol: SYMBOL,
      clientOrderId: 'a',
      status: 'NEW',
      price: '98.0',
      origQty: '1.000',
      executedQty: '0.000',
      type: 'LIMIT',
      timeInForce: 'GTC',
      side: 'BUY',
      positionSide: 'BOTH',
      reduceOnly: false,
      time: START,
    });
    expect(Number.isSafeInteger(body.orderId)).toBe(true);
  });

  it('that fills says so only when the result is asked for', () => {
    expect(desk().post(ORDER, MARKET).body).toMatchObject({ status: 'NEW', executedQty: '0.000', avgPrice: '0.0' });
    expect(desk().post(ORDER, { ...MARKET, newOrderRespType: 'RESULT' }).body).toMatchObject({
      status: 'FILLED',
      executedQty: '1.000',
      avgPrice: '100',
      cumQuote: '100.00000000',
    });
  });

  it('gets a client id when it has none, by which it is found', () => {
    const own = desk();
    const { clientOrderId, orderId } = own.post(ORDER, LIMIT).body;
    expect(own.get(ORDER, { symbol: SYMBOL, origClientOrderId: clientOrderId }).body.orderId).toBe(orderId);
    expect(own.get(ORDER, { symbol: SYMBOL, orderId }).body.clientOrderId).toBe(clientOrderId);
  });

  it.each<[Params, number]>([
    [{ symbol: 'NONEUSDT' }, -1121],
    [{ symbol: undefined }, -1102],
    [{ side: 'LONG' }, -1117],
    [{ side: undefined }, -1102],
    [{ type: 'ICEBERG' }, -1116],
    [{ type: undefined }, -1102],
    [{ type: 'STOP_MARKET', stopPrice: '90' }, -4120],
    [{ type: 'TAKE_PROFIT' }, -4120],
    [{ type: 'TRAILING_STOP_MARKET' }, -4120],
    [{ timeInForce: 'DAY' }, -1115],
    [{ timeInForce: undefined }, -1102],
    [{ quantity: undefined }, -1102],
    [{ quantity: '0' }, -4003],
    [{ quantity: '0.0001' }, -1111],
    [{ quantity: 'many' }, -1130],
    [{ price: undefined }, -1102],
    [{ price: '0' }, -4001],
    [{ price: '98.05' }, -1111],
    [{ price: '160' }, -4016],
    [{ side: 'SELL', price: '40' }, -4024],
    [{ newClientOrderId: 'a b' }, -4015],
    [{ newClientOrderId: 'x'.repeat(37) }, -4015],
    [{ positionSide: 'LONG' }, -4061],
    [{ positionSide: 'UP' }, -4060],
    [{ reduceOnly: 'maybe' }, -1130],
    [{ reduceOnly: 'true' }, -2022],
    [{ closePosition: 'true' }, -4136],
    [{ newOrderRespType: 'FULL' }, -1130],
    [{ timeInForce: 'GTX', price: '101' }, -5022],
    [{ quantity: '900000' }, -4005],
  ])('with %j is refused with %i', (more, code) => {
    expect(desk().post(ORDER, { ...LIMIT, ...more })).toMatchObject({ status: 400, body: { code } });
  });

  it.each<[Params, number]>([
    [{ timeInForce: 'GTC' }, -1106],
    [{ quantity: '0.001' }, -4164],
  ])('at the market with %j is refused with %i', (more, code) => {
    expect(desk().post(ORDER, { ...MARKET, ...more })).toMatchObject({ status: 400, body: { code } });
  });

  it('needs the margin that it would bind', () => {
    const poor = deskOf(exchangeOver(PRICES, { deposit: 19 }));
    expect(poor.post(ORDER, MARKET).body).toEqual({ code: -2019, msg: 'Margin is insufficient.' });
  });

  it('is known by its client id once', () => {
    const own = desk();
    own.post(ORDER, { ...LIMIT, newClientOrderId: 'once' });
    expect(own.post(ORDER, { ...LIMIT, newClientOrderId: 'once' }).body).toEqual({
      code: -4116,
      msg: 'ClientOrderId is duplicated.',
    });
  });

  it('that would not be a maker, or not be filled whole, leaves no trace', () => {
    const own = desk();
    const heard = own.connect(`/private/ws?listenKey=${own.post('/fapi/v1/listenKey').body.listenKey}`);
    expect(own.post(ORDER, { ...LIMIT, timeInForce: 'GTX', price: '101', newClientOrderId: 'maker' }).body.code).toBe(
      -5022,
    );
    expect(own.post(ORDER, { ...LIMIT, timeInForce: 'FOK', newClientOrderId: 'whole' }).body.code).toBe(-5021);
    expect(own.get('/fapi/v1/allOrders', { symbol: SYMBOL }).body).toEqual([]);
    expect(own.get(ORDER, { symbol: SYMBOL, origClientOrderId: 'maker' }).body.code).toBe(-2013);
    expect(heard.take()).toEqual([]);
    expect(own.post(ORDER, { ...LIMIT, timeInForce: 'IOC', newOrderRespType: 'RESULT' }).body).toMatchObject({
      status: 'EXPIRED',
      timeInForce: 'IOC',
    });
  });

  it('is not taken beyond 200 of a symbol', () => {
    const own = desk();
    for (let count = 0; count < 200; count += 1) expect(own.post(ORDER, LIMIT).status).toBe(200);
    expect(own.post(ORDER, LIMIT).body.code).toBe(-2025);
  });
});

const resting = () => {
  const own = desk();
  const { orderId } = own.post(ORDER, { ...LIMIT, newClientOrderId: 'rest' }).body;
  return { own, orderId };
};

describe('an order that rests', () => {
  it('is changed in price and quantity', () => {
    const { own, orderId } = resting();
    const change = { symbol: SYMBOL, side: 'BUY', orderId, quantity: '2', price: '97.5' };
    expect(own.put(ORDER, change).body).toMatchObject({ orderId, origQty: '2.000', price: '97.5', status: 'NEW' });
    expect(own.put(ORDER, change).body.code).toBe(-5027);
    expect(own.put(ORDER, { ...change, price: undefined }).body.code).toBe(-1102);
    expect(own.put(ORDER, { ...change, orderId: 1 }).body.code).toBe(-2013);
  });

  it('is cancelled by either name, once', () => {
    const { own, orderId } = resting();
    const other = own.post(ORDER, LIMIT).body.orderId;
    expect(own.remove(ORDER, { symbol: SYMBOL, origClientOrderId: 'rest' }).body).toMatchObject({
      orderId,
      status: 'CANCELED',
    });
    expect(own.remove(ORDER, { symbol: SYMBOL, orderId }).body).toEqual({ code: -2011, msg: 'Unknown order sent.' });
    expect(own.remove(ORDER, { symbol: SYMBOL, orderId: other }).body.status).toBe('CANCELED');
    expect(own.remove(ORDER, { symbol: SYMBOL }).body.code).toBe(-1102);
  });

  it('is among the open ones until it ends', () => {
    const { own, orderId } = resting();
    const ids = (path: string): readonly number[] =>
      own.get(path, { symbol: SYMBOL }).body.map((row: any) => row.orderId);
    expect(ids('/fapi/v1/openOrders')).toEqual([orderId]);
    expect(own.get('/fapi/v1/openOrder', { symbol: SYMBOL, orderId }).status).toBe(200);
    own.advance(START + 4 * HOUR);
    expect(ids('/fapi/v1/openOrders')).toEqual([]);
    expect(own.get('/fapi/v1/openOrder', { symbol: SYMBOL, orderId }).body.code).toBe(-2013);
    expect(own.get(ORDER, { symbol: SYMBOL, orderId }).body).toMatchObject({ status: 'FILLED', avgPrice: '98' });
    expect(ids('/fapi/v1/allOrders')).toEqual([orderId]);
  });

  it('goes with all others of the ordinary book', () => {
    const { own } = resting();
    own.post('/fapi/v1/algoOrder', { ...STOP, side: 'BUY', triggerPrice: '120' });
    expect(own.remove('/fapi/v1/allOpenOrders', { symbol: SYMBOL }).body).toMatchObject({ code: 200 });
    expect(own.get('/fapi/v1/openOrders').body).toEqual([]);
    expect(own.get('/fapi/v1/openAlgoOrders').body).toHaveLength(1);
  });

  it('goes when its owner lets the countdown end, and not before', () => {
    const { own } = resting();
    const count = (countdownTime: number) => own.post('/fapi/v1/countdownCancelAll', { symbol: SYMBOL, countdownTime });
    expect(count(5_000).body).toEqual({ symbol: SYMBOL, countdownTime: '5000' });
    own.clock.advance(4_999);
    count(5_000);
    own.clock.advance(4_999);
    count(0);
    own.clock.advance(10_000);
    expect(own.get('/fapi/v1/openOrders').body).toHaveLength(1);
    count(1_000);
    own.clock.advance(1_000);
    expect(own.get('/fapi/v1/openOrders').body).toEqual([]);
    expect(own.clock.waiting).toBe(0);
  });
});

const ALGO = '/fapi/v1/algoOrder';
const STOP = {
  symbol: SYMBOL,
  algoType: 'CONDITIONAL',
  side: 'SELL',
  type: 'STOP_MARKET',
  quantity: '1',
  triggerPrice: '96',
} as const;
const CLOSE = { ...STOP, quantity: undefined, closePosition: 'true' } as const;

describe('a conditional order', () => {
  it('waits in a book of its own', () => {
    const own = desk();
    const { body } = own.post(ALGO, {
      ...STOP,
      side: 'BUY',
      triggerPrice: '105',
      clientAlgoId: 'wait',
      workingType: 'MARK_PRICE',
    });
    expect(body).toMatchObject({
      clientAlgoId: 'wait',
      algoType: 'CONDITIONAL',
      orderType: 'STOP_MARKET',
      algoStatus: 'NEW',
      triggerPrice: '105.0',
      workingType: 'MARK_PRICE',
      closePosition: false,
      reduceOnly: false,
      quantity: '1.000',
    });
    expect(body).not.toHaveProperty('actualOrderId');
    expect(own.get('/fapi/v1/openOrders').body).toEqual([]);
    expect(own.get(ORDER, { symbol: SYMBOL, origClientOrderId: 'wait' }).body.code).toBe(-2013);
    expect(own.get('/fapi/v1/openAlgoOrders', { symbol: SYMBOL }).body).toMatchObject([
      { algoId: body.algoId, actualOrderId: '' },
    ]);
    expect(own.get(ALGO, { algoId: body.algoId }).body).toMatchObject({ clientAlgoId: 'wait', triggerTime: 0 });
  });

  it('becomes an ordinary one of the same name when it triggers', () => {
    const own = desk();
    const { algoId } = own.post(ALGO, { ...STOP, side: 'BUY', triggerPrice: '105', clientAlgoId: 'up' }).body;
    own.advance(START + 5 * HOUR);
    const algo = own.get(ALGO, { clientAlgoId: 'up' }).body;
    expect(algo).toMatchObject({ algoId, algoStatus: 'FINISHED', actualPrice: '105' });
    expect(own.get(ORDER, { symbol: SYMBOL, orderId: algo.actualOrderId }).body).toMatchObject({
      clientOrderId: 'up',
      status: 'FILLED',
      type: 'MARKET',
      origType: 'STOP_MARKET',
    });
    expect(own.get('/fapi/v1/userTrades', { symbol: SYMBOL }).body).toMatchObject([
      { orderId: Number(algo.actualOrderId) },
    ]);
    expect(own.get('/fapi/v1/allAlgoOrders', { symbol: SYMBOL }).body).toHaveLength(1);
    expect(own.get('/fapi/v1/allOrders', { symbol: SYMBOL }).body).toHaveLength(1);
  });

  it('of a limit rests in the ordinary book once it has triggered', () => {
    const own = desk();
    const { algoId } = own.post(ALGO, {
      ...STOP,
      side: 'BUY',
      type: 'STOP',
      triggerPrice: '105',
      price: '90',
      timeInForce: 'GTC',
    }).body;
    own.advance(START + 5 * HOUR);
    expect(own.get('/fapi/v1/openAlgoOrders').body).toEqual([]);
    expect(own.get(ALGO, { algoId }).body.algoStatus).toBe('TRIGGERED');
    expect(own.get('/fapi/v1/openOrders').body).toMatchObject([
      { status: 'NEW', type: 'LIMIT', origType: 'STOP', price: '90.0' },
    ]);
  });

  it.each<[string, Params]>([
    ['STOP_MARKET', { side: 'BUY', triggerPrice: '105' }],
    ['STOP_MARKET', { side: 'SELL', triggerPrice: '95' }],
    ['TAKE_PROFIT_MARKET', { side: 'BUY', triggerPrice: '95' }],
    ['TAKE_PROFIT_MARKET', { side: 'SELL', triggerPrice: '105' }],
  ])('keeps its type %s with %j, and may not trigger at once', (type, more) => {
    expect(desk().post(ALGO, { ...STOP, ...more, type }).body.orderType).toBe(type);
    const other = more['triggerPrice'] === '105' ? '95' : '105';
    expect(desk().post(ALGO, { ...STOP, ...more, type, triggerPrice: other }).body.code).toBe(-2021);
  });

  it.each<[Params, number]>([
    [{ algoType: 'VP' }, -1102],
    [{ type: 'MARKET' }, -1116],
    [{ type: 'TRAILING_STOP_MARKET', callbackRate: '1' }, -1020],
    [{ triggerPrice: undefined }, -1102],
    [{ triggerPrice: '96.01' }, -1111],
    [{ quantity: undefined }, -1102],
    [{ workingType: 'INDEX' }, -1130],
    [{ type: 'STOP', quantity: '1' }, -1102],
    [{ side: 'UP' }, -1117],
    [{ clientAlgoId: 'a b' }, -4015],
    [{ quantity: '0.001' }, -4164],
  ])('with %j is refused with %i', (more, code) => {
    expect(desk().post(ALGO, { ...STOP, ...more }).body.code).toBe(code);
  });

  it('is one of ten at most', () => {
    const own = desk();
    for (let count = 0; count < 10; count += 1) expect(own.post(ALGO, STOP).status).toBe(200);
    expect(own.post(ALGO, STOP).body.code).toBe(-4045);
  });

  it('is cancelled by either name, alone or with all', () => {
    const own = desk();
    const { algoId } = own.post(ALGO, { ...STOP, clientAlgoId: 'one' }).body;
    own.post(ALGO, { ...STOP, clientAlgoId: 'two' });
    expect(own.remove(ALGO, { clientAlgoId: 'one' }).body).toEqual({
      algoId,
      clientAlgoId: 'one',
      code: '200',
      msg: 'success',
    });
    expect(own.remove(ALGO, { algoId }).body.code).toBe(-2011);
    expect(own.get(ALGO, { algoId }).body.algoStatus).toBe('CANCELED');
    expect(own.remove('/fapi/v1/algoOpenOrders', { symbol: SYMBOL }).body.code).toBe(200);
    expect(own.get('/fapi/v1/openAlgoOrders').body).toEqual([]);
    expect(own.remove(ALGO, {}).body.code).toBe(-1102);
    expect(own.get(ALGO, { algoId: 5 }).body.code).toBe(-2013);
    expect(own.post(ALGO, { ...STOP, clientAlgoId: 'two' }).body.code).toBe(-4116);
  });
});

const held = (): Desk => {
  const own = desk();
  own.post(ORDER, MARKET);
  return own;
};

describe('what closes the whole position', () => {
  it('needs one, of the other side', () => {
    expect(desk().post(ALGO, CLOSE).body.code).toBe(-4509);
    expect(held().post(ALGO, { ...CLOSE, side: 'BUY', triggerPrice: '105' }).body.code).toBe(-4509);
  });

  it.each<[Params, number]>([
    [{ quantity: '1' }, -4137],
    [{ reduceOnly: 'true' }, -1106],
    [{ type: 'STOP', price: '95' }, -4136],
    [{ triggerPrice: '104' }, -2021],
  ])('with %j is refused with %i', (more, code) => {
    expect(held().post(ALGO, { ...CLOSE, ...more }).body.code).toBe(code);
  });

  it('is one stop and one target', () => {
    const own = held();
    expect(own.post(ALGO, { ...CLOSE, clientAlgoId: 'sl' }).body).toMatchObject({
      clientAlgoId: 'sl',
      orderType: 'STOP_MARKET',
      closePosition: true,
      quantity: '0.000',
      timeInForce: 'GTE_GTC',
    });
    expect(
      own.post(ALGO, { ...CLOSE, type: 'TAKE_PROFIT_MARKET', triggerPrice: '110', clientAlgoId: 'tp' }).status,
    ).toBe(200);
    expect(own.post(ALGO, { ...CLOSE, triggerPrice: '97' }).body.code).toBe(-4130);
    expect(own.exchange.position(SYMBOL)).toMatchObject({ stopPrice: 96, targetPrice: 110 });
    expect(own.get('/fapi/v1/openAlgoOrders').body.map((row: any) => row.clientAlgoId)).toEqual(['sl', 'tp']);
  });

  it('makes room for another once it is cancelled', () => {
    const own = held();
    own.post(ALGO, { ...CLOSE, clientAlgoId: 'sl' });
    expect(own.remove(ALGO, { clientAlgoId: 'sl' }).body.msg).toBe('success');
    expect(own.exchange.position(SYMBOL).stopPrice).toBeUndefined();
    expect(own.post(ALGO, { ...CLOSE, triggerPrice: '97' }).status).toBe(200);
  });

  it('grows with the position, and takes its sibling with it', () => {
    const own = held();
    own.post(ALGO, { ...CLOSE, clientAlgoId: 'sl' });
    own.post(ALGO, { ...CLOSE, type: 'TAKE_PROFIT_MARKET', triggerPrice: '110', clientAlgoId: 'tp' });
    own.post(ORDER, MARKET);
    own.advance(START + 4 * HOUR);
    expect(own.exchange.position(SYMBOL).quantity).toBe(0);
    expect(own.get(ALGO, { clientAlgoId: 'sl' }).body).toMatchObject({ algoStatus: 'FINISHED', actualPrice: '96' });
    expect(own.get(ALGO, { clientAlgoId: 'tp' }).body).toMatchObject({ algoStatus: 'EXPIRED', actualOrderId: '' });
    expect(own.get('/fapi/v1/userTrades', { symbol: SYMBOL }).body.map((row: any) => [row.side, row.qty])).toEqual([
      ['BUY', '1.000'],
      ['BUY', '1.000'],
      ['SELL', '2.000'],
    ]);
  });

  it('expires when the position is closed by other means', () => {
    const own = held();
    own.post(ALGO, { ...CLOSE, clientAlgoId: 'sl' });
    own.post(ORDER, { ...MARKET, side: 'SELL', reduceOnly: 'true' });
    expect(own.get(ALGO, { clientAlgoId: 'sl' }).body.algoStatus).toBe('EXPIRED');
  });

  it('may be named like nothing before', () => {
    const own = held();
    own.post(ALGO, { ...STOP, clientAlgoId: 'same' });
    expect(own.post(ALGO, { ...CLOSE, clientAlgoId: 'same' }).body.code).toBe(-4116);
  });
});

describe('a query', () => {
  it('does not find what was taken too recently', () => {
    let lagMs = 100;
    const exchange = exchangeOver(PRICES);
    const own = deskOf(exchange, { credentials: KEYS, orderLagMs: () => lagMs, acceptedAt: () => NOW - 50 });
    const { orderId } = own.post(ORDER, { ...LIMIT, newClientOrderId: 'young' }).body;
    const algo = own.post(ALGO, STOP);
    expect(algo.status).toBe(200);
    expect(own.get(ORDER, { symbol: SYMBOL, orderId }).body.code).toBe(-2013);
    expect(own.remove(ORDER, { symbol: SYMBOL, orderId }).body.code).toBe(-2011);
    expect(own.get('/fapi/v1/openOrders').body).toEqual([]);
    expect(own.get(ALGO, { algoId: algo.body.algoId }).body.code).toBe(-2013);
    lagMs = 10;
    expect(own.get(ORDER, { symbol: SYMBOL, orderId }).status).toBe(200);
  });

  it('for a history spans seven days at most and pages by number', () => {
    const own = desk();
    const ids = Array.from({ length: 5 }, () => own.post(ORDER, LIMIT).body.orderId as number);
    const all = (params: Params) => own.get('/fapi/v1/allOrders', { symbol: SYMBOL, ...params }).body;
    expect(all({ limit: 2 }).map((row: any) => row.orderId)).toEqual(ids.slice(-2));
    expect(all({ orderId: ids[1], limit: 2 }).map((row: any) => row.orderId)).toEqual(ids.slice(1, 3));
    expect(all({ startTime: START, endTime: START + 8 * 24 * HOUR }).code).toBe(-1127);
    expect(all({ startTime: START + 1 })).toEqual([]);
    expect(all({ startTime: START, endTime: START - 1 }).code).toBe(-1023);
  });
});

import { describe, expect, it } from 'vitest';
import {
  deskOf,
  type Desk,
  type HeardFrame,
  type Listener,
} from '../../../../test/scenarios/exchange-simulator/binance-desk.ts';
import { exchangeOver, hours, tapeSymbol, type Prices } from '../../../../test/scenarios/exchange-market.ts';
import { COSTS, fundingEvery, HOUR, seriesOf, START, SYMBOL } from '../../../../test/scenarios/simulated-market.ts';
import { LISTEN_KEY_MS } from './listen-keys.ts';

const FLAT: Prices = [100, 101, 99, 100];
const PRICES: readonly Prices[] = [
  FLAT,
  FLAT,
  FLAT,
  [100, 101, 94, 95],
  [95, 111, 95, 110],
  FLAT,
  FLAT,
  FLAT,
  FLAT,
  [100, 100, 70, 75],
];
const ORDER = '/fapi/v1/order';
const ALGO = '/fapi/v1/algoOrder';
const MARKET = { symbol: SYMBOL, side: 'BUY', type: 'MARKET', quantity: '1', newClientOrderId: 'in' } as const;
const LIMIT = { ...MARKET, type: 'LIMIT', price: '98', timeInForce: 'GTC', newClientOrderId: 'rest' } as const;
const STOP = {
  symbol: SYMBOL,
  algoType: 'CONDITIONAL',
  side: 'SELL',
  type: 'STOP_MARKET',
  closePosition: 'true',
  triggerPrice: '96',
} as const;

const market = (): Desk => deskOf(exchangeOver(PRICES));

const keyOf = (desk: Desk): string => desk.post('/fapi/v1/listenKey').body.listenKey;
const listen = (desk: Desk): Listener => desk.connect(`/private/ws?listenKey=${keyOf(desk)}`);

/** Events in short: what happened, and in which state it left what. */
const brief = (frames: readonly HeardFrame[]): readonly string[] =>
  frames.map(({ value }) => {
    const { e, o, a, ac } = value;
    if (e === 'ORDER_TRADE_UPDATE') return `${o.c} ${o.x} ${o.X}`;
    if (e === 'ALGO_UPDATE') return `${o.caid} algo ${o.X}`;
    if (e === 'ACCOUNT_UPDATE') return `account ${a.m} ${a.P.map((each: any) => each.pa).join()}`;
    return ac === undefined ? e : `${e} ${ac.l}`;
  });

describe("the account's stream", () => {
  it('tells of a market order: short, order, account', () => {
    const desk = market();
    const heard = listen(desk);
    desk.post(ORDER, MARKET);
    expect(brief(heard.frames)).toEqual(['in NEW NEW', 'TRADE_LITE', 'in TRADE FILLED', 'account ORDER 1.000']);
    const [, lite, trade, account] = heard.take();
    expect(lite.value).toMatchObject({ s: SYMBOL, c: 'in', S: 'BUY', q: '1.000', l: '1.000', L: '100' });
    expect(trade.value.o).toMatchObject({
      l: '1.000',
      L: '100',
      z: '1.000',
      ap: '100',
      N: 'USDT',
      n: '0.00000000',
      m: false,
      rp: '0.00000000',
    });
    expect(trade).toMatchObject({ topic: 'ORDER_TRADE_UPDATE', symbol: SYMBOL });
    expect(account.value.a.B).toEqual([{ a: 'USDT', wb: '100000.00000000', cw: '99980.00000000', bc: '0.00000000' }]);
    expect(account.value.a.P).toMatchObject([
      { s: SYMBOL, pa: '1.000', ep: '100', mt: 'isolated', iw: '20.00000000', ps: 'BOTH' },
    ]);
  });

  it('tells of an order that rests, changes, and is cancelled', () => {
    const desk = market();
    const heard = listen(desk);
    const { orderId } = desk.post(ORDER, LIMIT).body;
    desk.put(ORDER, { symbol: SYMBOL, side: 'BUY', orderId, quantity: '2', price: '97' });
    desk.remove(ORDER, { symbol: SYMBOL, orderId });
    expect(brief(heard.frames)).toEqual(['rest NEW NEW', 'rest AMENDMENT NEW', 'rest CANCELED CANCELED']);
    expect(heard.frames[1].value.o).toMatchObject({ q: '2.000', p: '97.0' });
  });

  it('tells of parts one by one', () => {
    const desk = market();
    desk.exchange.fate.splitFills(SYMBOL, 2);
    const heard = listen(desk);
    desk.post(ORDER, MARKET);
    const trades = heard.frames.filter(({ value }) => value.o?.x === 'TRADE').map(({ value }) => value.o);
    expect(trades.map(({ X, l, z }) => [X, l, z])).toEqual([
      ['PARTIALLY_FILLED', '0.500', '0.500'],
      ['FILLED', '0.500', '1.000'],
    ]);
    expect(new Set(trades.map(({ t }) => t)).size).toBe(2);
    expect(desk.get('/fapi/v1/userTrades', { symbol: SYMBOL }).body.map((row: any) => row.id)).toEqual(
      trades.map(({ t }) => t),
    );
  });

  it('tells of the whole life of stop and target', () => {
    const desk = market();
    desk.post(ORDER, MARKET);
    const heard = listen(desk);
    desk.post(ALGO, { ...STOP, clientAlgoId: 'sl' });
    desk.post(ALGO, { ...STOP, type: 'TAKE_PROFIT_MARKET', triggerPrice: '110', clientAlgoId: 'tp' });
    desk.post(ORDER, { ...MARKET, newClientOrderId: 'more' });
    expect(brief(heard.take()).filter((line) => line.includes('algo'))).toEqual(['sl algo NEW', 'tp algo NEW']);
    desk.advance(START + 4 * HOUR);
    expect(brief(heard.frames)).toEqual([
      'sl algo TRIGGERING',
      'sl algo TRIGGERED',
      'sl NEW NEW',
      'TRADE_LITE',
      'sl TRADE FILLED',
      'sl algo FINISHED',
      'account ORDER 0.000',
      'tp algo EXPIRED',
    ]);
    const [triggering, triggered, created, , trade, finished] = heard.frames.map(({ value }) => value.o);
    expect(triggering.ai).toBe('');
    expect(triggered.ai).toBe(String(created.i));
    expect(trade).toMatchObject({ o: 'MARKET', ot: 'STOP_MARKET', R: true, rp: '-8.00000000', l: '2.000', sp: '96.0' });
    expect(finished).toMatchObject({ ap: '96', aq: '2.000', act: 'MARKET' });
  });

  it('tells both books when what has triggered is cancelled', () => {
    const desk = market();
    const heard = listen(desk);
    const stop = { ...STOP, side: 'BUY', type: 'STOP', closePosition: undefined, quantity: '1', price: '90' };
    desk.post(ALGO, { ...stop, triggerPrice: '105', timeInForce: 'GTC', clientAlgoId: 'dip' });
    desk.advance(START + 5 * HOUR);
    expect(brief(heard.take())).toEqual(['dip algo NEW', 'dip algo TRIGGERING', 'dip algo TRIGGERED', 'dip NEW NEW']);
    desk.remove(ORDER, { symbol: SYMBOL, origClientOrderId: 'dip' });
    expect(brief(heard.frames)).toEqual(['dip CANCELED CANCELED', 'dip algo FINISHED']);
    expect(heard.frames[1].value.o).toMatchObject({ aq: '0.000', act: 'LIMIT' });
  });

  it('tells of a stop that fails when it triggers', () => {
    const desk = market();
    desk.post(ORDER, MARKET);
    desk.post(ALGO, { ...STOP, clientAlgoId: 'sl' });
    desk.exchange.fate.rejectAtTrigger(SYMBOL, true);
    const heard = listen(desk);
    desk.advance(START + 4 * HOUR);
    expect(brief(heard.frames)).toContain('sl algo REJECTED');
    expect(desk.get(ALGO, { clientAlgoId: 'sl' }).body.algoStatus).toBe('REJECTED');
  });

  it('tells of liquidation as the venue does', () => {
    const desk = market();
    desk.post('/fapi/v1/leverage', { symbol: SYMBOL, leverage: 20 });
    const heard = listen(desk);
    desk.post(ORDER, MARKET);
    heard.take();
    desk.advance(START + 10 * HOUR);
    const orders = heard.frames.filter(({ value }) => value.e === 'ORDER_TRADE_UPDATE').map(({ value }) => value.o);
    expect(orders.at(-1)).toMatchObject({ x: 'CALCULATED', X: 'FILLED', S: 'SELL', l: '1.000' });
    expect(orders.at(-1).c).toMatch(/^autoclose-/);
    expect(desk.get('/fapi/v1/forceOrders').body).toHaveLength(1);
  });

  it('warns once before liquidation, in isolated and cross accounts', () => {
    for (const marginMode of ['isolated', 'cross'] as const) {
      const desk = deskOf(exchangeOver(PRICES, { marginMode, deposit: 7, defaultLeverage: 20 }));
      const heard = listen(desk);
      desk.post(ORDER, MARKET);
      for (let time = START + 3 * HOUR; time < START + 4 * HOUR; time += 1000) desk.advance(time);
      const lines = brief(heard.frames);
      expect(lines.filter((line) => line === 'MARGIN_CALL')).toHaveLength(1);
      expect(lines.indexOf('MARGIN_CALL')).toBeLessThan(lines.findIndex((line) => line.includes('CALCULATED')));
      const call = heard.frames.find(({ value }) => value.e === 'MARGIN_CALL')?.value;
      expect(call.p[0]).toMatchObject({ s: SYMBOL, pa: '1.000', mt: marginMode === 'cross' ? 'CROSSED' : 'ISOLATED' });
    }
  });

  it('tells of auto-deleveraging and settlement by the names of their orders', () => {
    const desk = market();
    desk.post(ORDER, { ...MARKET, quantity: '3' });
    const heard = listen(desk);
    desk.exchange.fate.deleverage(SYMBOL, 1);
    const adl = heard.frames.find(({ value }) => value.o?.x === 'CALCULATED')?.value.o;
    expect(adl).toMatchObject({ c: 'adl_autoclose', l: '1.000', X: 'FILLED' });
    heard.take();
    desk.exchange.fate.delist(SYMBOL, START + HOUR);
    desk.advance(START + 2 * HOUR);
    const settled = heard.frames.findLast(({ value }) => value.e === 'ORDER_TRADE_UPDATE')?.value.o;
    expect(settled).toMatchObject({ x: 'TRADE', X: 'FILLED', l: '2.000' });
    expect(settled.c).toMatch(/^settlement_autoclose-/);
  });

  it('tells of funding with the position of an isolated account only, and of transfers', () => {
    const funding = { ...fundingEvery(8 * HOUR, 0.0003), symbol: SYMBOL };
    for (const marginMode of ['isolated', 'cross'] as const) {
      const desk = deskOf(exchangeOver(PRICES, { symbol: { funding }, marginMode }));
      desk.post(ORDER, MARKET);
      const heard = listen(desk);
      desk.advance(START + 8 * HOUR);
      const paid = heard.frames.find(({ value }) => value.a?.m === 'FUNDING_FEE')?.value.a;
      expect(paid.B[0].bc).toBe('-0.03000000');
      expect(paid.P).toHaveLength(marginMode === 'isolated' ? 1 : 0);
      heard.take();
      desk.exchange.fate.transfer(50);
      desk.exchange.fate.transfer(-20);
      expect(heard.frames.map(({ value }) => [value.a.m, value.a.B[0].bc])).toEqual([
        ['DEPOSIT', '50.00000000'],
        ['WITHDRAW', '-20.00000000'],
      ]);
    }
  });

  it('tells of leverage, whoever changes it', () => {
    const desk = market();
    const heard = listen(desk);
    desk.post('/fapi/v1/leverage', { symbol: SYMBOL, leverage: 7 });
    desk.exchange.fate.setLeverageByHand(SYMBOL, 3);
    expect(brief(heard.frames)).toEqual(['ACCOUNT_CONFIG_UPDATE 7', 'ACCOUNT_CONFIG_UPDATE 3']);
  });

  it('is the same for all who listen, in whatever form', () => {
    const desk = market();
    const key = keyOf(desk);
    const each = [`/private/ws?listenKey=${key}`, `/ws/${key}`, `/private/ws/${key}`].map((target) =>
      desk.connect(target),
    );
    const combined = desk.connect(`/stream?streams=${key}`);
    const asked = desk.connect('/ws');
    asked.say({ method: 'SUBSCRIBE', params: [key], id: 1 });
    expect(asked.take().map(({ value }) => value)).toEqual([{ result: null, id: 1 }]);
    desk.post(ORDER, MARKET);
    const values = each.map(({ frames }) => frames.map(({ value }) => value));
    expect(values[0]).toHaveLength(4);
    for (const other of values) expect(other).toEqual(values[0]);
    expect(asked.frames.map(({ value }) => value)).toEqual(values[0]);
    expect(combined.frames.map(({ value }) => value)).toEqual(values[0].map((data) => ({ stream: key, data })));
  });

  it('is silent behind a key that is not valid', () => {
    const desk = market();
    keyOf(desk);
    const heard = desk.connect('/private/ws?listenKey=nobody');
    desk.post(ORDER, MARKET);
    expect(heard.frames).toEqual([]);
  });
});

describe('a listen key', () => {
  it('is one for the account, and lives an hour from when it was prolonged last', () => {
    const desk = market();
    const key = keyOf(desk);
    expect(keyOf(desk)).toBe(key);
    const heard = desk.connect(`/private/ws?listenKey=${key}`);
    desk.clock.advance(LISTEN_KEY_MS - 1);
    expect(desk.put('/fapi/v1/listenKey').body).toEqual({ listenKey: key });
    desk.clock.advance(LISTEN_KEY_MS - 1);
    expect(heard.frames).toEqual([]);
    desk.clock.advance(1);
    expect(heard.take().map(({ value }) => value)).toEqual([{ e: 'listenKeyExpired', E: START, listenKey: key }]);
    desk.post(ORDER, MARKET);
    expect(heard.frames).toEqual([]);
    expect(desk.put('/fapi/v1/listenKey').body.code).toBe(-1125);
    expect(keyOf(desk)).not.toBe(key);
  });

  it('ends for everybody when one closes it', () => {
    const desk = market();
    const heard = listen(desk);
    expect(desk.remove('/fapi/v1/listenKey').body).toEqual({});
    expect(heard.take().map(({ value }) => value.e)).toEqual(['listenKeyExpired']);
  });

  it('leaves no timer behind', () => {
    const desk = market();
    const heard = listen(desk);
    heard.session.closed();
    desk.codec.close?.();
    expect(desk.clock.waiting).toBe(0);
  });

  it('needs the key of the account, but no signature', () => {
    const desk = market();
    const headers = { 'x-mbx-apikey': 'desk-key' };
    const request = {
      method: 'POST',
      path: '/fapi/v1/listenKey',
      rawQuery: '',
      query: new URLSearchParams(),
      headers,
      body: '',
    };
    expect(desk.send(request).status).toBe(200);
    expect(desk.send({ ...request, headers: {} }).body.code).toBe(-2014);
  });
});

describe('market streams', () => {
  const kline = `${SYMBOL.toLowerCase()}@kline_1h`;

  it('push every close at once, and the running candle when time rests', () => {
    const desk = market();
    const heard = desk.connect(`/market/ws/${kline}`);
    heard.take();
    desk.advance(START + 2 * HOUR);
    const candles = heard.take().map(({ value }) => value.k);
    expect(candles.map(({ t, x }) => [(t - START) / HOUR, x])).toEqual([
      [0, true],
      [1, true],
      [2, false],
    ]);
    expect(candles[0]).toMatchObject({
      s: SYMBOL,
      i: '1h',
      T: START + HOUR - 1,
      o: '100',
      h: '101',
      l: '99',
      c: '100',
    });
    desk.advance(START + 2 * HOUR + HOUR / 2);
    expect(heard.take().map(({ value }) => value.k.x)).toEqual([false]);
  });

  it('do not go back to a candle that has closed', () => {
    const desk = market();
    const heard = desk.connect(`/market/ws/${kline}`);
    desk.exchange.advanceTo(START + 9.5 * HOUR);
    heard.take();
    // Nothing follows the last candle.
    desk.advance(START + 10 * HOUR);
    expect(heard.take().map(({ value }) => [(value.k.t - START) / HOUR, value.k.x])).toEqual([[9, true]]);
  });

  it('are asked for, listed and left by request', () => {
    const desk = market();
    const heard = desk.connect('/market/ws/1');
    heard.say({ method: 'SUBSCRIBE', params: [kline, 'nonsense'], id: 7 });
    expect(heard.frames[0].value).toEqual({ result: null, id: 7 });
    heard.take();
    heard.say({ method: 'LIST_SUBSCRIPTIONS', id: 'list' });
    expect(heard.take().map(({ value }) => value)).toEqual([{ result: [kline, 'nonsense'], id: 'list' }]);
    heard.say({ method: 'UNSUBSCRIBE', params: [kline], id: 9 });
    heard.take();
    desk.advance(START + 2 * HOUR);
    expect(heard.frames).toEqual([]);
  });

  it('come in an envelope where that is wanted', () => {
    const desk = market();
    const heard = desk.connect(`/stream?streams=${kline}/${SYMBOL.toLowerCase()}@miniTicker`);
    expect(new Set(heard.take().map(({ value }) => value.stream))).toEqual(
      new Set([`${SYMBOL.toLowerCase()}@miniTicker`]),
    );
    desk.advance(START + HOUR);
    expect(heard.take()[0].value).toMatchObject({ stream: kline, data: { e: 'kline' } });
    heard.say({ method: 'SET_PROPERTY', params: ['combined', false], id: 1 });
    heard.say({ method: 'GET_PROPERTY', params: ['combined'], id: 2 });
    expect(heard.take().map(({ value }) => value)).toEqual([
      { result: null, id: 1 },
      { result: false, id: 2 },
    ]);
  });

  it.each([
    ['ticker', '24hrTicker', { c: '100.0' }],
    ['miniTicker', '24hrMiniTicker', { c: '100.0' }],
    ['markPrice@1s', 'markPriceUpdate', { p: '100.00000000' }],
    ['bookTicker', 'bookTicker', { b: '100.0' }],
    ['aggTrade', 'aggTrade', { p: '100.0' }],
  ])('%s pushes %s at once and whenever time moved', (name, event, values) => {
    const desk = market();
    const heard = desk.connect(`/public/ws/${SYMBOL.toLowerCase()}@${name}`);
    const [first] = heard.take();
    expect(first.value).toMatchObject({ e: event, s: SYMBOL });
    if (name !== 'bookTicker') expect(first.value).toMatchObject(values);
    desk.advance(START + HOUR / 3);
    expect(heard.take()).toHaveLength(1);
    desk.advance(START + HOUR / 3);
    expect(heard.take()).toHaveLength(0);
  });

  it('of all symbols come as one list', () => {
    const symbols = ['AAAUSDT', 'BBBUSDT'].map((symbol) => tapeSymbol(seriesOf(hours(PRICES)), { symbol }));
    const desk = deskOf(exchangeOver(PRICES, { tape: { symbols }, costs: COSTS }));
    const heard = desk.connect('/market/ws/!miniTicker@arr');
    expect(heard.take()[0].value.map((each: any) => each.s)).toEqual(['AAAUSDT', 'BBBUSDT']);
    const books = desk.connect('/market/ws/!bookTicker');
    expect(books.take()).toHaveLength(2);
  });

  it.each([
    ['no json', { error: { code: 3, msg: 'Invalid JSON: expected value at line 1 column 1' } }],
    ['[1]', { error: { code: 2, msg: 'Invalid request: object expected' } }],
    [{ id: 1 }, { error: { code: 2, msg: 'Invalid request: missing field `method`' }, id: 1 }],
    [
      { method: 'SUBSCRIBE', params: ['a'], id: {} },
      { error: { code: 2, msg: 'Invalid request: request ID must be an unsigned integer' } },
    ],
    [
      { method: 'DANCE', id: 1 },
      { error: { code: 2, msg: 'Invalid request: unknown method DANCE' }, id: 1 },
    ],
    [
      { method: 'SUBSCRIBE', params: [1], id: 1 },
      { error: { code: 2, msg: 'Invalid request: params must be an array of stream names' }, id: 1 },
    ],
    [
      { method: 'SET_PROPERTY', params: ['combined', 'x'], id: 1 },
      { error: { code: 1, msg: 'Invalid value type: expected Boolean' }, id: 1 },
    ],
    [
      { method: 'GET_PROPERTY', params: ['other'], id: 1 },
      { error: { code: 0, msg: 'Unknown property' }, id: 1 },
    ],
  ])('answer %j with what is wrong', (said, answer) => {
    const heard = market().connect('/ws');
    heard.say(said);
    expect(heard.frames.map(({ value }) => value)).toEqual([answer]);
  });

  it('end when a client talks too much, after a day, and with maintenance', () => {
    const desk = market();
    const chatty = desk.connect('/ws');
    for (let count = 0; count < 10; count += 1) chatty.say({ method: 'LIST_SUBSCRIPTIONS', id: count });
    expect(chatty.closed).toEqual([]);
    chatty.say({ method: 'LIST_SUBSCRIPTIONS', id: 11 });
    expect(chatty.closed).toMatchObject([{ code: 1008 }]);
    const old = desk.connect('/ws');
    desk.clock.advance(24 * HOUR);
    expect(old.closed).toMatchObject([{ code: 1001 }]);
    const served = desk.connect('/ws');
    desk.exchange.fate.beginMaintenance();
    expect(served.closed).toMatchObject([{ code: 1001 }]);
  });
});

describe('addresses', () => {
  it.each([
    ['/ws', 'public'],
    ['/ws/btcusdt@kline_1m', 'public'],
    ['/market/ws/1', 'public'],
    ['/public/ws', 'public'],
    ['/stream', 'public'],
    ['/market/stream', 'public'],
    ['/private/ws', 'private'],
    [`/ws/${'a'.repeat(64)}`, 'private'],
    ['/v5/private', undefined],
    ['/other/ws', undefined],
  ])('%s is %s', (path, channel) => {
    expect(market().codec.channelOf(path)).toBe(channel);
  });
});

import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../domain/time.ts';
import { exchangeOver, type Prices } from '../../../../test/scenarios/exchange-market.ts';
import { deskOf, NOW, type Reply } from '../../../../test/scenarios/exchange-simulator/bybit-desk.ts';
import { COSTS, HOUR, START } from '../../../../test/scenarios/simulated-market.ts';

const FLAT: Prices = [100, 101, 99, 100];
const long = (count: number): Prices[] => Array.from({ length: count }, () => FLAT);
const BASE = { category: 'linear', symbol: 'TESTUSDT', side: 'Buy', orderType: 'Market', qty: '1', positionIdx: 0 };

function market(count = 48) {
  const exchange = exchangeOver(long(count), { deposit: 10_000, costs: COSTS });
  const desk = deskOf(exchange);
  const create = (more: object = {}): Reply => desk.post('/v5/order/create', { ...BASE, ...more });
  const limit = (more: object = {}): Reply => create({ orderType: 'Limit', price: '90', ...more });
  return { exchange, desk, create, limit };
}

type Changes = Readonly<Record<string, unknown>>;

describe('an order', () => {
  it('is taken, and the answer holds its ids and nothing else', () => {
    const { create, exchange } = market();
    const reply = create({ orderLinkId: 'bot-1', stopLoss: '95', takeProfit: '110', slTriggerBy: 'MarkPrice' });
    const [order] = exchange.closedOrders({});
    expect(reply).toMatchObject({ retCode: 0, retMsg: 'OK' });
    expect(reply.result).toEqual({ orderId: order.orderId, orderLinkId: 'bot-1' });
    expect(order).toMatchObject({ attachedStop: 95, attachedTarget: 110, stopTrigger: 'mark', targetTrigger: 'last' });
    expect(exchange.openOrders({}).map(({ source }) => source)).toEqual(['attached-stop', 'attached-target']);
  });

  it('of quantity 0 that only reduces closes whatever is held', () => {
    const { create, exchange } = market();
    create({ qty: '3' });
    expect(create({ side: 'Sell', qty: '0', reduceOnly: true, closeOnTrigger: true }).retCode).toBe(0);
    expect(exchange.position('TESTUSDT').quantity).toBe(0);
  });

  it('may have numbers where texts are usual, and keys that nobody knows', () => {
    const { create } = market();
    expect(create({ qty: 1, isLeverage: 0, mmp: false, somethingNew: { a: 1 } }).retCode).toBe(0);
  });

  it.each<[string, Changes, number, string]>([
    ['a symbol that is not listed', { symbol: 'NOBODYUSDT' }, 10_001, 'symbol invalid'],
    ['another category', { category: 'spot' }, 10_001, 'category'],
    ['no category', { category: undefined }, 10_001, 'category'],
    ['no side', { side: 'buy' }, 10_001, 'side invalid'],
    ['no type', { orderType: 'Stop' }, 10_001, 'orderType invalid'],
    ['no quantity', { qty: undefined }, 10_001, 'qty invalid'],
    ['a quantity of 0', { qty: '0' }, 10_001, 'Qty invalid'],
    ['a negative quantity', { qty: '-1' }, 10_001, 'qty invalid'],
    ['a quantity that is none', { qty: 'NaN' }, 10_001, 'qty invalid'],
    ['a quantity with an exponent', { qty: '1e3' }, 10_001, 'qty invalid'],
    ['a quantity off the steps', { qty: '0.0015' }, 10_001, 'Qty invalid'],
    ['a quantity above the maximum', { qty: '1001' }, 10_001, 'exceeds maximum limit allowed'],
    ['too little value', { qty: '0.001' }, 110_094, 'minimum order value'],
    ['more than the margin', { qty: '600' }, 110_007, 'ab not enough for new order'],
    ['a limit without price', { orderType: 'Limit' }, 10_001, 'price invalid'],
    ['a price off the ticks', { orderType: 'Limit', price: '90.05' }, 10_001, 'Price invalid'],
    ['a price far beyond the market', { orderType: 'Limit', price: '180' }, 110_003, 'permissible range'],
    ['an odd time in force', { timeInForce: 'DAY' }, 10_001, 'timeInForce invalid'],
    ['a trigger without direction', { triggerPrice: '110' }, 10_001, 'triggerDirection invalid'],
    ['a rising trigger below the market', { triggerPrice: '90', triggerDirection: 1 }, 110_092, 'expect Rising'],
    ['a falling trigger above the market', { triggerPrice: '110', triggerDirection: 2 }, 110_093, 'expect Falling'],
    ['a stop above a long', { stopLoss: '105' }, 10_001, 'wrong side'],
    ['nothing to reduce', { reduceOnly: true, side: 'Sell' }, 110_017, 'position is zero'],
    ['a stop on what only reduces', { reduceOnly: true, stopLoss: '95' }, 10_001, 'TP/SL'],
    ['an id that is too long', { orderLinkId: 'x'.repeat(37) }, 10_001, 'orderLinkId invalid'],
    ['an id with odd characters', { orderLinkId: 'a b' }, 10_001, 'orderLinkId invalid'],
    ['the index of another mode', { positionIdx: 1 }, 10_001, 'position idx not match position mode'],
    ['a partial stop', { stopLoss: '95', tpslMode: 'Partial' }, 10_001, 'Partial'],
    ['a limit target', { takeProfit: '120', tpOrderType: 'Limit', tpslMode: 'Full' }, 10_001, 'Partial'],
    ['a flag that is none', { reduceOnly: 'perhaps' }, 10_001, 'reduceOnly invalid'],
    ['an object for a text', { qty: { value: 1 } }, 10_001, 'qty invalid'],
  ])('is refused with %s', (_what, more, retCode, words) => {
    const { create, exchange } = market();
    const reply = create(more);
    expect(reply).toMatchObject({ retCode, status: 200, result: {} });
    expect(reply.retMsg).toContain(words);
    expect(exchange.openOrders({}).length + exchange.closedOrders({}).length).toBe(0);
  });

  it('may not use an id again, however its first use ended', () => {
    const { create, limit, desk } = market();
    expect(create({ orderLinkId: 'once' }).retCode).toBe(0);
    expect(create({ orderLinkId: 'once' }).retCode).toBe(110_072);
    const { orderId } = limit({ orderLinkId: 'twice' }).result;
    desk.post('/v5/order/cancel', { category: 'linear', symbol: 'TESTUSDT', orderId });
    expect(limit({ orderLinkId: 'twice' }).retCode).toBe(110_072);
  });

  it('on a contract that is closing, closed or reduce-only is refused', () => {
    const { create, exchange } = market();
    create();
    exchange.fate.setStatus('TESTUSDT', 'reduce-only');
    expect(create().retCode).toBe(110_023);
    expect(create({ side: 'Sell', reduceOnly: true }).retCode).toBe(0);
    exchange.fate.setStatus('TESTUSDT', 'closing');
    expect(create().retCode).toBe(110_074);
  });

  it('more than ten conditional ones are too many', () => {
    const { create } = market();
    const codes = Array.from(
      { length: 11 },
      () => create({ triggerPrice: '110', triggerDirection: 1, qty: '0.1' }).retCode,
    );
    expect(codes.filter((code) => code === 0)).toHaveLength(10);
    expect(codes.at(-1)).toBe(110_009);
  });

  it('that would take although it must not is cancelled with its reason', () => {
    const { limit, desk } = market();
    const { orderId } = limit({ price: '105', timeInForce: 'PostOnly' }).result;
    const [row] = desk.get(`/v5/order/realtime?category=linear&symbol=TESTUSDT&orderId=${orderId}`).result.list;
    expect(row).toMatchObject({ orderStatus: 'Cancelled', rejectReason: 'EC_PostOnlyWillTakeLiquidity' });
  });
});

describe('amend and cancel', () => {
  const key = { category: 'linear', symbol: 'TESTUSDT' };

  it('change and end an order by either id', () => {
    const { limit, desk, exchange } = market();
    const { orderId } = limit({ orderLinkId: 'a' }).result;
    expect(desk.post('/v5/order/amend', { ...key, orderLinkId: 'a', qty: '2', price: '91' })).toMatchObject({
      retCode: 0,
    });
    expect(exchange.openOrders({})).toMatchObject([{ orderId, quantity: 2, price: 91 }]);
    expect(desk.post('/v5/order/cancel', { ...key, orderLinkId: 'a' }).result).toEqual({ orderId, orderLinkId: 'a' });
    expect(desk.post('/v5/order/cancel', { ...key, orderId }).retCode).toBe(110_008);
    expect(desk.post('/v5/order/amend', { ...key, orderId, qty: '3' }).retCode).toBe(110_008);
  });

  it('of nobody are refused', () => {
    const { desk } = market();
    expect(desk.post('/v5/order/cancel', { ...key, orderId: 'nobody' }).retCode).toBe(110_001);
    expect(desk.post('/v5/order/amend', { ...key, orderLinkId: 'nobody', qty: '1' }).retCode).toBe(110_001);
    expect(desk.post('/v5/order/cancel', key).retMsg).toContain('orderId or orderLinkId');
    expect(desk.post('/v5/order/cancel-all', { category: 'linear' }).retCode).toBe(10_001);
  });

  it('of all takes both books, or the one that is named', () => {
    const { limit, create, desk, exchange } = market();
    limit();
    create({ triggerPrice: '110', triggerDirection: 1 });
    const all = (more: object): number =>
      desk.post('/v5/order/cancel-all', { category: 'linear', ...more }).result.list.length;
    expect(all({ symbol: 'TESTUSDT', orderFilter: 'StopOrder' })).toBe(1);
    expect(exchange.openOrders({})).toMatchObject([{ conditional: false }]);
    create({ triggerPrice: '110', triggerDirection: 1 });
    expect(all({ settleCoin: 'USDT' })).toBe(2);
  });

  it("the dead man's switch is for institutions", () => {
    const { desk } = market();
    expect(desk.post('/v5/order/disconnected-cancel-all', { timeWindow: 10 }).retCode).toBe(10_005);
  });
});

const ids = (reply: Reply): string[] =>
  reply.result.list.map(({ orderLinkId }: { orderLinkId: string }) => orderLinkId);
const later = (by: number): { timestamp: number } => ({ timestamp: NOW + by });

describe('what can be looked up', () => {
  const SCOPE = 'category=linear&symbol=TESTUSDT';
  it('open orders, and by name those that ended too', () => {
    const { create, limit, desk } = market();
    create({ orderLinkId: 'filled' });
    limit({ orderLinkId: 'open' });
    expect(ids(desk.get(`/v5/order/realtime?${SCOPE}`))).toEqual(['open']);
    expect(ids(desk.get(`/v5/order/realtime?${SCOPE}&openOnly=1`))).toEqual(['filled']);
    expect(ids(desk.get(`/v5/order/realtime?${SCOPE}&orderLinkId=filled`))).toEqual(['filled']);
    expect(ids(desk.get(`/v5/order/realtime?${SCOPE}&orderLinkId=nobody`))).toEqual([]);
    expect(ids(desk.get(`/v5/order/history?${SCOPE}`))).toEqual(['filled']);
    expect(ids(desk.get(`/v5/order/history?${SCOPE}&orderStatus=Cancelled`))).toEqual([]);
    expect(desk.get('/v5/order/realtime?category=linear').retCode).toBe(10_001);
    expect(desk.get('/v5/order/realtime?category=inverse&settleCoin=BTC')).toMatchObject({
      retCode: 0,
      result: { list: [] },
    });
  });

  it('conditional orders apart', () => {
    const { create, limit, desk } = market();
    limit({ orderLinkId: 'plain' });
    create({ orderLinkId: 'stop', triggerPrice: '110', triggerDirection: 1 });
    expect(ids(desk.get(`/v5/order/realtime?${SCOPE}&orderFilter=StopOrder`))).toEqual(['stop']);
    expect(ids(desk.get(`/v5/order/realtime?${SCOPE}&orderFilter=Order`))).toEqual(['plain']);
    expect(ids(desk.get(`/v5/order/realtime?${SCOPE}`)).toSorted()).toEqual(['plain', 'stop']);
  });

  it('pages miss nothing and repeat nothing, also when rows go in between', () => {
    const { limit, desk, exchange } = market();
    for (let index = 0; index < 25; index += 1) {
      limit({ orderLinkId: `o-${index}`, qty: '0.1' });
      exchange.advanceTo(exchange.now + 60_000);
    }
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = desk.get(`/v5/order/realtime?${SCOPE}&limit=10${cursor}`);
      seen.push(...ids(page));
      const last = ids(page).at(-1);
      // The row that the cursor names is cancelled before the next page is asked for.
      desk.post('/v5/order/cancel', { category: 'linear', symbol: 'TESTUSDT', orderLinkId: last });
      cursor = page.result.nextPageCursor === '' ? '' : `&cursor=${encodeURIComponent(page.result.nextPageCursor)}`;
    } while (cursor !== '');
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => `o-${24 - index}`));
  });

  it('orders that ended unfilled are forgotten after a day, filled ones stay', () => {
    const { create, limit, desk, exchange } = market(24 * 12);
    create({ orderLinkId: 'filled' });
    const { orderId } = limit({ orderLinkId: 'gone' }).result;
    desk.post('/v5/order/cancel', { category: 'linear', symbol: 'TESTUSDT', orderId });
    expect(ids(desk.get(`/v5/order/history?${SCOPE}`)).toSorted()).toEqual(['filled', 'gone']);
    exchange.advanceTo(START + DAY_MS + HOUR);
    expect(ids(desk.get(`/v5/order/history?${SCOPE}`))).toEqual(['filled']);
    exchange.advanceTo(START + 8 * DAY_MS);
    expect(ids(desk.get(`/v5/order/history?${SCOPE}`))).toEqual([]);
    expect(ids(desk.get(`/v5/order/history?${SCOPE}&startTime=${START}`))).toEqual(['filled']);
    expect(ids(desk.get(`/v5/order/history?${SCOPE}&orderLinkId=filled`))).toEqual(['filled']);
    const tooWide = `startTime=${START}&endTime=${START + 7 * DAY_MS + 1}`;
    expect(desk.get(`/v5/order/history?${SCOPE}&${tooWide}`).retMsg).toContain('7 days');
  });

  it('executions of every kind, filtered by kind and by order', () => {
    const { create, desk, exchange } = market();
    const { orderId } = create({ qty: '2' }).result;
    exchange.advanceTo(START + 17 * HOUR);
    exchange.fate.deleverage('TESTUSDT', 1);
    const kinds = (query = '') =>
      desk.get(`/v5/execution/list?${SCOPE}${query}`).result.list.map(({ execType }: { execType: string }) => execType);
    expect(kinds()).toEqual(['AdlTrade', 'Funding', 'Funding', 'Trade']);
    expect(kinds('&execType=Funding')).toEqual(['Funding', 'Funding']);
    expect(kinds(`&orderId=${orderId}`)).toEqual(['Trade']);
    expect(kinds(`&startTime=${START + HOUR}&endTime=${START + 9 * HOUR}`)).toEqual(['Funding']);
  });

  it('an order of a moment ago is not found while queries lag, yet can be cancelled', () => {
    let now = NOW;
    const { exchange } = market();
    const desk = deskOf(exchange, { serverTime: () => now, orderLagMs: () => 10_000, acceptedAt: () => NOW });
    const body = { ...BASE, orderType: 'Limit', price: '90', orderLinkId: 'young' };
    expect(desk.post('/v5/order/create', body).retCode).toBe(0);
    desk.post('/v5/order/create', { ...BASE, orderLinkId: 'filled' });
    const found = (path: string, by: { timestamp: number }) => desk.get(`${path}?${SCOPE}`, by).result.list.length;
    now = NOW + 9_999;
    for (const path of ['/v5/order/realtime', '/v5/order/history', '/v5/execution/list']) {
      expect(found(path, later(9_999)), path).toBe(0);
    }
    now = NOW + 10_000;
    for (const path of ['/v5/order/realtime', '/v5/order/history', '/v5/execution/list']) {
      expect(found(path, later(10_000)), path).toBe(1);
    }
  });
});

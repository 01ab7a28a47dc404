// Is everything that a client may send answered in Bybit's own form, whatever it is?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { exchangeOver, type Prices } from '../../../../test/scenarios/exchange-market.ts';
import { deskOf, KEYS, NOW, signed } from '../../../../test/scenarios/exchange-simulator/bybit-desk.ts';
import { COSTS, HOUR, START } from '../../../../test/scenarios/simulated-market.ts';
import type { VenueRequest } from '../venue-codec.ts';
import { accountRoutes } from './account-routes.ts';
import { marketRoutes } from './market-routes.ts';
import { orderQueries } from './order-queries.ts';
import { orderRoutes } from './order-routes.ts';
import { positionRoutes } from './position-routes.ts';

const ROUTES = Object.keys({ ...marketRoutes, ...orderRoutes, ...orderQueries, ...positionRoutes, ...accountRoutes });
const FIELDS = (
  'category symbol side orderType qty price timeInForce positionIdx triggerPrice triggerDirection triggerBy orderLinkId ' +
  'orderId takeProfit stopLoss slTriggerBy tpTriggerBy reduceOnly closeOnTrigger tpslMode limit cursor start end startTime ' +
  'endTime interval status buyLeverage sellLeverage mode coin setMarginMode accountType execType orderStatus orderFilter ' +
  'openOnly settleCoin baseCoin currency type trailingStop activePrice'
).split(' ');
const LIKELY = (
  'linear spot TESTUSDT NOBODYUSDT Buy Sell Market Limit 0 1 2 3 0.001 1000 99.9 100 100.1 -1 1e3 NaN Infinity GTC IOC FOK ' +
  'PostOnly MarkPrice Full Partial true false UNIFIED 60 D Trading PreLaunch Filled StopOrder USDT REGULAR_MARGIN ' +
  'ISOLATED_MARGIN __proto__ constructor %ZZ abc:12 abc%3A12 last%3DTESTUSDT'
).split(' ');

const value = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...LIKELY) },
  { weight: 1, arbitrary: fc.constantFrom(String(START), String(START + HOUR), '99999999999999999999', '') },
  { weight: 1, arbitrary: fc.string({ maxLength: 50 }) },
  { weight: 1, arbitrary: fc.jsonValue() },
);
const fields = fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 5 });

const USUAL = { category: 'linear', symbol: 'TESTUSDT', side: 'Buy', orderType: 'Market', qty: '1' };

function market() {
  const prices: Prices[] = Array.from({ length: 40 }, (_, index) => [100, 103, 97, 99 + (index % 3)]);
  const exchange = exchangeOver(prices, { deposit: 5_000, costs: COSTS });
  return { exchange, desk: deskOf(exchange) };
}

function requestFor(route: string, more: Record<string, unknown>): VenueRequest {
  const [method, path] = route.split(' ');
  if (method !== 'GET') return signed(method, path, JSON.stringify(more));
  const texts = Object.entries(more).map(([name, each]): [string, string] => [
    name,
    typeof each === 'string' ? each : JSON.stringify(each),
  ]);
  return signed(method, `${path}?${new URLSearchParams(texts).toString()}`);
}

describe('requests', () => {
  it('with any fields get an envelope, and the account stays whole', () => {
    const { exchange, desk } = market();
    let taken = 0;
    fc.assert(
      fc.property(fc.constantFrom(...ROUTES), fields, fc.nat(3), (route, more, minutes) => {
        const body = { ...USUAL, ...more };
        const reply = desk.send(requestFor(route, body));
        expect(Number.isInteger(reply.retCode)).toBe(true);
        expect(typeof reply.retMsg).toBe('string');
        expect(reply.result).toBeDefined();
        expect(reply.time).toBe(NOW);
        if (route === 'POST /v5/order/create' && reply.retCode === 0) taken += 1;
        exchange.advanceTo(exchange.now + minutes * 60_000);
      }),
      { numRuns: 5_000, seed: 5 },
    );
    expect(taken).toBeGreaterThan(0);
  });

  it('of any method, path, headers and body get an envelope', () => {
    const { desk } = market();
    const text = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.constantFrom('{', '[]', 'null', '"x"', '{"a":', '\u0000', '%'),
    );
    const path = fc.oneof(fc.constantFrom(...ROUTES.map((route) => route.split(' ')[1])), text);
    fc.assert(
      fc.property(
        fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'BREW'),
        path,
        text,
        text,
        (method, target, query, body) => {
          const request = signed(method, target.replaceAll('?', ''), body);
          const reply = desk.send({ ...request, rawQuery: query, query: new URLSearchParams(query) });
          expect(Number.isInteger(reply.retCode)).toBe(true);
          desk.codec.classify({ ...request, rawQuery: query, query: new URLSearchParams(query) });
        },
      ),
      { numRuns: 3_000, seed: 6 },
    );
  });
});

describe('frames', () => {
  it('of any kind never throw, and what answers is JSON', () => {
    const { exchange, desk } = market();
    const op = fc.constantFrom(
      'subscribe',
      'unsubscribe',
      'auth',
      'ping',
      'order.create',
      'order.cancel',
      'order.amend',
      'x',
    );
    const topic = fc.constantFrom(
      'kline.60.TESTUSDT',
      'tickers.TESTUSDT',
      'orderbook.1.TESTUSDT',
      'order',
      'a.b.c.d',
      '..',
    );
    const frame = fc.record(
      {
        op: fc.oneof(op, fc.jsonValue()),
        req_id: fc.jsonValue(),
        reqId: fc.jsonValue(),
        header: fc.jsonValue(),
        args: fc.oneof(fc.array(topic, { maxLength: 4 }), fc.jsonValue(), fc.constant([KEYS.key, NOW + 1_000, 'x'])),
      },
      { requiredKeys: [] },
    );
    const text = fc.oneof(
      frame.map((each) => JSON.stringify(each)),
      fc.string({ maxLength: 80 }),
    );
    let id = 0;
    fc.assert(
      fc.property(
        fc.constantFrom('/v5/public/linear', '/v5/private', '/v5/trade'),
        fc.array(text, { maxLength: 5 }),
        (path, texts) => {
          const sent: string[] = [];
          const send = (_topic: string, payload: string): void => void sent.push(payload);
          id += 1;
          const connection = { id, path, query: new URLSearchParams(), send, close: () => undefined };
          const session = desk.codec.connect(connection);
          for (const each of texts) session.receive(each);
          session.sample?.();
          exchange.advanceTo(exchange.now + 1_000);
          session.closed();
          for (const each of sent) expect(() => JSON.parse(each) as unknown).not.toThrow();
          expect(sent.length).toBeGreaterThanOrEqual(texts.length);
        },
      ),
      { numRuns: 2_000, seed: 7 },
    );
  });
});

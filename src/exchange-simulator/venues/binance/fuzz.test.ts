// Is everything that a client may send answered in Binance's own form, whatever it is?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deskOf, requestOf, signed, type Desk } from '../../../../test/scenarios/exchange-simulator/binance-desk.ts';
import { exchangeOver, type Prices } from '../../../../test/scenarios/exchange-market.ts';
import { COSTS, HOUR, START, SYMBOL } from '../../../../test/scenarios/simulated-market.ts';
import { accountRoutes } from './account-routes.ts';
import { algoRoutes } from './algo-routes.ts';
import { marketRoutes } from './market-routes.ts';
import { orderRoutes } from './order-routes.ts';
import { settingsRoutes } from './settings-routes.ts';
import { incomesOf } from './trade-rows.ts';

const ROUTES = Object.keys({ ...marketRoutes, ...orderRoutes, ...algoRoutes, ...accountRoutes, ...settingsRoutes });
const FIELDS = (
  'symbol pair side type quantity price timeInForce positionSide triggerPrice workingType newClientOrderId clientAlgoId ' +
  'algoType algoId orderId origClientOrderId reduceOnly closePosition newOrderRespType limit startTime endTime interval ' +
  'leverage marginType dualSidePosition incomeType fromId page countdownTime autoCloseType'
).split(' ');
const LIKELY = (
  'TESTUSDT NOBODYUSDT BUY SELL MARKET LIMIT STOP STOP_MARKET TAKE_PROFIT TAKE_PROFIT_MARKET TRAILING_STOP_MARKET 0 1 2 3 ' +
  '0.001 1000 99.9 100 100.1 -1 1e3 NaN Infinity GTC IOC FOK GTX MARK_PRICE CONTRACT_PRICE true false 1h 15m BOTH LONG ' +
  'CONDITIONAL ACK RESULT ISOLATED CROSSED COMMISSION ADL a b c __proto__ constructor %ZZ 20888500001 1000000132541001'
).split(' ');

const value = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...LIKELY) },
  { weight: 1, arbitrary: fc.constantFrom(String(START), String(START + HOUR), '99999999999999999999', '') },
  { weight: 1, arbitrary: fc.string({ maxLength: 50 }) },
);
const fields = fc.dictionary(fc.constantFrom(...FIELDS), value, { maxKeys: 5 });

const USUAL = { symbol: SYMBOL, side: 'BUY', type: 'MARKET', quantity: '1', interval: '1h' };
const CONDITIONAL = { algoType: 'CONDITIONAL', type: 'STOP_MARKET', triggerPrice: '104' };

function market(): Desk {
  const prices: Prices[] = Array.from({ length: 40 }, (_, index) => [100, 103, 97, 99 + (index % 3)]);
  return deskOf(exchangeOver(prices, { deposit: 5_000, costs: COSTS }));
}

/** What every answer is: a result, or a code with words. */
function isAnswer({ status, body }: { readonly status: number; readonly body: any }): boolean {
  if (status === 200) return body !== undefined;
  return status >= 400 && typeof body.msg === 'string' && (body.code === undefined || Number.isInteger(body.code));
}

describe('requests', () => {
  it('with any fields get an answer, and the account stays whole', () => {
    const desk = market();
    const taken = { order: 0, algo: 0 };
    fc.assert(
      fc.property(fc.constantFrom(...ROUTES), fields, fc.nat(3), (route, more, minutes) => {
        const [method, path] = route.split(' ');
        const usual = path.endsWith('algoOrder') ? { ...USUAL, ...CONDITIONAL } : USUAL;
        const reply = desk.send(signed(method, path, { ...usual, ...more }));
        expect(isAnswer(reply)).toBe(true);
        if (method === 'POST' && reply.status === 200) {
          if (path.endsWith('/order')) taken.order += 1;
          if (path.endsWith('/algoOrder')) taken.algo += 1;
        }
        desk.advance(desk.exchange.now + minutes * 60_000);
      }),
      { numRuns: 6_000, seed: 5 },
    );
    expect(taken.order).toBeGreaterThan(0);
    expect(taken.algo).toBeGreaterThan(0);
    const { ledger } = desk.exchange;
    const booked = incomesOf(desk.exchange).reduce((sum, { amount }) => sum + amount, 0n);
    expect(booked).toBe(ledger.wallet - ledger.start);
    expect(incomesOf(desk.exchange).length).toBeGreaterThan(20);
  });

  it('of any method, path, headers and body get an answer', () => {
    const desk = market();
    const text = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.constantFrom('{', '&&=', '%', '\u0000', 'signature=', 'timestamp=1'),
    );
    const path = fc.oneof(fc.constantFrom(...ROUTES.map((route) => route.split(' ')[1])), text);
    const method = fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'BREW');
    const key = fc.constantFrom('desk-key', 'other', '');
    fc.assert(
      fc.property(method, path, text, text, key, (verb, target, query, body, given) => {
        const request = requestOf(verb, target, { query, body, headers: { 'x-mbx-apikey': given } });
        expect(isAnswer(desk.send(request))).toBe(true);
        expect(desk.codec.classify(request).limit.weight).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 3_000, seed: 6 },
    );
  });
});

describe('frames', () => {
  it('of any kind never throw', () => {
    const desk = market();
    const key: string = desk.post('/fapi/v1/listenKey').body.listenKey;
    const name = fc.oneof(
      fc.constantFrom(
        key,
        'testusdt@kline_1h',
        'testusdt@kline_9z',
        'testusdt@ticker',
        '!ticker@arr',
        '!bookTicker',
        '@',
        'nobody@aggTrade',
      ),
      fc.string({ maxLength: 30 }),
    );
    const method = fc.constantFrom(
      'SUBSCRIBE',
      'UNSUBSCRIBE',
      'LIST_SUBSCRIPTIONS',
      'SET_PROPERTY',
      'GET_PROPERTY',
      'x',
    );
    const frame = fc.oneof(
      fc.record({
        method,
        params: fc.oneof(fc.array(name, { maxLength: 4 }), fc.jsonValue()),
        id: fc.oneof(fc.nat(), fc.jsonValue()),
      }),
      fc.jsonValue(),
    );
    const said = fc.oneof(
      frame.map((each) => JSON.stringify(each)),
      fc.string({ maxLength: 40 }),
    );
    let heard = desk.connect('/ws');
    fc.assert(
      fc.property(said, (text) => {
        if (heard.closed.length > 0) heard = desk.connect('/stream');
        heard.say(text);
        desk.clock.advance(200);
        desk.advance(desk.exchange.now + 30_000);
      }),
      { numRuns: 3_000, seed: 7 },
    );
    expect(heard.frames.length).toBeGreaterThan(0);
  });
});

// Do the same orders at the same closes give the same ledger at the exchange as in research, to the last atom?
import { describe, expect, it } from 'vitest';
import { markSeries } from '../../../src/domain/candle-quality.ts';
import { sliceSeries } from '../../../src/domain/candle.ts';
import type { CandleSeries } from '../../../src/domain/candle.ts';
import type { VenueEvent } from '../../../src/domain/fill.ts';
import { floorToLot } from '../../../src/domain/instrument.ts';
import type { OrderIntent } from '../../../src/domain/order.ts';
import { createRandom } from '../../../src/domain/random.ts';
import { resampleCandles } from '../../../src/domain/resample-candles.ts';
import { HOUR_MS } from '../../../src/domain/time.ts';
import type { SimulatedExchange } from '../../../src/exchange-simulator/core/exchange.ts';
import { createEmbeddedMarket } from '../../../src/simulation/embedded-market/create-embedded-market.ts';
import { FULL_COSTS, withHoles } from '../engine/random-backtest.ts';
import { exchangeOf, linesOf, researchRun, traderAt } from './both-venues.ts';
import type { SharedMarket } from './both-venues.ts';

const SYMBOLS = ['ALPHAUSDT', 'DELTAUSDT', 'ECHOUSDT'];
const MARKS = { maxGapBars: 6, jumpFraction: 0.25 };
const embedded = createEmbeddedMarket({ seed: 'exchange', years: 2 });

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the embedded market has no such contract');
  return value;
}

/** Bars of embedded contracts, hours or longer, with holes and bars that nobody traded. */
function marketOf(seed: number, options: { readonly hours: number; readonly withFiner: boolean }): SharedMarket {
  const from = 40 * seed;
  const random = createRandom(`equivalence/${seed}`);
  const instruments = SYMBOLS.map((symbol) => found(embedded.instrument(symbol)));
  const funding = SYMBOLS.map((symbol) => embedded.funding(symbol));
  const hourly = SYMBOLS.map((symbol) => {
    const series = found(embedded.candles(symbol));
    const start = Math.min(from, series.length - 500);
    return markSeries(sliceSeries(series, start, start + 400 * options.hours), MARKS);
  });
  const series = hourly.map((each) =>
    options.hours === 1 ? each : markSeries(resampleCandles(each, options.hours * HOUR_MS), MARKS),
  );
  const { series: holed } = withHoles({ instruments, series, funding }, random);
  const finer = SYMBOLS.map((symbol, index) =>
    options.withFiner ? finerOf(symbol, hourly[index], options.hours) : [],
  );
  return { instruments, series: holed, finer, funding, costs: FULL_COSTS };
}

function finerOf(symbol: string, hourly: CandleSeries, hours: number): CandleSeries[] {
  const fiveMinute = found(embedded.finerCandles(symbol));
  const finer = markSeries(fiveMinute, MARKS);
  return hours === 1 ? [finer] : [hourly, finer];
}

/** A random order for what the exchange holds of a symbol now. */
function randomOrder(
  exchange: SimulatedExchange,
  symbol: string,
  random: ReturnType<typeof createRandom>,
  number: number,
): OrderIntent | undefined {
  const contract = found(exchange.contract(symbol));
  const { last } = exchange.quote(symbol);
  const { quantity: held } = exchange.position(symbol);
  if (contract.status !== 'trading' || Number.isNaN(last)) return undefined;
  if (exchange.openOrders({ symbol }).some(({ status }) => status === 'new')) return undefined;
  const draw = random.next();
  const notional = 500 + 30_000 * random.next();
  const quantity = floorToLot(contract.instrument, notional / last);
  const leverage = held === 0 ? 1 + random.below(20) : exchange.position(symbol).leverage;
  const protection =
    random.next() < 0.7
      ? {
          stopFraction: 0.003 + 0.02 * random.next(),
          targetFraction: random.next() < 0.8 ? 0.003 + 0.02 * random.next() : undefined,
          trailingFraction: undefined,
        }
      : undefined;
  const order = {
    clientOrderId: `order-${number}`,
    symbol,
    leverage: Math.min(leverage, 20),
    reason: 'entry' as const,
    decidedAt: exchange.now,
    decisionPrice: last,
  };
  if (held === 0) {
    const side = draw < 0.5 ? ('buy' as const) : ('sell' as const);
    return { ...order, side, quantity, reduceOnly: false, protection };
  }
  const same = held > 0 ? ('buy' as const) : ('sell' as const);
  const other = held > 0 ? ('sell' as const) : ('buy' as const);
  if (draw < 0.3) return { ...order, side: same, quantity, reduceOnly: false, protection: undefined };
  if (draw < 0.6) {
    const part = Math.max(contract.instrument.lotSize, floorToLot(contract.instrument, Math.abs(held) * random.next()));
    return { ...order, side: other, quantity: part, reduceOnly: true, protection: undefined };
  }
  if (draw < 0.8)
    return { ...order, side: other, quantity: Math.abs(held) * 1, reduceOnly: true, protection: undefined };
  const turned = floorToLot(contract.instrument, Math.abs(held) + quantity);
  return { ...order, side: other, quantity: turned, reduceOnly: false, protection };
}

/** Random trading at the exchange; the orders it took, with the ids that it refused left out. */
function tradeRandomly(exchange: SimulatedExchange, seed: number): OrderIntent[] {
  const random = createRandom(`trading/${seed}`);
  const place = traderAt(exchange);
  const taken: OrderIntent[] = [];
  let number = 0;
  while (!exchange.ended) {
    for (const { instrument } of exchange.contracts()) {
      if (random.next() > 0.25) continue;
      number += 1;
      const order = randomOrder(exchange, instrument.symbol, random, number);
      if (order === undefined) continue;
      if (place(order) === 'done') taken.push(order);
    }
    exchange.advanceTo(exchange.nextClose());
  }
  return taken;
}

/** How often research's venue did what, over all cases. */
const tally = new Map<string, number>();

function count(events: readonly VenueEvent[]): void {
  for (const event of events) {
    const reason = event.kind === 'fill' ? `${event.reason}${event.ambiguous ? ', ambiguous' : ''}` : event.kind;
    tally.set(reason, (tally.get(reason) ?? 0) + 1);
  }
}

describe('orders decided at closes', () => {
  const variants = [
    { hours: 1, withFiner: false },
    { hours: 1, withFiner: true },
    { hours: 4, withFiner: false },
    { hours: 4, withFiner: true },
    { hours: 24, withFiner: false },
    { hours: 24, withFiner: true },
  ];
  const cases = variants.flatMap((variant) => [1, 2, 3].map((seed) => ({ ...variant, seed })));

  it.each(cases)('have the same ledger: $hours h, finer candles $withFiner, seed $seed', (options) => {
    const market = marketOf(options.seed, options);
    const exchange = exchangeOf(market);
    const orders = tradeRandomly(exchange, options.seed);
    const end = exchange.now;
    const research = researchRun(market, orders, end);
    for (const { symbol } of market.instruments) {
      expect(linesOf(exchange.ledger, symbol, end)).toEqual(linesOf(research.ledger, symbol, end));
    }
    expect(exchange.ledger.lines.length).toBeGreaterThan(200);
    count(research.events);
  });

  it.each([1, 4, 24])('have the same ledger with the same times when touches count at the close, %i h', (hours) => {
    for (const withFiner of [false, true]) {
      const market = marketOf(5, { hours, withFiner });
      const exchange = exchangeOf(market, { touches: 'close' });
      const orders = tradeRandomly(exchange, 5);
      const end = exchange.now;
      const research = researchRun(market, orders, end);
      for (const { symbol } of market.instruments) {
        const expected = linesOf(research.ledger, symbol, end, true);
        expect(linesOf(exchange.ledger, symbol, end, true)).toEqual(expected);
      }
    }
  });

  it('were of every kind', () => {
    const atLeast = { entry: 4_500, stop: 800, target: 500, liquidation: 80, funding: 5_000, delisting: 15 };
    for (const [reason, most] of Object.entries(atLeast)) expect(tally.get(reason), reason).toBeGreaterThan(most);
    expect(tally.get('stop, ambiguous')).toBeGreaterThan(20);
  });
});

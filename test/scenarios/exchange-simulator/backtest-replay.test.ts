// Does a whole backtest, its orders given to the exchange, leave the same ledger? On invented candles and on stored ones.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createParquetSource } from '../../../src/adapters/parquet/parquet-source.ts';
import { markSeries } from '../../../src/domain/candle-quality.ts';
import { firstBarAtOrAfter, sliceSeries } from '../../../src/domain/candle.ts';
import type { CandleSeries } from '../../../src/domain/candle.ts';
import type { FundingSeries } from '../../../src/domain/funding.ts';
import type { OrderIntent } from '../../../src/domain/order.ts';
import { createRandom } from '../../../src/domain/random.ts';
import { HOUR_MS } from '../../../src/domain/time.ts';
import { runBacktest } from '../../../src/simulation/run-backtest.ts';
import type { BacktestResult } from '../../../src/simulation/run-backtest.ts';
import { createSimulatedVenue } from '../../../src/simulation/simulated-venue.ts';
import type { SimulatedVenue } from '../../../src/simulation/simulated-venue.ts';
import { FULL_COSTS, marketOf, randomScript, withHoles } from '../engine/random-backtest.ts';
import { paramsOf, scripted } from '../engine/scripted-bot.ts';
import { exchangeOf, linesOf, traderAt } from './both-venues.ts';
import type { SharedMarket } from './both-venues.ts';

interface Act {
  readonly time: number;
  readonly order: OrderIntent;
  readonly kind: 'place' | 'cancel';
}

/** A backtest of random signals, with every order and cancellation that it made. */
function recordedBacktest(market: SharedMarket, seed: number): { result: BacktestResult; acts: Act[] } {
  const { instruments, series, funding, costs } = market;
  const histories = new Map<string, FundingSeries>();
  for (const history of funding) if (history !== undefined) histories.set(history.symbol, history);
  const acts: Act[] = [];
  const venue = recording(createSimulatedVenue({ instruments, costs, funding: histories, ambiguity: 'worst' }), acts);
  const from = Math.min(...series.map((each) => each.openTime[0]));
  const until = Math.max(...series.map((each) => each.openTime[each.length - 1])) + HOUR_MS;
  const exits = { stopFraction: 0.018, targetFraction: 0.02, maxHoldBars: 12, exitOnOppositeSignal: true };
  const params = paramsOf({
    risk: { maxLeverage: 30, basePositionFraction: 0.05, maxPositionFraction: 0.05, maxOpenPositions: 4 },
    exits: { ...exits, trailingFraction: undefined },
  });
  const result = runBacktest({
    setup: {
      barMs: HOUR_MS,
      initialEquity: 100_000,
      params,
      strategy: scripted(randomScript(`replay/${seed}`, 6)),
      symbols: instruments.map((instrument, index) => ({ instrument, hasFunding: funding[index] !== undefined })),
    },
    venue,
    series,
    funding,
    schedule: [],
    from,
    recordFrom: from,
    until,
  });
  return { result, acts };
}

/** The same venue, which notes what it is asked. */
function recording(venue: SimulatedVenue, acts: Act[]): SimulatedVenue {
  let now = 0;
  const known = new Map<string, OrderIntent>();
  return {
    ...venue,
    place(order) {
      known.set(order.clientOrderId, order);
      acts.push({ kind: 'place', order, time: order.decidedAt });
      venue.place(order);
    },
    cancel(symbol, clientOrderId) {
      const isDone = venue.cancel(symbol, clientOrderId);
      const order = known.get(clientOrderId);
      if (isDone && order !== undefined) acts.push({ kind: 'cancel', order, time: now });
      return isDone;
    },
    onCandle(index, candle, events) {
      now = candle.closeTime;
      venue.onCandle(index, candle, events);
    },
  };
}

/** Gives the exchange what the backtest asked of its venue, each at its time. */
function replay(market: SharedMarket, acts: readonly Act[], refused: ReadonlySet<string>) {
  const exchange = exchangeOf(market, { deposit: 100_000 });
  const place = traderAt(exchange);
  for (const { kind, order, time } of acts) {
    exchange.advanceTo(time);
    if (refused.has(order.clientOrderId)) continue;
    const { symbol, clientOrderId } = order;
    if (kind === 'cancel') exchange.cancel(symbol, { clientOrderId });
    else expect(place(order)).toBe('done');
  }
  exchange.advanceTo(Infinity);
  return exchange;
}

function expectSameLedger(market: SharedMarket, seed: number): string[] {
  const { result, acts } = recordedBacktest(market, seed);
  const refused = new Set<string>();
  for (const event of result.venueEvents) {
    if (event.kind === 'order-refused' && event.reason !== 'cancelled') refused.add(event.clientOrderId);
  }
  const exchange = replay(market, acts, refused);
  for (const { symbol } of market.instruments) {
    const expected = linesOf(result.state.ledger, symbol, exchange.now);
    expect(linesOf(exchange.ledger, symbol, exchange.now)).toEqual(expected);
  }
  return result.venueEvents.flatMap((event) => (event.kind === 'fill' ? [event.reason] : [event.kind]));
}

describe('a backtest given to the exchange', () => {
  it.each([1, 2, 3])('leaves the same ledger on an invented market with holes, seed %i', (seed) => {
    const plain = marketOf(['ALPHAUSDT', 'DELTAUSDT'], 150 * seed, 150 * seed + 900);
    const market = { ...withHoles(plain, createRandom(`replay/${seed}`)), finer: [[], []], costs: FULL_COSTS };
    const reasons = expectSameLedger(market, seed);
    expect(reasons.length).toBeGreaterThan(100);
    expect(new Set(reasons)).toEqual(new Set([...reasons, 'stop', 'target', 'funding']));
  });

  const DATA = process.env['PERPILOT_DATA'] ?? fileURLToPath(new URL('../../../../shared/data/', import.meta.url));
  const symbols = ['BTCUSDT', 'ETHUSDT', 'SOLUSDT', 'WAVESUSDT'];
  const hasData = symbols.every((symbol) => existsSync(join(DATA, 'candles', `${symbol}-1h.parquet`)));
  it.skipIf(!hasData)(
    'leaves the same ledger on stored candles of four contracts, one of which ends (skipped without stored candles)',
    async () => {
      const market = await storedMarket(DATA, symbols);
      const reasons = [4, 5].flatMap((seed) => expectSameLedger(market, seed));
      expect(reasons.length).toBeGreaterThan(1_000);
      expect(new Set(reasons)).toEqual(new Set([...reasons, 'stop', 'target', 'funding', 'signal-exit']));
    },
  );
});

async function storedMarket(root: string, symbols: readonly string[]): Promise<SharedMarket> {
  const source = createParquetSource({ root, marks: { maxGapBars: 6, jumpFraction: 0.25 } });
  const from = Date.UTC(2024, 4, 1);
  const until = Date.UTC(2024, 6, 1);
  const instruments = symbols.map((symbol) => ({
    symbol,
    tickSize: 0.0001,
    lotSize: 0.001,
    minQuantity: 0.001,
    maxMarketQuantity: Infinity,
    minNotional: 5,
    tiers: [{ maxNotional: Infinity, maintenanceRate: 0.005, deduction: 0, maxLeverage: 50 }],
  }));
  const series: CandleSeries[] = [];
  const funding: (FundingSeries | undefined)[] = [];
  for (const symbol of symbols) {
    const stored = await source.candles(symbol, '1h');
    if (stored === undefined) throw new Error(`the stored candles of ${symbol} are gone`);
    const bars = sliceSeries(stored, firstBarAtOrAfter(stored, from), firstBarAtOrAfter(stored, until));
    series.push(markSeries(bars, { maxGapBars: 6, jumpFraction: 0.25 }));
    funding.push(await source.funding(symbol));
  }
  return { instruments, series, funding, finer: symbols.map(() => []), costs: FULL_COSTS };
}

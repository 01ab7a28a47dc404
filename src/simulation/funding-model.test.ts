// Does the venue pay the funding that a brute-force calculator finds, exactly, over 1,500 random histories?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  candleAt,
  COSTS,
  feed,
  fundingEvery,
  HOUR,
  INSTRUMENT,
  orderOf,
  seriesOf,
  START,
  SYMBOL,
  venueOf,
} from '../../test/scenarios/simulated-market.ts';
import type { Candle } from '../domain/candle.ts';
import { FLAG_FILLED } from '../domain/candle.ts';
import type { FundingPayment, VenueEvent } from '../domain/fill.ts';
import type { FundingSeries } from '../domain/funding.ts';
import { toAtoms } from '../domain/money.ts';
import { fundingPaymentOf } from './funding-model.ts';

const HOURS = 40;
const LONGEST = 8 * HOUR;

/** A stamp of the history, or a missing one (rate undefined). Rates in 1e-8. */
interface Stamp {
  readonly time: number;
  readonly rate: number | undefined;
}

/**
 * One random market: hourly candles with holes, a funding history with jitter, holes, unknown rates and a change of interval,
 * and orders of whole lots that change the size at candle opens. Prices in ticks of 0.1, quantities in lots of 0.001.
 */
const market = fc.record({
  ticks: fc.array(fc.integer({ min: 9_000, max: 11_000 }), { minLength: 2 * HOURS, maxLength: 2 * HOURS }),
  holes: fc.array(fc.boolean(), { minLength: HOURS, maxLength: HOURS }),
  sparse: fc.constantFrom(0, 1),
  fourHourly: fc.boolean(),
  intervals: fc.tuple(fc.constantFrom(1, 4, 8), fc.constantFrom(1, 4, 8)),
  changeAt: fc.integer({ min: 0, max: HOURS }),
  jitter: fc.array(fc.constantFrom(-1, 0, 0, 1), { minLength: HOURS, maxLength: HOURS }),
  rates: fc.array(fc.integer({ min: -300_000, max: 300_000 }), { minLength: HOURS, maxLength: HOURS }),
  lost: fc.array(fc.constantFrom('kept', 'kept', 'kept', 'dropped', 'unknown'), { minLength: HOURS, maxLength: HOURS }),
  noHistory: fc.nat({ max: 9 }).map((draw) => draw === 0),
  orders: fc.array(
    fc.record({
      bar: fc.integer({ min: 0, max: HOURS - 1 }),
      lots: fc.integer({ min: -40_000, max: 40_000 }).filter((lots) => lots !== 0),
    }),
    { minLength: 1, maxLength: 8 },
  ),
});
type Market = typeof market extends fc.Arbitrary<infer T> ? T : never;

function candlesOf({ ticks, holes, sparse, fourHourly }: Market): Candle[] {
  const hours = fourHourly ? 4 : 1;
  const candles: Candle[] = [];
  for (let bar = 0; bar < HOURS / hours; bar += 1) {
    const open = ticks[2 * bar] / 10;
    const close = ticks[2 * bar + 1] / 10;
    const isHole = sparse === 1 && holes[bar] && bar > 0;
    const prices = [open, Math.max(open, close), Math.min(open, close), close] as const;
    if (!isHole) candles.push(candleAt(bar, prices, { intervalMs: hours * HOUR }));
  }
  return candles;
}

/** The stamps that the venue really had, and the history that was kept of them. */
function historyOf(world: Market): Stamp[] {
  if (world.noHistory) return [];
  const stamps: Stamp[] = [];
  let hour = -16;
  for (let index = 0; index < HOURS && hour <= HOURS; index += 1) {
    const time = START + hour * HOUR + world.jitter[index];
    const fate = index < 2 ? 'kept' : world.lost[index];
    if (fate !== 'dropped') stamps.push({ time, rate: fate === 'unknown' ? undefined : world.rates[index] });
    hour += hour < world.changeAt ? world.intervals[0] : world.intervals[1];
  }
  return stamps;
}

function seriesFrom(stamps: readonly Stamp[]): FundingSeries {
  return {
    symbol: SYMBOL,
    length: stamps.length,
    time: Float64Array.from(stamps, (stamp) => stamp.time),
    rate: Float64Array.from(stamps, (stamp) => (stamp.rate === undefined ? NaN : stamp.rate / 1e8)),
  };
}

/** Every stamp that should exist in (from, to], by looking at each gap in turn. */
function expectedStamps(history: readonly Stamp[], from: number, to: number): Stamp[] {
  const all: Stamp[] = [...history];
  if (history.length === 0) {
    for (let time = 0; time <= to; time += LONGEST) if (time > from) all.push({ time, rate: undefined });
  } else {
    const gap = (index: number): number =>
      index < 1 || index >= history.length ? 0 : history[index].time - history[index - 1].time;
    for (let index = 1; index < history.length; index += 1) {
      const usual = Math.min(LONGEST, Math.max(gap(index - 1), gap(index + 1)) || LONGEST);
      if (gap(index) <= 1.5 * usual) continue;
      for (let step = 1; step * usual < gap(index) - usual / 2; step += 1) {
        all.push({ time: history[index - 1].time + step * usual, rate: undefined });
      }
    }
    const last = history[history.length - 1].time;
    const spacing = Math.min(LONGEST, gap(history.length - 1) || LONGEST);
    for (let time = last + spacing; time <= to; time += spacing) all.push({ time, rate: undefined });
  }
  return all.filter((stamp) => stamp.time > from && stamp.time <= to).sort((a, b) => a.time - b.time);
}

interface SizeChange {
  readonly time: number;
  readonly lots: number;
}

/** Payments in atoms by plain counting: who held before the stamp pays on the last price known there. */
function bruteForce(stamps: readonly Stamp[], changes: readonly SizeChange[], candles: readonly Candle[]): bigint[] {
  const payments: bigint[] = [];
  for (const stamp of stamps) {
    const lots = changes.filter((change) => change.time < stamp.time).reduce((sum, change) => sum + change.lots, 0);
    if (lots === 0) continue;
    let mark = NaN;
    for (const candle of candles) {
      if (candle.openTime <= stamp.time && stamp.time < candle.closeTime) mark = candle.open;
      else if (candle.closeTime <= stamp.time) mark = candle.close;
    }
    const rate = stamp.rate ?? Math.sign(lots) * 50_000;
    // lots × 1e-3 × ticks × 1e-1 × rate × 1e-8 is exactly in atoms of 1e-12.
    payments.push(BigInt(lots) * BigInt(Math.round(mark * 10)) * BigInt(rate));
  }
  return payments;
}

describe('funding', () => {
  it('matches the brute-force calculator to the atom', () => {
    let paid = 0;
    let charged = 0;
    fc.assert(
      fc.property(market, (world) => {
        const candles = candlesOf(world);
        const history = historyOf(world);
        const venue = venueOf({
          instrument: {
            ...INSTRUMENT,
            minNotional: 0,
            tiers: [{ maxNotional: Infinity, maintenanceRate: 0, deduction: 0, maxLeverage: 10 }],
          },
          funding: new Map(history.length === 0 ? [] : [[SYMBOL, seriesFrom(history)]]),
        });
        const { hours } = { hours: world.fourHourly ? 4 : 1 };
        const events: VenueEvent[] = [];
        const changes: SizeChange[] = [];
        for (const candle of candles) {
          const bar = (candle.openTime - START) / (hours * HOUR);
          for (const { lots, bar: at } of world.orders) {
            if (at !== bar) continue;
            changes.push({ time: candle.openTime, lots });
            const [side, quantity] = [lots > 0 ? 'buy' : 'sell', Math.abs(lots) / 1000] as const;
            venue.place(orderOf({ side, quantity, leverage: 1, decidedAt: candle.openTime, protection: undefined }));
          }
          venue.onCandle(0, candle, events);
        }
        const lastClose = candles.at(-1)!.closeTime;
        venue.closeAtLastPrice(SYMBOL, 'end-of-data', events);
        const payments = events.filter((event): event is FundingPayment => event.kind === 'funding');
        const stamps = expectedStamps(history, START - 1, lastClose);
        expect(payments.map((event) => toAtoms(event.payment))).toEqual(bruteForce(stamps, changes, candles));
        for (const event of payments) {
          const stamp = stamps.find((each) => each.time === event.time)!;
          expect(event.source).toBe(stamp.rate === undefined ? 'charged-for-missing' : 'history');
          if (stamp.rate === undefined) expect(event.payment).toBeGreaterThan(0);
        }
        const times = events.map((event) => event.time);
        expect(times).toEqual([...times].sort((a, b) => a - b));
        paid += payments.length;
        charged += payments.filter((event) => event.source === 'charged-for-missing').length;
      }),
      { seed: 5, numRuns: 1500 },
    );
    expect(paid).toBeGreaterThan(5_000);
    expect(charged).toBeGreaterThan(1_000);
  });

  it('fails on a missing rate where the settings say so, with symbol and time, but only for a position', () => {
    const costs = { ...COSTS, missingFunding: 'fail' } as const;
    const candles = Array.from({ length: 10 }, (_, index) => candleAt(index, [100, 100, 100, 100]));
    const flat = venueOf({ costs, funding: new Map() });
    expect(feed(flat, candles)).toEqual([]);
    const venue = venueOf({ costs, funding: new Map() });
    venue.place(orderOf());
    expect(() => feed(venue, candles)).toThrow(/TESTUSDT: no funding rate for the stamp at 2024-06-01 08:00/);
  });

  it('charges a missing rate against either side', () => {
    const terms = { symbol: SYMBOL, time: START, rate: NaN, markPrice: 200 };
    for (const quantity of [3, -3]) {
      const payment = fundingPaymentOf({ ...terms, quantity }, COSTS);
      expect(payment).toMatchObject({ payment: 0.3, rate: quantity * (0.0005 / 3), source: 'charged-for-missing' });
    }
  });

  it('is due in filled bars too, at their price', () => {
    const venue = venueOf({ funding: new Map([[SYMBOL, fundingEvery(HOUR, 0.001)]]) });
    venue.place(orderOf({ protection: undefined }));
    feed(venue, [candleAt(0, [100, 101, 99, 100.5])]);
    const filled = candleAt(1, [100.5, 100.5, 100.5, 100.5], { flags: FLAG_FILLED });
    expect(feed(venue, [filled])).toMatchObject([
      { kind: 'funding', time: START + HOUR, markPrice: 100.5, payment: 0.1005 },
    ]);
  });
});

const hour = (index: number, low: number): Candle => candleAt(4 + index, [100, 100.5, low, 99.5]);

describe('funding inside a candle whose exit has no known moment', () => {
  const FOUR = 4 * HOUR;
  const entry = candleAt(0, [100, 100.2, 99.8, 100], { intervalMs: FOUR });
  const stopped = candleAt(1, [100, 101, 97, 99], { intervalMs: FOUR });
  const stampsPaid = (rate: number, finer: readonly Candle[]): number[] => {
    const venue = venueOf({
      funding: new Map([[SYMBOL, fundingEvery(HOUR, rate)]]),
      finer: new Map(finer.length === 0 ? [] : [[SYMBOL, [seriesOf(finer)]]]),
    });
    venue.place(orderOf());
    feed(venue, [entry]);
    const events = feed(venue, [stopped]);
    expect(events.at(-1)).toMatchObject({ kind: 'fill', reason: 'stop', price: 98 });
    return events.filter((event) => event.kind === 'funding').map((event) => (event.time - START) / HOUR);
  };

  it('is paid at every stamp inside, but never received', () => {
    expect(stampsPaid(0.001, [])).toEqual([4, 5, 6, 7]);
    expect(stampsPaid(-0.001, [])).toEqual([4]);
  });

  it('follows finer candles where they tell the moment', () => {
    const finer = [hour(0, 99), hour(1, 99), hour(2, 97), hour(3, 99)];
    expect(stampsPaid(0.001, finer)).toEqual([4, 5, 6]);
    expect(stampsPaid(-0.001, finer)).toEqual([4, 5, 6]);
  });
});

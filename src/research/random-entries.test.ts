// Is the random-entry baseline the distribution it claims to be: same sides, same holding times, same costs, random times?
import { describe, expect, it } from 'vitest';
import { syntheticFunding, syntheticSeries } from '../../test/leaks/synthetic-candles.ts';
import { createFundingSchedule, fundingDue } from '../domain/funding-due.ts';
import { createRandom } from '../domain/random.ts';
import type { Direction } from '../domain/side.ts';
import { HOUR_MS } from '../domain/time.ts';
import { randomEntries, type RandomEntryInput, type RandomEntryTrade } from './random-entries.ts';

const series = syntheticSeries(120, 'random entries');
const START = series.openTime[0];
const funding = createFundingSchedule('SYNUSDT', syntheticFunding(series, 'random'), 8 * HOUR_MS);
const costs = { fee: 0.0005, slippage: 0.0002, missingFunding: 0.0005 };

const trade = (direction: Direction, bars: number, netPnl = 0): RandomEntryTrade => ({
  direction,
  entryTime: START,
  exitTime: START + bars * HOUR_MS,
  entryPrice: 100,
  quantity: 1,
  netPnl,
});

const baseline = (trades: readonly RandomEntryTrade[], more: Partial<RandomEntryInput> = {}) =>
  randomEntries({
    series,
    funding,
    trades,
    from: START,
    to: START + series.length * HOUR_MS,
    costs,
    draws: 4_000,
    random: createRandom('draws'),
    ...more,
  });

/** Net returns of one trade at every possible entry, by brute force. */
function everyEntry(direction: Direction, bars: number): number[] {
  return Array.from({ length: series.length - bars }, (_, entry) => {
    const [from, to] = [series.openTime[entry], series.openTime[entry + bars]];
    const paid = fundingDue(funding, from, to).reduce((sum, { rate }) => sum + direction * rate, 0);
    const gross = direction * (series.open[entry + bars] / series.open[entry] - 1);
    return gross - 2 * (costs.fee + costs.slippage) - paid;
  });
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const deviation = (values: readonly number[]): number =>
  Math.sqrt(mean(values.map((value) => (value - mean(values)) ** 2)));

/** The p-value of one trade over four bars that netted `net`. */
const pOf = (net: number): number => baseline([trade(1, 4, net * 100)])?.pValue ?? NaN;

describe('randomEntries', () => {
  it.each([
    [1, 1],
    [-1, 5],
    [1, 60],
  ] as const)('draws side %i over %i bars evenly from all entries there are', (direction, bars) => {
    const all = everyEntry(direction, bars);
    const drawn = baseline([trade(direction, bars)]);
    const error = deviation(all) / Math.sqrt(4_000);
    expect(Math.abs((drawn?.mean ?? NaN) - mean(all))).toBeLessThan(4 * error);
    const sorted = all.toSorted((a, b) => a - b);
    expect(drawn?.low).toBeGreaterThanOrEqual(sorted[0]);
    expect(drawn?.high).toBeLessThanOrEqual(sorted[sorted.length - 1]);
    const share = all.filter((value) => value <= (drawn?.high ?? NaN)).length / all.length;
    expect(Math.abs(share - 0.95)).toBeLessThan(0.03);
  });

  it('narrows with the number of trades, as means do', () => {
    const one = baseline([trade(1, 3)]);
    const nine = baseline(Array.from({ length: 9 }, () => trade(1, 3)));
    const width = (drawn: typeof one): number => (drawn?.high ?? NaN) - (drawn?.low ?? NaN);
    expect(width(nine) / width(one)).toBeCloseTo(1 / 3, 1);
  });

  it('gives entries that are no better than random an even p-value, and perfect ones the smallest', () => {
    const all = everyEntry(1, 4);
    for (const share of [0.1, 0.5, 0.9]) {
      const value = all.toSorted((a, b) => b - a)[Math.floor(share * all.length)];
      expect(Math.abs(pOf(value) - share)).toBeLessThan(0.05);
    }
    expect(pOf(Math.max(...all) + 1e-9)).toBe(1 / 4_001);
    expect(pOf(-1)).toBe(1);
  });

  it('repeats itself by seed', () => {
    expect(baseline([trade(1, 3)])).toEqual(baseline([trade(1, 3)]));
    expect(baseline([trade(1, 3)], { random: createRandom('other') })).not.toEqual(baseline([trade(1, 3)]));
  });

  it('is undefined without trades, without candles, and where a missing rate may not be charged', () => {
    expect(baseline([])).toBeUndefined();
    expect(baseline([trade(1, 3)], { from: 0, to: 1 })).toBeUndefined();
    const none = createFundingSchedule('SYNUSDT', undefined, 8 * HOUR_MS);
    const strict = { ...costs, missingFunding: NaN };
    expect(baseline([trade(1, 30)], { funding: none, costs: strict })).toBeUndefined();
    expect(baseline([trade(1, 30)], { funding: none })).toBeDefined();
  });

  it('holds no longer than the span lasts', () => {
    expect(baseline([trade(-1, 10_000)])?.mean).toBeCloseTo(everyEntry(-1, series.length - 1)[0], 12);
  });
});

// Does buying and holding earn what a hand-kept account says?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { syntheticFunding, syntheticSeries } from '../../test/leaks/synthetic-candles.ts';
import { loadConfig } from '../config/load-config.ts';
import { createFundingSchedule, fundingDue } from '../domain/funding-due.ts';
import { HOUR_MS } from '../domain/time.ts';
import { baselineCostsOf, holdCostsOf } from './baseline-costs.ts';
import { buyAndHold } from './buy-and-hold.ts';

const series = syntheticSeries(600, 'hold');
const funding = createFundingSchedule('SYNUSDT', syntheticFunding(series, 'hold'), 8 * HOUR_MS);
const START = series.openTime[0];

/** An account kept by hand: what the position cost, what every stamp took, what the sale brought. */
function byHand(from: number, to: number, costs: { fee: number; slippage: number }): number {
  const first = series.openTime.findIndex((time) => time >= from);
  const after = series.openTime.findIndex((time) => time >= to);
  const last = (after < 0 ? series.length : after) - 1;
  const bought = series.open[first] * (1 + costs.slippage);
  const units = 1 / bought;
  let money = -costs.fee;
  const sold = series.openTime[last] + HOUR_MS;
  for (const { time, rate } of fundingDue(funding, series.openTime[first], sold)) {
    const bar = Math.floor((time - START) / HOUR_MS);
    const price = time === sold ? series.close[last] : series.open[bar];
    money -= units * price * rate;
  }
  const exit = series.close[last] * (1 - costs.slippage);
  return money + units * (exit - bought) - units * exit * costs.fee;
}

describe('buyAndHold', () => {
  it('returns what the account kept by hand does, over any span and costs', () => {
    const span = fc.tuple(fc.nat({ max: 500 }), fc.integer({ min: 1, max: 99 }));
    const rate = fc.double({ min: 0, max: 0.01, noNaN: true });
    fc.assert(
      fc.property(span, rate, rate, ([first, bars], fee, slippage) => {
        const from = START + first * HOUR_MS;
        const to = from + bars * HOUR_MS;
        const costs = { fee, slippage, missingFunding: 0 };
        const actual = buyAndHold({ series, funding, from, to, costs });
        expect(actual?.totalReturn).toBeCloseTo(byHand(from, to, costs), 10);
      }),
      { seed: 1 },
    );
  });

  it('is charged for missing stamps, and undefined where they may not be charged', () => {
    const none = createFundingSchedule('SYNUSDT', undefined, 8 * HOUR_MS);
    const flat = { ...series, open: series.open.map(() => 100), close: series.close.map(() => 100) };
    const input = { series: flat, funding: none, from: START, to: START + 48 * HOUR_MS };
    const charged = buyAndHold({ ...input, costs: { fee: 0, slippage: 0, missingFunding: 0.0005 } });
    expect(charged?.totalReturn).toBeCloseTo(-6 * 0.0005, 12);
    expect(buyAndHold({ ...input, costs: { fee: 0, slippage: 0, missingFunding: NaN } })).toBeUndefined();
  });

  it('is held by the suite to fees and slippage, and to nothing for a rate that is not stored', () => {
    const { costs } = loadConfig().config;
    const own = holdCostsOf({ ...costs, missingFunding: 'charge' });
    expect(own).toEqual({ ...baselineCostsOf(costs), missingFunding: 0 });
    expect(own.fee).toBeGreaterThan(0);
    expect(holdCostsOf({ ...costs, missingFunding: 'fail' }).missingFunding).toBeNaN();
  });

  it('is undefined without candles in the span', () => {
    const costs = { fee: 0, slippage: 0, missingFunding: 0 };
    expect(buyAndHold({ series, funding, from: START - 9e9, to: START, costs })).toBeUndefined();
  });
});

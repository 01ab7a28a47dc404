// Which windows does every symbol get, whatever its history looks like?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { syntheticSeries } from '../../test/leaks/synthetic-candles.ts';
import { marketOf } from '../../test/scenarios/research/small-research.ts';
import { sliceSeries } from '../domain/candle.ts';
import { DAY_MS, HOUR_MS } from '../domain/time.ts';
import type { PerpilotError } from '../domain/errors.ts';
import { planSuite } from './plan-suite.ts';
import type { SymbolMarket } from './market.ts';
import type { WalkForwardParams } from './settings.ts';

const DAYS = 200;
const whole = syntheticSeries(DAYS * 24, 'plan');
const START = whole.openTime[0];
const END = START + DAYS * DAY_MS;
const walkForward: WalkForwardParams = { trainDays: 60, testDays: 30, stepDays: 30, embargoHours: 0, mode: 'rolling' };

/** A symbol whose candles cover the given days. */
const market = (symbol: string, from = 0, to = DAYS): SymbolMarket =>
  marketOf({ ...sliceSeries(whole, from * 24, to * 24), symbol }, undefined);

const daysOf = (time: number): number => (time - START) / DAY_MS;

describe('planSuite', () => {
  it('plans whole windows, each trained on what lies before it', () => {
    const [{ windows }] = planSuite({ markets: [market('AUSDT')], walkForward, years: 10 });
    expect(windows.map(({ testStart, testEnd }) => [daysOf(testStart), daysOf(testEnd)])).toEqual([
      [60, 90],
      [90, 120],
      [120, 150],
      [150, 180],
    ]);
    for (const { testStart, trainStart } of windows) expect(testStart - trainStart).toBe(60 * DAY_MS);
  });

  it('keeps to the wanted years before the end of all data', () => {
    const [{ windows }] = planSuite({ markets: [market('AUSDT')], walkForward, years: 100 / 365 });
    expect(windows.map(({ testStart }) => daysOf(testStart))).toEqual([160]);
  });

  it('begins later for a late listing, and keeps the last days of a delisted symbol', () => {
    const markets = [market('AUSDT'), market('LATEUSDT', 50), market('DEADUSDT', 0, 137)];
    const plans = planSuite({ markets, walkForward, years: 10 });
    const spans = plans.map(({ windows }) => [
      daysOf(windows[0].testStart),
      daysOf(windows[windows.length - 1].testEnd),
    ]);
    expect(spans).toEqual([
      [60, 180],
      [110, 200],
      [60, 137],
    ]);
  });

  it('begins at a whole day, as midnights are what returns are measured at', () => {
    const odd = marketOf(sliceSeries(whole, 7, whole.length), undefined);
    const [{ windows }] = planSuite({ markets: [odd], walkForward, years: 10 });
    expect(daysOf(windows[0].trainStart)).toBe(1);
  });

  it('names every symbol that is too short, and what it would need', () => {
    const markets = [market('AUSDT'), market('NEWUSDT', 150), market('GONEUSDT', 0, 10)];
    const plan = () => planSuite({ markets, walkForward, years: 150 / 365 });
    expect(plan).toThrow(
      expect.objectContaining({
        code: 'DATA_TOO_SHORT',
        problems: [
          expect.objectContaining({
            message: expect.stringMatching(/^NEWUSDT: 50\.0 days .* needs 90 \(60 to train, 30 to test\)$/),
          }),
          expect.objectContaining({ message: expect.stringMatching(/^GONEUSDT: 0\.0 days /) }),
        ],
      } satisfies Partial<Record<keyof PerpilotError, unknown>>),
    );
  });

  it('never tests a day twice or trains on a day it tests, and never leaves the data', () => {
    const days = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(days, days, days, fc.boolean(), fc.nat({ max: 80 }), (trainDays, testDays, more, anchored, from) => {
        const plan = { trainDays, testDays, stepDays: testDays + more - 1, embargoHours: 0 };
        const mode = anchored ? ('anchored' as const) : ('rolling' as const);
        const [{ windows }] = planSuite({
          markets: [market('AUSDT', from)],
          walkForward: { ...plan, mode },
          years: 10,
        });
        windows.forEach(({ index, trainStart, testStart, testEnd }, at) => {
          expect(index).toBe(at);
          expect(trainStart).toBeGreaterThanOrEqual(START + from * DAY_MS);
          expect(trainStart).toBeLessThan(testStart);
          expect(testEnd).toBeLessThanOrEqual(END);
          expect(testEnd - testStart).toBe(testDays * DAY_MS);
          if (at > 0) expect(testStart).toBeGreaterThanOrEqual(windows[at - 1].testEnd);
          expect(testStart % HOUR_MS).toBe(0);
        });
      }),
      { seed: 1, numRuns: 40 },
    );
  });
});

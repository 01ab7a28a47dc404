// Are cuts where they should be: all of them, behind the training, with a whole warm-up before them?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planCuts } from './look-ahead-plan.ts';

describe('a plan of cuts', () => {
  it('has every cut inside its window, behind the training part and after a warm-up where there is room', () => {
    const inputs = fc.record({
      length: fc.integer({ min: 10, max: 20_000 }),
      share: fc.double({ min: 0.05, max: 0.5, noNaN: true }),
      warmupBars: fc.integer({ min: 1, max: 2_000 }),
      cuts: fc.integer({ min: 1, max: 250 }),
    });
    fc.assert(
      fc.property(inputs, ({ length, share, warmupBars, cuts }) => {
        const firstCut = Math.max(1, Math.floor(length * share));
        const windows = planCuts({ length, firstCut, warmupBars, cuts, seed: 'plan' });
        expect(windows.flatMap((window) => window.cuts)).toHaveLength(cuts);
        expect(windows[0]).toMatchObject({ from: 0, to: length });
        for (const { from, to, cuts: own } of windows) {
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeLessThanOrEqual(length);
          for (const cut of own) {
            expect(cut).toBeGreaterThan(firstCut);
            expect(cut).toBeLessThan(length);
            expect(cut).toBeLessThanOrEqual(to);
            expect(cut - from).toBeGreaterThan(Math.min(warmupBars, firstCut));
          }
        }
      }),
      { seed: 3, numRuns: 60 },
    );
  });

  it('reaches every part of the tested history', () => {
    const windows = planCuts({ length: 17_520, firstCut: 4_320, warmupBars: 741, cuts: 200, seed: '1' });
    const cuts = windows.flatMap((window) => window.cuts);
    for (let from = 4_320; from < 17_000; from += 3_300) {
      expect(cuts.filter((cut) => cut > from && cut <= from + 3_300).length).toBeGreaterThan(10);
    }
    expect(Math.max(...windows.slice(1).map(({ from, to }) => to - from))).toBeLessThan(1_200);
  });
});

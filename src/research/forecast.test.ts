// Does a forecast add up, and is a run that does not fit refused with what would?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PerpilotError } from '../domain/errors.ts';
import { forecastOf, forecastText, refuseTooLarge, type ProbeFigures } from './forecast.ts';
import type { SuiteWork, SymbolWork } from './suite-work.ts';

const PROBE: ProbeFigures = {
  startSeconds: 1,
  datasetSecondsPerBar: 1e-5,
  trainSecondsPerWork: 1e-5,
  simulateSecondsPerDay: 5e-4,
  columns: 26,
  modelBytes: 100_000,
  outcomeBytes: 50_000,
  residentBytes: 200_000_000,
};

const SYMBOL: SymbolWork = {
  bars: 20_000,
  candleBytes: 1_000_000,
  folds: 18,
  trainTasks: 6,
  trainWork: 2_000_000,
  testDays: 540,
};
const WORK: SuiteWork = {
  symbols: [SYMBOL, SYMBOL],
  variants: 18,
  simulations: 21,
  modelKeys: 2,
  datasets: 1,
  heldModels: 36,
  tasks: 66,
  foldsPerSimulation: 18,
};

const machine = { threads: 2, cores: 2, freeBytes: 4e9 };

const fits = (threads: number): boolean =>
  forecastOf(WORK, PROBE, { threads, cores: 8 }).bytes <= 1e9 + PROBE.residentBytes;

function refusal(action: () => unknown): { readonly message: string; readonly hint: string | undefined } {
  try {
    action();
  } catch (error) {
    if (error instanceof PerpilotError && error.code === 'ARGUMENT_INVALID') {
      return { message: error.problems[0].message, hint: error.problems[0].hint };
    }
    throw error;
  }
  throw new Error('it was not refused');
}

describe('a forecast', () => {
  it('adds the parts up: data sets per thread, folds and simulations over all threads', () => {
    const { rows, models, seconds, bytes } = forecastOf(WORK, PROBE, machine);
    expect([rows, models]).toEqual([36, 72]);
    // Per symbol: data set 0.2 s on each of two threads, training 20 s, 21 simulations of 0.27 s.
    expect(seconds).toBeCloseTo(1 + (2 * (2 * 0.2 + 20 + 21 * 0.27)) / 2, 9);
    const perThread = 150e6 + 2e6 + 20_000 * 26 * 8 * 3 + 18 * 1e5 * 1.2 * 2;
    expect(bytes).toBeCloseTo(200e6 + 2 * perThread + 36 * 1e5 * 1.2 + 42 * 5e4 * 3.5, 3);
  });

  it('never falls with more work, and threads beyond the cores bring memory but no speed', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 64 }),
        fc.integer({ min: 1, max: 16 }),
        fc.integer({ min: 1, max: 5 }),
        (threads, cores, times) => {
          const own = { threads, cores };
          const more = { ...WORK, simulations: WORK.simulations * times, heldModels: WORK.heldModels * times };
          const [small, large] = [WORK, more].map((work) => forecastOf(work, PROBE, own));
          expect(large.seconds).toBeGreaterThanOrEqual(small.seconds);
          expect(large.bytes).toBeGreaterThanOrEqual(small.bytes);
          const wider = forecastOf(WORK, PROBE, { threads: threads + 1, cores });
          expect(wider.bytes).toBeGreaterThan(small.bytes);
          if (threads >= cores) expect(wider.seconds).toBe(small.seconds);
          else expect(wider.seconds).toBeLessThanOrEqual(small.seconds);
        },
      ),
      { seed: 20_240_605, numRuns: 200 },
    );
  });

  it.each([
    [
      { rows: 36, models: 72, seconds: 20.4, bytes: 704e6 },
      2,
      '36 rows, 72 models: about 20 s and 700 MB with 2 threads',
    ],
    [{ rows: 1, models: 1, seconds: 0.2, bytes: 1.04e9 }, 1, '1 row, 1 model: about 1 s and 1 GB with 1 thread'],
    [{ rows: 9, models: 0, seconds: 3.4, bytes: 999.9e6 }, 4, '9 rows, 0 models: about 3 s and 1 GB with 4 threads'],
    [{ rows: 9, models: 0, seconds: 100, bytes: 12.34e9 }, 4, '9 rows, 0 models: about 2 min and 12 GB with 4 threads'],
    [
      { rows: 9, models: 0, seconds: 5_399, bytes: 1.26e9 },
      4,
      '9 rows, 0 models: about 90 min and 1.3 GB with 4 threads',
    ],
    [{ rows: 9, models: 0, seconds: 9_000, bytes: 1e9 }, 4, '9 rows, 0 models: about 2.5 h and 1 GB with 4 threads'],
    [
      { rows: 9, models: 0, seconds: 400_000, bytes: 1e9 },
      4,
      '9 rows, 0 models: about 4.6 days and 1 GB with 4 threads',
    ],
  ])('reads as people say it: %o', (forecast, threads, text) => {
    expect(forecastText(forecast, threads)).toBe(text);
  });
});

describe('a run that does not fit into the free memory', () => {
  it('is let through when it fits', () => {
    expect(refuseTooLarge(WORK, PROBE, machine)).toEqual(forecastOf(WORK, PROBE, machine));
    const exactly = forecastOf(WORK, PROBE, machine).bytes - PROBE.residentBytes;
    expect(refuseTooLarge(WORK, PROBE, { ...machine, freeBytes: exactly }).rows).toBe(36);
  });

  it('is refused with the threads that fit', () => {
    const { message, hint } = refusal(() => refuseTooLarge(WORK, PROBE, { threads: 8, cores: 8, freeBytes: 1e9 }));
    expect(message).toBe('36 rows, 72 models: about 8 s and 1.6 GB with 8 threads, but only 1 GB of memory are free');
    expect(hint).toBe('it fits with --jobs 5');
    expect([fits(5), fits(6)]).toEqual([true, false]);
    const oneLess = refusal(() => refuseTooLarge(WORK, PROBE, { threads: 6, cores: 8, freeBytes: 1e9 }));
    expect(oneLess.hint).toBe('it fits with --jobs 5');
  });

  it('is refused with the rows that fit on one thread, or with nothing that helps', () => {
    const large = { ...WORK, variants: 3_000, simulations: 3_001, heldModels: 36_000 };
    const { hint } = refusal(() => refuseTooLarge(large, PROBE, { ...machine, freeBytes: 2e9 }));
    const rows = Number(/about (\d+) rows/.exec(hint ?? '')?.[1]);
    const scaled = (share: number): SuiteWork => ({
      ...large,
      simulations: 3_001 * share,
      heldModels: 36_000 * share,
    });
    const bytesOf = (count: number): number => forecastOf(scaled(count / 6_000), PROBE, { threads: 1, cores: 2 }).bytes;
    expect(bytesOf(rows)).toBeLessThanOrEqual(2.2e9);
    expect(bytesOf(rows + 2)).toBeGreaterThan(2.2e9);
    const none = refusal(() => refuseTooLarge(WORK, PROBE, { ...machine, freeBytes: 1e8 }));
    expect(none.hint).toContain('not even one row fits');
  });
});

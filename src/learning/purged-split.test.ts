import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combinatorialPurgedSplits } from './purged-split.ts';

const tasks = fc
  .record({
    spans: fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 8, maxLength: 60 }),
    groups: fc.integer({ min: 2, max: 6 }),
    testGroups: fc.integer({ min: 1, max: 5 }),
    embargoSamples: fc.integer({ min: 0, max: 6 }),
  })
  .filter(({ groups, testGroups }) => testGroups < groups)
  .map(({ spans, ...rest }) => ({
    labelEnd: spans.map((span, index) => Math.min(index + span, spans.length - 1)),
    ...rest,
  }));

const binomial = (n: number, k: number): number => (k === 0 ? 1 : (binomial(n - 1, k - 1) * n) / k);

describe('combinatorialPurgedSplits', () => {
  it('lets no label interval of a training sample meet one of a tested sample, nor start in its embargo (R9)', () => {
    fc.assert(
      fc.property(tasks, (task) => {
        const { splits } = combinatorialPurgedSplits(task);
        for (const { train, test } of splits) {
          for (const tested of test) {
            for (const trained of train) {
              const isBefore = task.labelEnd[trained] < tested;
              const isAfter = trained > task.labelEnd[tested] + task.embargoSamples;
              expect(isBefore || isAfter).toBe(true);
            }
          }
        }
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  it('uses every sample once per split and every group once per path', () => {
    fc.assert(
      fc.property(tasks, (task) => {
        const { splits, paths, groupBounds } = combinatorialPurgedSplits(task);
        const { groups, testGroups } = task;
        expect(splits.length).toBe(Math.round(binomial(groups, testGroups)));
        expect(paths.length).toBe(Math.round(binomial(groups - 1, testGroups - 1)));
        for (const { train, test, purged, embargoed } of splits) {
          const all = [...train, ...test, ...purged, ...embargoed].toSorted((a, b) => a - b);
          expect(all).toEqual(task.labelEnd.map((_, index) => index));
        }
        for (const path of paths) {
          path.forEach((split, group) => {
            const [first, last] = groupBounds[group];
            expect(splits[split].test).toEqual(expect.arrayContaining([first, last]));
          });
        }
        for (let group = 0; group < groups; group += 1) {
          expect(new Set(paths.map((path) => path[group])).size).toBe(paths.length);
        }
      }),
      { seed: 5, numRuns: 100 },
    );
  });

  it('purges nothing that need not be: labels of one sample without embargo', () => {
    const labelEnd = Array.from({ length: 20 }, (_, index) => index);
    for (const split of combinatorialPurgedSplits({ labelEnd, groups: 5, testGroups: 2, embargoSamples: 0 }).splits) {
      expect(split.purged.length + split.embargoed.length).toBe(0);
    }
  });

  it('refuses impossible tasks', () => {
    const task = { labelEnd: [0, 1, 2, 3], groups: 2, testGroups: 1, embargoSamples: 0 };
    expect(() => combinatorialPurgedSplits({ ...task, groups: 5 })).toThrow(/cannot be split/);
    expect(() => combinatorialPurgedSplits({ ...task, testGroups: 2 })).toThrow(/cannot be tested/);
    expect(() => combinatorialPurgedSplits({ ...task, labelEnd: [0, 0, 2, 3] })).toThrow(/ends before it begins/);
    expect(() => combinatorialPurgedSplits({ ...task, embargoSamples: -1 })).toThrow(/embargo/);
  });
});

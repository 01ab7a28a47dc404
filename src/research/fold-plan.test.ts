import { describe, expect, it } from 'vitest';
import { createRandom } from '../domain/random.ts';
import type { Random } from '../domain/random.ts';
import { foldSamples, planFolds, purgedTrainIndices, testWindowsOverlap } from './fold-plan.ts';
import type { FoldPlanTask } from './fold-plan.ts';

const HOUR = 3_600_000;

function randomTask(random: Random): FoldPlanTask & { embargoMs: number } {
  const barMs = HOUR * (1 + random.below(4));
  return {
    dataStart: 1_700_000_000_000 + random.below(1000) * HOUR,
    barMs,
    bars: 20 + random.below(150),
    trainMs: barMs * (5 + random.below(40)),
    testMs: barMs * (1 + random.below(20)),
    stepMs: barMs * (1 + random.below(25)),
    embargoMs: random.below(3) * random.below(10) * HOUR,
    mode: random.next() < 0.5 ? 'rolling' : 'anchored',
    keepPartial: random.next() < 0.5,
  };
}

/** Samples decided at bar closes, not at each of them, with labels of different length. */
function randomSamples(random: Random, task: FoldPlanTask): { decision: number[]; labelEnd: number[] } {
  const decision = Array.from({ length: task.bars }, (_, bar) => task.dataStart + (bar + 1) * task.barMs).filter(
    () => random.next() < 0.8,
  );
  return { decision, labelEnd: decision.map((time) => time + random.below(24) * task.barMs) };
}

describe('foldSamples', () => {
  it('lets no label interval cross into the next set, with the embargo on top, over 3000 random plans (R9)', () => {
    const random = createRandom('R9');
    let trained = 0;
    let purged = 0;
    for (let run = 0; run < 3000; run += 1) {
      const task = randomTask(random);
      const samples = randomSamples(random, task);
      for (const fold of planFolds(task)) {
        const sets = foldSamples(fold, samples);
        const lastKnown = Math.max(-Infinity, ...sets.train.map((index) => samples.labelEnd[index]));
        const firstTested = Math.min(Infinity, ...sets.test.map((index) => samples.decision[index]));
        if (lastKnown + task.embargoMs > fold.testStart || lastKnown + task.embargoMs > firstTested) {
          throw new Error(`run ${run}, fold ${fold.fold}: a label crosses into the test window`);
        }
        trained += sets.train.length;
        purged += sets.purged.length;
      }
    }
    expect(trained).toBeGreaterThan(10_000);
    expect(purged).toBeGreaterThan(10_000);
  });

  it('puts every sample of the windows into one set, and purges only what reaches into the test window', () => {
    const random = createRandom('partition');
    for (let run = 0; run < 300; run += 1) {
      const task = randomTask(random);
      const samples = randomSamples(random, task);
      for (const fold of planFolds(task)) {
        const { train, purged, test } = foldSamples(fold, samples);
        const inside = [...samples.decision.keys()].filter(
          (index) => samples.decision[index] >= fold.trainStart && samples.decision[index] < fold.testEnd,
        );
        expect([...train, ...purged, ...test].toSorted((a, b) => a - b)).toEqual(inside);
        for (const index of purged) expect(samples.labelEnd[index] + task.embargoMs).toBeGreaterThan(fold.testStart);
        expect(purgedTrainIndices(fold, samples)).toEqual(train);
      }
    }
  });

  it('keeps a label that ends exactly when the test window begins', () => {
    const fold = { fold: 0, trainStart: 0, testStart: 100, testEnd: 200, embargoMs: 10 };
    const samples = { decision: [10, 20, 99, 100, 199, 200], labelEnd: [90, 91, 99, 150, 250, 210] };
    expect(foldSamples(fold, samples)).toEqual({ train: [0], purged: [1, 2], test: [3, 4] });
    expect(foldSamples({ ...fold, embargoMs: 0 }, samples).train).toEqual([0, 1, 2]);
  });
});

describe('planFolds', () => {
  it('steps through the data with windows that touch, lie inside the data and are tested in order', () => {
    const random = createRandom('plan');
    for (let run = 0; run < 500; run += 1) {
      const task = randomTask(random);
      const folds = planFolds(task);
      const dataEnd = task.dataStart + task.bars * task.barMs;
      folds.forEach((fold, index) => {
        expect(fold.fold).toBe(index);
        expect(fold.testStart).toBe(task.dataStart + task.trainMs + index * task.stepMs);
        expect(fold.trainStart).toBe(task.mode === 'anchored' ? task.dataStart : fold.testStart - task.trainMs);
        expect(fold.testEnd).toBeLessThanOrEqual(dataEnd);
        if (!task.keepPartial) expect(fold.testEnd - fold.testStart).toBe(task.testMs);
      });
      expect(testWindowsOverlap(folds)).toBe(
        folds.some((fold, index) => index > 0 && fold.testStart < folds[index - 1].testEnd),
      );
    }
  });

  it('says when moments are tested twice', () => {
    const task: FoldPlanTask = {
      dataStart: 0,
      barMs: 1,
      bars: 100,
      trainMs: 10,
      testMs: 10,
      stepMs: 10,
      mode: 'rolling',
      keepPartial: false,
    };
    expect(testWindowsOverlap(planFolds(task))).toBe(false);
    expect(testWindowsOverlap(planFolds({ ...task, stepMs: 9 }))).toBe(true);
    expect(planFolds({ ...task, bars: 19 })).toEqual([]);
    expect(() => planFolds({ ...task, stepMs: 0 })).toThrow(/above 0/);
  });
});

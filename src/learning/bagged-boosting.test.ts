// Is a bag of models the mean of its members, and does it depend less on the seed than one?
import { describe, expect, it } from 'vitest';
import { createRandom } from '../domain/random.ts';
import { trainBaggedBoosting } from './bagged-boosting.ts';
import { predictMargin } from './predict-boosting.ts';
import { trainBoosting } from './train-boosting.ts';
import type { BoostingTask } from './train-boosting.ts';

const ROWS = 400;
const COLUMNS = 5;

function task(seed: string): BoostingTask {
  const random = createRandom('bagged-boosting');
  const values = Float64Array.from({ length: ROWS * COLUMNS }, () => random.normal());
  const y = Uint8Array.from({ length: ROWS }, (_, row) => (values[row * COLUMNS] + 2 * random.normal() > 0 ? 1 : 0));
  return {
    train: { x: { rows: ROWS, columns: COLUMNS, values }, y },
    params: {
      trees: 20,
      maxDepth: 3,
      learningRate: 0.1,
      lambda: 1,
      alpha: 0,
      gamma: 0,
      minChildWeight: 1,
      rowSampling: 0.6,
      columnSampling: 0.6,
      maxBins: 32,
      earlyStoppingRounds: 0,
    },
    seed,
  };
}

const margins = (model: ReturnType<typeof trainBaggedBoosting>, { train }: BoostingTask): number[] =>
  Array.from({ length: ROWS }, (_, row) => predictMargin(model, train.x.values, row * COLUMNS));

function distanceBetweenSeeds(bags: number): number {
  const [a, b] = ['a', 'b'].map((seed) => margins(trainBaggedBoosting(task(seed), bags), task(seed)));
  return Math.sqrt(a.reduce((sum, value, row) => sum + (value - b[row]) ** 2, 0));
}

describe('trainBaggedBoosting', () => {
  it('predicts the mean margin of its members', () => {
    const one = task('seed');
    const members = ['seed', 'seed/bag-1', 'seed/bag-2'].map((seed) =>
      margins(trainBoosting({ ...one, seed }).model, one),
    );
    const bag = margins(trainBaggedBoosting(one, 3), one);
    bag.forEach((margin, row) => {
      const mean = (members[0][row] + members[1][row] + members[2][row]) / 3;
      expect(Math.abs(margin - mean)).toBeLessThan(1e-5);
    });
  });

  it('is plain boosting with one bag', () => {
    const one = task('seed');
    expect(margins(trainBaggedBoosting(one, 1), one)).toEqual(margins(trainBoosting(one).model, one));
  });

  it('differs less between seeds than single models do', () => {
    expect(distanceBetweenSeeds(8)).toBeLessThan(0.55 * distanceBetweenSeeds(1));
  });
});

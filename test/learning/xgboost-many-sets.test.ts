// Do Python's xgboost and we predict the same with each other's models on twenty random data sets with missing values?
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/domain/random.ts';
import type { BoostingModel } from '../../src/learning/boosting-model.ts';
import { predictProbability } from '../../src/learning/predict-boosting.ts';
import { trainBoosting } from '../../src/learning/train-boosting.ts';
import { modelFromXgboostJson, xgboostModelText } from '../../src/learning/xgboost-json.ts';

const python = ['/usr/bin/python3', 'python3'].find(
  (command) => spawnSync(command, ['-c', 'import xgboost']).status === 0,
);
if (python === undefined) console.log('skipped: no Python with xgboost on this machine');

const SETS = 20;

/** For every set: predicts with our model, trains one of its own, saves it and predicts with that. */
const SCRIPT = `
import json, sys, numpy as np, xgboost as xgb
folder = sys.argv[1]
out = []
for i, d in enumerate(json.load(open(folder + '/sets.json'))):
    x = np.array([[np.nan if v is None else v for v in row] for row in d['x']], dtype=float)
    rows = xgb.DMatrix(x, label=np.array(d['y']), feature_names=d['names'], nthread=1)
    ours = xgb.Booster()
    ours.load_model(folder + '/ours-%d.json' % i)
    theirs = xgb.train(dict(tree_method='hist', max_depth=d['depth'], eta=.3, nthread=1, objective='binary:logistic'), rows, 12)
    theirs.save_model(folder + '/theirs-%d.json' % i)
    out.append(dict(ours=ours.predict(rows).astype(float).tolist(), theirs=theirs.predict(rows).astype(float).tolist()))
print(json.dumps(out))
`;

interface DataSet {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly names: readonly string[];
  readonly values: Float64Array;
  readonly y: readonly number[];
}

/** Of any shape: continuous, stepped and constant features, from none to nearly half of the values missing. */
function dataSet(seed: number): DataSet {
  const random = createRandom(`many-sets/${seed}`);
  const rows = 80 + Math.floor(random.next() * 400);
  const columns = 1 + Math.floor(random.next() * 12);
  const missing = Array.from({ length: columns }, () => Math.max(0, random.next() - 0.3) * 0.6);
  const steps = Array.from({ length: columns }, () =>
    random.next() < 0.3 ? Math.floor(random.next() * 4) : undefined,
  );
  const values = Float64Array.from({ length: rows * columns }, (_, index) => {
    const column = index % columns;
    if (random.next() < missing[column]) return NaN;
    const step = steps[column];
    return step === undefined ? random.normal() * 10 ** (column % 4) : Math.round(random.next() * step);
  });
  const y = Array.from({ length: rows }, (_, row) => {
    const first = values[row * columns];
    const pull = Number.isNaN(first) ? 1 : first;
    return random.next() < 1 / (1 + Math.exp(-1.5 * pull)) ? 1 : 0;
  });
  const names = Array.from({ length: columns }, (_, column) => `feature-${column}`);
  return { rows, columns, depth: 1 + (seed % 6), names, values, y };
}

const sets = Array.from({ length: SETS }, (_, seed) => dataSet(seed));

function trained({ rows, columns, depth, names, values, y }: DataSet, seed: number): BoostingModel {
  const params = {
    trees: 12,
    maxDepth: depth,
    learningRate: 0.3,
    lambda: 1,
    alpha: 0,
    gamma: 0,
    minChildWeight: 1,
    rowSampling: 0.8,
    columnSampling: 0.8,
    maxBins: 64,
    earlyStoppingRounds: 0,
  };
  const train = { x: { rows, columns, values }, y };
  return trainBoosting({ train, params, baseScore: 0.5, featureNames: names, seed: String(seed) }).model;
}

const models = sets.map(trained);

/** Largest distance of two probabilities for the same row. */
const furthest = (model: BoostingModel, { rows, columns, values }: DataSet, theirs: readonly number[]): number =>
  Math.max(
    ...Array.from({ length: rows }, (_, row) =>
      Math.abs(predictProbability(model, values, row * columns) - theirs[row]),
    ),
  );

describe.skipIf(python === undefined)('xgboost of Python on twenty random data sets with missing values', () => {
  let folder = '';
  let reports: readonly { readonly ours: number[]; readonly theirs: number[] }[] = [];
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'xgboost-many-'));
    const plain = sets.map(({ rows, columns, values, ...facts }) => ({
      ...facts,
      x: Array.from({ length: rows }, (_, row) =>
        Array.from(values.subarray(row * columns, (row + 1) * columns), (value) =>
          Number.isNaN(value) ? null : value,
        ),
      ),
    }));
    writeFileSync(join(folder, 'sets.json'), JSON.stringify(plain));
    models.forEach((model, at) => writeFileSync(join(folder, `ours-${at}.json`), xgboostModelText(model)));
    const result = spawnSync(python ?? '', ['-c', SCRIPT, folder], { encoding: 'utf8', maxBuffer: 2 ** 26 });
    if (result.status !== 0) throw new Error(result.stderr);
    reports = JSON.parse(result.stdout.trim().split('\n').at(-1) ?? '') as typeof reports;
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has values missing in most of the sets', () => {
    expect(sets.filter(({ values }) => values.some(Number.isNaN)).length).toBeGreaterThan(10);
  });

  it('predicts with our models what we predict', () => {
    for (const [at, set] of sets.entries()) expect(furthest(models[at], set, reports[at].ours)).toBeLessThan(1e-6);
  });

  it('writes models that we read and predict the same with', () => {
    for (const [at, set] of sets.entries()) {
      const theirs = modelFromXgboostJson(JSON.parse(readFileSync(join(folder, `theirs-${at}.json`), 'utf8')));
      expect(furthest(theirs, set, reports[at].theirs)).toBeLessThan(1e-6);
    }
  });
});

// Does Python's xgboost load our models and predict the same, and do we predict the same with its models?
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createRandom } from '../../src/domain/random.ts';
import { predictLeaves, predictMargin } from '../../src/learning/predict-boosting.ts';
import { trainBoosting } from '../../src/learning/train-boosting.ts';
import { featureContributions } from '../../src/learning/tree-shap.ts';
import { modelFromXgboostJson, xgboostModelText } from '../../src/learning/xgboost-json.ts';

const python = ['/usr/bin/python3', 'python3'].find(
  (command) => spawnSync(command, ['-c', 'import xgboost']).status === 0,
);
if (python === undefined) console.log('skipped: no Python with xgboost on this machine');

const ROWS = 600;
const FEATURES = 5;
const NAMES = ['alpha', 'beta', 'gamma', 'delta', 'epsilon'];
const random = createRandom('interop');
const values = Float64Array.from({ length: ROWS * FEATURES }, (_, index) =>
  index % FEATURES === 1 && random.next() < 0.1 ? NaN : random.normal(),
);
const y = Array.from({ length: ROWS }, (_, row) =>
  random.next() < 1 / (1 + Math.exp(-2 * values[row * FEATURES])) ? 1 : 0,
);

/** Loads our model and predicts; trains and saves one of its own with the same settings, and predicts with that. */
const SCRIPT = `
import json, sys, numpy as np, xgboost as xgb
folder = sys.argv[1]
d = json.load(open(folder + '/rows.json'))
x = np.array([[np.nan if v is None else v for v in row] for row in d['x']], dtype=float)
rows = xgb.DMatrix(x, label=np.array(d['y']), feature_names=d['names'], nthread=1)
def report(booster):
    return dict(margin=booster.predict(rows, output_margin=True).astype(float).tolist(),
        leaf=booster.predict(rows, pred_leaf=True).astype(int).tolist(),
        contributions=booster.predict(rows, pred_contribs=True).astype(float)[:20].tolist())
ours = xgb.Booster()
ours.load_model(folder + '/ours.json')
theirs = xgb.train(dict(tree_method='hist', max_depth=4, eta=.3, gamma=.2, nthread=1, base_score=.4, objective='binary:logistic'), rows, 20)
theirs.save_model(folder + '/theirs.json')
print(json.dumps(dict(ours=report(ours), theirs=report(theirs))))
`;

interface Report {
  readonly margin: number[];
  readonly leaf: number[][];
  readonly contributions: number[][];
}

describe.skipIf(python === undefined)('xgboost of Python', () => {
  const folder = mkdtempSync(join(tmpdir(), 'xgboost-interop-'));
  let reports: { ours: Report; theirs: Report };
  const task = {
    train: { x: { rows: ROWS, columns: FEATURES, values }, y },
    params: {
      trees: 20,
      maxDepth: 4,
      learningRate: 0.3,
      lambda: 1,
      alpha: 0,
      gamma: 0.2,
      minChildWeight: 1,
      rowSampling: 1,
      columnSampling: 1,
      maxBins: 256,
      earlyStoppingRounds: 0,
    },
    baseScore: 0.4,
    featureNames: NAMES,
    seed: '1',
  };
  const ours = trainBoosting(task).model;

  beforeAll(() => {
    const x = Array.from({ length: ROWS }, (_, row) =>
      Array.from(values.subarray(row * FEATURES, (row + 1) * FEATURES), (value) =>
        Number.isNaN(value) ? null : value,
      ),
    );
    writeFileSync(join(folder, 'rows.json'), JSON.stringify({ x, y, names: NAMES }));
    writeFileSync(join(folder, 'ours.json'), xgboostModelText(ours));
    const result = spawnSync(python ?? '', ['-c', SCRIPT, folder], { encoding: 'utf8' });
    if (result.status !== 0) throw new Error(result.stderr);
    reports = JSON.parse(result.stdout.trim().split('\n').at(-1) ?? '') as typeof reports;
  }, 30_000);
  afterAll(() => rmSync(folder, { recursive: true }));

  function compare(model: typeof ours, report: Report): void {
    for (let row = 0; row < ROWS; row += 1) {
      expect(Math.abs(predictMargin(model, values, row * FEATURES) - report.margin[row])).toBeLessThan(1e-6);
      expect([...predictLeaves(model, values, row * FEATURES)]).toEqual(report.leaf[row]);
    }
    report.contributions.forEach((contributions, row) => {
      const own = featureContributions(model, values, row * FEATURES);
      contributions.forEach((value, feature) => expect(Math.abs(own[feature] - value)).toBeLessThan(1e-4));
    });
  }

  it('predicts with our model what we predict', () => compare(ours, reports.ours));

  it('writes a model that we read and predict the same with', () => {
    compare(modelFromXgboostJson(JSON.parse(readFileSync(join(folder, 'theirs.json'), 'utf8'))), reports.theirs);
  });

  it('grows the same trees from more distinct values than bins', () => {
    for (let row = 0; row < ROWS; row += 1) {
      expect(Math.abs(predictMargin(ours, values, row * FEATURES) - reports.theirs.margin[row])).toBeLessThan(1e-4);
    }
  });
});

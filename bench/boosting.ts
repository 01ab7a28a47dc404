// How fast does gradient boosting train, beside XGBoost's hist on one thread where Python has it? `node bench/boosting.ts`
import { spawnSync } from 'node:child_process';
import { createRandom } from '../src/domain/random.ts';
import { predictMargin } from '../src/learning/predict-boosting.ts';
import { trainBoosting } from '../src/learning/train-boosting.ts';
import type { BoostingModel } from '../src/learning/boosting-model.ts';
import type { BoostingRows } from '../src/learning/boosting-input.ts';

export interface BenchRow {
  readonly name: string;
  readonly median: number;
  readonly unit: string;
  readonly note?: string;
}

const FEATURES = 30;
const TREES = 200;
const DEPTH = 4;
const RUNS = 5;
const SIZES: readonly number[] = [4_000, 20_000];
const BINS: readonly number[] = [64, 256];

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}

function rowsOf(count: number): BoostingRows {
  const random = createRandom('bench');
  const values = Float64Array.from({ length: count * FEATURES }, () => random.normal());
  const y = Uint8Array.from({ length: count }, (_, row) => {
    const at = row * FEATURES;
    const odds = values[at] + values[at + 1] * values[at + 2];
    return random.next() < 1 / (1 + Math.exp(-odds)) ? 1 : 0;
  });
  return { x: { rows: count, columns: FEATURES, values }, y };
}

function train(rows: BoostingRows, maxBins: number): BoostingModel {
  const params = {
    trees: TREES,
    maxDepth: DEPTH,
    learningRate: 0.05,
    lambda: 5,
    alpha: 0,
    gamma: 0,
    minChildWeight: 5,
    rowSampling: 1,
    columnSampling: 1,
    maxBins,
    earlyStoppingRounds: 0,
  };
  return trainBoosting({ train: rows, params, seed: 'bench' }).model;
}

/** Median seconds of XGBoost on rows of the same shape, or undefined where no Python has it. Building its matrix is included, as binning is here. */
function xgboostSeconds(rows: number, maxBins: number): number | undefined {
  const script = `
import time, numpy as np, xgboost as xgb
r = np.random.default_rng(1)
x = r.normal(size=(${rows}, ${FEATURES}))
y = (r.random(${rows}) < 1 / (1 + np.exp(-(x[:, 0] + x[:, 1] * x[:, 2])))).astype(float)
p = dict(tree_method='hist', max_depth=${DEPTH}, eta=.05, max_bin=${maxBins}, objective='binary:logistic', nthread=1, min_child_weight=5)
p['lambda'] = 5
t = []
for _ in range(${RUNS + 1}):
    s = time.perf_counter()
    xgb.train(p, xgb.DMatrix(x, label=y, nthread=1), ${TREES})
    t.append(time.perf_counter() - s)
print(sorted(t[1:])[${RUNS >> 1}])
`;
  for (const python of ['/usr/bin/python3', 'python3']) {
    const result = spawnSync(python, ['-c', script], {
      encoding: 'utf8',
      env: { ...process.env, OMP_NUM_THREADS: '1' },
    });
    const seconds = Number(result.stdout);
    if (result.status === 0 && seconds > 0) return seconds;
  }
  return undefined;
}

function predictionRow(model: BoostingModel, rows: BoostingRows): BenchRow {
  const { values, columns } = rows.x;
  const once = (): number => {
    const start = performance.now();
    for (let row = 0; row < rows.x.rows; row += 1) predictMargin(model, values, row * columns);
    return ((performance.now() - start) * 1000) / rows.x.rows;
  };
  once();
  return {
    name: `boosting predict one row, ${TREES} trees of depth ${DEPTH}`,
    median: median(Array.from({ length: RUNS }, once)),
    unit: 'µs',
  };
}

/** Times training for both sizes and bin counts, and prediction. */
export async function run(): Promise<BenchRow[]> {
  const found: BenchRow[] = [];
  let last: BenchRow | undefined;
  for (const count of SIZES) {
    const rows = rowsOf(count);
    for (const bins of BINS) {
      let model = train(rows, bins);
      const times = Array.from({ length: RUNS }, () => {
        const start = performance.now();
        model = train(rows, bins);
        return performance.now() - start;
      });
      const own = median(times);
      const theirs = xgboostSeconds(count, bins);
      const note =
        theirs === undefined
          ? 'no Python with xgboost here to compare with'
          : `xgboost hist, one thread: ${(theirs * 1000).toFixed(0)} ms; ratio ${(own / theirs / 1000).toFixed(2)}`;
      found.push({
        name: `boosting train ${count} × ${FEATURES}, ${TREES} trees, ${bins} bins`,
        median: own,
        unit: 'ms',
        note,
      });
      last = predictionRow(model, rows);
    }
  }
  return last === undefined ? found : [...found, last];
}

if (import.meta.main) {
  for (const row of await run()) {
    console.log(`${row.name}: ${row.median.toFixed(2)} ${row.unit}${row.note === undefined ? '' : ` (${row.note})`}`);
  }
}

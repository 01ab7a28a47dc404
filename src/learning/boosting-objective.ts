// What does gradient boosting minimise? Gradients, metric and link of each objective, in XGBoost's single precision.

/** The objectives by XGBoost's names: log-loss of a 0/1 label, or half the squared error. */
export type BoostingObjective = 'binary:logistic' | 'reg:squarederror';

const SMALLEST_HESSIAN = Math.fround(1e-16);
const LARGEST_EXPONENT = Math.fround(88.7);

/** Steps that a factor of two is divided into; 2^(step / STEPS) is looked up, the rest is a short power series. */
const STEPS = 64;
const STEP = Math.LN2 / STEPS;
const STEPS_PER_UNIT = STEPS / Math.LN2;
const POWERS_WITHIN = Float64Array.from({ length: STEPS }, (_, step) => 2 ** (step / STEPS));
const SMALLEST_POWER = -150;
const POWERS_OF_TWO = Float64Array.from({ length: 300 }, (_, index) => 2 ** (index + SMALLEST_POWER));

/** e^x for -100 <= x <= 100, relative error below 1e-12: enough for a float32, at a fraction of the time of Math.exp. */
export function exponential(x: number): number {
  const step = Math.round(x * STEPS_PER_UNIT);
  const rest = x - step * STEP;
  const series = 1 + rest * (1 + rest * (1 / 2 + rest * (1 / 6 + rest / 24)));
  return POWERS_OF_TWO[(step >> 6) - SMALLEST_POWER] * POWERS_WITHIN[step & (STEPS - 1)] * series;
}

/** 1 / (1 + e^-margin) in single precision. */
export function sigmoid32(margin: number): number {
  const power = Math.fround(exponential(Math.max(Math.min(-margin, LARGEST_EXPONENT), -100)));
  return Math.fround(1 / Math.fround(power + 1));
}

/** The margin every row starts with: the log-odds of a probability, or the value itself. */
export function baseMargin(objective: BoostingObjective, baseScore: number): number {
  const score = Math.fround(baseScore);
  if (objective === 'reg:squarederror') return score;
  return Math.fround(-Math.fround(Math.log(Math.fround(Math.fround(1 / score) - 1))));
}

/** A margin as what the objective predicts: a probability, or the value itself. */
export function predictionOf(objective: BoostingObjective, margin: number): number {
  return objective === 'binary:logistic' ? sigmoid32(margin) : margin;
}

/** Rows to take gradients of; `weight` is the weight of each row with `scale_pos_weight` already multiplied in. */
export interface GradientInput {
  readonly objective: BoostingObjective;
  readonly margin: Float32Array;
  readonly y: Float32Array;
  readonly weight: Float32Array;
}

/** Writes gradient and hessian of each of `rows`, interleaved, into `gradients` (two entries a row); others stay as they are. */
export function computeGradients(input: GradientInput, rows: Int32Array, gradients: Float32Array): void {
  const { margin, y, weight } = input;
  if (input.objective === 'reg:squarederror') {
    for (let index = 0; index < rows.length; index += 1) {
      const row = rows[index];
      gradients[2 * row] = Math.fround(margin[row] - y[row]) * weight[row];
      gradients[2 * row + 1] = weight[row];
    }
    return;
  }
  for (let index = 0; index < rows.length; index += 1) {
    const row = rows[index];
    const probability = sigmoid32(margin[row]);
    const hessian = Math.fround(probability * Math.fround(1 - probability));
    gradients[2 * row] = Math.fround(probability - y[row]) * weight[row];
    gradients[2 * row + 1] = Math.max(hessian, SMALLEST_HESSIAN) * weight[row];
  }
}

/** Weighted mean log-loss (probabilities clipped at 1e-16) or root mean squared error; undefined without weight. */
export function objectiveMetric(input: GradientInput): number | undefined {
  const { objective, margin, y, weight } = input;
  let sum = 0;
  let total = 0;
  for (let row = 0; row < y.length; row += 1) {
    total += weight[row];
    if (objective === 'reg:squarederror') sum += weight[row] * (margin[row] - y[row]) ** 2;
    else {
      const probability = sigmoid32(margin[row]);
      const ofLabel = y[row] * probability + (1 - y[row]) * (1 - probability);
      sum -= weight[row] * Math.log(Math.max(ofLabel, 1e-16));
    }
  }
  if (!(total > 0)) return undefined;
  return objective === 'reg:squarederror' ? Math.sqrt(sum / total) : sum / total;
}

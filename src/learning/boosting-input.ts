// Can a boosting model be trained from this? Settings and rows, checked before any work is done.
import { PerpilotError } from '../domain/errors.ts';
import type { Problem } from '../domain/errors.ts';
import type { BoostingObjective } from './boosting-objective.ts';
import { firstInfinity } from './matrix.ts';
import type { Matrix } from './matrix.ts';

/** The section `model.boosting` of the configuration. */
export interface BoostingParams {
  readonly trees: number;
  readonly maxDepth: number;
  /** Share of each tree's output that counts, above 0 and at most 1. */
  readonly learningRate: number;
  /** L2 penalty of leaf weights. */
  readonly lambda: number;
  /** L1 penalty of leaf weights. */
  readonly alpha: number;
  /** Splits that gain less than this are not kept. */
  readonly gamma: number;
  /** Smallest sum of hessians on each side of a split. */
  readonly minChildWeight: number;
  /** Share of rows that each tree sees. */
  readonly rowSampling: number;
  /** Share of features that each tree sees. */
  readonly columnSampling: number;
  readonly maxBins: number;
  /** Stop after so many rounds without a better validation metric; 0: never. */
  readonly earlyStoppingRounds: number;
}

/** Rows with their labels; every weight is 1 when `weight` is left out. */
export interface BoostingRows {
  readonly x: Matrix;
  readonly y: ArrayLike<number>;
  readonly weight?: ArrayLike<number>;
}

interface Checked {
  readonly train: BoostingRows;
  readonly validation?: BoostingRows;
  readonly params: BoostingParams;
  readonly objective?: BoostingObjective;
  readonly baseScore?: number;
  readonly scalePosWeight?: number;
  readonly featureNames?: readonly string[];
}

/** Throws TRAINING_FAILED with everything that is wrong. */
export function checkBoostingInput(task: Checked): void {
  const objective = task.objective ?? 'binary:logistic';
  const baseScore = task.baseScore ?? 0.5;
  const scale = task.scalePosWeight ?? 1;
  const problems = [...paramProblems(task.params), ...rowProblems(task.train, 'training rows', objective)];
  if (task.validation !== undefined) problems.push(...rowProblems(task.validation, 'validation rows', objective));
  else if (task.params.earlyStoppingRounds > 0) problems.push('early stopping needs validation rows');
  if (task.validation !== undefined && task.validation.x.columns !== task.train.x.columns) {
    problems.push(`validation rows have ${task.validation.x.columns} features instead of ${task.train.x.columns}`);
  }
  if (!Number.isFinite(baseScore)) problems.push(`the base score must be a number, got ${baseScore}`);
  else if (objective === 'binary:logistic' && !(Math.fround(baseScore) > 0 && Math.fround(baseScore) < 1)) {
    problems.push(`the base score must be a probability between 0 and 1, got ${baseScore}`);
  }
  if (!(scale > 0 && Number.isFinite(scale))) problems.push(`the weight of positives must be above 0, got ${scale}`);
  if (task.featureNames !== undefined && task.featureNames.length !== task.train.x.columns) {
    problems.push(`${task.featureNames.length} feature names for ${task.train.x.columns} features`);
  }
  if (problems.length > 0) throw new PerpilotError('TRAINING_FAILED', problems.map(toProblem));
}

const toProblem = (message: string): Problem => ({ message });

const isWhole = (value: number, lowest: number): boolean => Number.isSafeInteger(value) && value >= lowest;

function paramProblems(params: BoostingParams): string[] {
  const problems: string[] = [];
  const need = (holds: boolean, name: keyof BoostingParams, wanted: string): void => {
    if (!holds) problems.push(`${name} must be ${wanted}, got ${params[name]}`);
  };
  need(isWhole(params.trees, 1), 'trees', 'a whole number of at least 1');
  need(isWhole(params.maxDepth, 1), 'maxDepth', 'a whole number of at least 1');
  need(params.learningRate > 0 && params.learningRate <= 1, 'learningRate', 'above 0 and at most 1');
  for (const name of ['lambda', 'alpha', 'gamma', 'minChildWeight'] as const) {
    need(params[name] >= 0 && Number.isFinite(params[name]), name, 'a number of at least 0');
  }
  for (const name of ['rowSampling', 'columnSampling'] as const) {
    need(params[name] > 0 && params[name] <= 1, name, 'above 0 and at most 1');
  }
  need(isWhole(params.maxBins, 2), 'maxBins', 'a whole number of at least 2');
  need(isWhole(params.earlyStoppingRounds, 0), 'earlyStoppingRounds', 'a whole number of at least 0');
  return problems;
}

function rowProblems(rows: BoostingRows, name: string, objective: BoostingObjective): string[] {
  const { x, y, weight } = rows;
  if (x.rows === 0) return [`there are no ${name}`];
  if (x.columns === 0) return [`the ${name} have no features`];
  if (y.length !== x.rows) return [`${x.rows} ${name} have ${y.length} labels`];
  if (weight !== undefined && weight.length !== x.rows) return [`${x.rows} ${name} have ${weight.length} weights`];
  const infinity = firstInfinity(x);
  if (infinity !== undefined) return [`${name}: row ${infinity.row}, feature ${infinity.column} is infinite`];
  let total = 0;
  for (let row = 0; row < x.rows; row += 1) {
    const label = y[row];
    if (objective === 'binary:logistic' ? label !== 0 && label !== 1 : !Number.isFinite(label)) {
      return [`${name}: the label of row ${row} is ${label}`];
    }
    const own = weight === undefined ? 1 : weight[row];
    if (!(own >= 0 && Number.isFinite(own))) return [`${name}: the weight of row ${row} is ${own}`];
    total += own;
  }
  return total > 0 ? [] : [`the weights of the ${name} are all 0`];
}

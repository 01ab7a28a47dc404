// How likely is the strategy that looked best to be below the median afterwards? PBO by CSCV and its null band.
import type { Random } from '../../domain/random.ts';
import { combinations } from './combinations.ts';
import { mean, RETURN_ROUNDING } from './moments.ts';
import { quantileOfSorted, sorted } from './quantile.ts';

export interface Overfitting {
  /** Oldest rows that do not fill equal blocks. */
  readonly droppedLeadingRows: number;
  readonly combinations: number;
  /** Block indices used in sample, one list per combination, in lexicographic order. */
  readonly inSampleBlocks: readonly (readonly number[])[];
  /** Strategy with the best Sharpe ratio in sample; the lowest index of equals. */
  readonly selected: Int32Array;
  /** Average rank of the selected strategy out of sample over (strategies + 1). */
  readonly relativeRank: Float64Array;
  readonly logits: Float64Array;
  /** Probability of backtest overfitting: share of logits at or below 0. */
  readonly probability: number;
  readonly inSampleSharpe: Float64Array;
  readonly outOfSampleSharpe: Float64Array;
  /** Least squares of out-of-sample on in-sample Sharpe ratio; undefined where the latter does not vary. */
  readonly degradationSlope: number | undefined;
  readonly degradationIntercept: number | undefined;
  /** Share of combinations in which the selected strategy has a negative Sharpe ratio out of sample. */
  readonly probabilityOfLoss: number;
}

/** Mean and sum of squared deviations of every strategy in every block; entry [strategy * blocks + block]. */
interface BlockMoments {
  readonly strategies: number;
  readonly blocks: number;
  readonly rows: number;
  readonly dropped: number;
  readonly mean: Float64Array;
  readonly squares: Float64Array;
}

/**
 * Combinatorially symmetric cross-validation (Bailey, Borwein, Lopez de Prado, Zhu).
 * `returnsByStrategy` holds equally long columns of returns per period; `blocks` is even. A Sharpe ratio without variation counts as 0.
 * Undefined for fewer than two strategies or a half with fewer than two rows.
 * @throws RangeError for an odd number of blocks or columns of unequal length
 */
export function backtestOverfitting(
  returnsByStrategy: readonly ArrayLike<number>[],
  blocks: number,
): Overfitting | undefined {
  const moments = blockMoments(returnsByStrategy, blocks);
  return moments === undefined ? undefined : evaluate(moments, combinations(blocks, blocks / 2));
}

function blockMoments(columns: readonly ArrayLike<number>[], blocks: number): BlockMoments | undefined {
  if (!Number.isInteger(blocks) || blocks < 2 || blocks % 2 !== 0)
    throw new RangeError(`blocks must be an even number of at least 2, got ${blocks}`);
  const length = columns.length === 0 ? 0 : columns[0].length;
  if (columns.some((column) => column.length !== length)) throw new RangeError('strategies differ in length');
  const rows = Math.floor(length / blocks);
  if (columns.length < 2 || (rows * blocks) / 2 < 2) return undefined;
  const dropped = length - rows * blocks;
  const means = new Float64Array(columns.length * blocks);
  const squares = new Float64Array(columns.length * blocks);
  for (const [strategy, column] of columns.entries()) {
    for (let block = 0; block < blocks; block += 1) {
      const start = dropped + block * rows;
      const entry = strategy * blocks + block;
      let sum = 0;
      for (let i = start; i < start + rows; i += 1) sum += column[i] - column[start];
      means[entry] = column[start] + sum / rows;
      for (let i = start; i < start + rows; i += 1) squares[entry] += (column[i] - means[entry]) ** 2;
    }
  }
  return { strategies: columns.length, blocks, rows, dropped, mean: means, squares };
}

/** Sharpe ratio of one strategy over the blocks of a half, from the moments of each block. */
function halfSharpe(moments: BlockMoments, strategy: number, half: readonly number[]): number {
  const base = strategy * moments.blocks;
  const first = moments.mean[base + half[0]];
  let shift = 0;
  for (const block of half) shift += moments.mean[base + block] - first;
  const centre = first + shift / half.length;
  let squares = 0;
  for (const block of half)
    squares += moments.squares[base + block] + moments.rows * (moments.mean[base + block] - centre) ** 2;
  const deviation = Math.sqrt(squares / (moments.rows * half.length - 1));
  return deviation > RETURN_ROUNDING * (1 + Math.abs(centre)) ? centre / deviation : 0;
}

function evaluate(moments: BlockMoments, choices: readonly (readonly number[])[]): Overfitting {
  const { strategies, blocks } = moments;
  const selected = new Int32Array(choices.length);
  const relativeRank = new Float64Array(choices.length);
  const inSampleSharpe = new Float64Array(choices.length);
  const outOfSampleSharpe = new Float64Array(choices.length);
  const outside = new Float64Array(strategies);
  for (const [index, chosen] of choices.entries()) {
    const rest = complement(chosen, blocks);
    let best = 0;
    let bestSharpe = -Infinity;
    for (let strategy = 0; strategy < strategies; strategy += 1) {
      const sharpe = halfSharpe(moments, strategy, chosen);
      outside[strategy] = halfSharpe(moments, strategy, rest);
      if (sharpe > bestSharpe) {
        best = strategy;
        bestSharpe = sharpe;
      }
    }
    selected[index] = best;
    inSampleSharpe[index] = bestSharpe;
    outOfSampleSharpe[index] = outside[best];
    relativeRank[index] = averageRank(outside, outside[best]) / (strategies + 1);
  }
  const logits = relativeRank.map((rank) => Math.log(rank / (1 - rank)));
  return {
    droppedLeadingRows: moments.dropped,
    combinations: choices.length,
    inSampleBlocks: choices,
    selected,
    relativeRank,
    logits,
    probability: share(relativeRank, (rank) => rank <= 0.5),
    inSampleSharpe,
    outOfSampleSharpe,
    ...degradation(inSampleSharpe, outOfSampleSharpe),
    probabilityOfLoss: share(outOfSampleSharpe, (sharpe) => sharpe < 0),
  };
}

function complement(chosen: readonly number[], blocks: number): number[] {
  const rest: number[] = [];
  for (let block = 0, next = 0; block < blocks; block += 1) {
    if (chosen[next] === block) next += 1;
    else rest.push(block);
  }
  return rest;
}

/** Ascending rank of `value` among `values`, ties averaged; the lowest is 1. */
function averageRank(values: Float64Array, value: number): number {
  let below = 0;
  let equal = 0;
  for (const other of values) {
    if (other < value) below += 1;
    else if (other === value) equal += 1;
  }
  return below + (equal + 1) / 2;
}

function share(values: Float64Array, test: (value: number) => boolean): number {
  let count = 0;
  for (const value of values) if (test(value)) count += 1;
  return count / values.length;
}

function degradation(
  inside: Float64Array,
  outside: Float64Array,
): Pick<Overfitting, 'degradationSlope' | 'degradationIntercept'> {
  const insideMean = mean(inside) ?? 0;
  const outsideMean = mean(outside) ?? 0;
  let squares = 0;
  let products = 0;
  let largest = 0;
  for (let i = 0; i < inside.length; i += 1) {
    const deviation = inside[i] - insideMean;
    squares += deviation * deviation;
    products += deviation * (outside[i] - outsideMean);
    largest = Math.max(largest, Math.abs(inside[i]));
  }
  const varies = Math.sqrt(squares / inside.length) > RETURN_ROUNDING * largest;
  if (!varies) return { degradationSlope: undefined, degradationIntercept: undefined };
  const degradationSlope = products / squares;
  return { degradationSlope, degradationIntercept: outsideMean - degradationSlope * insideMean };
}

export interface NullBand {
  readonly draws: number;
  /** 5 %, 50 % and 95 % quantile of PBO where no strategy has an edge. */
  readonly lower: number;
  readonly median: number;
  readonly upper: number;
}

export interface NullBandInput {
  readonly returnsByStrategy: readonly ArrayLike<number>[];
  readonly blocks: number;
  readonly draws: number;
  readonly random: Random;
}

/**
 * The band of PBO without any edge: each row of all strategies together gets a random sign, which keeps sizes of
 * moves and the dependence between strategies and removes every mean. Undefined where PBO is.
 */
export function overfittingNullBand({ returnsByStrategy, blocks, draws, random }: NullBandInput): NullBand | undefined {
  const choices = combinations(blocks, blocks / 2);
  const columns = returnsByStrategy.map((column) => Float64Array.from(column));
  const flipped = columns.map((column) => new Float64Array(column.length));
  const values = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw += 1) {
    for (let row = 0; row < (columns[0]?.length ?? 0); row += 1) {
      const sign = random.next() < 0.5 ? -1 : 1;
      for (let strategy = 0; strategy < columns.length; strategy += 1)
        flipped[strategy][row] = sign * columns[strategy][row];
    }
    const moments = blockMoments(flipped, blocks);
    if (moments === undefined) return undefined;
    values[draw] = evaluate(moments, choices).probability;
  }
  const ascending = sorted(values);
  const lower = quantileOfSorted(ascending, 0.05);
  const median = quantileOfSorted(ascending, 0.5);
  const upper = quantileOfSorted(ascending, 0.95);
  return lower === undefined || median === undefined || upper === undefined
    ? undefined
    : { draws, lower, median, upper };
}

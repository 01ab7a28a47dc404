// Would the search itself have found as much without any edge? Overfitting and data-snooping tests over rows tried together.
import { createRandom } from '../domain/random.ts';
import { meanBlockOf, type DayResamples } from './day-resamples.ts';
import { figureOf, without, type Figure } from './figure.ts';
import { MIN_DAYS, type SelectionRow } from './selection-row.ts';
import { dataSnoopingTests } from './statistics/data-snooping.ts';
import { effectiveTrials, type EffectiveTrials } from './statistics/effective-trials.ts';
import { areReturnsConstant, mean } from './statistics/moments.ts';
import { backtestOverfitting, overfittingNullBand, type NullBand } from './statistics/overfitting.ts';

/** Half of the blocks are in sample in each of 70 combinations. */
const BLOCKS = 8;
const NULL_DRAWS = 100;
/** A p-value of 0.05 is then known to 0.007. */
const SNOOPING_RESAMPLES = 1_000;

export interface GroupContext {
  readonly seed: string;
  readonly dayResamples: DayResamples;
  /** Daily returns of buying and holding per symbol, over the days of its rows. */
  readonly buyAndHold: ReadonlyMap<string, ArrayLike<number>>;
}

export interface OverfittingOdds {
  /** PBO: share of combinations in which the best row in sample is in the worse half out of sample. */
  readonly probability: number;
  /** Of PBO where no row has an edge: 5 %, 50 % and 95 % quantile over random signs of the days. */
  readonly nullBand: NullBand;
  /** Share of combinations in which the best row in sample has a negative Sharpe ratio out of sample. */
  readonly probabilityOfLoss: number;
}

/** p-values of "no row beats the benchmark", for the search as a whole. */
export interface SnoopingOdds {
  /** White's reality check. */
  readonly realityCheck: number;
  /** Hansen's SPA: lower, consistent (the one to quote) and upper. */
  readonly spaLower: number;
  readonly spa: number;
  readonly spaUpper: number;
}

export interface GroupSelection {
  /** Undefined: all symbols together. */
  readonly symbol: string | undefined;
  readonly rows: number;
  /** Days that any of the rows has. */
  readonly days: number;
  readonly overfitting: Figure<OverfittingOdds>;
  readonly againstFlat: Figure<SnoopingOdds>;
  readonly againstHold: Figure<SnoopingOdds>;
  /** How many independent trials the rows are worth; shown, never what a gate counts with. */
  readonly effectiveTrials: Figure<EffectiveTrials>;
}

/** The tests over `rows`, of one symbol or of all. */
export function selectionGroup(
  rows: readonly SelectionRow[],
  symbol: string | undefined,
  context: GroupContext,
): GroupSelection {
  const { returns, hold, days } = onAllDays(rows, context.buyAndHold);
  const varying = returns.filter((column) => !areReturnsConstant(column));
  const isShort = days < MIN_DAYS;
  const seed = `${context.seed}/selection/${symbol ?? 'all'}`;
  const longest = varying.reduce((block, row) => Math.max(block, meanBlockOf(row)), 1);
  const indices = isShort ? [] : context.dayResamples.of(days, longest).slice(0, SNOOPING_RESAMPLES);
  const snooping = (excess: readonly Float64Array[]): Figure<SnoopingOdds> => {
    if (isShort) return without('fewer than 20 days');
    return excess.every(areReturnsConstant) ? without('returns do not vary') : snoopingOdds(excess, indices);
  };
  return {
    symbol,
    rows: rows.length,
    days,
    overfitting: overfittingOdds(returns, varying.length, seed),
    againstFlat: snooping(returns),
    againstHold: typeof hold === 'string' ? without(hold) : snooping(returns.map((row, at) => minus(row, hold[at]))),
    effectiveTrials: isShort
      ? without('fewer than 20 days')
      : figureOf(effectiveTrials(correlations(varying)), 'returns do not vary'),
  };
}

function overfittingOdds(returns: readonly Float64Array[], varying: number, seed: string): Figure<OverfittingOdds> {
  if (returns.length < 2) return without('fewer than two rows');
  if (returns[0].length < MIN_DAYS) return without('fewer than 20 days');
  if (varying < 2) return without('fewer than two rows that vary');
  const result = backtestOverfitting(returns, BLOCKS);
  const nullBand = overfittingNullBand({
    returnsByStrategy: returns,
    blocks: BLOCKS,
    draws: NULL_DRAWS,
    random: createRandom(`${seed}/overfitting`),
  });
  if (result === undefined || nullBand === undefined) return without('fewer than 20 days');
  return { value: { probability: result.probability, nullBand, probabilityOfLoss: result.probabilityOfLoss } };
}

/** The same days are drawn for all rows, in blocks as long as the most persistent of them needs. */
function snoopingOdds(excess: readonly Float64Array[], indices: readonly Int32Array[]): Figure<SnoopingOdds> {
  const tests = dataSnoopingTests(excess, indices);
  if (tests === undefined) return without('fewer than 20 days');
  const { realityCheckP, spaPLower, spaPConsistent, spaPUpper } = tests;
  return { value: { realityCheck: realityCheckP, spaLower: spaPLower, spa: spaPConsistent, spaUpper: spaPUpper } };
}

interface AllDays {
  /** Returns per row over the days of all rows. */
  readonly returns: readonly Float64Array[];
  /** Benchmark per row, or why there is none. */
  readonly hold: readonly Float64Array[] | 'no benchmark' | 'benchmark of other days';
  readonly days: number;
}

/**
 * Every row on every day that any row has. Where a row has no return, before its symbol was listed, after it ended or after
 * ruin, the account lies flat and returns nothing: rows that never met can still be tried together, and none becomes more or
 * less sure by it, since mean and deviation are thinned alike.
 */
function onAllDays(rows: readonly SelectionRow[], buyAndHold: GroupContext['buyAndHold']): AllDays {
  const ends = [...new Set(rows.flatMap(({ days }) => days.slice(1)))].sort((a, b) => a - b);
  const places = new Map(ends.map((end, at) => [end, at]));
  const spread = (row: SelectionRow, values: ArrayLike<number>): Float64Array => {
    const all = new Float64Array(ends.length);
    for (let at = 0; at < values.length; at += 1) all[places.get(row.days[at + 1]) ?? -1] = values[at];
    return all;
  };
  const benchmarks = rows.map(({ symbol }) => buyAndHold.get(symbol));
  const isOther = benchmarks.some((benchmark, row) => benchmark?.length !== Math.max(0, rows[row].days.length - 1));
  const known = benchmarks.filter((benchmark) => benchmark !== undefined);
  return {
    returns: rows.map((row) => spread(row, row.dailyReturns)),
    hold:
      known.length < rows.length
        ? 'no benchmark'
        : isOther
          ? 'benchmark of other days'
          : known.map((benchmark, row) => spread(rows[row], benchmark)),
    days: ends.length,
  };
}

function minus(values: Float64Array, benchmark: Float64Array): Float64Array {
  return values.map((value, index) => value - benchmark[index]);
}

/** Of rows that vary. */
function correlations(rows: readonly Float64Array[]): number[][] {
  const standard = rows.map((row) => {
    const centre = mean(row) ?? 0;
    const deviations = row.map((value) => value - centre);
    const norm = Math.sqrt(deviations.reduce((sum, value) => sum + value * value, 0));
    return deviations.map((value) => value / norm);
  });
  const matrix = standard.map(() => new Array<number>(standard.length).fill(1));
  for (let i = 0; i < standard.length; i += 1) {
    for (let j = 0; j < i; j += 1) {
      let sum = 0;
      for (let day = 0; day < standard[i].length; day += 1) sum += standard[i][day] * standard[j][day];
      matrix[i][j] = sum;
      matrix[j][i] = sum;
    }
  }
  return matrix;
}

// Which symbols are one bet? Groups whose returns are correlated on average, found by average linkage.
import { centred, correlationMatrix, covarianceMatrix, type Matrix } from './covariance.ts';
import { jointReturns, type BarWindow } from './joint-returns.ts';
import type { SymbolRecord } from './symbol-record.ts';

/** Correlations count to nine decimals: whole numbers sum up to the same in any order, so that ties are ties. */
const STEPS = 1e9;

/**
 * A group number per record, as in `averageLinkage`. Pairs that have less than half of the window in common, or of which one does
 * not move, are taken for unrelated. Records come by symbol.
 */
export function correlatedGroups(records: readonly SymbolRecord[], window: BarWindow, threshold: number): number[] {
  const whole = records.map((record) => wholeColumn(record, window));
  const correlations = records.map(() => Array.from({ length: records.length }, () => 1));
  for (let i = 1; i < records.length; i += 1) {
    for (let j = 0; j < i; j += 1) {
      const [a, b] = [whole[i], whole[j]];
      const correlation =
        a !== undefined && b !== undefined
          ? correlationOf(a, b)
          : correlationWithHoles([records[i], records[j]], window);
      correlations[i][j] = Number.isNaN(correlation) ? 0 : correlation;
      correlations[j][i] = correlations[i][j];
    }
  }
  return averageLinkage(correlations, threshold);
}

/**
 * Joins, again and again, the two groups whose members are correlated most on average over all pairs between them, while that is
 * at least `threshold` (Sokal and Michener 1958). Within a group the mean over all pairs is then at least the threshold, between
 * two groups it is below. Of equals those are joined whose first member comes first. Returns per asset the index of the first
 * member of its group.
 */
export function averageLinkage(correlations: Matrix, threshold: number): number[] {
  const groups = [...correlations.keys()];
  const sums = correlations.map((row) => row.map((value) => Math.round(value * STEPS)));
  const sizes = groups.map(() => 1);
  for (;;) {
    const alive = groups.filter((group, index) => group === index);
    const { into, from, average } = closest(alive, sums, sizes);
    if (!(average >= threshold * STEPS)) return groups;
    for (const other of alive) {
      sums[into][other] += sums[from][other];
      sums[other][into] = sums[into][other];
    }
    sizes[into] += sizes[from];
    groups.forEach((group, index) => {
      if (group === from) groups[index] = into;
    });
  }
}

/** The two groups with the largest average between them, the earlier one first; -Infinity: there are no two. */
function closest(alive: readonly number[], sums: Matrix, sizes: readonly number[]) {
  let best = { into: 0, from: 0, average: -Infinity };
  for (let a = 0; a < alive.length; a += 1) {
    for (let b = a + 1; b < alive.length; b += 1) {
      const [into, from] = [alive[a], alive[b]];
      const average = sums[into][from] / (sizes[into] * sizes[from]);
      if (average > best.average) best = { into, from, average };
    }
  }
  return best;
}

/** Returns of a whole window less their mean, and the root of the sum of their squares. */
interface WholeColumn {
  readonly deviations: Float64Array;
  readonly norm: number;
}

/** Undefined: a return of the window is not known. */
function wholeColumn(record: SymbolRecord, { last, bars }: BarWindow): WholeColumn | undefined {
  const column = new Float64Array(bars);
  for (let at = 0; at < bars; at += 1) {
    const value = record.returnOver(last - bars + 1 + at);
    if (Number.isNaN(value)) return undefined;
    column[at] = value;
  }
  const deviations = centred(column);
  return { deviations, norm: Math.sqrt(productOf(deviations, deviations)) };
}

/** NaN where one of them does not move. */
function correlationOf(a: WholeColumn, b: WholeColumn): number {
  return productOf(a.deviations, b.deviations) / a.norm / b.norm;
}

/** NaN: fewer than half of the window in common, or one of them does not move. */
function correlationWithHoles(pair: readonly SymbolRecord[], window: BarWindow): number {
  const returns = jointReturns(pair, window);
  return returns === undefined ? NaN : correlationMatrix(covarianceMatrix(returns))[0][1];
}

function productOf(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += a[at] * b[at];
  return sum;
}

// Is a row more than the best of everything that all the runs together have tried? Its deflated Sharpe probability.
import { DAY_MS } from '../domain/time.ts';
import { marketKey, type CalibrationRow, type CalibrationRun } from './calibrate-run.ts';
import { gateDeflatedSharpe } from './selection-deflation.ts';

export interface Deflation {
  /** Distinct configurations × symbols × histories over all runs. */
  readonly trials: number;
  /** Probability of a row against all trials; undefined where its figures do not allow it. */
  readonly probabilityOf: (row: CalibrationRow) => number | undefined;
}

/** Days between the first and the last midnight of the tests. */
export function daysOf({ from, to }: CalibrationRow): number {
  return Math.round((to - from) / DAY_MS);
}

/**
 * Deflates by all rows of all runs, as a run's own verdict does it, but that the spread of the trials is always what chance
 * gives: a run may take less where its trials go alike, because its search as a whole is tested beside it; the runs together
 * have no such test.
 */
export function deflationOver(runs: readonly CalibrationRun[]): Deflation {
  const rows = runs.flatMap((run) => run.rows);
  const trials = new Set(rows.map((row) => `${row.configHash} ${marketKey(row)}`)).size;
  return {
    trials,
    probabilityOf: ({ gateBasis }) =>
      gateBasis === undefined ? undefined : gateDeflatedSharpe(gateBasis, { trials, varianceOfSharpes: undefined }),
  };
}

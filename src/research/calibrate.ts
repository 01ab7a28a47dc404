// Which defaults do the runs of several symbols and periods support? One robust configuration per risk level, or none.
import { judgeCandidate, type Candidate, type Refusal } from './calibrate-candidate.ts';
import { changesOf, type Change } from './calibrate-changes.ts';
import { deflationOver } from './calibrate-deflation.ts';
import { distinctRuns, identityOf, type CalibrationRun, type ShippedLevel } from './calibrate-run.ts';

export interface CalibratedLevel {
  readonly riskLevel: string;
  /** Best median Sharpe ratio first. */
  readonly candidates: readonly Candidate[];
  /** The robust candidate with the highest median Sharpe ratio; what is in force where it is as good. */
  readonly winner: Candidate | undefined;
  readonly refused: Readonly<Partial<Record<Refusal, number>>>;
}

export interface Calibration {
  readonly synthetic: boolean;
  readonly runs: readonly CalibrationRun[];
  readonly codeVersions: readonly string[];
  readonly symbols: readonly string[];
  readonly rows: number;
  /** Distinct configurations × symbols × histories. */
  readonly trials: number;
  readonly levels: readonly CalibratedLevel[];
  readonly changes: readonly Change[];
}

/** Judges every configuration of every risk level that is shipped; runs given twice count once. */
export function calibrate(given: readonly CalibrationRun[], shipped: readonly ShippedLevel[]): Calibration {
  const runs = distinctRuns(given);
  const deflation = deflationOver(runs);
  const levels = shipped.flatMap((level) => {
    const tried = runs.flatMap((run) =>
      run.rows.filter(({ riskLevel }) => riskLevel === level.riskLevel).map((row) => ({ run, row })),
    );
    if (tried.length === 0) return [];
    const symbols = [...new Set(tried.map(({ row }) => row.symbol))];
    const groups = Map.groupBy(tried, ({ run, row }) => identityOf(run.settings.get(row.configHash) ?? {}));
    const candidates = [...groups.values()]
      .map((own) => judgeCandidate(own, { deflation, shipped: level, symbols }))
      .sort(byMerit);
    const winner = candidates.find(({ refusals }) => refusals.length === 0);
    return [{ riskLevel: level.riskLevel, candidates, winner, refused: countRefusals(candidates) }];
  });
  const winners = new Map(
    levels.flatMap(({ riskLevel, winner }) => (winner === undefined ? [] : [[riskLevel, winner]])),
  );
  return {
    synthetic: runs.some((run) => run.synthetic),
    runs,
    codeVersions: [...new Set(runs.map(({ codeVersion }) => codeVersion))],
    symbols: [...new Set(runs.flatMap((run) => run.rows.map(({ symbol }) => symbol)))].sort(),
    rows: runs.reduce((sum, run) => sum + run.rows.length, 0),
    trials: deflation.trials,
    levels,
    changes: changesOf(winners, shipped),
  };
}

function byMerit(a: Candidate, b: Candidate): number {
  const merit = (b.sharpeMedian ?? -Infinity) - (a.sharpeMedian ?? -Infinity);
  if (merit !== 0 && !Number.isNaN(merit)) return merit;
  if (a.isShipped !== b.isShipped) return a.isShipped ? -1 : 1;
  return a.configHash < b.configHash ? -1 : 1;
}

function countRefusals(candidates: readonly Candidate[]): Partial<Record<Refusal, number>> {
  const counts: Partial<Record<Refusal, number>> = {};
  for (const refusal of candidates.flatMap(({ refusals }) => refusals)) counts[refusal] = (counts[refusal] ?? 0) + 1;
  return counts;
}

// Which row of a simulated run would be picked, and would it be recommended? The best of all, through trial log and gate.
import { createDayResamples } from '../../src/research/day-resamples.ts';
import { selectionGroup } from '../../src/research/selection-group.ts';
import { selectionRow, type RowSelection } from '../../src/research/selection-row.ts';
import { survivesSelection, type Survival } from '../../src/research/selection.ts';
import { sharpeRatio } from '../../src/research/statistics/sharpe.ts';
import { countTrials, trialsOf } from '../../src/research/trial-log.ts';
import { FROM, simulatedRows, VARIANTS, type SimulatedRun } from './simulated-rows.ts';

/** Fewer than in a report: the interval's end only has to be on the right side of 0. */
const RESAMPLES = 150;

export interface JudgedRun {
  readonly picked: RowSelection;
  readonly survival: Survival;
}

export function judgedRun(run: SimulatedRun): JudgedRun {
  const rows = simulatedRows(run);
  const trials = trialsOf(
    rows.map((row) => ({ ...row, from: FROM, to: row.days[row.days.length - 1] })),
    {
      runId: run.seed,
      evaluatedAt: FROM,
      codeVersion: 'test',
      seed: run.seed,
      dataHashOf: (symbol) => symbol,
      settingsHashOf: ({ configHash }) => configHash,
    },
  );
  const context = {
    trials: countTrials(trials, [trials[0], trials[VARIANTS]]),
    seed: run.seed,
    resamples: RESAMPLES,
    dayResamples: createDayResamples(run.seed, RESAMPLES),
    drawdownLimits: [],
    buyAndHold: new Map<string, number[]>(),
  };
  const sharpes = rows.map((row) => sharpeRatio(row.dailyReturns) ?? -Infinity);
  const picked = selectionRow(rows[sharpes.indexOf(Math.max(...sharpes))], context);
  return { picked, survival: survivesSelection(picked, () => selectionGroup(rows, undefined, context)) };
}

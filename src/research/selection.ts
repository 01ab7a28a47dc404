// Does the best of everything that was tried survive the search for it? Every figure of selection, and the gate they make.
import { invariant } from '../domain/errors.ts';
import { createDayResamples, meanBlockOf } from './day-resamples.ts';
import { without, type Figure } from './figure.ts';
import { selectionGroup, type GroupContext, type GroupSelection } from './selection-group.ts';
import { selectionRow, type RowContext, type RowSelection, type SelectionRow } from './selection-row.ts';

/** A deflated Sharpe ratio from here on counts as more than luck. */
export const SURVIVAL_PROBABILITY = 0.95;
/** Largest SPA p-value with which the search as a whole beats doing nothing. */
export const SEARCH_LEVEL = 0.05;

export interface SelectionInput extends Omit<RowContext & GroupContext, 'dayResamples'> {
  /** All rows of a run, at least one. */
  readonly rows: readonly SelectionRow[];
}

export interface SelectionReport {
  /** N of every gate: all trials of the log on this data, at least the rows of this run. */
  readonly trials: number;
  /** Behind every interval. */
  readonly resamples: number;
  /** Participation ratio of the run's rows plus the trials of earlier runs, whose returns are not kept. */
  readonly effectiveTrials: Figure;
  /** One per row, in their order. */
  readonly rows: readonly JudgedSelection[];
  /** One per symbol, in the order of the rows. */
  readonly symbols: readonly GroupSelection[];
  readonly all: GroupSelection;
}

export type JudgedSelection = RowSelection & { readonly survival: Survival };

/** What was said of `row`. */
export function selectionOf(
  { rows }: SelectionReport,
  row: Pick<RowSelection, 'symbol' | 'riskLevel' | 'variant'>,
): JudgedSelection {
  const own = rows.find(
    ({ symbol, riskLevel, variant }) => symbol === row.symbol && riskLevel === row.riskLevel && variant === row.variant,
  );
  invariant(own !== undefined, `no selection of ${row.symbol} ${row.riskLevel} ${row.variant}`);
  return own;
}

/** Everything that is said of a run's rows in view of the search that made them; equal input and seed, equal result. */
export function assessSelection(input: SelectionInput): SelectionReport {
  const { rows } = input;
  const trials = Math.max(input.trials.trials, rows.length);
  const context = {
    ...input,
    trials: { ...input.trials, trials },
    dayResamples: createDayResamples(input.seed, input.resamples),
  };
  const symbols = [...Map.groupBy(rows, (row) => row.symbol)];
  const all = selectionGroup(rows, undefined, context);
  const effective = all.effectiveTrials;
  return {
    trials,
    resamples: input.resamples,
    effectiveTrials:
      effective.value === undefined
        ? without(effective.reason)
        : { value: effective.value.participationRatio + trials - rows.length },
    rows: selectionRows(rows, context).map((row) => ({ ...row, survival: survivesSelection(row, () => all) })),
    symbols: symbols.map(([symbol, own]) => selectionGroup(own, symbol, context)),
    all,
  };
}

/** In the order of `rows`; computed in an order in which equal resamples follow each other. */
function selectionRows(rows: readonly SelectionRow[], context: RowContext): RowSelection[] {
  const blocks = rows.map(({ dailyReturns }) => ({ days: dailyReturns.length, block: meanBlockOf(dailyReturns) }));
  const order = rows.map((_row, index) => index);
  order.sort((a, b) => blocks[a].days - blocks[b].days || blocks[a].block - blocks[b].block || a - b);
  const selections = new Array<RowSelection>(rows.length);
  for (const index of order) selections[index] = selectionRow(rows[index], context);
  return selections;
}

export type SurvivalGate = 'deflated Sharpe ratio' | 'Sharpe interval' | 'search against flat' | 'overfitting';

export type Survival =
  | { readonly survives: true }
  | {
      readonly survives: false;
      /** The first gate that was not passed. */
      readonly gate: SurvivalGate;
      /** What was measured, or why nothing could be. */
      readonly measured: Figure;
    };

/**
 * Whether a row is more than the luck of the search. All of these must hold, and an undefined figure holds nothing:
 * 1. the gate's deflated Sharpe ratio on the full number of trials is above 0.95;
 * 2. the 95 % interval of the Sharpe ratio lies above 0;
 * 3. the rows tried together beat doing nothing: SPA p-value below 0.05. This one bounds the error of the whole search,
 *    however the rows depend on each other;
 * 4. PBO is not above the 95 % quantile of its null band. Its median would be the wrong place: where all variants share
 *    one real edge there is no ranking to be found, PBO spreads as without an edge, and half of the edges would be lost.
 * `search` is asked for the group of all rows only when 1 and 2 hold.
 */
export function survivesSelection(row: RowSelection, search: () => GroupSelection): Survival {
  const deflated = row.gateDeflatedSharpe;
  if (!((deflated.value ?? 0) > SURVIVAL_PROBABILITY)) return fails('deflated Sharpe ratio', deflated);
  const { low } = row.sharpeInterval;
  if (!((low.value ?? 0) > 0)) return fails('Sharpe interval', low);
  const { againstFlat, overfitting } = search();
  if (!((againstFlat.value?.spa ?? 1) < SEARCH_LEVEL)) {
    return fails(
      'search against flat',
      mapFigure(againstFlat, (odds) => odds.spa),
    );
  }
  if (!isWithinNullBand(overfitting))
    return fails(
      'overfitting',
      mapFigure(overfitting, (odds) => odds.probability),
    );
  return { survives: true };
}

/** A row was not picked from others where there are none, or none that trade: picking cannot overfit then. */
function isWithinNullBand(overfitting: GroupSelection['overfitting']): boolean {
  const { value, reason } = overfitting;
  if (value === undefined) return reason === 'fewer than two rows' || reason === 'fewer than two rows that vary';
  return value.probability <= value.nullBand.upper;
}

function fails(gate: SurvivalGate, measured: Figure): Survival {
  return { survives: false, gate, measured };
}

function mapFigure<Value>(figure: Figure<Value>, pick: (value: Value) => number): Figure {
  return figure.reason === undefined ? { value: pick(figure.value) } : figure;
}

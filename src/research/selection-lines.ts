// What is said of selection in every report, whatever it is written in? One line per figure of a row, one column per test of a group.
import { figureText, intervalText } from './figure-text.ts';
import type { Figure } from './figure.ts';
import { failedGates, type GatedRow } from './gate-words.ts';
import type { GroupSelection } from './selection-group.ts';
import type { JudgedSelection, SelectionReport } from './selection.ts';
import type { DrawdownOdds, DrawdownQuantiles } from './trade-evidence.ts';

/** How a report writes numbers. */
export interface Wording {
  readonly number: (value: number | undefined, digits: number) => string;
  /** Of a fraction. */
  readonly percent: (value: number | undefined, digits: number) => string;
}

/** A row of the run with what was said of it. */
export interface SelectedRow extends GatedRow {
  readonly selection: JudgedSelection;
}

export type SelectionLine = readonly [name: string, text: (row: SelectedRow) => string];

/** A line of a figure of the row. */
const figure =
  <Value>(pick: (selection: JudgedSelection) => Figure<Value>, text: (value: Value) => string): SelectionLine[1] =>
  ({ selection }) =>
    figureText(pick(selection), text);

/** The same of a group. */
const ofGroup =
  <Value>(pick: (group: GroupSelection) => Figure<Value>, text: (value: Value) => string): GroupColumn[1] =>
  (group) =>
    figureText(pick(group), text);

const drawdownOf = ({ drawdown }: JudgedSelection): Figure<DrawdownOdds> => drawdown;
const flat = ({ againstFlat }: GroupSelection): GroupSelection['againstFlat'] => againstFlat;
const hold = ({ againstHold }: GroupSelection): GroupSelection['againstHold'] => againstHold;
const overfittingOf = ({ overfitting }: GroupSelection): GroupSelection['overfitting'] => overfitting;

/** Every figure of a row in the order in which a reader needs them. */
export function selectionLines(report: SelectionReport, wording: Wording): SelectionLine[] {
  const { number, percent } = wording;
  const fixed = (value: number): string => number(value, 2);
  const days = (value: number): string => number(value, 0);
  const share = (value: number): string => percent(value, 1);
  return [
    ['Sharpe ratio', figure(({ sharpe }) => sharpe, fixed)],
    ['Sharpe ratio, 95 % interval', ({ selection }) => intervalText(selection.sharpeInterval, fixed)],
    ['Probability that it is truly above 0', figure(({ probabilisticSharpe }) => probabilisticSharpe, fixed)],
    [`Best of ${report.trials} without an edge`, figure(({ expectedMaximumSharpe }) => expectedMaximumSharpe, fixed)],
    ['Deflated Sharpe, as published', figure(({ deflatedSharpe }) => deflatedSharpe, fixed)],
    ['Deflated Sharpe, that decides', figure(({ gateDeflatedSharpe }) => gateDeflatedSharpe, fixed)],
    ['Days there are', ({ selection }) => days(selection.days)],
    ['Minimum track record, days', figure(({ minimumTrackRecordDays }) => minimumTrackRecordDays, days)],
    ['Minimum backtest, days', figure(({ minimumBacktestDays }) => minimumBacktestDays, days)],
    ['Profit factor', figure(({ profitFactor }) => profitFactor, fixed)],
    ['Profit factor, 95 % interval', ({ selection }) => intervalText(selection.profitFactorInterval, fixed)],
    [
      'Drawdown at midnights',
      figure(
        ({ maxDrawdown }) => maxDrawdown,
        (value) => percent(value, 2),
      ),
    ],
    [
      'Drawdown, 95 % interval',
      ({ selection }) => intervalText(selection.maxDrawdownInterval, (value) => percent(value, 2)),
    ],
    ...drawdownLines(report, wording),
    ['Part of the profit from the best 5 trades', figure(({ bestFiveShare }) => bestFiveShare, share)],
    ['Variation across folds', figure(({ foldVariation }) => foldVariation, fixed)],
    [
      'Costs that leave nothing, bps per side',
      figure(
        ({ breakEvenBps }) => breakEvenBps,
        (value) => number(value, 1),
      ),
    ],
    [
      'Costs paid, bps per side',
      figure(
        ({ paidBps }) => paidBps,
        (value) => number(value, 1),
      ),
    ],
    ['Gates failed', (row) => failedGates(row).join(', ') || 'none'],
  ];
}

/** Monte Carlo over the trades. Limits are the same for all rows of a run. */
function drawdownLines({ rows }: SelectionReport, { percent }: Wording): SelectionLine[] {
  const quantiles = ({ low, median, high }: DrawdownQuantiles): string =>
    [low, median, high].map((value) => percent(value, 2)).join(' / ');
  const limits = rows.find(({ drawdown }) => drawdown.value !== undefined)?.drawdown.value?.overLimit ?? [];
  return [
    ['Drawdown, trades reordered: 5 / 50 / 95 %', figure(drawdownOf, ({ reordered }) => quantiles(reordered))],
    ['Drawdown, trades resampled: 5 / 50 / 95 %', figure(drawdownOf, ({ resampled }) => quantiles(resampled))],
    ...limits.map(({ limit }, at): SelectionLine => [
      `P(drawdown > ${percent(limit, 1)}), reordered / resampled`,
      figure(
        drawdownOf,
        ({ overLimit }) => `${percent(overLimit[at].reordered, 1)} / ${percent(overLimit[at].resampled, 1)}`,
      ),
    ]),
  ];
}

export type GroupColumn = readonly [name: string, text: (group: GroupSelection) => string];

/** How many trials the rows are worth, and whether picking the best of them works. */
export function pickingColumns({ number, percent }: Wording): GroupColumn[] {
  return [
    ['Rows', ({ rows }) => number(rows, 0)],
    [
      'Worth',
      ofGroup(
        ({ effectiveTrials }) => effectiveTrials,
        (value) => number(value.participationRatio, 1),
      ),
    ],
    ['Days', ({ days }) => number(days, 0)],
    ['PBO', ofGroup(overfittingOf, ({ probability }) => number(probability, 2))],
    [
      'Without an edge',
      ofGroup(overfittingOf, ({ nullBand }) => `${number(nullBand.lower, 2)} … ${number(nullBand.upper, 2)}`),
    ],
    ['Best one loses after', ofGroup(overfittingOf, ({ probabilityOfLoss }) => percent(probabilityOfLoss, 0))],
  ];
}

/** p-values of "no row beats it", against doing nothing and against holding. */
export function snoopingColumns({ number }: Wording): GroupColumn[] {
  const p = (value: number): string => number(value, 3);
  return [
    ['Flat: reality check p', ofGroup(flat, ({ realityCheck }) => p(realityCheck))],
    ['Flat: SPA p', ofGroup(flat, ({ spa }) => p(spa))],
    ['Hold: reality check p', ofGroup(hold, ({ realityCheck }) => p(realityCheck))],
    ['Hold: SPA p', ofGroup(hold, ({ spa }) => p(spa))],
  ];
}

/** The groups of a report by name: each symbol, then all together where there are several. */
export function namedGroups({ symbols, all }: SelectionReport): (readonly [name: string, group: GroupSelection])[] {
  const own = symbols.map((group) => [group.symbol ?? 'all', group] as const);
  return symbols.length > 1 ? [...own, ['all', all]] : own;
}

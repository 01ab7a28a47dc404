// Is the result more than the luck of the search for it? The figures of selection as a section of the summary.
import { figureText } from './figure-text.ts';
import { formatNumber, formatPercent } from './format-number.ts';
import { table } from './markdown-table.ts';
import type { ResearchResult, ResultRow } from './result-file.ts';
import { namedGroups, pickingColumns, selectionLines, snoopingColumns, type GroupColumn } from './selection-lines.ts';
import { selectionOf, type SelectionReport } from './selection.ts';

const WORDING = { number: formatNumber, percent: formatPercent };
/** More rows of the run stand in a table of their own. */
const MOST_COLUMNS = 6;

export function selectionSection({ selection, trials }: ResearchResult, headline: readonly ResultRow[]): string[] {
  const worth = figureText(selection.effectiveTrials, (value) => formatNumber(value, 1));
  return [
    '## Selection',
    '',
    `${selection.trials} trials are recorded on this data, ${trials.looks} looks with seeds and spans told apart; as independent trials they are worth ${worth}. The gates count all ${selection.trials}. ` +
      `Intervals: 95 %, ${selection.resamples} resamples. A figure without a value says why.`,
    '',
    ...rowTables(selection, headline),
    'The deflated Sharpe ratio is the probability that a row beats the best of all trials without an edge. The published formula takes the spread of all trials, skill and costs included; the one that decides takes no more spread than chance explains, and the smaller of the plain and the Newey-West Sharpe ratio. ' +
      'The minimum track record makes the Sharpe ratio surely (95 %) positive; in fewer days than the minimum backtest the best of all trials shows it by luck. ' +
      'Reordered trades show the luck of the path, resampled ones that of the sample; both know drawdowns of closed trades only. Costs are fees and slippage per side of the traded value: the first are those that would have left nothing.',
    '',
    'Picking the best: the probability of backtest overfitting (PBO) is how often the best row of one half of the days is in the worse half of rows on the other days, beside the band that it keeps to without any edge (5 % to 95 %); the last column is how often that row then loses.',
    '',
    ...groupTable(selection, pickingColumns(WORDING)),
    'The search as a whole: chance that the best of all rows looks as good against doing nothing, or against buying and holding, though none of them is better.',
    '',
    ...groupTable(selection, snoopingColumns(WORDING)),
  ];
}

/** One column per row of the run. */
function rowTables(selection: SelectionReport, headline: readonly ResultRow[]): string[] {
  const lines = selectionLines(selection, WORDING);
  const tables: string[] = [];
  for (let first = 0; first < headline.length; first += MOST_COLUMNS) {
    const own = headline.slice(first, first + MOST_COLUMNS);
    const head = [
      'Figure',
      ...own.map(({ symbol, variant, riskLevel, portfolio }) =>
        portfolio === undefined ? `${symbol} ${riskLevel}` : `${variant} ${riskLevel}`,
      ),
    ];
    const selected = own.map((row) => ({ ...row, selection: selectionOf(selection, row) }));
    tables.push(
      ...table(
        head,
        lines.map(([name, text]) => [name, ...selected.map(text)]),
      ),
      '',
    );
  }
  return tables;
}

function groupTable(selection: SelectionReport, columns: readonly GroupColumn[]): string[] {
  const rows = namedGroups(selection).map(([name, group]) => [name, ...columns.map(([, text]) => text(group))]);
  return [...table(['Symbol', ...columns.map(([name]) => name)], rows), ''];
}

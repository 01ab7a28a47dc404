// What would have become of the money? The account of the run itself, for a smaller one could not have made the same trades.
import { quantile } from '../../statistics/quantile.ts';
import type { ResultRow } from '../../result-file.ts';
import { numberText } from '../number-text.ts';
import { holdReturnOf, isMany, type ReportView } from '../report-view.ts';

/** How the account of each of the `rows` ended, beside buying and holding with the same money. */
export function moneySentence(view: ReportView, rows: readonly ResultRow[]): string {
  const [first] = rows;
  if (first === undefined) return 'Nothing was tested at this risk level.';
  const stake = `${numberText(first.initialEquity, 0)} ${view.data.currency}`;
  if (isMany(view)) return spreadSentence(view, rows, stake);
  const ends = rows.map((row) => endOf(row, row.figures.totalReturn));
  const held = rows.map((row) => endOf(row, holdReturnOf(view, row.symbol)));
  if (rows.length === 1) return `The account of ${stake} ended at ${ends[0]}; bought and held, at ${held[0]}.`;
  const traded = rows.map(({ symbol }, index) => `at ${ends[index]} on ${symbol}`);
  const holding = rows.map(({ symbol }, index) => `at ${held[index]} on ${symbol}`);
  return `An account of ${stake} for each symbol ended ${listed(traded)}; bought and held, ${listed(holding)}.`;
}

function endOf({ initialEquity }: ResultRow, change: number | undefined): string {
  return change === undefined ? 'n/a' : numberText(initialEquity * (1 + change), 0);
}

/** Of many symbols only the worst, the middle and the best end are told. */
function spreadSentence(view: ReportView, rows: readonly ResultRow[], stake: string): string {
  const ends = (changeOf: (row: ResultRow) => number | undefined): string => {
    const known = rows.flatMap((row) => {
      const change = changeOf(row);
      return change === undefined ? [] : [row.initialEquity * (1 + change)];
    });
    if (known.length === 0) return 'n/a';
    const [worst, middle, best] = [0, 0.5, 1].map((share) => numberText(quantile(known, share), 0));
    return `the middle one at ${middle}, the worst at ${worst}, the best at ${best}`;
  };
  const gained = rows.filter(({ figures }) => (figures.totalReturn ?? 0) > 0).length;
  const traded = ends(({ figures }) => figures.totalReturn);
  const held = ends(({ symbol }) => holdReturnOf(view, symbol));
  return `Of ${rows.length} accounts of ${stake}, one for each symbol, ${gained} gained; ${traded}. Bought and held, ${held}.`;
}

function listed(parts: readonly string[]): string {
  return `${parts.slice(0, -1).join(', ')} and ${parts[parts.length - 1]}`;
}

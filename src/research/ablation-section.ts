// What does the summary say of the parts? What each earns, or that nothing is shown, and how the whole stands stress.
import type { AblationRow } from './ablation.ts';
import { formatNumber, formatPercent } from './format-number.ts';
import { table, type Cell } from './markdown-table.ts';
import { MIN_DAYS_APART } from './paired-difference.ts';
import { quantile } from './statistics/quantile.ts';

/** With more symbols the tables of every comparison are left to `ablation.csv`. */
const MOST_SYMBOLS = 8;

const fixed = (value: number | undefined): string => formatNumber(value, 2);
const percent = (value: number | undefined): string => formatPercent(value, 3);

/** The section as Markdown lines; none where no part was switched off. */
export function ablationSection(rows: readonly AblationRow[]): string[] {
  if (rows.length === 0) return [];
  const parts = rows.filter(({ kind }) => kind === 'part');
  const stresses = rows.filter(({ kind }) => kind === 'stress');
  const isShort = new Set(rows.map(({ symbol }) => symbol)).size <= MOST_SYMBOLS;
  return [
    '## What every part earns',
    '',
    "The verdict's variant again, on the models of its folds and at the same costs, with one part switched off at a time. The difference is the return a year of the whole strategy less that without the part, in % of equity: above zero, the part earned. " +
      'Its interval holds 95 % of stationary-bootstrap resamples that draw the same days for both. **An interval that contains 0 shows nothing, however large the difference looks.** ' +
      `A part is said to have earned or cost only where its interval leaves 0 out and its p-value, adjusted (Holm) for all parts of that symbol and risk level, is below 0.05. Where the two differ on fewer than ${MIN_DAYS_APART} days nothing can be told: n/a.`,
    '',
    ...tallyTable(parts),
    '',
    ...(isShort ? detailTables(parts) : ['Every comparison is in `ablation.csv` of the run.', '']),
    ...underStress('### Under stress', isShort ? stressTable(stresses) : tallyTable(stresses)),
  ];
}

/** The same stresses of accounts over all symbols, each by its name; none where none were asked for. */
export function stressLines(rows: readonly AblationRow[], title: string): string[] {
  if (rows.length === 0) return [];
  return underStress(title, stressTable(rows.map((row) => ({ ...row, symbol: row.variant }))));
}

function underStress(title: string, lines: readonly string[]): string[] {
  return [
    title,
    '',
    'The whole strategy with fees and slippage doubled, and with every market order filled one bar late; the models are the same. What does not survive this lives on its assumptions.',
    '',
    ...lines,
    '',
  ];
}

/** One line per part over all symbols and risk levels. */
function tallyTable(rows: readonly AblationRow[]): string[] {
  const lines = [...Map.groupBy(rows, ({ part }) => part)].map(([part, own]): Cell[] => {
    const count = (finding: AblationRow['finding']): number => own.filter((row) => row.finding === finding).length;
    const found = own[0].kind === 'stress' ? [] : [count('earned'), count('cost'), count('no difference shown')];
    const differences = own.flatMap(({ difference }) => difference.perYear ?? []);
    return [part, own.length, ...found, percent(quantile(differences, 0.5))];
  });
  const found = rows[0]?.kind === 'stress' ? [] : ['Earned', 'Cost', 'No difference shown'];
  return table(['Part', 'Comparisons', ...found, 'Median difference a year'], lines);
}

function detailTables(rows: readonly AblationRow[]): string[] {
  const head = [
    'Symbol',
    'Without',
    'Sharpe with',
    'Sharpe without',
    'Return with',
    'Return without',
    'Difference a year',
    '95 % interval',
    'Adjusted p',
    'Trades with',
    'Trades without',
    'The part',
  ];
  return [...Map.groupBy(rows, ({ riskLevel }) => riskLevel)].flatMap(([riskLevel, own]) => [
    `### Parts, ${riskLevel}`,
    '',
    ...table(
      head,
      own.map(({ symbol, part, whole, difference, finding, ...without }): Cell[] => [
        symbol,
        part,
        fixed(whole.sharpe),
        fixed(without.sharpe),
        formatPercent(whole.totalReturn),
        formatPercent(without.totalReturn),
        percent(difference.perYear),
        intervalOf(difference),
        formatNumber(difference.adjustedPValue, 3),
        whole.trades,
        without.trades,
        difference.daysApart === 0 ? 'changed nothing' : (finding ?? ''),
      ]),
    ),
    '',
  ]);
}

function stressTable(rows: readonly AblationRow[]): string[] {
  const head = [
    'Symbol',
    'Risk level',
    'Stress',
    'Sharpe',
    'Sharpe under it',
    'Return',
    'Return under it',
    'Takes a year',
    '95 % interval',
    'Net bp per trade',
    'Under it',
    'Trades',
    'Under it',
  ];
  return table(
    head,
    rows.map(({ symbol, riskLevel, part, whole, difference, ...under }): Cell[] => [
      symbol,
      riskLevel,
      part,
      fixed(whole.sharpe),
      fixed(under.sharpe),
      formatPercent(whole.totalReturn),
      formatPercent(under.totalReturn),
      percent(difference.perYear),
      intervalOf(difference),
      formatNumber(whole.netBpsPerTrade, 1),
      formatNumber(under.netBpsPerTrade, 1),
      whole.trades,
      under.trades,
    ]),
  );
}

function intervalOf({ interval }: AblationRow['difference']): string {
  return interval === undefined ? 'n/a' : `${percent(interval.low)} … ${percent(interval.high)}`;
}

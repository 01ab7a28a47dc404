// What does the summary say of the accounts over all symbols? Their figures side by side, who brought what, and what it is worth.
import { stressLines } from './ablation-section.ts';
import { accountRowsOf, bestAccounts, deflatedAmongAccounts, type AccountRow } from './account-choice.ts';
import { figureText, intervalText } from './figure-text.ts';
import { formatNumber, formatPercent as percent } from './format-number.ts';
import { gateWords } from './gate-words.ts';
import { table, type Cell } from './markdown-table.ts';
import type { ResearchResult, ResultRow } from './result-file.ts';
import { selectionOf } from './selection.ts';

const fixed = (value: number | undefined): string => formatNumber(value, 2);

/** The section as Markdown lines; none where no account was asked for. */
export function portfolioSection(result: ResearchResult): string[] {
  const rows = accountRowsOf(result);
  if (rows.length === 0) return [];
  const [{ portfolio }] = rows;
  return [
    '## One account over all symbols',
    '',
    `${whatIsCompared(result)} in one account over ${portfolio.symbols} symbols. At every rebalance the symbols are ranked anew by what was known then, the best are entered, and the risk is spread over them. ` +
      'A symbol is there from its first model to its last candle: one that is delisted is closed at its last price, with a cost. All positions end with the windows of the symbol tested longest. ' +
      'These rows are trials like any other and count in every deflated Sharpe ratio; “among these” deflates by the accounts of the risk level alone. The correlation is the mean over the pairs of traded symbols, of daily returns; the cost of rebalancing is fees and slippage of the orders that a rebalance caused, not of the entries that it allowed.',
    '',
    ...figureTable(rows, result),
    '',
    ...bestAccounts(result).map((row) => choiceLine(row, result)),
    ...rows.flatMap((row) => edgeLine(row, result)),
    '',
    ...stressLines(result.accountStress ?? [], '### Accounts under stress'),
    '### Who brought what',
    '',
    'Net result of each symbol over the equity at the start; together they are what the account won or lost. In brackets the share of rebalances at which it was selected.',
    '',
    ...contributionTables(rows),
  ];
}

function figureTable(rows: readonly AccountRow[], result: ResearchResult): string[] {
  const head = [
    'Risk level',
    'Account',
    'Sharpe',
    '95 % interval',
    'Deflated',
    'Among these',
    'Max drawdown',
    'Return',
    'Trades',
    'Time in market',
    'Mean exposure',
    'Turnover a year',
    'Rebalances',
    'Replaced',
    'In cash',
    'Rebalance cost',
    'Correlation',
  ];
  return table(
    head,
    rows.map((row): Cell[] => {
      const { figures, portfolio, verdict } = row;
      const { fees, slippage } = portfolio.rebalanceCost;
      return [
        row.riskLevel,
        row.variant,
        fixed(figures.sharpe),
        intervalText(selectionOf(result.selection, row).sharpeInterval, fixed),
        fixed(verdict.deflatedSharpe),
        fixed(deflatedAmongAccounts(result, row).value),
        percent(figures.maxDrawdown),
        percent(figures.totalReturn),
        figures.trades,
        percent(figures.exposure, 1),
        percent(figures.exposureGross),
        formatNumber(figures.turnover, 1),
        portfolio.rebalances,
        portfolio.replacements,
        portfolio.heldCash,
        fixed(fees + slippage),
        fixed(portfolio.meanCorrelation),
      ];
    }),
  );
}

function whatIsCompared({ headlineVariant, sweep }: ResearchResult): string {
  if (sweep !== undefined) return 'Every combination of the sweep';
  return `The models of \`${headlineVariant}\`, without selection (\`portfolio/off\` enters every symbol as far as its limits go) and with three ways to spread the risk,`;
}

/** What the best account is worth once it is known that it was picked. */
function choiceLine(row: AccountRow, result: ResearchResult): string {
  const { riskLevel, variant, figures, verdict } = row;
  const rivals = accountRowsOf(result).filter((each) => each.riskLevel === riskLevel).length;
  const among = figureText(deflatedAmongAccounts(result, row), fixed);
  return `- ${riskLevel}: the best of ${rivals} accounts is ${variant} with a Sharpe ratio of ${fixed(figures.sharpe)}. Its deflated Sharpe ratio is ${among} for the choice among these ${rivals} alone, and ${fixed(verdict.deflatedSharpe)} for all ${result.selection.trials} trials.`;
}

function edgeLine(row: ResultRow, { selection }: ResearchResult): string[] {
  const noEdge = gateWords(row, selection);
  return [`- ${row.riskLevel}, ${row.variant}: ${noEdge === undefined ? '**edge**' : `no edge: ${noEdge}`}.`];
}

/** One table per risk level: symbols down, accounts across. */
function contributionTables(rows: readonly AccountRow[]): string[] {
  return [...Map.groupBy(rows, ({ riskLevel }) => riskLevel)].flatMap(([riskLevel, own]) => [
    `**${riskLevel}**`,
    '',
    ...table(
      ['Symbol', ...own.map(({ variant }) => variant), 'Delisted'],
      own[0].portfolio.contributions.map(({ symbol }): Cell[] => {
        const parts = own.map(({ portfolio }) => portfolio.contributions.find((each) => each.symbol === symbol));
        const delisted = parts.some((part) => (part?.delistedTrades ?? 0) > 0);
        const texts = parts.map((part) => {
          const selected = part?.selectedShare === undefined ? '' : ` (${percent(part.selectedShare, 0)})`;
          return `${percent(part?.contribution)}${selected}`;
        });
        return [symbol, ...texts, delisted ? 'yes' : ''];
      }),
    ),
    '',
  ]);
}

// What does a person read first? The verdict per risk level, then what stands behind it, from the result file alone.
import { isoDate } from '../domain/iso-time.ts';
import { ablationSection } from './ablation-section.ts';
import { intervalText } from './figure-text.ts';
import { formatNumber, formatPercent as percent } from './format-number.ts';
import { gateWords } from './gate-words.ts';
import { foldSection, funnelSection, modelSection, primarySection, settingsSection } from './report-sections.ts';
import { portfolioSection } from './portfolio-section.ts';
import { accountRowsOf } from './account-choice.ts';
import type { ResearchResult, ResultRow } from './result-file.ts';
import { table, type Cell } from './markdown-table.ts';
import { selectionSection } from './selection-section.ts';
import { SEARCH_LEVEL, selectionOf, SURVIVAL_PROBABILITY } from './selection.ts';
import { sensitivitySection } from './sensitivity-section.ts';
import { EDGE_MIN_TRADES } from './verdict.ts';
import type { RowVerdict, TargetCheck, TargetName } from './verdict.ts';

const fixed = (value: number | undefined): string => formatNumber(value, 2);

/** The summary as Markdown. */
export function reportMarkdown(result: ResearchResult): string {
  const accounts = accountRowsOf(result);
  const headline = result.rows.filter((row) => row.variant === result.headlineVariant && row.portfolio === undefined);
  const isAlone = headline.length > 0;
  // An account goes by its name where a row goes by its symbol.
  const named = [...headline, ...accounts.map((row) => ({ ...row, symbol: row.variant }))];
  const parts = [
    ...(result.synthetic
      ? ['> **Synthetic market.** Everything below was computed on generated candles; no market made them.', '']
      : []),
    '# Research summary',
    '',
    ...verdictSection(result, headline),
    ...(isAlone ? resultSection(result, headline) : []),
    ...portfolioSection(result),
    ...costSection(named),
    ...(result.ablation.length > 0 ? ablationSection(result.ablation) : []),
    ...(isAlone && result.ablation.length === 0 ? primarySection(result, headline) : []),
    ...foldSection(result, named),
    ...funnelSection(named),
    ...variantSection(result),
    ...(result.sweep === undefined ? [] : sensitivitySection({ sweep: result.sweep, rows: result.rows })),
    ...selectionSection(result, [...headline, ...accounts]),
    ...modelSection(result),
    ...settingsSection(result),
  ];
  return `${parts.join('\n').trimEnd()}\n`;
}

function verdictSection(result: ResearchResult, headline: readonly ResultRow[]): string[] {
  const lines = ['## Verdict', ''];
  for (const { riskLevel, word } of result.levels) {
    const rows = headline.filter((row) => row.riskLevel === riskLevel);
    lines.push(`- **${riskLevel}: ${word}.** ${rows.map((row) => rowSentence(row, result)).join(' ')}`);
  }
  if (result.levels.length === 0) {
    lines.push(
      'No symbol was traded by itself, so no risk level has a verdict; what the accounts over all symbols did stands below.',
    );
  } else if (result.levels.every(({ word }) => word === 'no edge found')) {
    lines.push(
      '',
      'No edge found: after costs, out of sample, no risk level earned more than luck explains. Nothing here is a reason to trade with money.',
    );
  }
  if (result.models.leakAlarms.length > 0) {
    lines.push(
      '',
      `**Leak alarm:** ${countOf(result.models.leakAlarms.length, 'model was', 'models were')} too good to be true on validation data; the figures cannot be believed until that is explained (see Models).`,
    );
  }
  if (result.holdout !== undefined) lines.push('', holdoutSentence(result.holdout));
  if (result.failedFolds.length > 0) {
    lines.push('', `**${countOf(result.failedFolds.length, 'fold', 'folds')} failed;** see Folds.`);
  }
  lines.push(
    '',
    (result.levels.length === 0
      ? ''
      : `The verdict is that of the variant \`${result.headlineVariant}\`, chosen beforehand, not of the best of the ${result.rows.length} rows tried. `) +
      `An edge needs at least ${EDGE_MIN_TRADES} trades, a deflated Sharpe ratio above ${SURVIVAL_PROBABILITY} for the ${result.trials.recorded} trials that the log knows on this data (${result.trials.looks} looks, seeds and spans told apart), a 95 % interval of the Sharpe ratio above zero, and a search whose rows together beat doing nothing (SPA p below ${SEARCH_LEVEL}) and whose best row holds out of sample (see Selection); ` +
      'recommended is only what also won in most folds and kept every target.',
    '',
  );
  return lines;
}

function holdoutSentence({ from, to, opened, openings }: NonNullable<ResearchResult['holdout']>): string {
  const span = `${isoDate(from)} to ${isoDate(to)}`;
  if (!opened)
    return `The holdout, ${span}, was not read${openings === 0 ? '' : `; earlier runs opened it ${countOf(openings, 'time', 'times')}`}.`;
  if (openings <= 1) return `**The holdout, ${span}, was opened by this run, for the first time.**`;
  return `**The holdout, ${span}, was opened again: ${openings} openings so far. What it shows is no longer out of sample.**`;
}

const countOf = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

function rowSentence(row: ResultRow, result: ResearchResult): string {
  const { figures } = row;
  const noEdge = gateWords(row, result.selection);
  const hold = result.baselines.find(({ symbol }) => symbol === row.symbol)?.buyAndHold;
  return `${row.symbol}: Sharpe ${fixed(figures.sharpe)}${targetWords(row.verdict, 'sharpe')}, return ${percent(figures.totalReturn)}, ${figures.trades} trades; holding all equity earned ${percent(hold?.totalReturn)} after funding (price ${percent(hold?.priceChange)}).${noEdge === undefined ? '' : ` No edge: ${noEdge}.`}`;
}

function targetWords(verdict: RowVerdict, name: TargetName): string {
  const check = verdict.checks.find((each) => each.name === name);
  if (check === undefined || check.target === null || check.passed === undefined) return '';
  return ` (cautious ${fixed(check.value)}, target ${check.target} ${check.passed ? 'kept' : 'missed'})`;
}

function mark(checks: readonly TargetCheck[], name: TargetName): string {
  const passed = checks.find((check) => check.name === name)?.passed;
  return passed === undefined ? '' : passed ? ' ✓' : ' ✗';
}

function resultSection(result: ResearchResult, headline: readonly ResultRow[]): string[] {
  const rows = headline.map((row): Cell[] => {
    const { figures, verdict } = row;
    const { checks } = verdict;
    const hold = result.baselines.find(({ symbol }) => symbol === row.symbol)?.buyAndHold;
    return [
      row.symbol,
      row.riskLevel,
      fixed(figures.sharpe),
      `${fixed(figures.sharpeCautious)}${mark(checks, 'sharpe')}`,
      intervalText(selectionOf(result.selection, row).sharpeInterval, fixed),
      fixed(verdict.deflatedSharpe),
      `${fixed(figures.profitFactor)}${mark(checks, 'profitFactor')}`,
      `${percent(figures.maxDrawdown)}${mark(checks, 'maxDrawdown')}`,
      `${figures.trades}${mark(checks, 'trades')}`,
      percent(figures.winRate, 1),
      percent(figures.totalReturn),
      formatNumber(figures.netBpsPerTrade, 1),
      percent(hold?.totalReturn),
      percent(hold?.priceChange),
      fixed(hold?.sharpeDaily),
      fixed(row.randomEntries?.pValue),
      percent(figures.exposure, 1),
      percent(figures.exposureGross),
    ];
  });
  const head = [
    'Symbol',
    'Risk level',
    'Sharpe',
    'Cautious',
    '95 % interval',
    'Deflated',
    'Profit factor',
    'Max drawdown',
    'Trades',
    'Won',
    'Return',
    'Net bp per trade',
    'Hold: return',
    'Hold: price',
    'Hold: Sharpe',
    'Random entry p',
    'Time in market',
    'Mean exposure',
  ];
  return [
    '## Results',
    '',
    `Joined test windows ${spanOf(headline)}; ✓ and ✗: target kept or missed. The cautious Sharpe ratio is the smallest of the raw one and its two values adjusted for autocorrelation; the target is held against it. Positions are a small part of equity (mean exposure: position value over equity, averaged over all bars), so returns are small too: net bp per trade is per traded value, whatever the size. Holding puts all equity into the contract: its return is after funding, fees and slippage (a funding rate that is not stored costs it nothing, while it costs trades the charge of the settings), its price change before. "Random entry p" is the chance that entries at random times, with the same sides and holding times, flat costs and no stops, do as well.`,
    '',
    ...table(head, rows),
    '',
  ];
}

function spanOf(rows: readonly ResultRow[]): string {
  if (rows.length === 0) return 'n/a';
  const span = `${isoDate(Math.min(...rows.map((row) => row.from)))} to ${isoDate(Math.max(...rows.map((row) => row.to)))}`;
  const isShared = rows.every((row) => row.from === rows[0].from && row.to === rows[0].to);
  return isShared ? span : `${span}, shorter for symbols that were listed later or ended earlier`;
}

function costSection(headline: readonly ResultRow[]): string[] {
  const rows = headline.map((row): Cell[] => {
    const { fees, slippage, funding, grossBeforeCosts, missingFundingStamps } = row.costs;
    const total = fees + slippage + funding;
    const share = grossBeforeCosts > 0 ? total / grossBeforeCosts : undefined;
    return [
      row.symbol,
      row.riskLevel,
      fixed(grossBeforeCosts),
      fixed(fees),
      fixed(slippage),
      fixed(funding),
      fixed(grossBeforeCosts - total),
      percent(share, 0),
      missingFundingStamps,
      row.ambiguity.trades,
      `${percent(row.ambiguity.worstTotalReturn)} … ${percent(row.ambiguity.bestTotalReturn)}`,
    ];
  });
  const head = [
    'Symbol',
    'Risk level',
    'Before costs',
    'Fees',
    'Slippage',
    'Funding',
    'After costs',
    'Cost share',
    'Funding missing',
    'Ambiguous trades',
    'Return, worst … best case',
  ];
  return [
    '## Costs',
    '',
    'USDT. The cost share is of the profit before costs, where there is one. A trade is ambiguous when one candle held its stop and its target and no finer candle decided; the result counts the worse. The best case is a run of its own: later trades differ, so it can even be lower.',
    '',
    ...table(head, rows),
    '',
  ];
}

function variantSection(result: ResearchResult): string[] {
  const rows = result.rows.map((row): Cell[] => [
    row.symbol,
    row.riskLevel,
    row.variant,
    fixed(row.figures.sharpe),
    fixed(row.verdict.deflatedSharpe),
    fixed(row.figures.profitFactor),
    percent(row.figures.maxDrawdown),
    row.figures.trades,
    percent(row.figures.totalReturn),
    `\`${row.configHash}\``,
  ]);
  const head = [
    'Symbol',
    'Risk level',
    'Variant',
    'Sharpe',
    'Deflated',
    'Profit factor',
    'Max drawdown',
    'Trades',
    'Return',
    'Configuration',
  ];
  return ['## All variants', '', ...table(head, rows), ''];
}

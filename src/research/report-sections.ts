// What stands behind a verdict? Folds, funnel, models and settings as sections of the summary.
import { isoDate } from '../domain/iso-time.ts';
import { DAY_MS } from '../domain/time.ts';
import type { Funnel } from '../engine/funnel.ts';
import { formatNumber, formatPercent } from './format-number.ts';
import { table, type Cell } from './markdown-table.ts';
import { shareOfFoldsWon } from './verdict.ts';
import type { ResearchResult, ResultRow } from './result-file.ts';

const fixed = (value: number | undefined): string => formatNumber(value, 2);

/** Stability across folds, and every fold that failed, in whatever variant. */
export function foldSection(result: ResearchResult, headline: readonly ResultRow[]): string[] {
  const rows = headline.map((row): Cell[] => {
    const failed = row.folds.filter((fold) => fold.status === 'failed');
    const { mean, deviation, variation, minimum, median } = row.foldSharpe;
    return [
      row.symbol,
      row.riskLevel,
      row.folds.length,
      failed.length,
      row.foldSharpe.folds - row.foldSharpe.undefinedFolds,
      fixed(mean),
      fixed(deviation),
      fixed(variation),
      fixed(median),
      fixed(minimum),
      formatPercent(shareOfFoldsWon(row.folds), 0),
      row.folds.map((fold) => (fold.status === 'failed' ? '×' : foldSign(fold.netPnl))).join(''),
    ];
  });
  const head = [
    'Symbol',
    'Risk level',
    'Folds',
    'Failed',
    'With a Sharpe',
    'Mean Sharpe',
    'Std',
    'CV',
    'Median',
    'Worst',
    'Won',
    'Each',
  ];
  const failures = result.failedFolds.map(({ symbol, fold, reason }) => `- ${symbol}, fold ${fold} failed: ${reason}.`);
  return [
    '## Folds',
    '',
    'Sharpe ratio per fold, of the folds in which the account moved on at least five days; mean, deviation and median are over those; the share of folds won, with a net gain, is over all. The coefficient of variation (CV) says little when the mean is near zero. Each: + won, - lost, · no trade, × failed.',
    '',
    ...table(head, rows),
    '',
    ...(failures.length > 0 ? [...failures, ''] : []),
  ];
}

function foldSign(netPnl: number): string {
  return netPnl > 0 ? '+' : netPnl < 0 ? '-' : '·';
}

const STAGES: readonly (readonly [name: string, count: (funnel: Funnel) => number])[] = [
  ['Bars', (funnel) => funnel.bars],
  ['Flat', (funnel) => funnel.flat],
  ['Signals', (funnel) => funnel.signals],
  ['After regime', (funnel) => funnel.afterRegime],
  ['After guard', (funnel) => funnel.afterGuard],
  ['After threshold', (funnel) => funnel.afterThreshold],
  ['After limits', (funnel) => funnel.afterLimits],
  ['Orders', (funnel) => funnel.orders],
  ['Fills', (funnel) => funnel.fills],
];

/** How many bars became trades, and where the rest went. */
export function funnelSection(headline: readonly ResultRow[]): string[] {
  const head = ['Symbol', 'Risk level', ...STAGES.map(([name]) => name), 'Refused because'];
  const rows = headline.map((row): Cell[] => [
    row.symbol,
    row.riskLevel,
    ...STAGES.map(([, count]) => count(row.funnel)),
    refusals(row.funnel),
  ]);
  return [
    '## Funnel',
    '',
    'From closed bars to fills. A bar is asked for an entry only while the symbol is flat; the meta-model judges what the guard lets through.',
    '',
    ...table(head, rows),
    '',
  ];
}

function refusals(funnel: Funnel): string {
  const named = Object.entries(funnel.refused).filter(([, count]) => count > 0);
  return named.length === 0 ? 'nothing' : named.map(([reason, count]) => `${reason} ${count}`).join(', ');
}

/** What the primary signal earns without the meta-model: a meta-model that does not beat it is not worth having. */
export function primarySection(result: ResearchResult, headline: readonly ResultRow[]): string[] {
  const rows = result.primaryAlone.map((alone): Cell[] => {
    const own = headline.find((row) => row.symbol === alone.symbol && row.riskLevel === alone.riskLevel)?.figures;
    return [
      alone.symbol,
      alone.riskLevel,
      fixed(own?.sharpe),
      fixed(alone.sharpe),
      formatPercent(own?.totalReturn),
      formatPercent(alone.totalReturn),
      own?.trades ?? 'n/a',
      alone.trades,
      fixed(alone.profitFactor),
      formatPercent(alone.maxDrawdown),
    ];
  });
  const head = [
    'Symbol',
    'Risk level',
    'Sharpe',
    'Alone: Sharpe',
    'Return',
    'Alone: return',
    'Trades',
    'Alone: trades',
    'Alone: profit factor',
    'Alone: max drawdown',
  ];
  return [
    '## Without the meta-model',
    '',
    'The same variant trading every primary signal that the regime allows, with full confidence.',
    '',
    ...table(head, rows),
    '',
  ];
}

/** What the models showed on data they were not fitted on. */
export function modelSection({ models }: ResearchResult): string[] {
  const alarms = models.leakAlarms.map(
    ({ symbol, validationUntil, auc }) =>
      `- Leak alarm: ${symbol}, validated until ${isoDate(validationUntil)}, AUC ${fixed(auc)}`,
  );
  return [
    '## Models',
    '',
    `${models.models} models, each trained inside its fold. ${models.skilled} of them ranked validation trades better than chance (median AUC ${formatNumber(models.medianValidationAuc, 3)}; half of them would by luck); the others have no opinion and trade nothing below break-even. ` +
      `On the test windows, which no model has seen, the median AUC is ${formatNumber(models.medianTestAuc, 3)} and the median Brier skill ${formatNumber(models.medianTestBrierSkill, 3)}; over all their labels together the Brier score is ${formatNumber(models.testBrier, 3)} and the expected calibration error ${formatNumber(models.testCalibrationError, 3)}. ` +
      `Median base rate ${formatNumber(models.medianBaseRate, 3)} against a break-even probability of ${formatNumber(models.medianBreakEven, 3)} after costs; ` +
      `${formatNumber(models.medianTrainSamples, 0)} training labels that count as ${formatNumber(models.medianEffectiveSamples, 0)} independent ones.`,
    '',
    ...(alarms.length > 0 ? [...alarms, ''] : []),
  ];
}

/** Test windows are whole: what is left of the data after the last one is said, not silently dropped. */
function unusedDays({ rows, symbols }: ResearchResult): string[] {
  const left = symbols.flatMap(({ symbol, lastClose }) => {
    const end = rows.find((row) => row.symbol === symbol)?.to;
    return end === undefined || end >= lastClose
      ? []
      : [`${symbol} ${formatNumber((lastClose - end) / DAY_MS, 1)} days`];
  });
  return left.length === 0 ? [] : [`Not tested, because they fill no whole window at the end: ${left.join(', ')}.`, ''];
}

function leftOutLines({ leftOut = [] }: ResearchResult): string[] {
  if (leftOut.length === 0) return [];
  const lines = leftOut.map(({ symbol, reason }) => `- ${symbol}: ${reason}.`);
  return ['Left out, because their history is too short:', '', ...lines, ''];
}

/** Data and settings the result belongs to. */
export function settingsSection(result: ResearchResult): string[] {
  const { walkForward } = result;
  const symbols = result.symbols.map((symbol): Cell[] => [
    symbol.symbol,
    symbol.candles,
    isoDate(symbol.firstCandle),
    isoDate(symbol.lastClose),
    symbol.fundingStamps,
    `\`${symbol.dataHash.slice(0, 16)}\``,
  ]);
  return [
    '## Data and settings',
    '',
    `${result.source}, candles of ${result.interval}, the last ${result.years} ${result.years === 1 ? 'year' : 'years'}. Walk-forward: train ${walkForward.trainDays} days, test ${walkForward.testDays}, step ${walkForward.stepDays}, embargo ${walkForward.embargoHours} h, ${walkForward.mode}. Seed ${result.seed}. Code ${result.codeVersion}. Trade hash \`${result.tradeHash.slice(0, 16)}\`.`,
    '',
    ...table(['Symbol', 'Candles', 'From', 'To', 'Funding stamps', 'Data'], symbols),
    '',
    ...unusedDays(result),
    ...leftOutLines(result),
    'Contract rules:',
    '',
    ...result.symbols.map(({ symbol, provenance }) => `- ${symbol}: ${provenance}.`),
    '',
  ];
}

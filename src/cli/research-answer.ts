// What does the research command answer? The verdicts and where everything lies, in lines or as JSON.
import { accountRowsOf } from '../research/account-choice.ts';
import { formatNumber, formatPercent as percent } from '../research/format-number.ts';
import { failedGates } from '../research/gate-words.ts';
import { table } from '../research/markdown-table.ts';
import type { ResearchResult, ResultRow } from '../research/result-file.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { WrittenRun } from './run-folder.ts';

/** The answer for people. */
export function answerLines(result: ResearchResult, written: WrittenRun, took: string): string[] {
  const headline = result.rows.filter((row) => row.variant === result.headlineVariant && row.portfolio === undefined);
  const shown = [...headline, ...accountRowsOf(result)];
  const rows = shown.map(({ symbol, riskLevel, variant, portfolio, figures, verdict }) => [
    portfolio === undefined ? symbol : variant,
    riskLevel,
    formatNumber(figures.sharpe, 2),
    formatNumber(verdict.deflatedSharpe, 2),
    formatNumber(figures.profitFactor, 2),
    percent(figures.maxDrawdown),
    figures.trades,
    percent(figures.totalReturn),
    percent(result.baselines.find((baseline) => baseline.symbol === symbol)?.buyAndHold?.totalReturn),
  ]);
  const head = [
    'Symbol',
    'Risk level',
    'Sharpe',
    'Deflated',
    'Profit factor',
    'Max drawdown',
    'Trades',
    'Return',
    'Buy and hold',
  ];
  const failed = result.failedFolds.map(({ symbol, fold, reason }) => `FAILED FOLD ${symbol} ${fold}: ${reason}`);
  const alarms = result.models.leakAlarms.length;
  return [
    ...(result.synthetic ? ['Synthetic market: no market made these candles.'] : []),
    ...result.levels.map(({ riskLevel, word }) => `${riskLevel}: ${word}${gatesOf(headline, riskLevel)}`),
    '',
    ...table(head, rows),
    '',
    ...failed,
    ...(result.leftOut ?? []).map(({ symbol, reason }) => `left out ${symbol}: ${reason}`),
    ...(alarms > 0 ? [`LEAK ALARM: ${alarms} models are too good to be true on validation data`] : []),
    `${result.rows.length} rows, ${result.models.models} models, trade hash ${result.tradeHash.slice(0, 16)}, ${took}`,
    `Summary: ${written.summary}`,
    `Table:   ${written.csv}`,
    `Report:  ${written.report}`,
    `Run:     ${written.folder}`,
  ];
}

/** Which gates the rows of a level failed, such as ` (failed: deflated Sharpe ratio by 2 of 2)`. */
function gatesOf(headline: readonly ResultRow[], riskLevel: string): string {
  const rows = headline.filter((row) => row.riskLevel === riskLevel);
  const gates = [...Map.groupBy(rows.flatMap(failedGates), (gate) => gate)];
  if (gates.length === 0) return '';
  return ` (failed: ${gates.map(([gate, own]) => `${gate} by ${own.length} of ${rows.length}`).join(', ')})`;
}

/** The answer for programs: one line of JSON. */
export function answerJson(result: ResearchResult, written: WrittenRun): string {
  const { levels, tradeHash, synthetic, failedFolds, models, rows } = result;
  return JSON.stringify({
    ...written,
    synthetic,
    tradeHash,
    levels,
    failedFolds,
    leakAlarms: models.leakAlarms.length,
    rows: rows.map(({ symbol, riskLevel, variant, configHash, figures, costs, funnel, verdict }) => ({
      symbol,
      riskLevel,
      variant,
      configHash,
      figures,
      costs,
      funnel,
      verdict,
    })),
  });
}

/** Negative when a fold failed or a leak is suspected: then no figure stands for the whole. */
export function exitCodeOfResult({ failedFolds, models }: ResearchResult): ExitCode {
  return failedFolds.length > 0 || models.leakAlarms.length > 0 ? EXIT.NEGATIVE : EXIT.OK;
}

// What stands in the table of results? One line per symbol, risk level and variant, from the result file alone.
import { formatNumber } from './format-number.ts';
import type { BuyAndHoldFigures, ResearchResult, ResultRow } from './result-file.ts';
import { shareOfFoldsWon, type TargetName } from './verdict.ts';

type Column = readonly [name: string, value: (row: ResultRow, result: ResearchResult) => string];

const number = (value: number | undefined): string => formatNumber(value, 6);
const money = (value: number | undefined): string => formatNumber(value, 2);
const checkOf =
  (name: TargetName) =>
  (row: ResultRow): string => {
    const check = row.verdict.checks.find((each) => each.name === name);
    return check?.passed === undefined ? 'none' : check.passed ? 'pass' : 'fail';
  };
const baselineOf = (row: ResultRow, result: ResearchResult): BuyAndHoldFigures | undefined =>
  result.baselines.find(({ symbol }) => symbol === row.symbol)?.buyAndHold;

const COLUMNS: readonly Column[] = [
  ['symbol', (row) => row.symbol],
  ['risk_level', (row) => row.riskLevel],
  ['variant', (row) => row.variant],
  ['config_hash', (row) => row.configHash],
  ['data', (_row, result) => (result.synthetic ? 'synthetic' : 'market')],
  ['folds', (row) => String(row.folds.length)],
  ['folds_failed', (row) => String(row.folds.filter((fold) => fold.status === 'failed').length)],
  ['sharpe', (row) => number(row.figures.sharpe)],
  ['sharpe_low', (row) => number(row.figures.sharpeInterval?.low)],
  ['sharpe_high', (row) => number(row.figures.sharpeInterval?.high)],
  ['sharpe_cautious', (row) => number(row.figures.sharpeCautious)],
  ['probabilistic_sharpe', (row) => number(row.figures.probabilisticSharpe)],
  ['trials_recorded', (_row, result) => String(result.trials.recorded)],
  ['deflated_sharpe', (row) => number(row.verdict.deflatedSharpe)],
  ['sortino', (row) => number(row.figures.sortino)],
  ['profit_factor', (row) => number(row.figures.profitFactor)],
  ['max_drawdown', (row) => number(row.figures.maxDrawdown)],
  ['win_rate', (row) => number(row.figures.winRate)],
  ['trades', (row) => String(row.figures.trades)],
  ['expectancy_r', (row) => number(row.figures.expectancyR)],
  ['net_bps_per_trade', (row) => number(row.figures.netBpsPerTrade)],
  ['total_return', (row) => number(row.figures.totalReturn)],
  ['cagr', (row) => number(row.figures.cagr)],
  ['buy_and_hold_return', (row, result) => number(baselineOf(row, result)?.totalReturn)],
  ['buy_and_hold_price_change', (row, result) => number(baselineOf(row, result)?.priceChange)],
  ['random_entry_p', (row) => number(row.randomEntries?.pValue)],
  ['gross_before_costs', (row) => money(row.costs.grossBeforeCosts)],
  ['fees', (row) => money(row.costs.fees)],
  ['slippage', (row) => money(row.costs.slippage)],
  ['funding', (row) => money(row.costs.funding)],
  ['exposure', (row) => number(row.figures.exposure)],
  ['exposure_gross', (row) => number(row.figures.exposureGross)],
  ['turnover', (row) => number(row.figures.turnover)],
  ['sharpe_fold_mean', (row) => number(row.foldSharpe.mean)],
  ['sharpe_fold_std', (row) => number(row.foldSharpe.deviation)],
  ['stability_cv', (row) => number(row.foldSharpe.variation)],
  ['positive_folds', (row) => number(shareOfFoldsWon(row.folds))],
  ['ambiguous_trades', (row) => String(row.ambiguity.trades)],
  ['total_return_worst', (row) => number(row.ambiguity.worstTotalReturn)],
  ['total_return_best', (row) => number(row.ambiguity.bestTotalReturn)],
  ['missing_funding_stamps', (row) => String(row.costs.missingFundingStamps)],
  ['guard_changes', (row) => String(row.guardChanges)],
  ['target_sharpe', checkOf('sharpe')],
  ['target_profit_factor', checkOf('profitFactor')],
  ['target_max_drawdown', checkOf('maxDrawdown')],
  ['target_trades', checkOf('trades')],
  ['edge', (row) => (row.verdict.edge ? 'yes' : 'no')],
];

/** The table as CSV with a header line; no clock in it, so equal runs give equal bytes. */
export function reportCsv(result: ResearchResult): string {
  const header = COLUMNS.map(([name]) => name).join(',');
  const lines = result.rows.map((row) => COLUMNS.map(([, value]) => value(row, result)).join(','));
  return `${[header, ...lines].join('\n')}\n`;
}

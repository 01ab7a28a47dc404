// What stands in the table of results? One line per symbol, risk level and variant, from the result file alone.
import { formatNumber } from './format-number.ts';
import { failedGates } from './gate-words.ts';
import type { PortfolioFigures } from './portfolio-figures.ts';
import type { BuyAndHoldFigures, ResearchResult, ResultRow } from './result-file.ts';
import type { GroupSelection } from './selection-group.ts';
import { selectionOf, type JudgedSelection } from './selection.ts';
import { shareOfFoldsWon, type TargetName } from './verdict.ts';

type Cell = (row: ResultRow, result: ResearchResult) => string;
type Column = readonly [name: string, value: Cell];

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

/** What was said of the row itself. */
const selected =
  (pick: (selection: JudgedSelection) => number | undefined): Cell =>
  (row, { selection }) =>
    number(pick(selectionOf(selection, row)));
/** What was said of all rows of its symbol. */
const ofSymbol =
  (pick: (group: GroupSelection) => number | undefined): Cell =>
  (row, { selection }) => {
    const group = selection.symbols.find(({ symbol }) => symbol === row.symbol);
    return number(group === undefined ? undefined : pick(group));
  };
/** Share of resampled orders of the trades that fall deeper than the level's limit. */
const overLimit: Cell = (row, { selection, drawdownLimits }) => {
  const odds = selectionOf(selection, row).drawdown.value?.overLimit;
  return number(odds?.find(({ limit }) => limit === drawdownLimits[row.riskLevel])?.resampled);
};

const costOf = ({ rebalanceCost: { fees, slippage } }: PortfolioFigures): number => fees + slippage;

const COLUMNS: readonly Column[] = [
  ['symbol', (row) => row.symbol],
  ['risk_level', (row) => row.riskLevel],
  ['variant', (row) => row.variant],
  ['config_hash', (row) => row.configHash],
  ['data', (_row, result) => (result.synthetic ? 'synthetic' : 'market')],
  ['folds', (row) => String(row.folds.length)],
  ['folds_failed', (row) => String(row.folds.filter((fold) => fold.status === 'failed').length)],
  ['sharpe', (row) => number(row.figures.sharpe)],
  ['sharpe_low', selected(({ sharpeInterval }) => sharpeInterval.low.value)],
  ['sharpe_high', selected(({ sharpeInterval }) => sharpeInterval.high.value)],
  ['sharpe_cautious', (row) => number(row.figures.sharpeCautious)],
  ['probabilistic_sharpe', selected(({ probabilisticSharpe }) => probabilisticSharpe.value)],
  ['trials_recorded', (_row, result) => String(result.trials.recorded)],
  ['expected_max_sharpe', selected(({ expectedMaximumSharpe }) => expectedMaximumSharpe.value)],
  ['deflated_sharpe', (row) => number(row.verdict.deflatedSharpe)],
  ['deflated_sharpe_published', selected(({ deflatedSharpe }) => deflatedSharpe.value)],
  ['days', (row, { selection }) => String(selectionOf(selection, row).days)],
  ['min_track_record_days', selected(({ minimumTrackRecordDays }) => minimumTrackRecordDays.value)],
  ['min_backtest_days', selected(({ minimumBacktestDays }) => minimumBacktestDays.value)],
  ['sortino', (row) => number(row.figures.sortino)],
  ['profit_factor', (row) => number(row.figures.profitFactor)],
  ['profit_factor_low', selected(({ profitFactorInterval }) => profitFactorInterval.low.value)],
  ['profit_factor_high', selected(({ profitFactorInterval }) => profitFactorInterval.high.value)],
  ['max_drawdown', (row) => number(row.figures.maxDrawdown)],
  ['max_drawdown_midnight', selected(({ maxDrawdown }) => maxDrawdown.value)],
  ['max_drawdown_midnight_low', selected(({ maxDrawdownInterval }) => maxDrawdownInterval.low.value)],
  ['max_drawdown_midnight_high', selected(({ maxDrawdownInterval }) => maxDrawdownInterval.high.value)],
  ['mc_drawdown_95_reordered', selected(({ drawdown }) => drawdown.value?.reordered.high)],
  ['mc_drawdown_95_resampled', selected(({ drawdown }) => drawdown.value?.resampled.high)],
  ['drawdown_limit', (row, { drawdownLimits }) => number(drawdownLimits[row.riskLevel])],
  ['p_drawdown_over_limit', overLimit],
  ['best_five_share', selected(({ bestFiveShare }) => bestFiveShare.value)],
  ['win_rate', (row) => number(row.figures.winRate)],
  ['trades', (row) => String(row.figures.trades)],
  ['expectancy_r', (row) => number(row.figures.expectancyR)],
  ['net_bps_per_trade', (row) => number(row.figures.netBpsPerTrade)],
  ['total_return', (row) => number(row.figures.totalReturn)],
  ['cagr', (row) => number(row.figures.cagr)],
  ['buy_and_hold_return', (row, result) => number(baselineOf(row, result)?.totalReturn)],
  ['buy_and_hold_price_change', (row, result) => number(baselineOf(row, result)?.priceChange)],
  ['pbo', ofSymbol(({ overfitting }) => overfitting.value?.probability)],
  ['spa_p_flat', ofSymbol(({ againstFlat }) => againstFlat.value?.spa)],
  ['spa_p_hold', ofSymbol(({ againstHold }) => againstHold.value?.spa)],
  ['random_entry_p', (row) => number(row.randomEntries?.pValue)],
  ['gross_before_costs', (row) => money(row.costs.grossBeforeCosts)],
  ['fees', (row) => money(row.costs.fees)],
  ['slippage', (row) => money(row.costs.slippage)],
  ['funding', (row) => money(row.costs.funding)],
  ['break_even_bps', selected(({ breakEvenBps }) => breakEvenBps.value)],
  ['paid_bps', selected(({ paidBps }) => paidBps.value)],
  ['exposure', (row) => number(row.figures.exposure)],
  ['exposure_gross', (row) => number(row.figures.exposureGross)],
  ['turnover', (row) => number(row.figures.turnover)],
  ['rebalances', ({ portfolio }) => formatNumber(portfolio?.rebalances, 0)],
  ['rebalance_cost', ({ portfolio }) => money(portfolio === undefined ? undefined : costOf(portfolio))],
  ['mean_correlation', ({ portfolio }) => number(portfolio?.meanCorrelation)],
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
  ['gate_failed', (row) => failedGates(row).join('; ') || 'none'],
];

/** The table as CSV with a header line; no clock in it, so equal runs give equal bytes. */
export function reportCsv(result: ResearchResult): string {
  const header = COLUMNS.map(([name]) => name).join(',');
  const lines = result.rows.map((row) => COLUMNS.map(([, value]) => value(row, result)).join(','));
  return `${[header, ...lines].join('\n')}\n`;
}

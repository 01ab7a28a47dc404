// Do performance figures and their stability across folds match the reference?
import { performance } from '../../../src/research/statistics/performance.ts';
import { foldStability } from '../../../src/research/statistics/stability.ts';
import { differences, toleranceOf } from '../format.ts';
import type { TopicRunner } from '../format.ts';

export const run: TopicRunner = ({ input, expected }, file) => {
  const actual = input.fold_values === undefined ? performanceOf(input) : stabilityOf(input.fold_values);
  return differences(actual, expected, toleranceOf(file));
};

function stabilityOf(values: readonly (number | null)[]): object {
  const stability = foldStability(values.map((value) => value ?? undefined));
  return {
    mean: stability.mean,
    std: stability.deviation,
    cv: stability.variation,
    median: stability.median,
    min: stability.minimum,
    max: stability.maximum,
    share_positive: stability.sharePositive,
  };
}

function performanceOf(input: any): object {
  const equity = Float64Array.from(input.equity as number[]);
  const figures = performance({
    time: timesOf(input),
    equity,
    trades: input.trades.map((trade: any) => ({ netPnl: trade.net_pnl, initialRisk: trade.initial_risk ?? undefined })),
    positionNotional: Float64Array.from(input.position_notional as number[]),
    tradedNotional: input.traded_notional,
    minimumReturnDaily: input.minimum_acceptable_return_daily ?? 0,
  });
  return {
    ruined_at_index: figures.ruinedAtIndex,
    total_return: figures.totalReturn,
    years: figures.years,
    cagr: figures.cagr,
    bar_vol_annual: figures.barVolatilityAnnual,
    sharpe_bar: figures.sharpeBar,
    daily_returns: figures.dailyReturns,
    daily_vol_annual: figures.dailyVolatilityAnnual,
    sharpe_daily: figures.sharpeDaily,
    newey_west_lags: figures.neweyWestLags,
    newey_west_variance: figures.neweyWestVariance,
    sharpe_daily_newey_west: figures.sharpeNeweyWest,
    mean_t_stat_newey_west: figures.meanTStatistic,
    autocorrelations: figures.autocorrelations,
    lo_eta_q365_m6: figures.loFactor,
    sharpe_daily_lo: figures.sharpeLo,
    skew_population: figures.skew,
    kurtosis_population: figures.kurtosis,
    downside_deviation_daily: figures.downsideDeviationDaily,
    sortino_daily: figures.sortinoDaily,
    max_drawdown: figures.maxDrawdown,
    mdd_peak_index: figures.drawdownPeakIndex,
    mdd_trough_index: figures.drawdownTroughIndex,
    mdd_recovery_index: figures.drawdownRecoveryIndex,
    longest_underwater_bars: figures.longestUnderwaterBars,
    ulcer_index: figures.ulcerIndex,
    calmar: figures.calmar,
    var_95_daily: figures.valueAtRisk95Daily,
    expected_shortfall_95_daily: figures.expectedShortfall95Daily,
    trades: figures.trades,
    win_rate: figures.winRate,
    profit_factor: figures.profitFactor,
    profit_factor_infinite: figures.profitFactorInfinite,
    expectancy: figures.expectancy,
    average_win: figures.averageWin,
    average_loss: figures.averageLoss,
    payoff_ratio: figures.payoffRatio,
    expectancy_r: figures.expectancyR,
    exposure_time: figures.exposureTime,
    exposure_gross_mean: figures.exposureGross,
    exposure_net_mean: figures.exposureNet,
    turnover_annual: figures.turnoverAnnual,
  };
}

function timesOf(input: any): Float64Array {
  if (input.timestamps !== undefined) return Float64Array.from(input.timestamps as number[]);
  const { timestamps_start: start, timestamps_step: step } = input;
  return Float64Array.from({ length: input.equity.length }, (_, index) => start + index * step);
}

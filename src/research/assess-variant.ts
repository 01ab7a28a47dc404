// How good was a simulated variant? Figures, folds and costs from one backtest.
import { createRandom } from '../domain/random.ts';
import { DAY_MS } from '../domain/time.ts';
import type { RoundTrip } from '../engine/round-trip.ts';
import type { BacktestResult, EquityCurve } from '../simulation/run-backtest.ts';
import { baselineCostsOf, fundingScheduleOf } from './baseline-costs.ts';
import type { SymbolMarket } from './market.ts';
import type { CostFigures, Figures, FoldOutcome, VariantOutcome } from './outcome.ts';
import { randomEntries } from './random-entries.ts';
import type { VariantSettings } from './settings.ts';
import { performance, type Performance } from './statistics/performance.ts';
import { foldStability } from './statistics/stability.ts';
import type { TrainedFold } from './train-folds.ts';

const RANDOM_ENTRY_DRAWS = 2_000;

/** A fold in which the account moved on fewer days has no Sharpe ratio worth a number: one day alone always gives ±√(365 / days). */
const MIN_ACTIVE_DAYS = 5;

export interface AssessmentInput {
  readonly market: SymbolMarket;
  readonly settings: VariantSettings;
  readonly folds: readonly TrainedFold[];
  readonly result: BacktestResult;
  /** Total return when every undecided trade goes right; undefined: there is none. */
  readonly bestTotalReturn: number | undefined;
  readonly seed: string;
}

/** Everything that is reported of one variant on one symbol. */
export function assessVariant(input: AssessmentInput): VariantOutcome {
  const { market, settings, folds, result } = input;
  const { curve, state } = result;
  const from = folds[0].window.testStart;
  const to = folds[folds.length - 1].window.testEnd;
  const trades = state.roundTrips;
  const whole = performanceOf(result);
  const foldOutcomes = folds.map((fold) => foldOutcome(fold, curve, trades));
  const midnights = dailyMarks(curve);
  return {
    symbol: market.symbol,
    riskLevel: settings.riskLevel,
    variant: settings.variant,
    configHash: settings.configHash,
    from,
    to,
    initialEquity: settings.initialEquity,
    finalEquity: curve.equity.at(-1) ?? settings.initialEquity,
    figures: figuresOf(whole, trades),
    costs: costFigures(result),
    ambiguity: {
      trades: trades.filter((trade) => trade.ambiguous).length,
      worstTotalReturn: whole.totalReturn,
      bestTotalReturn: input.bestTotalReturn ?? whole.totalReturn,
    },
    folds: foldOutcomes,
    foldSharpe: foldStability(foldOutcomes.map((fold) => (fold.status === 'reported' ? fold.sharpe : undefined))),
    funnel: state.symbols[0].funnel,
    exits: countExits(trades),
    guardChanges: result.notes.filter((note) => note.kind === 'guard').length,
    notes: result.notes.filter((note) => note.kind !== 'model'),
    randomEntries: randomEntries({
      series: market.series,
      funding: fundingScheduleOf(market, settings.costs),
      trades,
      from,
      to,
      costs: baselineCostsOf(settings.costs),
      draws: RANDOM_ENTRY_DRAWS,
      random: createRandom(`${input.seed}/random-entries/${market.symbol}`),
    }),
    trades,
    days: midnights.map(({ time }) => time),
    dailyEquity: midnights.map(({ equity }) => equity),
    dailyReturns: Array.from(whole.dailyReturns),
  };
}

/** Of the whole recorded curve and all its trades. */
export function performanceOf({ curve, state }: BacktestResult): Performance {
  const trades = state.roundTrips;
  return performance({
    time: curve.time,
    equity: curve.equity,
    trades,
    positionNotional: curve.notional,
    tradedNotional: trades.flatMap((trade) => [trade.entryPrice * trade.quantity, trade.exitPrice * trade.quantity]),
  });
}

/** The headline figures of a performance. */
export function figuresOf(whole: Performance, trades: readonly RoundTrip[]): Figures {
  return {
    sharpe: whole.sharpeDaily,
    sharpeCautious: whole.sharpeCautious,
    sortino: whole.sortinoDaily,
    calmar: whole.calmar,
    profitFactor: whole.profitFactor,
    maxDrawdown: whole.maxDrawdown,
    winRate: whole.winRate,
    trades: whole.trades,
    expectancyR: whole.expectancyR,
    netBpsPerTrade: netBpsPerTrade(trades),
    totalReturn: whole.totalReturn,
    cagr: whole.cagr,
    exposure: whole.exposureTime,
    exposureGross: whole.exposureGross,
    turnover: whole.turnoverAnnual,
  };
}

/** Net result over the entry value of all trades together, basis points. */
function netBpsPerTrade(trades: readonly RoundTrip[]): number | undefined {
  const value = trades.reduce((sum, trade) => sum + trade.entryPrice * trade.quantity, 0);
  return value > 0 ? (10_000 * trades.reduce((sum, trade) => sum + trade.netPnl, 0)) / value : undefined;
}

function foldOutcome(fold: TrainedFold, curve: EquityCurve, trades: readonly RoundTrip[]): FoldOutcome {
  const { window, coverage } = fold;
  if (fold.status === 'failed') return { ...window, ...coverage, status: 'failed', reason: fold.reason };
  const first = curve.time.findIndex((time) => time >= window.testStart);
  const past = curve.time.findIndex((time) => time > window.testEnd);
  const end = past < 0 ? curve.time.length : past;
  const own = trades.filter((trade) => trade.decidedAt >= window.testStart && trade.decidedAt < window.testEnd);
  const figures =
    first < 0
      ? undefined
      : performance({ time: curve.time.slice(first, end), equity: curve.equity.slice(first, end), trades: own });
  return {
    ...window,
    ...coverage,
    status: 'reported',
    modelId: fold.trained.model.id,
    trades: own.length,
    netPnl: own.reduce((sum, trade) => sum + trade.netPnl, 0),
    totalReturn: figures?.totalReturn,
    sharpe: activeDays(figures?.dailyReturns) < MIN_ACTIVE_DAYS ? undefined : figures?.sharpeDaily,
    maxDrawdown: figures?.maxDrawdown,
  };
}

function activeDays(returns: Float64Array | undefined): number {
  return returns?.reduce((count, value) => count + (value === 0 ? 0 : 1), 0) ?? 0;
}

/** What all trades paid together. */
export function costFigures({ state, venueEvents }: BacktestResult): CostFigures {
  const total = (pick: (trade: RoundTrip) => number): number =>
    state.roundTrips.reduce((sum, trade) => sum + pick(trade), 0);
  const slippage = total((trade) => trade.slippage);
  return {
    fees: total((trade) => trade.fees),
    slippage,
    funding: total((trade) => trade.funding),
    grossBeforeCosts: total((trade) => trade.grossPnl) + slippage,
    missingFundingStamps: venueEvents.filter(
      (event) => event.kind === 'funding' && event.source === 'charged-for-missing',
    ).length,
  };
}

function dailyMarks({ time, equity }: EquityCurve): { time: number; equity: number }[] {
  const marks: { time: number; equity: number }[] = [];
  for (let index = 0; index < time.length; index += 1) {
    if (time[index] % DAY_MS === 0) marks.push({ time: time[index], equity: equity[index] });
  }
  return marks;
}

function countExits(trades: readonly RoundTrip[]): VariantOutcome['exits'] {
  const counts: Partial<Record<RoundTrip['reason'], number>> = {};
  for (const { reason } of trades) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

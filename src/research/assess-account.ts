// How good was a simulated account? Figures, folds and costs from one backtest, over one symbol or many.
import { DAY_MS } from '../domain/time.ts';
import { createFunnel, type Funnel } from '../engine/funnel.ts';
import type { RoundTrip } from '../engine/round-trip.ts';
import type { BacktestResult, EquityCurve } from '../simulation/run-backtest.ts';
import type { CostFigures, Figures, FoldOutcome, FoldWindow, VariantOutcome } from './outcome.ts';
import type { VariantSettings } from './settings.ts';
import { performance, type Performance } from './statistics/performance.ts';
import { foldStability } from './statistics/stability.ts';
import type { FoldCoverage } from './train-folds.ts';

/** A fold in which the account moved on fewer days has no Sharpe ratio worth a number: one day alone always gives ±√(365 / days). */
const MIN_ACTIVE_DAYS = 5;

/** A fold with what traded it, or why nothing did. */
export type AssessedFold = { readonly window: FoldWindow; readonly coverage: FoldCoverage } & (
  | { readonly modelId: string }
  | { readonly modelId?: undefined; readonly reason: string }
);

export interface AccountAssessment {
  readonly settings: VariantSettings;
  readonly result: BacktestResult;
  /** At least one, in rising time. */
  readonly folds: readonly AssessedFold[];
  /** Total return when every undecided trade goes right; undefined: there is none. */
  readonly bestTotalReturn: number | undefined;
}

/** Everything that is reported of an account, whatever it traded. */
export function assessAccount(
  input: AccountAssessment,
): Omit<VariantOutcome, 'symbol' | 'funnel' | 'randomEntries' | 'portfolio'> {
  const { settings, folds, result } = input;
  const { curve, state } = result;
  const trades = state.roundTrips;
  const whole = performanceOf(result);
  const foldOutcomes = folds.map((fold) => foldOutcome(fold, curve, trades));
  const midnights = dailyMarks(curve);
  return {
    riskLevel: settings.riskLevel,
    variant: settings.variant,
    configHash: settings.configHash,
    from: folds[0].window.testStart,
    to: folds[folds.length - 1].window.testEnd,
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
    exits: countExits(trades),
    guardChanges: result.notes.filter((note) => note.kind === 'guard').length,
    notes: result.notes.filter((note) => note.kind !== 'model'),
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
    positionNotional: curve.gross,
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

function foldOutcome(fold: AssessedFold, curve: EquityCurve, trades: readonly RoundTrip[]): FoldOutcome {
  const { window, coverage } = fold;
  if (fold.modelId === undefined) return { ...window, ...coverage, status: 'failed', reason: fold.reason };
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
    modelId: fold.modelId,
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

/** The counts of all symbols together. */
export function funnelOf({ state }: BacktestResult): Funnel {
  const sum = createFunnel();
  for (const { funnel } of state.symbols) {
    const { refused, ...stages } = funnel;
    for (const [stage, count] of Object.entries(stages)) sum[stage as keyof typeof stages] += count;
    for (const [reason, count] of Object.entries(refused)) sum.refused[reason as keyof typeof refused] += count;
  }
  return sum;
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

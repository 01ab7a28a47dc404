// How good was one account over many symbols? The figures of any account, and what each symbol and each rebalance did to it.
import { hash64 } from '../domain/hash.ts';
import type { RoundTrip } from '../engine/round-trip.ts';
import type { Note } from '../engine/step.ts';
import type { Rebalance } from '../portfolio/rebalance.ts';
import type { BacktestResult } from '../simulation/run-backtest.ts';
import { assessAccount, funnelOf, type AssessedFold } from './assess-account.ts';
import type { SymbolMarket } from './market.ts';
import type { FoldWindow, PortfolioOutcome } from './outcome.ts';
import { meanPairwiseCorrelation } from './pairwise-correlation.ts';
import { PORTFOLIO, rebalancesOf, type RebalanceCost, type SymbolContribution } from './portfolio-figures.ts';
import type { VariantSettings } from './settings.ts';
import type { TrainedFold } from './train-folds.ts';

export interface PortfolioAssessment {
  /** Of the account, with the folds of each. */
  readonly symbols: readonly { readonly market: SymbolMarket; readonly folds: readonly TrainedFold[] }[];
  readonly calendar: readonly FoldWindow[];
  readonly settings: VariantSettings;
  readonly result: BacktestResult;
  /** Total return when every undecided trade goes right; undefined: there is none. */
  readonly bestTotalReturn: number | undefined;
}

/** Everything that is reported of one account over many symbols. */
export function assessPortfolio(input: PortfolioAssessment): PortfolioOutcome {
  const { calendar, settings, result } = input;
  const symbols = input.symbols.toSorted((a, b) => (a.market.symbol < b.market.symbol ? -1 : 1));
  const { state } = result;
  const span = { from: calendar[0].testStart, to: calendar[calendar.length - 1].testEnd };
  const notes = notesFrom(result.notes, span.from);
  const rebalances = rebalancesOf(notes);
  const traded = new Set(state.roundTrips.map(({ symbol }) => symbol));
  const tradedSeries = symbols.flatMap(({ market }) => (traded.has(market.symbol) ? [market.series] : []));
  return {
    symbol: PORTFOLIO,
    ...assessAccount({
      settings,
      result,
      folds: calendar.map((window) => calendarFold(window, symbols)),
      bestTotalReturn: input.bestTotalReturn,
    }),
    funnel: funnelOf(result),
    randomEntries: undefined,
    notes,
    portfolio: {
      symbols: symbols.length,
      rebalances: rebalances.length,
      heldCash: rebalances.filter(({ selected }) => selected.length === 0).length,
      replacements: rebalances.slice(1).reduce((sum, { entered }) => sum + entered.length, 0),
      fallbacks: rebalances.filter(({ fallback }) => fallback !== undefined).length,
      rebalanceCost: rebalanceCostOf(result),
      meanCorrelation: meanPairwiseCorrelation(tradedSeries, span),
      contributions: contributionsOf({ ...input, symbols }, rebalances, span),
    },
  };
}

/** What was decided during the warm-up is not told, but for the selection that is in force at `from`. */
function notesFrom(notes: readonly Note[], from: number): Note[] {
  const inForce = notes.findLast(({ kind, time }) => kind === 'rebalance' && time <= from);
  return notes.filter(
    (note) => note.kind !== 'model' && (note.kind !== 'rebalance' || note === inForce || note.time > from),
  );
}

/** A window of the calendar is traded by all models in force in it, and failed where there is none. */
function calendarFold(window: FoldWindow, symbols: PortfolioAssessment['symbols']): AssessedFold {
  const all = symbols.flatMap(({ market, folds }) => folds.map((fold) => ({ ...fold, symbol: market.symbol })));
  const inForce = all.filter(
    (fold) => fold.window.testStart < window.testEnd && window.testStart < fold.window.testEnd,
  );
  const begun = all.filter(
    (fold) => fold.window.testStart >= window.testStart && fold.window.testStart < window.testEnd,
  );
  const coverage = {
    candles: begun.reduce((sum, fold) => sum + fold.coverage.candles, 0),
    decidable: begun.reduce((sum, fold) => sum + fold.coverage.decidable, 0),
  };
  const ids = inForce.flatMap((fold) => (fold.status === 'trained' ? [fold.trained.model.id] : []));
  if (ids.length > 0) return { window, coverage, modelId: ids.length === 1 ? ids[0] : hash64(ids.join(' ')) };
  const reasons = inForce.flatMap((fold) => (fold.status === 'failed' ? [`${fold.symbol}: ${fold.reason}`] : []));
  return { window, coverage, reason: reasons.join('; ') || 'no symbol has a model then' };
}

function rebalanceCostOf({ venueEvents }: BacktestResult): RebalanceCost {
  let [fills, fees, slippage] = [0, 0, 0];
  for (const event of venueEvents) {
    if (event.kind !== 'fill' || event.reason !== 'rebalance') continue;
    fills += 1;
    fees += event.fee;
    slippage += event.slippage;
  }
  return { fills, fees, slippage };
}

function contributionsOf(
  { symbols, settings, result }: PortfolioAssessment,
  rebalances: readonly Rebalance[],
  { from, to }: { readonly from: number; readonly to: number },
): SymbolContribution[] {
  const trades = Map.groupBy(result.state.roundTrips, ({ symbol }) => symbol);
  return symbols.map(({ market: { symbol } }) => {
    const own = trades.get(symbol) ?? [];
    const total = (pick: (trade: RoundTrip) => number): number => own.reduce((sum, trade) => sum + pick(trade), 0);
    const netPnl = total((trade) => trade.netPnl);
    const seats = rebalances.flatMap(({ selected, weights, riskContributions }) => {
      const place = selected.indexOf(symbol);
      return place < 0 ? [] : [{ weight: weights[place], risk: riskContributions?.[place] }];
    });
    return {
      symbol,
      trades: own.length,
      netPnl,
      contribution: netPnl / settings.initialEquity,
      fees: total((trade) => trade.fees),
      slippage: total((trade) => trade.slippage),
      funding: total((trade) => trade.funding),
      timeInMarket: total((trade) => trade.exitTime - trade.entryTime) / (to - from),
      delistedTrades: own.filter(({ reason }) => reason === 'delisting').length,
      selectedShare: rebalances.length === 0 ? undefined : seats.length / rebalances.length,
      meanWeight: meanOf(seats.map(({ weight }) => weight)),
      meanRiskContribution: meanOf(seats.flatMap(({ risk }) => risk ?? [])),
    };
  });
}

function meanOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;
}

// How does one variant trade one symbol over all its test windows? One continuous account; models change at the borders.
import { firstBarAtOrAfter, sliceSeries } from '../domain/candle.ts';
import type { OrderReason } from '../domain/order.ts';
import { HOUR_MS } from '../domain/time.ts';
import { bpsToFraction } from '../domain/units.ts';
import type { EngineEvent } from '../engine/event.ts';
import type { EngineParams } from '../engine/state.ts';
import { runBacktest, type BacktestResult } from '../simulation/run-backtest.ts';
import { createSimulatedVenue } from '../simulation/simulated-venue.ts';
import type { MetaModel } from '../strategy/meta-model.ts';
import type { Strategy } from '../strategy/strategy.ts';
import { listedAtOf, type SymbolMarket } from './market.ts';
import type { FoldWindow } from './outcome.ts';
import type { VariantSettings } from './settings.ts';

/** A fold with the model that trades it; undefined: its training failed, so nothing is opened in it. */
export interface ModelledFold {
  readonly window: FoldWindow;
  readonly model: MetaModel | undefined;
}

export interface SimulationInput {
  readonly market: SymbolMarket;
  readonly settings: VariantSettings;
  readonly strategy: Strategy;
  /** At least one, in rising time. */
  readonly folds: readonly ModelledFold[];
  readonly ambiguity: 'worst' | 'best';
  /** Traded opens that every market order fills late (a stress). Default 0. */
  readonly delayBars?: number | undefined;
}

/**
 * Runs the engine over the joined test windows. The strategy warms up on candles before the first window, so that its
 * first decision is at the first window's first close. Positions end with their window, at the next open, with costs.
 */
export function simulateVariant(input: SimulationInput): BacktestResult {
  const { market, settings, strategy, folds } = input;
  const { series, funding, instrument } = market;
  const testStart = folds[0].window.testStart;
  const testEnd = folds[folds.length - 1].window.testEnd;
  const firstDecision = firstBarAtOrAfter(series, testStart - series.intervalMs);
  const warmupFrom = Math.max(0, firstDecision - strategy.warmupBars + 1);
  const end = firstBarAtOrAfter(series, testEnd);
  const candles = sliceSeries(series, warmupFrom, end);
  const venue = createSimulatedVenue({
    instruments: [instrument],
    costs: settings.costs,
    funding: funding === undefined ? new Map() : new Map([[market.symbol, funding]]),
    finer: new Map([[market.symbol, market.finer]]),
    ambiguity: input.ambiguity,
    delayBars: input.delayBars,
  });
  return runBacktest({
    setup: {
      barMs: series.intervalMs,
      initialEquity: settings.initialEquity,
      params: engineParams(settings, series.intervalMs),
      strategy,
      symbols: [{ instrument, hasFunding: funding !== undefined, listedAt: listedAtOf(market) }],
    },
    venue,
    series: [candles],
    funding: [funding],
    schedule: schedule(market.symbol, folds),
    from: candles.length === 0 ? testStart : candles.openTime[0],
    recordFrom: testStart,
    until: testEnd,
  });
}

/** The engine's settings of a variant: exits that say null follow the labels, so that training and trading mean the same. */
export function engineParams(settings: VariantSettings, barMs: number): EngineParams {
  const { exits, labeling, costs } = settings;
  const holdHours = exits.maxHoldHours ?? labeling.horizonHours;
  const target = exits.targetFraction ?? labeling.profitBarrier;
  return {
    risk: settings.risk,
    guard: settings.guard,
    sizing: settings.sizing,
    universe: settings.universe,
    exits: {
      stopFraction: exits.stopFraction ?? labeling.stopBarrier,
      targetFraction: target === 0 ? undefined : target,
      trailingFraction: exits.trailingFraction ?? undefined,
      maxHoldBars: Math.max(1, Math.round((holdHours * HOUR_MS) / barMs)),
      exitOnOppositeSignal: exits.exitOnOppositeSignal,
    },
    thresholdScale: settings.model.thresholdScale,
    metaModel: settings.metaModel,
    shadowCosts: { fee: bpsToFraction(costs.takerFeeBps), slippage: bpsToFraction(costs.slippageBps) },
  };
}

/** At a border everything is closed and the next window's model takes over; between windows that do not touch, none. */
function schedule(symbol: string, folds: readonly ModelledFold[]): EngineEvent[] {
  const events: EngineEvent[] = [];
  const reason: OrderReason = 'fold-end';
  folds.forEach(({ window, model }, index) => {
    events.push({ kind: 'model-promoted', time: window.testStart, symbol, model });
    events.push({ kind: 'flatten', time: window.testEnd, reason });
    const next = folds[index + 1];
    if (next === undefined || next.window.testStart > window.testEnd) {
      events.push({ kind: 'model-promoted', time: window.testEnd, symbol, model: undefined });
    }
  });
  return events;
}

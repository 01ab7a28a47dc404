// What does the engine read of a variant? Its settings, with exits that say null following the labels.
import { HOUR_MS } from '../domain/time.ts';
import { bpsToFraction } from '../domain/units.ts';
import type { EngineParams } from '../engine/state.ts';
import { portfolioParamsOf } from '../portfolio/portfolio-params.ts';
import type { VariantSettings } from './settings.ts';

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
    ...(settings.portfolio === undefined ? {} : { portfolio: portfolioParamsOf(settings.portfolio, settings) }),
    shadowCosts: { fee: bpsToFraction(costs.takerFeeBps), slippage: bpsToFraction(costs.slippageBps) },
  };
}

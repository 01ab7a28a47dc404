// What is made of a market's history before a bot decides on it? Marks, funding and a strategy, from that history alone.
import { markSeries, type MarkParams } from '../domain/candle-quality.ts';
import type { CandleSeries } from '../domain/candle.ts';
import type { FundingSeries } from '../domain/funding.ts';
import type { FeatureDefinition } from '../strategy/features.ts';
import type { Strategy } from '../strategy/strategy.ts';
import { strategyOf } from './jobs.ts';
import type { SymbolMarket } from './market.ts';
import type { VariantSettings } from './settings.ts';

/** What a bot is fed with, and what it decides by. */
export interface PreparedMarket {
  readonly series: CandleSeries;
  /** Undefined: no history at all. */
  readonly funding: FundingSeries | undefined;
  readonly strategy: Strategy;
}

/**
 * Makes everything anew from the history it is given; checks by truncation hand in histories that end early. Finer candles
 * are there only where fills are simulated.
 */
export type Preparation = (history: SymbolMarket) => PreparedMarket;

/** As research prepares its markets; `extra` features of a user's own are appended. */
export function shippedPreparation(
  settings: VariantSettings,
  marks: MarkParams,
  extra: readonly FeatureDefinition[] = [],
): Preparation {
  return ({ series, funding }) => ({
    series: markSeries(series, marks),
    funding,
    strategy: strategyOf(settings, series.intervalMs, extra),
  });
}

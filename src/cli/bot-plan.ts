// What does every bot decide by, whatever it trades on? Settings, strategy, candles, and the history that they need.
import type { LoadedConfig } from '../config/load-config.ts';
import { DAY_MS, parseInterval } from '../domain/time.ts';
import { portfolioWarmupBars } from '../portfolio/portfolio-params.ts';
import { strategyOf } from '../research/jobs.ts';
import type { VariantSettings } from '../research/settings.ts';
import type { Strategy } from '../strategy/strategy.ts';
import { settingsOf } from './compose-variants.ts';

export interface BotPlan {
  readonly loaded: LoadedConfig;
  readonly settings: VariantSettings;
  readonly strategy: Strategy;
  readonly barMs: number;
  /** Closes that have to be fed before the first decision. */
  readonly warmupBars: number;
  readonly seed: number;
}

/** @throws PerpilotError CONFIG_INVALID */
export function botPlan(loaded: LoadedConfig, riskLevel: string | undefined, seed: number | undefined): BotPlan {
  const { portfolio, data, research } = loaded.config;
  const settings: VariantSettings = { ...settingsOf(riskLevel ?? 'default', loaded), portfolio };
  const barMs = parseInterval(data.interval) ?? NaN;
  const strategy = strategyOf(settings, barMs);
  const ranked = portfolio.crossSectional.enabled ? portfolioWarmupBars(portfolio, barMs) : 0;
  const warmupBars = Math.max(strategy.warmupBars, ranked);
  return { loaded, settings, strategy, barMs, warmupBars, seed: seed ?? research.seed };
}

/** So much history is trained on, and what its first rows look back on, milliseconds. */
export function trainingSpanMs({ loaded, barMs, strategy }: BotPlan): number {
  return loaded.config.walkForward.trainDays * DAY_MS + strategy.warmupBars * barMs;
}

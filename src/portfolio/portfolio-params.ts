// What does the portfolio layer depend on? Section `portfolio` of the configuration, and what it takes from other sections.
import { DAY_MS } from '../domain/time.ts';
import type { Normalisation } from './cross-section.ts';
import type { UniverseParams } from './universe.ts';

/** How risk is spread over the selected symbols. */
export type AllocationSetting = 'equal' | 'inverse_volatility' | 'risk_parity';

/** What a score is made of. */
export const COMPONENTS = ['sharpe', 'adx', 'confidence', 'volatility'] as const;
export type Component = (typeof COMPONENTS)[number];

/** Section `portfolio`. Fractions and multiples are of equity. */
export interface PortfolioSettings {
  readonly crossSectional: {
    readonly enabled: boolean;
    readonly rebalanceIntervalHours: number;
    readonly topK: number;
    readonly allocation: AllocationSetting;
    /** Shares in the score, relative to each other; 0 or more, not all 0. */
    readonly scoreWeights: Readonly<Record<Component, number>>;
    readonly sharpeLookbackDays: number;
    /** Quote currency that must have been traded in the last 24 hours; 0: any. */
    readonly minLiquidity: number;
    /** Margin of one symbol's position, at most. */
    readonly maxSymbolRisk: number;
  };
  readonly selection: {
    /** Only these may be selected; none: all. */
    readonly include: readonly string[];
    readonly exclude: readonly string[];
    /** Places below the top within which a selected symbol keeps its seat. */
    readonly rankBuffer: number;
    readonly normalisation: Normalisation;
    /** What becomes of the position of a symbol that is no longer selected. */
    readonly onLeaving: 'own_exit' | 'close';
  };
  readonly rebalancing: {
    /** A position is left alone while it differs from its new target by no more than this fraction of the target. */
    readonly noTradeBand: number;
    /** Whether positions below their target are added to. */
    readonly increase: boolean;
  };
  /** Largest notionals as multiples of equity. */
  readonly limits: {
    readonly maxGross: number;
    readonly maxNet: number;
    readonly maxGroup: number;
    /** Groups of symbols whose returns are correlated at least so much, on average, are one. */
    readonly groupCorrelation: number;
  };
  readonly covariance: {
    readonly lookbackDays: number;
    /** 0: as measured; 1: as if nothing moved together; auto: see `shrinkageIntensity`. */
    readonly shrinkage: number | 'auto';
  };
}

/** The settings with what they take from other sections. */
export interface PortfolioParams extends PortfolioSettings {
  /** `features.adx_period`. */
  readonly adxPeriod: number;
  readonly universe: UniverseParams;
  /** Share at which a position of ordinary size reaches its largest allowed margin. */
  readonly maxShare: number;
}

/** What the portfolio layer reads of other sections. */
export interface PortfolioSurroundings {
  readonly features: { readonly adxPeriod: number };
  readonly universe: UniverseParams;
  readonly risk: { readonly basePositionFraction: number; readonly maxPositionFraction: number };
}

/** What the engine is given; undefined: the portfolio layer is off. */
export function portfolioParamsOf(
  settings: PortfolioSettings,
  { features, universe, risk }: PortfolioSurroundings,
): PortfolioParams | undefined {
  if (!settings.crossSectional.enabled) return undefined;
  const largest = Math.min(settings.crossSectional.maxSymbolRisk, risk.maxPositionFraction);
  return { ...settings, adxPeriod: features.adxPeriod, universe, maxShare: largest / risk.basePositionFraction };
}

/** Candles that must be fed before a rebalance has everything it reads. */
export function portfolioWarmupBars(params: PortfolioSettings, barMs: number): number {
  const days = Math.max(params.crossSectional.sharpeLookbackDays, params.covariance.lookbackDays);
  return Math.ceil((days * DAY_MS) / barMs) + 1;
}

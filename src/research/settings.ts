// What does one variant of a research run stand for? Every setting its result depends on, as plain data.
import type { RiskParams } from '../risk/pre-trade-review.ts';
import type { GuardParams } from '../risk/performance-guard.ts';
import type { CostParams } from '../simulation/cost-model.ts';
import type { SizingParams } from '../engine/state.ts';
import type { PortfolioSettings } from '../portfolio/portfolio-params.ts';
import type { UniverseParams } from '../portfolio/universe.ts';
import type { FeatureParams } from '../strategy/feature-indicators.ts';
import type { PrimaryParams } from '../strategy/primary-signal.ts';
import type { RegimeParams } from '../strategy/regime-filter.ts';
import type { LabelingParams } from '../strategy/triple-barrier.ts';
import type { ModelParams } from '../training/model-params.ts';

/** Section `walk_forward` of the configuration. */
export interface WalkForwardParams {
  readonly trainDays: number;
  readonly testDays: number;
  readonly stepDays: number;
  readonly embargoHours: number;
  /** Last days of the data that are not read; missing: none. */
  readonly holdoutDays?: number;
  readonly mode: 'rolling' | 'anchored';
}

/** Section `targets`; null: shown, no promise. */
export interface Targets {
  readonly sharpe: number | null;
  readonly profitFactor: number | null;
  readonly maxDrawdown: number | null;
  readonly trades: number | null;
}

/** Section `exits` of the configuration; null: as the labels. */
export interface ExitSettings {
  readonly stopFraction: number | null;
  readonly targetFraction: number | null;
  readonly maxHoldHours: number | null;
  readonly trailingFraction: number | null;
  readonly exitOnOppositeSignal: boolean;
}

/** One variant: a risk level with the ensemble on or off and a regime sensitivity. Survives structured cloning. */
export interface VariantSettings {
  readonly riskLevel: string;
  /** Name of the variant within its risk level, such as `ensemble/standard`. */
  readonly variant: string;
  /** Hash of the whole resolved configuration; no two variants share one. */
  readonly configHash: string;
  readonly initialEquity: number;
  readonly costs: CostParams;
  readonly universe: UniverseParams;
  /** `off`: the primary signal trades alone (a baseline). */
  readonly metaModel: 'on' | 'off';
  readonly features: FeatureParams;
  readonly primary: PrimaryParams;
  readonly regime: RegimeParams;
  readonly labeling: LabelingParams;
  readonly model: ModelParams;
  readonly exits: ExitSettings;
  readonly sizing: SizingParams;
  readonly risk: RiskParams;
  readonly guard: GuardParams;
  readonly targets: Targets;
  /** Of an account of many symbols; missing: each symbol is traded as if it were alone. */
  readonly portfolio?: PortfolioSettings | undefined;
}

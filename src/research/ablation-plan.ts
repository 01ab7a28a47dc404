// Which simulations show what a part earns? The headline variant with one part off at a time, and under each stress.
import type { BacktestResult } from '../simulation/run-backtest.ts';
import type { CostParams } from '../simulation/cost-model.ts';
import { costFigures, figuresOf, funnelOf, performanceOf } from './assess-account.ts';
import type { VariantOutcome } from './outcome.ts';
import type { VariantSettings } from './settings.ts';

/** What is switched off, or what the whole strategy is put under, in words for people and in the order of reports. */
export const ABLATION_PARTS = [
  'regime filter',
  'performance guard',
  'meta-model',
  'logistic member',
  'confidence scaling',
  'volatility target',
  'cooldown',
  'profit target',
  'trailing stop',
  'exit on opposite signal',
  'costs doubled',
  'one bar late',
] as const;

export type AblationPart = (typeof ABLATION_PARTS)[number];

/** One simulation with the models of the headline variant. Survives structured cloning. */
export interface AblationCase {
  readonly part: AblationPart;
  /** A part that is off is a configuration of its own; a stress is not. */
  readonly kind: 'part' | 'stress';
  readonly settings: VariantSettings;
  /** Traded opens that every market order fills late. */
  readonly delayBars: number;
}

/** What is asked of one risk level, on every symbol. */
export interface AblationPlan {
  /** Whose models trade. */
  readonly headline: VariantSettings;
  readonly cases: readonly AblationCase[];
  /** Parts without which the strategy is another variant of the run: they need no simulation. */
  readonly inRun: readonly { readonly part: AblationPart; readonly configHash: string }[];
}

/** What is asked of one account over all symbols, with the models that it trades with. */
export interface AccountStressPlan {
  readonly account: VariantSettings;
  readonly cases: readonly AblationCase[];
}

/** What came out of one case on one symbol, or on one account over all of them. */
export interface AblatedOutcome {
  readonly part: AblationPart;
  readonly kind: 'part' | 'stress';
  /** Of the configuration that was simulated; undefined: no settings say that. */
  readonly configHash: string | undefined;
  readonly outcome: Pick<
    VariantOutcome,
    | 'symbol'
    | 'riskLevel'
    | 'variant'
    | 'from'
    | 'to'
    | 'figures'
    | 'costs'
    | 'funnel'
    | 'guardChanges'
    | 'trades'
    | 'dailyReturns'
  >;
}

/** The whole strategy in a worse world than its costs and the venue's speed promise. */
export function stressesOf(settings: VariantSettings): AblationCase[] {
  return [
    {
      part: 'costs doubled',
      kind: 'stress',
      settings: { ...settings, costs: doubled(settings.costs) },
      delayBars: 0,
    },
    { part: 'one bar late', kind: 'stress', settings, delayBars: 1 },
  ];
}

/** Fees and slippage; funding is the market's and stays. A rebate is not doubled: it would make the stress a gift. */
function doubled(costs: CostParams): CostParams {
  return {
    ...costs,
    takerFeeBps: 2 * costs.takerFeeBps,
    makerFeeBps: costs.makerFeeBps > 0 ? 2 * costs.makerFeeBps : costs.makerFeeBps,
    slippageBps: 2 * costs.slippageBps,
    impactCoefficient: 2 * costs.impactCoefficient,
    liquidationFeeBps: 2 * costs.liquidationFeeBps,
  };
}

/** What is reported of one case over [from, to): figures and trades, without folds, baselines and intervals of its own. */
export function assessAblation(
  { part, kind, settings }: AblationCase,
  symbol: string,
  run: { readonly from: number; readonly to: number; readonly result: BacktestResult },
): AblatedOutcome {
  const { state, notes } = run.result;
  const whole = performanceOf(run.result);
  return {
    part,
    kind,
    configHash: kind === 'part' ? settings.configHash : undefined,
    outcome: {
      symbol,
      riskLevel: settings.riskLevel,
      variant: settings.variant,
      from: run.from,
      to: run.to,
      figures: figuresOf(whole, state.roundTrips),
      costs: costFigures(run.result),
      funnel: funnelOf(run.result),
      guardChanges: notes.filter((note) => note.kind === 'guard').length,
      trades: state.roundTrips,
      dailyReturns: Array.from(whole.dailyReturns),
    },
  };
}

export interface Ablated {
  readonly plans: readonly AblationPlan[];
  readonly simulated: readonly AblatedOutcome[];
  readonly outcomes: readonly VariantOutcome[];
  readonly primaryAlone: readonly VariantOutcome[];
}

/** Everything that stands beside the headline variants, symbol by symbol: what was simulated for it, and what the run has anyway. */
export function gatherAblations({ plans, simulated, outcomes, primaryAlone }: Ablated): AblatedOutcome[] {
  const wanted = new Set(plans.map(({ headline }) => headline.riskLevel));
  const withoutModel = primaryAlone
    .filter(({ riskLevel }) => wanted.has(riskLevel))
    .map((outcome): AblatedOutcome => ({ part: 'meta-model', kind: 'part', configHash: undefined, outcome }));
  const inRun = plans.flatMap((plan) =>
    plan.inRun.flatMap(({ part, configHash }) =>
      outcomes
        .filter((outcome) => outcome.configHash === configHash)
        .map((outcome): AblatedOutcome => ({ part, kind: 'part', configHash, outcome })),
    ),
  );
  const symbols = [...new Set(outcomes.map(({ symbol }) => symbol))];
  const levels = plans.map(({ headline }) => headline.riskLevel);
  const place = ({ part, outcome }: AblatedOutcome): number =>
    (symbols.indexOf(outcome.symbol) * levels.length + levels.indexOf(outcome.riskLevel)) * ABLATION_PARTS.length +
    ABLATION_PARTS.indexOf(part);
  return [...simulated, ...withoutModel, ...inRun].toSorted((a, b) => place(a) - place(b));
}

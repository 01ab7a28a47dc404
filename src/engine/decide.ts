// The decision, as one chain: signal, regime, guard, meta-model, threshold, size, limits. Everything the bot ever wants starts here.
import { DAY_MS } from '../domain/time.ts';
import type { Direction } from '../domain/side.ts';
import { volatilityMultiplier } from '../portfolio/volatility-target.ts';
import { guardSize, guardThresholdAdd } from '../risk/performance-guard.ts';
import { reviewEntry } from '../risk/pre-trade-review.ts';
import { confidenceOf, probabilityOf } from '../strategy/meta-model.ts';
import type { Funnel } from './funnel.ts';
import type { SizingTrace } from './round-trip.ts';
import type { EngineState, SymbolState } from './state.ts';

/** A decided entry: which way, how much, and everything that led there. */
export interface EntryDecision {
  readonly direction: Direction;
  readonly quantity: number;
  readonly leverage: number;
  readonly probability: number;
  readonly confidence: number;
  readonly regime: string;
  readonly modelId: string;
  readonly sizing: SizingTrace;
  /** The guard is paused: the trade is followed without money. */
  readonly shadow: boolean;
}

/** The close at which is decided, and what the account looks like then. */
export interface DecisionContext {
  readonly time: number;
  readonly equity: number;
  readonly marginInUse: number;
  readonly openPositions: number;
}

/**
 * Decides on an entry for a flat symbol at the close of its last candle; undefined: none. Counts every stage in the
 * symbol's funnel. A paused guard lets the chain run on as a shadow trade, so that a pause can end.
 */
export function decideEntry(
  state: EngineState,
  symbol: SymbolState,
  context: DecisionContext,
): EntryDecision | undefined {
  const { strategy, funnel } = symbol;
  funnel.flat += 1;
  const direction = strategy.signal;
  if (direction === 0) return undefined;
  funnel.signals += 1;
  if (!strategy.allows(direction)) return undefined;
  funnel.afterRegime += 1;

  const { params } = state;
  const guardFactor = guardSize(state.guard, params.guard);
  const shadow = guardFactor === 0;
  if (!shadow) funnel.afterGuard += 1;

  const judgement = judge(state, symbol, direction, shadow ? undefined : funnel);
  if (judgement === undefined) return undefined;
  const { probability, confidence } = judgement;
  if (confidence < params.risk.confidenceThreshold + guardThresholdAdd(state.guard, params.guard)) return undefined;
  if (!shadow) funnel.afterThreshold += 1;

  const factors = {
    base: params.risk.basePositionFraction,
    confidence: params.sizing.confidenceScaling ? confidence : 1,
    volatility: volatilityMultiplier(symbol.volatility.value * Math.sqrt(DAY_MS / state.barMs), {
      target: params.risk.dailyVolatilityTarget,
      floor: params.sizing.volatilityFloorDaily,
      maxMultiplier: params.sizing.volatilityMaxMultiplier,
    }),
    guard: shadow ? 1 : guardFactor,
    regime: strategy.regimeSize,
  };
  const marginFraction = factors.base * factors.confidence * factors.volatility * factors.guard * factors.regime;
  const verdict = reviewEntry(
    {
      ...context,
      instrument: symbol.instrument,
      price: symbol.close,
      marginFraction,
      cooldownUntil: symbol.cooldownUntil,
    },
    params.risk,
    state.limits,
  );
  if (verdict.kind === 'refused') {
    if (!shadow) funnel.refused[verdict.reason] += 1;
    return undefined;
  }
  if (!shadow) funnel.afterLimits += 1;
  const { quantity, leverage } = verdict;
  const sizing = { ...factors, final: (quantity * symbol.close) / leverage / context.equity };
  const modelId = symbol.model?.id ?? 'none';
  return { direction, quantity, leverage, probability, confidence, regime: strategy.regime, modelId, sizing, shadow };
}

function judge(
  state: EngineState,
  symbol: SymbolState,
  direction: Direction,
  funnel: Funnel | undefined,
): { readonly probability: number; readonly confidence: number } | undefined {
  const { model, strategy } = symbol;
  if (state.params.metaModel === 'off') return { probability: NaN, confidence: 1 };
  if (model === undefined) {
    if (funnel !== undefined) funnel.refused['no-model'] += 1;
    return undefined;
  }
  strategy.writeRow(direction, symbol.row, 0);
  const probability = probabilityOf(model, symbol.row, 0);
  if (Number.isNaN(probability)) {
    if (funnel !== undefined) funnel.refused['undefined-features'] += 1;
    return undefined;
  }
  if (funnel !== undefined) funnel.judged += 1;
  return { probability, confidence: confidenceOf(probability, model.edge, state.params.thresholdScale) };
}

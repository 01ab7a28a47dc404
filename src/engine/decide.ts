// The decision, as one chain: signal, regime, guard, universe, portfolio, meta-model, threshold, size, limits. Everything the bot ever wants starts here.
import { DAY_MS } from '../domain/time.ts';
import type { Direction } from '../domain/side.ts';
import { volatilityMultiplier } from '../portfolio/volatility-target.ts';
import { guardSize, guardThresholdAdd, isPaused } from '../risk/performance-guard.ts';
import { reviewEntry, type RefusalReason } from '../risk/pre-trade-review.ts';
import { isBlocked } from './blocks.ts';
import type { EntryDecision } from './entry-decision.ts';
import { exposureOf, portfolioBounds } from './exposure.ts';
import type { Funnel } from './funnel.ts';
import { judgeSignal } from './judge-signal.ts';
import type { SizingTrace } from './round-trip.ts';
import type { EngineState, SymbolState, Verdict } from './state.ts';

/** The close at which is decided, epoch milliseconds, and the account's equity then, quote currency. */
export interface DecisionTime {
  readonly time: number;
  readonly equity: number;
}

/**
 * Decides on an entry for a flat symbol at the close of its last candle; undefined: none. Counts every stage in the
 * symbol's funnel. A paused guard lets the chain run on as a shadow trade, so that a pause can end.
 */
export function decideEntry(state: EngineState, symbol: SymbolState, now: DecisionTime): EntryDecision | undefined {
  const { strategy, funnel } = symbol;
  funnel.flat += 1;
  const direction = strategy.signal;
  if (direction === 0) return refuse(symbol, undefined, 'no-signal');
  funnel.signals += 1;
  if (!strategy.allows(direction)) return refuse(symbol, undefined, 'regime');
  funnel.afterRegime += 1;

  const { params, guard } = state;
  const shadow = isPaused(guard, params.guard);
  const counted = shadow ? undefined : funnel;
  if (counted !== undefined) counted.afterGuard += 1;

  if (!shadow && isBlocked(state, symbol)) return refuse(symbol, counted, 'entries-blocked');
  const status = state.universe.status(symbol.index, now.time);
  // The candle has just closed, so what is not listed by the record is at most young.
  if (status !== 'tradable') return refuse(symbol, counted, status === 'illiquid' ? 'illiquid' : 'too-young');
  if (state.portfolio?.share(symbol.index) === 0) return refuse(symbol, counted, 'not-selected');
  const judgement = judgeSignal(state, symbol, direction);
  if (judgement.kind === 'refused') return refuse(symbol, counted, judgement.reason);
  const { probability, confidence } = judgement;
  if (counted !== undefined && params.metaModel === 'on') counted.judged += 1;
  if (!(confidence >= params.risk.confidenceThreshold + guardThresholdAdd(guard, params.guard))) {
    if (symbol.model?.skilled === false) return refuse(symbol, counted, 'unskilled-model');
    return refuse(symbol, undefined, 'below-threshold');
  }
  if (counted !== undefined) counted.afterThreshold += 1;

  const sized = sizeEntry(state, symbol, { ...now, direction, confidence });
  if (sized.kind === 'refused') return refuse(symbol, counted, sized.reason);
  if (counted !== undefined) counted.afterLimits += 1;
  const { quantity, leverage, sizing } = sized;
  return {
    direction,
    quantity,
    leverage,
    probability,
    confidence,
    regime: strategy.regime,
    modelId: symbol.model?.id ?? 'none',
    validatedWinRate: symbol.model?.validatedWinRate,
    sizing,
    shadow,
  };
}

/** Notes why nothing is opened; counts it where the funnel counts refusals. */
function refuse(symbol: SymbolState, counted: Funnel | undefined, verdict: keyof Funnel['refused']): undefined;
function refuse(symbol: SymbolState, counted: undefined, verdict: Verdict): undefined;
function refuse(symbol: SymbolState, counted: Funnel | undefined, verdict: Verdict): undefined {
  symbol.verdict = verdict;
  if (counted !== undefined && verdict in counted.refused) counted.refused[verdict as keyof Funnel['refused']] += 1;
  return undefined;
}

/** An entry that has no size yet. */
interface WantedEntry extends DecisionTime {
  readonly direction: Direction;
  readonly confidence: number;
}

type SizedEntry =
  | { readonly kind: 'sized'; readonly quantity: number; readonly leverage: number; readonly sizing: SizingTrace }
  | { readonly kind: 'refused'; readonly reason: RefusalReason | 'no-volatility' };

/**
 * Margin fraction = base × confidence × volatility × regime × guard × the portfolio's share, in this order; then cap, free margin, leverage tier and
 * whole lots. A shadow trade is sized as if the guard were out of the way.
 */
function sizeEntry(state: EngineState, symbol: SymbolState, wanted: WantedEntry): SizedEntry {
  const { params, guard } = state;
  const base = params.risk.basePositionFraction;
  const { time, equity, confidence } = wanted;
  const scaling = params.sizing.confidenceScaling ? confidence : 1;
  const volatility = volatilityFactor(state, symbol);
  if (volatility === 0) return { kind: 'refused', reason: 'no-volatility' };
  const regime = symbol.strategy.regimeSize;
  const guardFactor = isPaused(guard, params.guard) ? 1 : guardSize(guard, params.guard);
  const share = state.portfolio?.share(symbol.index);
  const marginFraction = base * scaling * volatility * regime * guardFactor * (share ?? 1);
  const verdict = reviewEntry(
    {
      time,
      equity,
      ...exposureOf(state),
      instrument: symbol.instrument,
      price: symbol.close,
      tradedQuantity24h: state.universe.tradedQuantity24h(symbol.index, time),
      marginFraction,
      cooldownUntil: symbol.cooldownUntil,
      portfolio: portfolioBounds(state, symbol, wanted),
    },
    params.risk,
    state.limits,
  );
  if (verdict.kind === 'refused') return verdict;
  const { quantity, leverage } = verdict;
  const final = (quantity * symbol.close) / leverage / equity;
  const sizing = {
    base,
    confidence: scaling,
    volatility,
    regime,
    guard: guardFactor,
    ...(share === undefined ? {} : { share }),
    final,
  };
  return { kind: 'sized', quantity, leverage, sizing };
}

/** Factor of the volatility target; 0 where the volatility is not known. */
function volatilityFactor({ params, barMs }: EngineState, { volatility }: SymbolState): number {
  const { volatilityTarget, volatilityFloorDaily, volatilityMaxMultiplier } = params.sizing;
  if (!volatilityTarget) return 1;
  return volatilityMultiplier(volatility.value * Math.sqrt(DAY_MS / barMs), {
    target: params.risk.dailyVolatilityTarget,
    floor: volatilityFloorDaily,
    maxMultiplier: volatilityMaxMultiplier,
  });
}

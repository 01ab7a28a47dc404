// May a position grow to its target at a rebalance, and by how much? Only where nothing that speaks at this close speaks against it.
import { FLAG_FILLED, type Candle } from '../domain/candle.ts';
import type { Direction } from '../domain/side.ts';
import { isRestrained } from '../risk/performance-guard.ts';
import { reviewIncrease } from '../risk/pre-trade-review.ts';
import { isBlocked } from './blocks.ts';
import { exposureOf, portfolioBounds } from './exposure.ts';
import { judgeSignal } from './judge-signal.ts';
import type { EngineState, OpenTrade, SymbolState } from './state.ts';

export interface WantedIncrease {
  readonly trade: OpenTrade;
  /** Base units, whole lots. */
  readonly quantity: number;
  /** The close at which is decided, epoch milliseconds. */
  readonly time: number;
  readonly equity: number;
  /** The symbol's candle that closes then. */
  readonly candle: Candle | undefined;
}

/** Base units that may be added, at most what is wanted; 0: none. */
export function decideIncrease(state: EngineState, symbol: SymbolState, wanted: WantedIncrease): number {
  const { trade, time, equity, candle } = wanted;
  const { direction, leverage, stopPrice } = trade;
  const { params, guard } = state;
  if (candle === undefined || (candle.flags & FLAG_FILLED) !== 0 || isRestrained(guard, params.guard)) return 0;
  if (isBlocked(state, symbol)) return 0;
  if (!isBackedNow(state, symbol, direction)) return 0;
  const verdict = reviewIncrease(
    {
      time,
      equity,
      marginInUse: exposureOf(state).marginInUse,
      instrument: symbol.instrument,
      price: symbol.close,
      tradedQuantity24h: state.universe.tradedQuantity24h(symbol.index, time),
      cooldownUntil: symbol.cooldownUntil,
      portfolio: portfolioBounds(state, symbol, { direction, equity }),
      quantity: wanted.quantity,
      held: { direction, quantity: trade.quantity, price: trade.heldPrice, leverage, stopPrice },
      closeFeeRate: params.shadowCosts.fee,
    },
    params.risk,
    state.limits,
  );
  return verdict.kind === 'allowed' ? verdict.quantity : 0;
}

/**
 * Whether the regime allows the side and the signal does not point against it. Where the signal points with it, the meta-model
 * must think of it as it would have to for an entry; where it is silent, what led to the position stands: a meta-model has only
 * ever learned from signals, so it is not asked.
 */
function isBackedNow(state: EngineState, symbol: SymbolState, direction: Direction): boolean {
  const { strategy } = symbol;
  if (!strategy.ready || !strategy.allows(direction) || !(strategy.regimeSize > 0)) return false;
  if (strategy.signal !== direction) return strategy.signal === 0;
  const judgement = judgeSignal(state, symbol, direction);
  return judgement.kind === 'judged' && judgement.confidence >= state.params.risk.confidenceThreshold;
}

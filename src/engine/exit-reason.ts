// Why should a held position be closed at this close? Asked to, held long enough, or the signal has turned.
import type { OrderReason } from '../domain/order.ts';
import type { Direction } from '../domain/side.ts';
import type { SymbolStrategy } from '../strategy/strategy.ts';
import type { EngineState, ExitParams, OpenTrade, SymbolState } from './state.ts';

/** The reason that comes first; undefined: it is held on. Needs no ready strategy, except for the opposite signal. */
export function exitReason(
  state: EngineState,
  symbol: SymbolState,
  at: { readonly trade: OpenTrade; readonly time: number },
): OrderReason | undefined {
  if (symbol.closing !== undefined) return symbol.closing;
  const { barMs, params } = state;
  const { exits } = params;
  if (isHeldLongEnough(at.trade.entryTime, at.time, { exits, barMs })) return 'time-exit';
  return isSignalledOut(symbol.strategy, at.trade.direction, exits) ? 'signal-exit' : undefined;
}

/**
 * Whether a position entered at `entryTime` has had its bars at the close `time`. Counted in time, so that missing candles
 * do not lengthen it, and in started bars, so that an entry some seconds after an open counts as one at the open.
 */
export function isHeldLongEnough(
  entryTime: number,
  time: number,
  rules: { readonly exits: ExitParams; readonly barMs: number },
): boolean {
  return time - entryTime > (rules.exits.maxHoldBars - 1) * rules.barMs;
}

/** Whether the primary signal asks for the other side, where that ends a position. */
export function isSignalledOut(strategy: SymbolStrategy, direction: Direction, exits: ExitParams): boolean {
  return exits.exitOnOppositeSignal && strategy.ready && strategy.signal === -direction;
}

// Where does the stop of a position belong after this candle? It follows the best price since entry, from close to close.
import { FLAG_FILLED, type Candle } from '../domain/candle.ts';
import type { Command } from '../domain/order.ts';
import { trailedStop } from '../domain/trailed-stop.ts';
import type { EngineState, OpenTrade, SymbolState } from './state.ts';

/** A first candle counts whole where the entry came within this part of its beginning; of a later one only the close does. */
const SOON = 0.05;

/** Takes a closed candle in that the position has survived. Undefined: the stop stays. */
export function moveStop(state: EngineState, symbol: SymbolState, candle: Candle): Command | undefined {
  const { trade, instrument } = symbol;
  const { trailingFraction } = state.params.exits;
  if (trade === undefined || trailingFraction === undefined || (candle.flags & FLAG_FILLED) !== 0) return undefined;
  const { direction } = trade;
  const extreme = extremeOf(trade, candle, state.barMs);
  if (direction * (extreme - trade.bestPrice) <= 0) return undefined;
  trade.bestPrice = extreme;
  const stopPrice = trailedStop(instrument, trade, extreme * (1 - direction * trailingFraction));
  if (stopPrice === undefined) return undefined;
  if (trailedStop(instrument, { direction, stopPrice }, candle.close) === undefined) {
    // No venue takes a stop on the other side of the market: it would have been hit.
    symbol.closing ??= 'trailing-stop';
    return undefined;
  }
  trade.stopPrice = stopPrice;
  trade.hasTrailed = true;
  return { kind: 'move-stop', symbol: instrument.symbol, stopPrice };
}

/** What the market did before the entry is no merit of the position. */
function extremeOf({ direction, entryTime }: OpenTrade, { openTime, high, low, close }: Candle, barMs: number): number {
  if (entryTime - openTime > barMs * SOON) return close;
  return direction === 1 ? high : low;
}

// What does an execution at the venue mean to the engine? A fill of an order of ours, an exit, funding, or somebody else's doing.
import type { Fill, FillReason } from '../../domain/fill.ts';
import type { Instrument } from '../../domain/instrument.ts';
import { protectionPrices } from '../../domain/protection-prices.ts';
import { signOf } from '../../domain/side.ts';
import { trailedStop } from '../../domain/trailed-stop.ts';
import type { EngineEvent } from '../../engine/event.ts';
import type { SymbolState } from '../../engine/state.ts';
import type { VenueExecution } from '../../ports/venue-account.ts';
import type { TrackedOrder } from '../orders/tracked-order.ts';

export interface ReportContext {
  readonly symbol: SymbolState;
  /** The order of ours that it belongs to; undefined: none that is known. */
  readonly order: TrackedOrder | undefined;
  /** Its client order id has our prefix: an emergency close of ours. */
  readonly isOurs: boolean;
  /** Where the stop of a foreign position was put, or lies. */
  readonly foreignStop: number | undefined;
  readonly leverage: number;
}

/** The event that books `execution`. */
export function eventOfExecution(execution: VenueExecution, context: ReportContext): EngineEvent {
  const { kind, time, symbol, quantity, price, fee, rate } = execution;
  if (kind === 'funding') {
    return { kind, time, symbol, rate: rate ?? NaN, markPrice: price, payment: fee, source: 'history' };
  }
  const { order, symbol: state } = context;
  const pending = state.pending?.order.clientOrderId === order?.intent.clientOrderId ? state.pending : undefined;
  const side = execution.side ?? (state.trade?.direction === 1 ? 'sell' : 'buy');
  const reduces = state.trade !== undefined && signOf(side) !== state.trade.direction;
  // An entry that comes to be known after a fill of the other side was booked adds to nothing.
  const adds = pending?.decision !== undefined && !reduces;
  const fill: Fill = {
    kind: 'fill',
    time,
    symbol,
    clientOrderId: order?.intent.clientOrderId ?? execution.clientOrderId,
    side,
    quantity,
    price,
    fee,
    slippage: order === undefined ? 0 : slippageOf(order, { side, quantity, price }),
    liquidity: execution.liquidity ?? 'taker',
    reason: reasonOf(execution, context),
    ...(adds ? protectionOf(state, order, { price, quantity }) : NO_PROTECTION),
    liquidationPrice: undefined,
    ambiguous: false,
  };
  const fits =
    adds ||
    (reduces && pending?.decision === undefined && quantity < (state.trade?.quantity ?? 0) + state.finestLot / 2);
  if (fits && fill.reason !== 'foreign') return fill;
  const { foreignStop, leverage } = context;
  return { kind: 'foreign-fill', time, leverage, fill: { ...fill, stopPrice: reduces ? undefined : foreignStop } };
}

const NO_PROTECTION = { stopPrice: undefined, targetPrice: undefined };

function reasonOf({ kind, origin }: VenueExecution, { order, isOurs, symbol }: ReportContext): FillReason {
  if (kind === 'liquidation' || kind === 'deleverage') return kind;
  if (kind === 'delisting') return 'delisting';
  if (order !== undefined) return order.intent.reason;
  if (origin === 'stop') return symbol.trade?.hasTrailed === true ? 'trailing-stop' : 'stop';
  if (origin === 'target' || origin === 'trailing-stop') return origin;
  return isOurs ? 'risk-limit' : 'foreign';
}

/** Against the close it was decided at; positive is a cost. */
function slippageOf({ intent }: TrackedOrder, fill: { side: Fill['side']; quantity: number; price: number }): number {
  return signOf(fill.side) * (fill.price - intent.decisionPrice) * fill.quantity;
}

/**
 * Where stop and target of the position belong now: around the average of all fills of its entry. What is added later does
 * not move them.
 */
function protectionOf(
  { trade, instrument }: SymbolState,
  order: TrackedOrder | undefined,
  fill: { readonly price: number; readonly quantity: number },
): Pick<Fill, 'stopPrice' | 'targetPrice'> {
  const protection = order?.intent.protection;
  if (order === undefined || protection === undefined) return { stopPrice: trade?.stopPrice, targetPrice: undefined };
  const direction = signOf(order.intent.side);
  const prices = protectionPrices(instrument, { direction, price: averageWith(trade, fill) }, protection);
  // A stop that has moved towards profit never goes back.
  const kept = trade?.hasTrailed === true ? trade.stopPrice : undefined;
  const stays =
    kept !== undefined && trailedStop(instrument, { direction, stopPrice: kept }, prices.stopPrice) === undefined;
  return stays ? { ...prices, stopPrice: kept } : prices;
}

function averageWith(trade: SymbolState['trade'], { price, quantity }: { price: number; quantity: number }): number {
  if (trade === undefined) return price;
  const { entryPrice, entryQuantity } = trade;
  return (entryPrice * entryQuantity + price * quantity) / (entryQuantity + quantity);
}

/** Stop and target to send with the entry, before its fill is known: around the price it was decided at. */
export function provisionalProtection(
  instrument: Instrument,
  { side, decisionPrice, protection }: TrackedOrder['intent'],
): { readonly stopPrice: number; readonly targetPrice: number | undefined } | undefined {
  if (protection === undefined) return undefined;
  return protectionPrices(instrument, { direction: signOf(side), price: decisionPrice }, protection);
}

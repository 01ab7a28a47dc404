// What may the venue or a person do to a position that its owner did not ask for? Deleverage it, liquidate it, trade it by hand, lose its stop.
import { PerpilotError } from '../../domain/errors.ts';
import { floorToLot } from '../../domain/instrument.ts';
import { bankruptcyPrice } from '../../domain/liquidation-price.ts';
import { exitSide } from '../../domain/side.ts';
import type { Side } from '../../domain/side.ts';
import { fillOf } from '../../simulation/fill-model.ts';
import { reducePosition, refreshTriggers } from '../../simulation/matching.ts';
import { fitLiquidation } from './account-settings.ts';
import { followPosition } from './attached-orders.ts';
import { bookTrade, touchPosition } from './book-trade.ts';
import { takeOver } from './cross-liquidation.ts';
import type { ExchangeState, Listing } from './exchange-state.ts';
import { liquidateAlone } from './leave-position.ts';
import { maintenanceAt, markOf } from './margin.ts';
import { addOrder, loseOrder } from './order-store.ts';
import { placeOrder } from './place-order.ts';

/** Auto-deleveraging: the counterparty's order takes up to `quantity` at the mark price, with the fee of a taker. */
export function deleveragePosition(state: ExchangeState, listing: Listing, quantity: number): void {
  const { book, symbol } = listing;
  const { position, instrument, costs } = book;
  const taken = Math.min(floorToLot(instrument, quantity), position.quantity);
  if (!(taken > 0)) throw new PerpilotError('ARGUMENT_INVALID', `nothing of ${symbol} can be deleveraged`);
  const price = markOf(state, listing);
  const side = exitSide(position.direction);
  listing.positionStatus = 'deleveraging';
  const order = addOrder(state, listing, {
    symbol,
    side,
    type: 'market',
    status: 'new',
    source: 'deleverage',
    quantity: taken,
    reduceOnly: true,
    lastPriceOnCreated: price,
  });
  const fill = fillOf({
    time: state.now,
    symbol,
    clientOrderId: '',
    side,
    quantity: taken,
    price,
    quoted: price,
    feeBps: costs.takerFeeBps,
    liquidity: 'taker',
    reason: 'risk-limit',
  });
  reducePosition(position, instrument, taken);
  fitLiquidation(state, listing);
  bookTrade(state, listing, { fill, order, kind: 'deleverage', rate: costs.takerFeeBps / 10_000 });
  followPosition(state, listing, { isNew: false });
  listing.positionStatus = 'normal';
}

/** Liquidates what is held now, wherever the market stands: all of its margin is lost, and the fee on top. */
export function liquidatePosition(state: ExchangeState, listing: Listing): void {
  const { book, replay, symbol } = listing;
  const { direction, quantity, entryPrice, margin } = book.position;
  if (quantity === 0) throw new PerpilotError('ARGUMENT_INVALID', `nothing of ${symbol} is held`);
  const isIsolated = state.account.marginMode === 'isolated';
  if (isIsolated && bankruptcyPrice({ direction, quantity, entry: entryPrice, margin }) > 0) {
    const mark = markOf(state, listing);
    const exit = { kind: 'liquidation', price: mark, how: 'gap', ambiguous: false } as const;
    const settled = { exit, earliest: state.now, latest: state.now, ambiguous: false };
    liquidateAlone(state, listing, { settled, candle: { ...replay.candle }, time: state.now, order: undefined });
    return;
  }
  const mark = markOf(state, listing);
  takeOver(state, listing, { mark, loss: maintenanceAt(listing, mark) });
}

/** A market order without a client id. */
export function tradeByHand(state: ExchangeState, listing: Listing, order: { side: Side; quantity: number }): void {
  const { symbol } = listing;
  const request = { clientOrderId: '', symbol, type: 'market', reduceOnly: false, source: 'by-hand' } as const;
  const outcome = placeOrder(state, { ...request, ...order });
  if (outcome.kind === 'rejected') throw new PerpilotError('ARGUMENT_INVALID', `${outcome.reason}: ${outcome.detail}`);
}

/** Stop and target are gone without a word. */
export function dropProtection(state: ExchangeState, listing: Listing): void {
  const { position } = listing.book;
  for (const live of [listing.stop, listing.target]) if (live !== undefined) loseOrder(state, listing, live);
  position.stopPrice = undefined;
  position.targetPrice = undefined;
  position.trailingDistance = undefined;
  refreshTriggers(position);
}

/** The position may only be reduced from now on, or no longer only. */
export function setPositionReduceOnly(state: ExchangeState, listing: Listing, reduceOnly: boolean): void {
  listing.reduceOnly = reduceOnly;
  touchPosition(state, listing);
}

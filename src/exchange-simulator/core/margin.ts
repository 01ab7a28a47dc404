// What is the account worth, what is bound, and what is free? Exact money from the ledger, the positions and the resting orders.
import { exactEquity, exactUnrealised, markPosition } from '../../domain/ledger.ts';
import { productAtoms, toAtoms } from '../../domain/money.ts';
import type { Atoms } from '../../domain/money.ts';
import type { Side } from '../../domain/side.ts';
import { tierOf } from '../../domain/instrument.ts';
import { lastPriceAt } from '../market/replay.ts';
import type { WalletState } from './exchange.ts';
import type { ExchangeState, Listing } from './exchange-state.ts';
import { leavesOf } from './order-store.ts';
import { reduces } from './book-trade.ts';

/** The last price, which is what orders meet and triggers look at unless they were told to look at the mark price. */
export function lastOf(state: ExchangeState, { replay, book }: Listing): number {
  return lastPriceAt(replay, state.now, book.instrument);
}

/** The mark price, by which margin and profit are counted. It is the last price where nobody tells another: none is stored. */
export function markOf(state: ExchangeState, listing: Listing): number {
  return listing.replay.live?.mark ?? lastOf(state, listing);
}

/** What an order meets before slippage: the best price of the other side where it is told, else the last price. */
export function metPrice(state: ExchangeState, listing: Listing, side: Side): number {
  const book = listing.replay.live?.book;
  if (book === undefined) return lastOf(state, listing);
  return side === 'buy' ? book.ask : book.bid;
}

/** Maintenance margin of what is held of a symbol at `price`, quote currency. */
export function maintenanceAt({ book }: Listing, price: number): number {
  const { quantity } = book.position;
  const notional = quantity * price;
  const tier = tierOf(book.instrument, notional);
  return quantity === 0 ? 0 : Math.max(0, notional * tier.maintenanceRate - tier.deduction);
}

/** What a position binds: its isolated margin, or the initial margin of its value now in a cross account. */
export function positionMarginOf(state: ExchangeState, listing: Listing): number {
  const { quantity, margin } = listing.book.position;
  if (quantity === 0) return 0;
  if (state.account.marginMode === 'isolated') return Math.max(0, margin);
  return (quantity * markOf(state, listing)) / listing.leverage;
}

/** What the orders that may still open something bind. */
export function orderMarginOf(listing: Listing): Atoms {
  let sum = 0n;
  for (const { record } of listing.orders) {
    if (record.reduceOnly || record.closesPosition || record.status === 'untriggered') continue;
    const held = reduces(listing, record.side) ? listing.book.position.quantity : 0;
    const opening = Math.max(0, leavesOf(record) - held);
    sum += toAtoms((opening * (record.price ?? record.lastPriceOnCreated)) / listing.leverage);
  }
  return sum;
}

/** The whole account at the prices of now. */
export function walletOf(state: ExchangeState): WalletState {
  const { ledger, listings } = state;
  let unrealised = 0n;
  let positionMargin = 0n;
  let orderMargin = 0n;
  let maintenanceMargin = 0n;
  for (const listing of listings) {
    if (listing.orders.length > 0) orderMargin += orderMarginOf(listing);
    if (listing.book.position.quantity === 0) continue;
    const mark = markOf(state, listing);
    markPosition(ledger, listing.symbol, mark);
    unrealised += exactUnrealised(ledger, listing.symbol);
    positionMargin += toAtoms(positionMarginOf(state, listing));
    maintenanceMargin += toAtoms(maintenanceAt(listing, mark));
  }
  const { wallet } = ledger;
  const free = wallet - positionMargin - orderMargin + (state.account.marginMode === 'cross' ? unrealised : 0n);
  return {
    wallet,
    unrealised,
    equity: exactEquity(ledger),
    positionMargin,
    orderMargin,
    maintenanceMargin,
    available: free > 0n ? free : 0n,
    realisedEver: state.realisedEver,
  };
}

/** Whether the account can bind the margin of `opening` base units at `price` and pay the fee; closing gives back its share. */
export function canBind(
  state: ExchangeState,
  listing: Listing,
  order: { readonly opening: number; readonly closing: number; readonly price: number },
): boolean {
  const { opening, closing, price } = order;
  if (opening === 0) return true;
  const { position, costs } = listing.book;
  const notional = productAtoms(opening, price);
  const fee = (notional * toAtoms(costs.takerFeeBps)) / toAtoms(10_000);
  const needed = toAtoms((opening * price) / listing.leverage) + fee;
  const share = closing > 0 ? Math.min(1, closing / position.quantity) : 0;
  const released = share === 0 ? 0n : toAtoms(positionMarginOf(state, listing) * share);
  return needed <= walletOf(state).available + released;
}

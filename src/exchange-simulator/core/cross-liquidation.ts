// When is a whole account liquidated? When its equity falls to the maintenance margin and the closing fees of all it holds.
import { exitSide } from '../../domain/side.ts';
import { fillOf } from '../../simulation/fill-model.ts';
import { reducePosition } from '../../simulation/matching.ts';
import { exactPriceAt, rangeOf } from '../market/price-path.ts';
import { isTraded, pathNow } from '../market/replay.ts';
import { followPosition } from './attached-orders.ts';
import { bookTrade } from './book-trade.ts';
import type { ExchangeState, Listing } from './exchange-state.ts';
import { openVenueOrder } from './leave-position.ts';
import { maintenanceAt, markOf } from './margin.ts';

const heldListings = (state: ExchangeState): Listing[] =>
  state.listings.filter(({ book }) => book.position.quantity > 0);

/** Value of what is held at a price, less its cost: profit that is not realised, quote currency. */
function profitAt(state: ExchangeState, listing: Listing, price: number): number {
  const account = state.ledger.bySymbol.get(listing.symbol);
  return account === undefined ? 0 : account.quantity * price - account.basis;
}

const closeFeeAt = ({ book }: Listing, price: number): number => {
  const notional = book.position.quantity * price;
  return (notional * book.costs.liquidationFeeBps) / 10_000;
};

/** Equity above what must be kept, with every symbol at a price of its own. At or below 0 the account is liquidated. */
function headroom(state: ExchangeState, held: readonly Listing[], priceOf: (listing: Listing) => number): number {
  let room = state.ledger.walletNumber;
  for (const listing of held) {
    const price = priceOf(listing);
    room += profitAt(state, listing, price) - maintenanceAt(listing, price) - closeFeeAt(listing, price);
  }
  return room;
}

/** When the account is liquidated in the running candles, as things stand; Infinity: it is not. */
export function crossLiquidationTime(state: ExchangeState): number {
  state.crossTime ??= state.account.marginMode === 'cross' ? findTime(state) : Infinity;
  return state.crossTime;
}

function findTime(state: ExchangeState): number {
  const held = heldListings(state);
  if (held.length === 0) return Infinity;
  const moving = held.filter(({ replay }) => isTraded(replay));
  const end = Math.min(...moving.map(({ replay }) => replay.candle.closeTime - 1));
  if (!Number.isFinite(end) || headroom(state, held, (listing) => worstPrice(state, listing)) > 0) return Infinity;
  const roomAt = (time: number): number => headroom(state, held, (listing) => priceAtTime(listing, time));
  let safe = state.now;
  if (roomAt(safe) <= 0) return safe;
  for (const time of turningPoints(moving, state.now)) {
    if (roomAt(time) <= 0) return firstMoment(roomAt, safe, time);
    safe = time;
  }
  return Infinity;
}

function worstPrice(state: ExchangeState, listing: Listing): number {
  const { replay, book } = listing;
  if (!isTraded(replay)) return markOf(state, listing);
  const span = { from: state.now, until: replay.candle.closeTime - 1 };
  const { high, low } = rangeOf(pathNow(replay), span, book.instrument);
  return book.position.direction === 1 ? low : high;
}

function priceAtTime({ replay }: Listing, time: number): number {
  return isTraded(replay) ? exactPriceAt(pathNow(replay), time) : replay.candle.close;
}

function turningPoints(moving: readonly Listing[], now: number): number[] {
  const times = new Set(moving.flatMap(({ replay }) => [...pathNow(replay).time]));
  return [...times].filter((time) => time > now).sort((a, b) => a - b);
}

/** Between two turning points the room is concave in time, so it is lost once: the first whole millisecond without it. */
function firstMoment(roomAt: (time: number) => number, safe: number, lost: number): number {
  let low = safe;
  let high = lost;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (roomAt(middle) <= 0) high = middle;
    else low = middle;
  }
  return high;
}

/** A candle that opens beyond what the account can bear ends it at once. */
export function liquidateAccountIfDue(state: ExchangeState): void {
  if (state.account.marginMode !== 'cross') return;
  const held = heldListings(state);
  if (held.length === 0 || headroom(state, held, (listing) => markOf(state, listing)) > 0) return;
  liquidateAccount(state);
}

/**
 * Takes over everything. As in isolated margin the account loses what is left of it: positions are priced so that equity is gone,
 * each with its share of it by maintenance margin, and the venue's fee comes out of it.
 */
export function liquidateAccount(state: ExchangeState): void {
  const held = heldListings(state);
  const marks = new Map(held.map((listing) => [listing, markOf(state, listing)]));
  const markAt = (listing: Listing): number => marks.get(listing) ?? NaN;
  const sum = (part: (listing: Listing) => number): number => held.reduce((total, each) => total + part(each), 0);
  const equity = state.ledger.walletNumber + sum((listing) => profitAt(state, listing, markAt(listing)));
  const toLose = equity - sum((listing) => closeFeeAt(listing, markAt(listing)));
  const kept = sum((listing) => maintenanceAt(listing, markAt(listing)));
  for (const listing of held) {
    const share = kept > 0 ? maintenanceAt(listing, markAt(listing)) / kept : 1 / held.length;
    takeOver(state, listing, { mark: markAt(listing), loss: toLose * share });
  }
}

/** The venue takes the position at the price at which it has lost `loss` (quote currency) against `mark`. */
export function takeOver(
  state: ExchangeState,
  listing: Listing,
  { mark, loss }: { readonly mark: number; readonly loss: number },
): void {
  const { book, symbol } = listing;
  const { position, instrument, costs } = book;
  const { direction, quantity } = position;
  const order = openVenueOrder(state, listing, 'liquidation');
  const price = Math.max(instrument.tickSize, mark - (direction * loss) / quantity);
  const fill = fillOf({
    time: state.now,
    symbol,
    clientOrderId: '',
    side: exitSide(direction),
    quantity,
    price,
    quoted: price,
    feeBps: costs.liquidationFeeBps,
    liquidity: 'taker',
    reason: 'liquidation',
  });
  reducePosition(position, instrument, quantity);
  bookTrade(state, listing, { fill, order, kind: 'liquidation', rate: costs.liquidationFeeBps / 10_000 });
  followPosition(state, listing, { isNew: false });
  listing.positionStatus = 'normal';
}

// Where do our books and the venue differ? Both sides in, findings out: the venue wins, and every difference has a name.
import type { HeldPosition, VenueOrder } from '../../ports/venue-account.ts';

/** What our books say of one symbol. */
export interface BookedSymbol {
  readonly symbol: string;
  /** Signed base units; 0: flat. */
  readonly quantity: number;
  readonly stopPrice: number | undefined;
  readonly targetPrice: number | undefined;
  /** Half of a lot and half of a tick: less is rounding. */
  readonly halfLot: number;
  readonly halfTick: number;
}

export interface Books {
  /** Every symbol that we trade, or hold. */
  readonly symbols: readonly BookedSymbol[];
  /** Client order ids of ours that may still fill. */
  readonly underWay: ReadonlySet<string>;
  /** What every client order id of this bot begins with, and of every perpilot. */
  readonly ownPrefix: string;
  readonly familyPrefix: string;
  /** Wallet in quote currency as our ledger has it. */
  readonly wallet: number;
  /** Differences of the wallet below this are rounding of the venue. */
  readonly walletTolerance: number;
}

export interface VenueSide {
  readonly positions: readonly HeldPosition[];
  readonly openOrders: readonly VenueOrder[];
  readonly wallet: number;
}

export type AccountFinding =
  /** Both hold, but not the same: executions are missing here, or somebody else traded. */
  | { readonly kind: 'quantity-differs'; readonly symbol: string; readonly booked: number; readonly held: number }
  /** We hold nothing there by our books. */
  | { readonly kind: 'unknown-position'; readonly symbol: string; readonly position: HeldPosition }
  /** Our books hold what the venue does not: it was closed there. */
  | { readonly kind: 'position-gone'; readonly symbol: string; readonly booked: number }
  | { readonly kind: 'stop-missing'; readonly symbol: string; readonly wanted: number | undefined }
  | { readonly kind: 'stop-differs'; readonly symbol: string; readonly wanted: number; readonly found: number }
  | { readonly kind: 'several-stops'; readonly symbol: string; readonly orders: readonly VenueOrder[] }
  /** An order of ours that nothing here waits for. */
  | { readonly kind: 'orphan-order'; readonly order: VenueOrder }
  /** Of another perpilot on the same account. */
  | { readonly kind: 'other-instance'; readonly order: VenueOrder }
  /** Of a person or another program. */
  | { readonly kind: 'foreign-order'; readonly order: VenueOrder }
  | { readonly kind: 'hedge-mode'; readonly symbol: string }
  | { readonly kind: 'wallet-differs'; readonly booked: number; readonly found: number };

/** Findings by symbol in the order of the books, then the venue's others; deterministic. */
export function compareAccount(books: Books, venue: VenueSide): readonly AccountFinding[] {
  const held = new Map(venue.positions.map((position) => [position.symbol, position]));
  const findings: AccountFinding[] = [];
  for (const position of venue.positions) {
    if (position.hedgeSide !== undefined) findings.push({ kind: 'hedge-mode', symbol: position.symbol });
  }
  for (const booked of books.symbols)
    findings.push(...compareSymbol(booked, held.get(booked.symbol), venue.openOrders));
  const known = new Set(books.symbols.map(({ symbol }) => symbol));
  for (const position of venue.positions) {
    if (!known.has(position.symbol)) findings.push({ kind: 'unknown-position', symbol: position.symbol, position });
  }
  for (const order of venue.openOrders) findings.push(...judgeOrder(order, books, held));
  if (Math.abs(books.wallet - venue.wallet) > books.walletTolerance) {
    findings.push({ kind: 'wallet-differs', booked: books.wallet, found: venue.wallet });
  }
  return findings;
}

function compareSymbol(
  booked: BookedSymbol,
  position: HeldPosition | undefined,
  orders: readonly VenueOrder[],
): readonly AccountFinding[] {
  const { symbol, quantity, halfLot } = booked;
  if (position === undefined) {
    return Math.abs(quantity) <= halfLot ? [] : [{ kind: 'position-gone', symbol, booked: quantity }];
  }
  if (Math.abs(quantity) <= halfLot) return [{ kind: 'unknown-position', symbol, position }];
  const findings: AccountFinding[] = [];
  if (Math.abs(quantity - position.quantity) > halfLot) {
    findings.push({ kind: 'quantity-differs', symbol, booked: quantity, held: position.quantity });
  }
  return [...findings, ...compareStop(booked, position, orders)];
}

/** A stop belongs to the position itself or rests as an order of its own that closes it. */
function compareStop(
  { symbol, stopPrice, halfTick }: BookedSymbol,
  position: HeldPosition,
  orders: readonly VenueOrder[],
): readonly AccountFinding[] {
  const stops = orders.filter((order) => order.symbol === symbol && isStopOf(order, position));
  if (stops.length > 1) return [{ kind: 'several-stops', symbol, orders: stops }];
  const found = position.stopPrice ?? stops[0]?.triggerPrice;
  if (found === undefined) return [{ kind: 'stop-missing', symbol, wanted: stopPrice }];
  if (stopPrice === undefined || Math.abs(found - stopPrice) <= halfTick) return [];
  return [{ kind: 'stop-differs', symbol, wanted: stopPrice, found }];
}

/** A conditional order that takes from the position where its price is worse than the entry's side of the market. */
function isStopOf(order: VenueOrder, { quantity, targetPrice }: HeldPosition): boolean {
  const reduces = (order.side === 'sell') === quantity > 0 && (order.reduceOnly || order.closesPosition);
  if (!order.conditional || !reduces || order.triggerPrice === undefined) return false;
  return order.origin !== 'target' && order.triggerPrice !== targetPrice;
}

/** Orders of a symbol that are ours, or were made for one of ours, where nothing is held and nothing is under way. */
export function orphansOf(
  orders: readonly VenueOrder[],
  prefixes: Pick<Books, 'ownPrefix' | 'familyPrefix'>,
): readonly VenueOrder[] {
  const nothing = { ...prefixes, underWay: new Set<string>() };
  return orders.filter((order) => judgeOrder(order, nothing, new Map()).some(({ kind }) => kind === 'orphan-order'));
}

function judgeOrder(
  order: VenueOrder,
  { underWay, ownPrefix, familyPrefix }: Pick<Books, 'underWay' | 'ownPrefix' | 'familyPrefix'>,
  held: ReadonlyMap<string, HeldPosition>,
): readonly AccountFinding[] {
  const { clientOrderId, parentClientOrderId, origin, symbol } = order;
  if (origin !== 'client') {
    const isOurs = parentClientOrderId === undefined || parentClientOrderId.startsWith(ownPrefix);
    return held.has(symbol) || !isOurs ? [] : [{ kind: 'orphan-order', order }];
  }
  if (clientOrderId.startsWith(ownPrefix)) {
    const isProtection = order.conditional && (order.reduceOnly || order.closesPosition) && held.has(symbol);
    return underWay.has(clientOrderId) || isProtection ? [] : [{ kind: 'orphan-order', order }];
  }
  return [{ kind: clientOrderId.startsWith(familyPrefix) ? 'other-instance' : 'foreign-order', order }];
}

// How are stop, target and trailing distance of a position set, moved and taken away?
import { roundToTick } from '../../domain/instrument.ts';
import { refreshTriggers } from '../../simulation/matching.ts';
import { attachExit, detachExit } from './attached-orders.ts';
import { movedExitRefusal } from './change-order.ts';
import { indexRefusal, isOnTick, listingRefusal, refusal } from './check-order.ts';
import type { Refusal } from './check-order.ts';
import type { PositionState } from './exchange.ts';
import type { ExchangeState, Listing } from './exchange-state.ts';
import { lastOf } from './margin.ts';
import { isOnSide } from './market-execution.ts';
import { touchPosition } from './book-trade.ts';
import { positionOf } from './position-state.ts';
import type { Outcome, ProtectRequest, TriggerSource } from './order-record.ts';

/** Sets what the request names and leaves the rest; all of it or nothing. */
export function protectPosition(state: ExchangeState, request: ProtectRequest): Outcome<PositionState> {
  const listing = state.bySymbol.get(request.symbol);
  if (listing === undefined) return refusal('unknown-symbol', `${request.symbol} is not listed`);
  const refused =
    listingRefusal(state, listing, false) ??
    indexRefusal(state, request.positionIndex) ??
    formRefusal(listing, request) ??
    changeRefusal(listing, request) ??
    levelRefusal(state, listing, request);
  if (refused !== undefined) return refused;
  setStop(state, listing, request);
  setTarget(state, listing, request);
  touchPosition(state, listing);
  return { kind: 'done', value: positionOf(state, listing) };
}

function formRefusal(listing: Listing, request: ProtectRequest): Refusal | undefined {
  const { stopPrice, targetPrice, trailingDistance } = request;
  const { position, instrument } = listing.book;
  if (position.quantity === 0) return refusal('no-position', `nothing is held of ${listing.symbol}`);
  const values = [stopPrice, targetPrice, trailingDistance].filter((value) => value !== undefined);
  if (values.length === 0) return refusal('bad-parameter', 'neither stop nor target nor trailing distance is given');
  for (const value of values) {
    if (!(value >= 0 && Number.isFinite(value))) return refusal('bad-parameter', `price ${value} is negative`);
    if (!isOnTick(instrument, value)) return refusal('off-tick', `${value} is no multiple of ${instrument.tickSize}`);
  }
  return undefined;
}

const isSame = (asked: number | undefined, is: number | undefined): boolean =>
  asked === undefined || asked === (is ?? 0);

const isSameSource = (asked: TriggerSource | undefined, is: TriggerSource | undefined): boolean =>
  asked === undefined || is === undefined || asked === is;

/** A value that was there already. 0 stands for none. */
function changeRefusal(listing: Listing, request: ProtectRequest): Refusal | undefined {
  const { stop, target, book } = listing;
  const { stopPrice, stopTrigger, targetPrice, targetTrigger, trailingDistance } = request;
  const changes =
    !isSame(stopPrice, stop?.record.triggerPrice) ||
    !isSame(targetPrice, target?.record.triggerPrice) ||
    !isSame(trailingDistance, book.position.trailingDistance) ||
    !isSameSource(stopTrigger, stop?.record.triggerSource) ||
    !isSameSource(targetTrigger, target?.record.triggerSource);
  return changes ? undefined : refusal('not-modified', 'stop and target are set so already');
}

function levelRefusal(state: ExchangeState, listing: Listing, request: ProtectRequest): Refusal | undefined {
  const { position } = listing.book;
  const { direction, liquidationPrice } = position;
  const stopPrice = request.stopPrice === 0 ? undefined : request.stopPrice;
  const targetPrice = request.targetPrice === 0 ? undefined : request.targetPrice;
  const isSameStop = stopPrice === listing.stop?.record.triggerPrice;
  const moved = movedExitRefusal(state, listing, { stopPrice: isSameStop ? undefined : stopPrice, targetPrice });
  if (moved !== undefined || stopPrice === undefined || liquidationPrice === undefined) return moved;
  if (isOnSide(stopPrice, liquidationPrice, direction === 1 ? 'above' : 'below')) return undefined;
  return refusal('stop-beyond-liquidation', `liquidation at ${liquidationPrice} would come before the stop`);
}

function setTarget(state: ExchangeState, listing: Listing, request: ProtectRequest): void {
  const { targetPrice } = request;
  const { target } = listing;
  if (targetPrice === undefined) return;
  if (targetPrice > 0) {
    const trigger = request.targetTrigger ?? target?.record.triggerSource ?? 'last';
    attachExit(state, listing, { price: targetPrice, source: 'attached-target', trigger, parent: '' });
  } else if (target !== undefined) {
    detachExit(state, listing, target);
  }
}

/** One stop is in force: the trailing one takes the place of the fixed one, beginning where that was, or nearer. */
function setStop(state: ExchangeState, listing: Listing, request: ProtectRequest): void {
  const { position } = listing.book;
  const { stopPrice, trailingDistance } = request;
  const trigger = request.stopTrigger ?? listing.stop?.record.triggerSource ?? 'last';
  if (trailingDistance !== undefined) {
    position.trailingDistance = trailingDistance === 0 ? undefined : trailingDistance;
    listing.trailsSince = state.now;
    position.bestPrice = lastOf(state, listing);
  }
  const fixed = stopPrice === undefined ? listing.stop?.record.triggerPrice : stopPrice === 0 ? undefined : stopPrice;
  const level = stopLevel(listing, fixed);
  if (level === undefined) {
    if (listing.stop !== undefined) detachExit(state, listing, listing.stop);
  } else if (stopPrice !== undefined || trailingDistance !== undefined) {
    const source = position.trailingDistance === undefined ? 'attached-stop' : 'trailing-stop';
    attachExit(state, listing, { price: level, source, trigger, parent: '' });
  }
  position.stopPrice = level;
  position.trailed = false;
  refreshTriggers(position);
}

/** The nearer of a fixed stop and the trailing one as it begins, on the tick grid. */
function stopLevel(listing: Listing, fixed: number | undefined): number | undefined {
  const { position, instrument } = listing.book;
  const { direction, trailingDistance } = position;
  if (trailingDistance === undefined) return fixed;
  const isLong = direction === 1;
  const start = position.bestPrice - direction * trailingDistance;
  const trailing = roundToTick(instrument, start, isLong ? 'up' : 'down');
  if (fixed === undefined) return trailing;
  return isOnSide(fixed, trailing, isLong ? 'above' : 'below') ? fixed : trailing;
}

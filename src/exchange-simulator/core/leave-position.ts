// How is a planned exit carried out? Stop and target through their orders, liquidation through the venue's own, each as research fills it.
import type { VenueEvent } from '../../domain/fill.ts';
import { exitSide } from '../../domain/side.ts';
import { carryOutExit } from '../../simulation/simulated-venue-exits.ts';
import { followPosition } from './attached-orders.ts';
import { bookPayment, bookTrade, touchPosition } from './book-trade.ts';
import type { ExchangeState, ExitPlan, Listing, LiveOrder } from './exchange-state.ts';
import { addOrder, cancelOrder, changeOrder } from './order-store.ts';
import type { ExecutionKind } from './order-record.ts';
import { fireOrder, rejectTriggered } from './fire-order.ts';
import { markOf } from './margin.ts';

/** Carries out the plan now. A stop that fate lets fail is gone, and the position stays. */
export function leaveByPlan(state: ExchangeState, listing: Listing, plan: ExitPlan): void {
  const { order, settled } = plan;
  if (settled.exit.kind === 'liquidation') {
    liquidateAlone(state, listing, plan);
    return;
  }
  if (order === undefined) return;
  if (listing.mishaps.rejectAtTrigger) {
    rejectTriggered(state, listing, order);
    return;
  }
  const isOwn = order === listing.stop || order === listing.target;
  if (!isOwn && settled.exit.kind === 'target') {
    fireOrder(state, listing, order, settled.exit.price);
    return;
  }
  const { quantity } = listing.book.position;
  changeOrder(state, listing, { live: order, change: { status: 'triggered', quantity } });
  leave(state, listing, { plan, order, kind: 'trade' });
}

/** Liquidates an isolated position as planned: its orders go first. */
export function liquidateAlone(state: ExchangeState, listing: Listing, plan: ExitPlan): void {
  const order = openVenueOrder(state, listing, 'liquidation');
  leave(state, listing, { plan, order, kind: 'liquidation' });
  listing.positionStatus = 'normal';
}

/** Cancels what rests and opens the venue's own order that ends the position. */
export function openVenueOrder(
  state: ExchangeState,
  listing: Listing,
  source: 'liquidation' | 'settlement',
): LiveOrder {
  const isLiquidation = source === 'liquidation';
  for (const live of listing.orders.slice()) {
    // A market order that waits for an open does not rest: it is on its way.
    if (isLiquidation && live.isWaiting && live.record.type === 'market') continue;
    cancelOrder(state, listing, live, isLiquidation ? 'before-liquidation' : 'delisting');
  }
  if (isLiquidation) {
    listing.positionStatus = 'liquidating';
    touchPosition(state, listing);
  }
  const { position } = listing.book;
  return addOrder(state, listing, {
    symbol: listing.symbol,
    side: exitSide(position.direction),
    type: 'market',
    status: 'new',
    source,
    quantity: position.quantity,
    reduceOnly: true,
    closesPosition: true,
    lastPriceOnCreated: markOf(state, listing),
  });
}

function leave(
  state: ExchangeState,
  listing: Listing,
  { plan, order, kind }: { readonly plan: ExitPlan; readonly order: LiveOrder; readonly kind: 'trade' | 'liquidation' },
): void {
  const events: VenueEvent[] = [];
  const held = heldOf(listing);
  carryOutExit(listing.book, plan.settled, { candle: plan.candle, time: state.now, events });
  bookAll(state, listing, { events, held, order, kind });
  followPosition(state, listing, { closedBy: order, isNew: false });
}

/** Signed base units held. */
export const heldOf = ({ book: { position } }: Listing): number => position.direction * position.quantity;

/** Books what research's functions report: funding on `held`, and the fill of `order`. */
export function bookAll(
  state: ExchangeState,
  listing: Listing,
  what: {
    readonly events: readonly VenueEvent[];
    readonly held: number;
    readonly order?: LiveOrder | undefined;
    readonly kind?: Exclude<ExecutionKind, 'funding'> | undefined;
  },
): void {
  const { costs } = listing.book;
  for (const event of what.events) {
    if (event.kind === 'funding') bookPayment(state, listing, { payment: event, held: what.held });
    if (event.kind !== 'fill' || what.order === undefined) continue;
    const isLiquidation = event.reason === 'liquidation';
    const feeBps = isLiquidation
      ? costs.liquidationFeeBps
      : event.liquidity === 'maker'
        ? costs.makerFeeBps
        : costs.takerFeeBps;
    bookTrade(state, listing, { fill: event, order: what.order, kind: what.kind ?? 'trade', rate: feeBps / 10_000 });
  }
}

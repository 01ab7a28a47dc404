// Does a message about an order say something newer? Orders go forward only: no fill is taken back, nothing ended begins again.
import type { OrderState, VenueOrder } from '../../../ports/venue-account.ts';

export interface OrderMemory {
  /**
   * The order, to be told; undefined: it is older than, or the same as, what is known. Its creation is the first one heard
   * of, since not every message of every venue tells it.
   */
  take(order: VenueOrder): VenueOrder | undefined;
}

/** So many orders are remembered; the one touched longest ago is forgotten first. */
const REMEMBERED = 5_000;

const RANKS: Readonly<Record<OrderState, number>> = {
  untriggered: 0,
  new: 1,
  'partly-filled': 2,
  filled: 3,
  cancelled: 3,
  rejected: 3,
};
const FINAL = RANKS.filled;

export function createOrderMemory(limit: number = REMEMBERED): OrderMemory {
  const known = new Map<string, VenueOrder>();
  return {
    take(order) {
      // Venues number conditional and other orders apart: the ids alone may collide.
      const key = `${order.symbol} ${order.venueOrderId} ${order.clientOrderId}`;
      const before = known.get(key);
      if (before !== undefined && !follows(before, order)) return undefined;
      const createdAt = Math.min(order.createdAt, before?.createdAt ?? Infinity);
      const latest = { ...order, createdAt };
      known.delete(key);
      known.set(key, latest);
      if (known.size > limit) dropFirst(known);
      return latest;
    },
  };
}

function dropFirst(orders: Map<string, VenueOrder>): void {
  const oldest = orders.keys().next();
  if (oldest.done !== true) orders.delete(oldest.value);
}

function follows(before: VenueOrder, after: VenueOrder): boolean {
  if (after.filledQuantity < before.filledQuantity || after.updatedAt < before.updatedAt) return false;
  // Of an order that has ended, only more of its fills can still become known.
  if (RANKS[before.state] === FINAL)
    return after.state === before.state && after.filledQuantity > before.filledQuantity;
  if (RANKS[after.state] < RANKS[before.state]) return false;
  return after.updatedAt > before.updatedAt || !isSame(before, after);
}

function isSame(a: VenueOrder, b: VenueOrder): boolean {
  return (
    a.state === b.state &&
    a.filledQuantity === b.filledQuantity &&
    a.quantity === b.quantity &&
    a.price === b.price &&
    a.triggerPrice === b.triggerPrice
  );
}

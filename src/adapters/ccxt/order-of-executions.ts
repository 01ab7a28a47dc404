// What is known of an order of which only the executions are left?
import type { VenueExecution, VenueOrder } from '../../ports/venue-account.ts';

/** @param left base units that are still to be filled, as the venue says; Infinity: it does not say */
export function orderOfExecutions(executions: readonly VenueExecution[], left: number): VenueOrder | undefined {
  if (executions.length === 0) return undefined;
  const rising = [...executions].sort((a, b) => a.time - b.time);
  const [first] = rising;
  const last = rising[rising.length - 1];
  const filledQuantity = rising.reduce((sum, { quantity }) => sum + quantity, 0);
  const value = rising.reduce((sum, { quantity, price }) => sum + quantity * price, 0);
  return {
    symbol: first.symbol,
    venueOrderId: first.venueOrderId,
    clientOrderId: first.clientOrderId,
    parentClientOrderId: undefined,
    origin: first.origin,
    side: first.side ?? 'buy',
    type: 'market',
    // An order that is in no book any more has ended, with what was filled of it.
    state: left === 0 ? 'filled' : 'cancelled',
    quantity: Number.isFinite(left) ? filledQuantity + left : filledQuantity,
    filledQuantity,
    averagePrice: value / filledQuantity,
    price: undefined,
    triggerPrice: undefined,
    reduceOnly: false,
    closesPosition: false,
    reason: undefined,
    createdAt: first.time,
    updatedAt: last.time,
    conditional: false,
  };
}

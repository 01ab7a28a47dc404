// What happens to an open order that fate lets the market reach now? It triggers or fills as if the price had come to it.
import { PerpilotError } from '../../domain/errors.ts';
import { roundToTick } from '../../domain/instrument.ts';
import { followPosition } from './attached-orders.ts';
import type { ExchangeState, Listing, LiveOrder } from './exchange-state.ts';
import { fireOrder } from './fire-order.ts';
import { leaveByPlan } from './leave-position.ts';
import { fillOrder } from './market-execution.ts';
import { leavesOf } from './order-store.ts';

/** @throws PerpilotError ARGUMENT_INVALID when no order of that id is open, or its price is none */
export function fillNow(
  state: ExchangeState,
  listing: Listing,
  what: { readonly orderId: string; readonly price: number | undefined },
): void {
  const live = listing.orders.find(({ record }) => record.orderId === what.orderId);
  if (live === undefined) throw new PerpilotError('ARGUMENT_INVALID', `no order ${what.orderId} is open`);
  const { record } = live;
  const asked = what.price ?? record.triggerPrice ?? record.price;
  if (asked === undefined || !(asked > 0)) throw new PerpilotError('ARGUMENT_INVALID', `a price of ${asked} is none`);
  const price = roundToTick(listing.book.instrument, asked, 'nearest');
  if (live === listing.stop || live === listing.target) leaveBy(state, listing, { live, price });
  else if (record.conditional) fireOrder(state, listing, live, price);
  else {
    fillOrder(state, listing, live, { price, quoted: price, liquidity: 'maker', quantity: leavesOf(record) });
    followPosition(state, listing, { isNew: false });
  }
}

/** The position leaves through its own stop or target, as after a gap. */
function leaveBy(state: ExchangeState, listing: Listing, { live, price }: { live: LiveOrder; price: number }): void {
  const kind = live === listing.stop ? 'stop' : 'target';
  const exit = { kind, price, how: 'gap', ambiguous: false } as const;
  const settled = { exit, earliest: state.now, latest: state.now, ambiguous: false };
  leaveByPlan(state, listing, {
    settled,
    candle: { ...listing.replay.candle },
    time: state.now,
    order: live,
  });
}

// Which orders belong to a position? Its stop and target: made with its first fill, sized like it, gone with it.
import { exitSide } from '../../domain/side.ts';
import { onLotGrid, refreshTriggers } from '../../simulation/matching.ts';
import type { ExchangeState, Listing, LiveOrder } from './exchange-state.ts';
import { addOrder, cancelOrder, changeOrder } from './order-store.ts';
import type { OrderRecord, OrderSource, TriggerSource } from './order-record.ts';

/** An exit that belongs to the position. */
export interface AttachedExit {
  readonly price: number;
  readonly source: Extract<OrderSource, 'attached-stop' | 'attached-target' | 'trailing-stop'>;
  readonly trigger: TriggerSource;
  /** Client order id of the entry that brought it; empty: none did. */
  readonly parent: string;
}

/** Sets the stop or the target of what is held, moving the order that is there already. */
export function attachExit(state: ExchangeState, listing: Listing, exit: AttachedExit): void {
  const { position } = listing.book;
  const isTarget = exit.source === 'attached-target';
  const known = isTarget ? listing.target : listing.stop;
  if (known !== undefined && known.record.source === exit.source) {
    const change: Partial<OrderRecord> = {
      triggerPrice: exit.price,
      triggerSource: exit.trigger,
      quantity: position.quantity,
      parentClientOrderId: exit.parent === '' ? known.record.parentClientOrderId : exit.parent,
    };
    changeOrder(state, listing, { live: known, change });
    return;
  }
  if (known !== undefined) cancelOrder(state, listing, known, 'by-client');
  const isLong = position.direction === 1;
  const live = addOrder(state, listing, {
    symbol: listing.symbol,
    side: exitSide(position.direction),
    type: 'market',
    status: 'untriggered',
    source: exit.source,
    parentClientOrderId: exit.parent,
    quantity: position.quantity,
    triggerPrice: exit.price,
    triggerSource: exit.trigger,
    triggerDirection: isLong === isTarget ? 'up' : 'down',
    reduceOnly: true,
    closesPosition: true,
    conditional: true,
    lastPriceOnCreated: position.entryPrice,
  });
  if (isTarget) listing.target = live;
  else listing.stop = live;
  listing.isPlanned = false;
}

/** Takes stop or target away. */
export function detachExit(state: ExchangeState, listing: Listing, live: LiveOrder): void {
  cancelOrder(state, listing, live, 'by-client');
  listing.isPlanned = false;
}

/**
 * Brings the orders in line with the position: what belonged to one that has ended is cancelled, stop and target get its
 * size, reduce-only orders never exceed it. `closedBy`: the stop or target that ended it.
 */
export function followPosition(
  state: ExchangeState,
  listing: Listing,
  { closedBy, isNew }: { readonly closedBy?: LiveOrder | undefined; readonly isNew: boolean },
): void {
  const { position } = listing.book;
  const isFlat = position.quantity === 0;
  for (const live of [listing.stop, listing.target]) {
    if (live === undefined) continue;
    if (isFlat || isNew) {
      const isSibling = closedBy !== undefined && isAttached(closedBy);
      cancelOrder(state, listing, live, isSibling ? 'sibling-filled' : 'position-closed');
    } else if (live.record.quantity !== position.quantity) {
      changeOrder(state, listing, { live, change: { quantity: position.quantity } });
    }
  }
  // A market order that waits for an open is judged there.
  const reductions = listing.orders.filter(
    ({ record, isWaiting }) => record.reduceOnly && !record.conditional && !(isWaiting && record.type === 'market'),
  );
  for (const live of reductions) trimReduction(state, listing, live);
  if (isFlat || isNew) {
    position.stopPrice = undefined;
    position.targetPrice = undefined;
    position.trailingDistance = undefined;
    refreshTriggers(position);
  }
  if (state.account.marginMode === 'cross') {
    position.liquidationPrice = undefined;
    refreshTriggers(position);
  }
}

const isAttached = ({ record: { source } }: LiveOrder): boolean =>
  source === 'attached-stop' || source === 'attached-target' || source === 'trailing-stop';

function trimReduction(state: ExchangeState, listing: Listing, live: LiveOrder): void {
  const { book } = listing;
  const { position } = book;
  const { side, quantity, filledQuantity } = live.record;
  if (position.quantity === 0 || side !== exitSide(position.direction)) {
    cancelOrder(state, listing, live, 'reduce-only-excess');
  } else if (quantity - filledQuantity > position.quantity) {
    changeOrder(state, listing, {
      live,
      change: { quantity: onLotGrid(book.instrument, filledQuantity + position.quantity) },
    });
  }
}

// Between which prices does nothing happen to a symbol? Whoever follows a market need not look at the account while it stays there.
import type { ExchangeState, Listing, LiveOrder } from './exchange-state.ts';
import { setExits } from './plan-exit.ts';
import { lastOf } from './margin.ts';

/** Prices, both outside of what is quiet. */
export interface QuietRange {
  readonly lower: number;
  readonly upper: number;
}

/** A cross account is looked at anew whenever a price has moved by this share: any of its positions may end all of them. */
const CROSS_STEP = 0.001;

/** Undefined: neither a position nor an order hangs on the symbol. */
export function quietRangeOf(state: ExchangeState, listing: Listing): QuietRange | undefined {
  const { position } = listing.book;
  const isHeld = position.quantity > 0;
  if (!isHeld && listing.orders.length === 0) return undefined;
  let lower = -Infinity;
  let upper = Infinity;
  for (const live of listing.orders) {
    const { level, way } = levelOf(listing, live);
    if (way === 'up') upper = Math.min(upper, level);
    else lower = Math.max(lower, level);
  }
  if (!isHeld) return { lower, upper };
  setExits(listing);
  lower = Math.max(lower, position.lowerTrigger);
  upper = Math.min(upper, position.upperTrigger);
  const { tickSize } = listing.book.instrument;
  if (position.trailingDistance !== undefined) {
    if (position.direction === 1) upper = Math.min(upper, position.bestPrice + tickSize);
    else lower = Math.max(lower, position.bestPrice - tickSize);
  }
  if (state.account.marginMode === 'isolated') return { lower, upper };
  const last = lastOf(state, listing);
  return { lower: Math.max(lower, last * (1 - CROSS_STEP)), upper: Math.min(upper, last * (1 + CROSS_STEP)) };
}

function levelOf({ book }: Listing, { record, restsFrom }: LiveOrder): { level: number; way: 'up' | 'down' } {
  const { triggerPrice, triggerDirection, status, side } = record;
  if (status === 'untriggered' && triggerPrice !== undefined && triggerDirection !== undefined) {
    return { level: triggerPrice, way: triggerDirection };
  }
  const { tickSize } = book.instrument;
  return side === 'buy' ? { level: restsFrom - tickSize, way: 'down' } : { level: restsFrom + tickSize, way: 'up' };
}

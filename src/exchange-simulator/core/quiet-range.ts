// Between which prices does nothing happen to a symbol? Whoever follows a market need not look at the account while it stays there.
import type { ExchangeState, Listing, LiveOrder } from './exchange-state.ts';
import { lastOf } from './margin.ts';

/** Prices, both outside of what is quiet. */
export interface PriceRange {
  readonly lower: number;
  readonly upper: number;
}

/** Each price is looked at by orders of its own. */
export interface QuietRange {
  readonly last: PriceRange;
  readonly mark: PriceRange;
}

/** A cross account is looked at anew whenever a price has moved by this share: any of its positions may end all of them. */
const CROSS_STEP = 0.001;

const EVERYTHING: PriceRange = { lower: -Infinity, upper: Infinity };

/** Undefined: neither a position nor an order hangs on the symbol. */
export function quietRangeOf(state: ExchangeState, listing: Listing): QuietRange | undefined {
  const { position, instrument } = listing.book;
  const isHeld = position.quantity > 0;
  if (!isHeld && listing.orders.length === 0) return undefined;
  const hasMark = listing.replay.live?.mark !== undefined;
  const ends: Ends = { last: { ...EVERYTHING }, mark: { ...EVERYTHING } };
  for (const live of listing.orders) {
    const { level, way } = levelOf(listing, live);
    end(ends[hasMark && live.record.triggerSource === 'mark' ? 'mark' : 'last'], level, way);
  }
  if (!isHeld) return ends;
  const isLong = position.direction === 1;
  if (position.liquidationPrice !== undefined) {
    end(ends[hasMark ? 'mark' : 'last'], position.liquidationPrice, isLong ? 'down' : 'up');
  }
  if (position.trailingDistance !== undefined) {
    const better = position.bestPrice + position.direction * instrument.tickSize;
    end(ends.last, better, isLong ? 'up' : 'down');
  }
  if (state.account.marginMode === 'isolated') return ends;
  const last = lastOf(state, listing);
  end(ends.last, last * (1 - CROSS_STEP), 'down');
  end(ends.last, last * (1 + CROSS_STEP), 'up');
  return ends;
}

interface Ends {
  readonly last: { -readonly [Key in keyof PriceRange]: PriceRange[Key] };
  readonly mark: { -readonly [Key in keyof PriceRange]: PriceRange[Key] };
}

/** Something happens when the price comes to `level` on its way. */
function end(range: Ends['last'], level: number, way: 'up' | 'down'): void {
  if (way === 'up') range.upper = Math.min(range.upper, level);
  else range.lower = Math.max(range.lower, level);
}

function levelOf({ book }: Listing, { record, restsFrom }: LiveOrder): { level: number; way: 'up' | 'down' } {
  const { triggerPrice, triggerDirection, status, side } = record;
  if (status === 'untriggered' && triggerPrice !== undefined && triggerDirection !== undefined) {
    return { level: triggerPrice, way: triggerDirection };
  }
  const { tickSize } = book.instrument;
  return side === 'buy' ? { level: restsFrom - tickSize, way: 'down' } : { level: restsFrom + tickSize, way: 'up' };
}

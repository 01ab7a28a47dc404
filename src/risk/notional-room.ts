// How much notional do the limits of a portfolio leave for one more entry? Gross, net, and within its group of correlated symbols.
import type { Direction } from '../domain/side.ts';

/** Largest notionals as multiples of equity. */
export interface NotionalLimits {
  readonly maxGross: number;
  readonly maxNet: number;
  readonly maxGroup: number;
}

/** Notional of positions, whichever of the orders under way fill, quote currency. */
export interface HeldNotional {
  readonly gross: number;
  /** Longs less shorts, at the highest and at the lowest that it may become. */
  readonly highestNet: number;
  readonly lowestNet: number;
  /** Gross notional of the symbols that are one bet with the symbol to be entered. */
  readonly group: number;
}

export type NotionalLimit = 'gross-limit' | 'net-limit' | 'group-limit';

/** Quote currency, 0 or less where nothing is left, and the limit that leaves the least. */
export interface NotionalRoom {
  readonly notional: number;
  readonly limit: NotionalLimit;
}

/** What may be added in `direction` at an equity in quote currency. */
export function notionalRoom(
  held: HeldNotional,
  limits: NotionalLimits,
  { direction, equity }: { readonly direction: Direction; readonly equity: number },
): NotionalRoom {
  const rooms: readonly NotionalRoom[] = [
    { limit: 'gross-limit', notional: limits.maxGross * equity - held.gross },
    {
      limit: 'net-limit',
      notional: limits.maxNet * equity - (direction === 1 ? held.highestNet : -held.lowestNet),
    },
    { limit: 'group-limit', notional: limits.maxGroup * equity - held.group },
  ];
  return rooms.reduce((least, room) => (room.notional < least.notional ? room : least));
}

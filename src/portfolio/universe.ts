// Which symbols may be traded at a moment? Those listed long enough, still trading and liquid then, by what is known then.
import type { Candle } from '../domain/candle.ts';
import { invariant } from '../domain/errors.ts';
import { DAY_MS } from '../domain/time.ts';
import { createTradedDay, type TradedDay } from '../indicators/traded-day.ts';

/** Settings of section `universe`. */
export interface UniverseParams {
  /** Days since its listing before a symbol enters. */
  readonly minListingAgeDays: number;
  /** Quote currency that must have been traded in the last 24 hours. 0: any. */
  readonly minTradedValue24h: number;
}

/** A symbol that may ever be traded; delisted ones too, else results survive only with the survivors. */
export interface UniverseSymbol {
  readonly symbol: string;
  /** Epoch milliseconds; undefined: the open of its first candle. */
  readonly listedAt?: number | undefined;
}

/** `no-candle`: none closes at the moment, because of a hole or because it was delisted: nobody knows which at that moment. */
export type UniverseStatus = 'tradable' | 'not-listed' | 'too-young' | 'no-candle' | 'illiquid';

/** The universe as of the last candle that each symbol was given. */
export interface Universe {
  /** Takes a closed candle of the symbol at `index`; candles of a symbol come in rising time. */
  update(index: number, candle: Candle): void;
  /** What holds for the symbol at `index` at the close `time`, epoch milliseconds; no candle may have closed later. */
  status(index: number, time: number): UniverseStatus;
  /** Base units traded in (time - 24 h, time]; filled candles traded nothing. NaN: no candle then, or a volume is undefined. */
  tradedQuantity24h(index: number, time: number): number;
  /** The same in quote currency, every candle valued at its close. */
  tradedValue24h(index: number, time: number): number;
  /** The tradable symbols at the close `time`, in the order in which they were given. */
  tradable(time: number): readonly string[];
}

/**
 * A universe of `symbols` with candles of `barMs` that has seen nothing yet. A symbol enters at the first close that lies
 * `minListingAgeDays` after its listing, and is in it at the closes at which it has a real or filled candle and enough was
 * traded; its last candle is its last moment.
 */
export function createUniverse(symbols: readonly UniverseSymbol[], barMs: number, params: UniverseParams): Universe {
  invariant(
    new Set(symbols.map(({ symbol }) => symbol)).size === symbols.length,
    'a symbol stands in a universe twice',
  );
  const listings = symbols.map(({ listedAt = Infinity }): Listing => {
    return { listedAt, lastClose: NaN, traded: createTradedDay(barMs) };
  });
  const statusOf = (listing: Listing, time: number): UniverseStatus => {
    if (!(time > listing.listedAt)) return 'not-listed';
    if (time - listing.listedAt < params.minListingAgeDays * DAY_MS) return 'too-young';
    if (listing.lastClose !== time) return 'no-candle';
    if (params.minTradedValue24h === 0) return 'tradable';
    return listing.traded.value(time) >= params.minTradedValue24h ? 'tradable' : 'illiquid';
  };
  return {
    update: (index, candle) => take(listings[index], candle),
    status: (index, time) => statusOf(listings[index], time),
    tradedQuantity24h: (index, time) => listings[index].traded.quantity(time),
    tradedValue24h: (index, time) => listings[index].traded.value(time),
    tradable: (time) =>
      symbols.filter((_, index) => statusOf(listings[index], time) === 'tradable').map(({ symbol }) => symbol),
  };
}

/** What is known of one symbol. */
interface Listing {
  /** Infinity: not known yet. */
  listedAt: number;
  /** NaN: no candle yet. */
  lastClose: number;
  readonly traded: TradedDay;
}

function take(listing: Listing, candle: Candle): void {
  if (listing.listedAt === Infinity) listing.listedAt = candle.openTime;
  listing.lastClose = candle.closeTime;
  listing.traded.update(candle);
}

// What is known of a symbol of the real market, and what of it has the account not been told yet?
import type { Candle } from '../../domain/candle.ts';
import type { VenueTicker } from '../../ports/venue-market.ts';
import type { StreamState } from '../../ports/venue-streams.ts';
import type { Beat } from '../core/follow-market.ts';
import type { PriceRange, QuietRange } from '../core/quiet-range.ts';
import type { LookedAt } from './paper-entry.ts';
import { joined, newsOf, type SeenMinute } from './seen-minute.ts';

const reaches = ({ lower, upper }: PriceRange, beat: Beat | undefined): boolean =>
  beat !== undefined && (beat.low <= lower || beat.high >= upper);

const pointBeat = (price: number): Beat => ({ high: price, low: price, close: price, volume: 0 });

/** What a message of the venue tells. */
export interface Seen {
  readonly beat?: Beat | undefined;
  readonly mark?: Beat | undefined;
  readonly minute?: SeenMinute | undefined;
  readonly minuteAt?: number | undefined;
  readonly ticker?: VenueTicker | undefined;
  readonly tickerAt?: number | undefined;
}

export interface LookQuestion {
  readonly now: number;
  readonly patienceMs: number;
  readonly open?: number | undefined;
}

/** One symbol as the venue shows it. Times are those of the clock. */
export class WatchedSymbol {
  readonly symbol: string;
  /** `book`: orders meet the best prices, margin counts at the mark price; `last`: all is the last price, as in research. */
  private readonly prices: 'book' | 'last';
  minute: SeenMinute | undefined;
  /** Last price; NaN: none was seen yet. */
  price = NaN;
  /** The state of the stream of its candles. */
  state: StreamState = 'connecting';
  /** The newest state of the running minute while older ones are being asked for. */
  parked: { readonly candle: Candle; readonly isOver: boolean } | undefined;
  /** Set while minutes are being asked for; resolves when they are there. */
  catchingUp: Promise<void> | undefined;
  private heardAt = -Infinity;
  private minuteAt = -Infinity;
  private ticker: VenueTicker | undefined;
  private tickerAt = -Infinity;
  private beat: Beat | undefined;
  private mark: Beat | undefined;

  constructor(
    symbol: string,
    { minute, prices }: { readonly minute: SeenMinute | undefined; readonly prices: 'book' | 'last' },
  ) {
    this.symbol = symbol;
    this.prices = prices;
    this.minute = minute;
    this.price = minute?.close ?? NaN;
  }

  /** What a state of a minute tells that was not known. */
  take(candle: Candle, isOver: boolean, at: number): Seen {
    this.heardAt = at;
    const news = newsOf(this.minute, candle, isOver);
    return news === undefined ? {} : { ...news, minuteAt: at };
  }

  /** What a ticker tells that was not known. */
  hear(ticker: VenueTicker, at: number): Seen {
    this.heardAt = at;
    const { markPrice: price } = ticker;
    const mark = price === undefined || this.prices === 'last' ? undefined : pointBeat(price);
    return { mark, ticker, tickerAt: at };
  }

  /** Keeps what was seen until the account is told. */
  keep({ beat, mark, minute, minuteAt, ticker, tickerAt }: Seen): void {
    // A minute that opens where the last one closed has nothing to tell yet.
    const isFlat = beat?.volume === 0 && beat.high === this.price && beat.low === this.price;
    if (beat !== undefined && !isFlat) {
      this.beat = joined(this.beat, beat);
      this.price = beat.close;
    }
    if (mark !== undefined) this.mark = joined(this.mark, mark);
    this.minute = minute ?? this.minute;
    this.minuteAt = minuteAt ?? this.minuteAt;
    this.ticker = ticker ?? this.ticker;
    this.tickerAt = tickerAt ?? this.tickerAt;
  }

  /** Whether the price may be traded at: the stream is up and was heard within `patienceMs`. */
  isFresh(now: number, patienceMs: number): boolean {
    return this.state === 'live' && !Number.isNaN(this.price) && now - this.heardAt <= patienceMs;
  }

  /** The rate that the venue last showed for a stamp; undefined: it showed none. */
  rateShown(time: number): number | undefined {
    return this.ticker?.nextFundingTime === time ? this.ticker.fundingRate : undefined;
  }

  /** Whether it does something to the account. What was kept before did nothing, unless it could not be told. */
  touches({ last, mark }: QuietRange, seen: Seen): boolean {
    return (
      [seen.beat, this.beat].some((beat) => reaches(last, beat)) ||
      [seen.mark, this.mark].some((beat) => reaches(mark, beat))
    );
  }

  /** What the account is told now. A book that is older than `patienceMs` or stands crossed is none. */
  look({ now, patienceMs, open }: LookQuestion): LookedAt {
    const { beat, minute } = this;
    const isFresh = now - this.tickerAt <= patienceMs;
    const next = open ?? (isFresh ? this.newerPrice : undefined);
    if (this.prices === 'last') return { beat, open: next, minute };
    const { bid, ask, markPrice } = this.ticker ?? {};
    const hasBook = isFresh && bid !== undefined && ask !== undefined && bid > 0 && bid <= ask;
    const flat = markPrice === undefined || !isFresh ? undefined : pointBeat(markPrice);
    return { beat, mark: this.mark ?? flat, open: next, book: hasBook ? { bid, ask } : undefined, minute };
  }

  /** The price of the ticker where that is the news: which way it went there is not known, so it goes on there. */
  private get newerPrice(): number | undefined {
    const price = this.ticker?.lastPrice;
    return this.tickerAt > this.minuteAt && price !== this.price ? price : undefined;
  }

  /** Something was seen that the account was not told. */
  get hasNews(): boolean {
    return this.beat !== undefined || this.mark !== undefined || this.newerPrice !== undefined;
  }

  /** The account has been told, and that it goes on at `open`. */
  told(open: number | undefined): void {
    this.price = open ?? this.price;
    this.beat = undefined;
    this.mark = undefined;
  }
}

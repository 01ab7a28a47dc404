// How does a paper account follow the real market? It is told what the price has gone through whenever that does something to it, or somebody acts.
import type { Candle } from '../../domain/candle.ts';
import { PerpilotError } from '../../domain/errors.ts';
import { HOUR_MS } from '../../domain/time.ts';
import { VenueError } from '../../domain/venue-error.ts';
import type { StreamEvent, StreamSubscription, StreamTopic } from '../../ports/venue-streams.ts';
import type { FollowedExchange } from '../core/create-followed-exchange.ts';
import { fetchCandles } from './fetch-candles.ts';
import type { PaperBook } from './paper-book.ts';
import type { LookedAt, PaperNews } from './paper-entry.ts';
import type { PaperVenueOptions } from './paper-options.ts';
import { failure } from './paper-rows.ts';
import { RateWatch } from './rate-watch.ts';
import { isHole, MINUTE_MS } from './seen-minute.ts';
import { WatchedSymbol, type Seen } from './watched-symbol.ts';

/** Minutes that the venue does not have yet are asked for again after this. */
const ASK_AGAIN_MS = 1_000;
/** A minute that is over has its candle at the venue by then, if it ever gets one. */
const SETTLED_AFTER_MS = 15_000;

export class MarketFollower {
  private readonly options: PaperVenueOptions;
  private readonly book: PaperBook;
  private readonly watched: ReadonlyMap<string, WatchedSymbol>;
  private readonly rates: RateWatch;
  private subscription: StreamSubscription | undefined;
  private isClosed = false;
  /** Market time of the minutes that were seen last, and of those before them. */
  private seenUntil = -Infinity;
  private seenBefore = -Infinity;

  constructor(options: PaperVenueOptions, book: PaperBook) {
    this.options = options;
    this.book = book;
    this.watched = new Map(
      book.opening.symbols.map(({ instrument: { symbol } }) => {
        const { prices } = options.terms;
        return [symbol, new WatchedSymbol(symbol, { minute: book.minuteOf(symbol), prices })];
      }),
    );
    this.rates = new RateWatch({
      options,
      now: () => this.now(),
      missing: () => this.followed.ratesMissing(),
      shown: (symbol, time) => this.watched.get(symbol)?.rateShown(time),
      tell: (symbol, time, rate) => this.write({ kind: 'rate', symbol, time, rate }),
    });
  }

  get followed(): FollowedExchange {
    return this.book.followed;
  }

  /** Market time, never before what the account has seen. */
  now(): number {
    const { clock, now, real } = this.options;
    const time = now?.() ?? clock.now() + (real.health().clockOffsetMs ?? 0);
    return Math.max(Math.floor(time), this.followed.exchange.now);
  }

  /** Makes good what happened while nobody looked, then listens. @throws VenueError when the venue does not answer */
  async start(): Promise<void> {
    await this.makeGood();
    for (const symbol of this.watched.keys()) await this.tellCandles(symbol);
    this.rates.look();
    const { barMs, real } = this.options;
    const topics = [...this.watched.keys()].flatMap((symbol): StreamTopic[] => [
      { kind: 'candle', symbol, intervalMs: MINUTE_MS },
      { kind: 'ticker', symbol },
      ...(barMs === MINUTE_MS ? [] : [{ kind: 'candle' as const, symbol, intervalMs: barMs }]),
    ]);
    this.subscription = real.streams.subscribe(topics, (event) => this.hear(event));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.rates.close();
    await this.subscription?.close();
  }

  /** What the symbol stands at; undefined: nobody knows. */
  priceOf(symbol: string): number | undefined {
    const price = this.watched.get(symbol)?.price ?? NaN;
    return Number.isNaN(price) ? undefined : price;
  }

  /** Everything about the symbol is known and told up to now. @throws VenueError when its price may not be traded at */
  async bringUp(symbol: string, needsPrice: boolean): Promise<void> {
    const watched = this.watched.get(symbol);
    if (watched === undefined) throw failure('SYMBOL_UNKNOWN', `${symbol} is not followed`);
    await watched.catchingUp;
    if (needsPrice) await this.tellCandles(symbol).catch(() => undefined);
    const { clock, terms } = this.options;
    if (needsPrice && !watched.isFresh(clock.now(), terms.staleMs)) {
      throw failure('UNREACHABLE', `the price of ${symbol} is stale, nothing is traded at it`, { retryable: true });
    }
    this.look(this.now(), { symbol });
  }

  private hear(event: StreamEvent): void {
    if (this.isClosed) return;
    if (event.kind === 'candle') this.hearCandle(event);
    else if (event.kind === 'ticker') this.hearTicker(event);
    else if (event.kind === 'stream' && event.topic.kind === 'candle' && event.topic.intervalMs === MINUTE_MS) {
      const watched = this.watched.get(event.topic.symbol);
      if (watched === undefined) return;
      watched.state = event.state;
    }
  }

  private hearCandle(event: Extract<StreamEvent, { kind: 'candle' }>): void {
    const { symbol, intervalMs, candle, confirmed } = event;
    const watched = this.watched.get(symbol);
    if (watched === undefined) return;
    if (intervalMs === this.options.barMs && confirmed) this.hearBar(symbol, candle);
    if (intervalMs !== MINUTE_MS) return;
    if (watched.catchingUp !== undefined) watched.parked = { candle, isOver: confirmed };
    else if (this.isAtStake(symbol) && isHole(watched.minute, candle.openTime)) {
      watched.parked = { candle, isOver: confirmed };
      this.catchUp(watched);
    } else this.takeMinute(watched, candle, confirmed);
  }

  private hearTicker({ ticker }: Extract<StreamEvent, { kind: 'ticker' }>): void {
    const watched = this.watched.get(ticker.symbol);
    if (watched === undefined) return;
    const take = (): Seen => watched.hear(ticker, this.options.clock.now());
    if (watched.catchingUp === undefined) this.takeIn(watched, { until: this.now(), isLate: false, take });
    else watched.keep(take());
  }

  private hearBar(symbol: string, candle: Candle): void {
    const known = this.followed.knownUntil(symbol);
    if (candle.openTime === known || Number.isNaN(known)) this.write({ kind: 'candle', symbol, candle });
    // Some are missing: they are asked for before anything is traded.
  }

  private isAtStake(symbol: string): boolean {
    return this.followed.quietRange(symbol) !== undefined;
  }

  /** A state of a minute. One that begins where it matters ends the look before it. */
  private takeMinute(watched: WatchedSymbol, candle: Candle, isOver: boolean, isLate = false): void {
    const { symbol, minute } = watched;
    const { openTime, open } = candle;
    const range = this.followed.quietRange(symbol);
    const isNew = minute !== undefined && openTime > minute.openTime;
    const isJump = range !== undefined && (open <= range.last.lower || open >= range.last.upper);
    if (range !== undefined && isNew && (openTime % HOUR_MS === 0 || isJump)) {
      this.look(openTime, { symbol, open, isLate });
    }
    const until = isLate ? candle.closeTime : Math.min(this.now(), candle.closeTime);
    this.takeIn(watched, { until, isLate, take: () => watched.take(candle, isOver, this.options.clock.now()) });
  }

  /** Takes in what was seen until a time. Where it matters, everything before it is a look of its own, so that it has its true time. */
  private takeIn(
    watched: WatchedSymbol,
    { until, isLate, take }: { readonly until: number; readonly isLate: boolean; readonly take: () => Seen },
  ): void {
    const { symbol } = watched;
    const seen = take();
    const range = this.followed.quietRange(symbol);
    if (range !== undefined && watched.touches(range, seen)) {
      const before = until > this.seenUntil ? this.seenUntil : this.seenBefore;
      if (before > this.followed.exchange.now) this.look(before, { symbol, isLate });
      watched.keep(seen);
      this.look(until, { symbol, isLate });
    } else watched.keep(seen);
    if (seen.minute === undefined || until <= this.seenUntil) return;
    this.seenBefore = this.seenUntil;
    this.seenUntil = until;
  }

  /** Tells the account what was seen of all symbols that something hangs on, and of the one that somebody acts on. */
  private look(
    until: number,
    of: { readonly symbol: string; readonly open?: number | undefined; readonly isLate?: boolean },
  ): void {
    const { terms, clock } = this.options;
    const { symbol, open, isLate = false } = of;
    const symbols: Record<string, LookedAt> = {};
    const included: WatchedSymbol[] = [];
    for (const watched of this.watched.values()) {
      const isMeant = watched.symbol === symbol;
      if (!isMeant && !this.isAtStake(watched.symbol)) continue;
      const question = { now: clock.now(), patienceMs: terms.staleMs };
      symbols[watched.symbol] = watched.look(isMeant ? { ...question, open } : question);
      included.push(watched);
    }
    const isNews = open !== undefined || included.some((watched) => watched.hasNews);
    if (!isNews && until <= this.followed.exchange.now) return;
    const isWritten = this.write({
      kind: 'look',
      until: Math.max(until, this.followed.exchange.now + 1),
      isLate,
      symbols,
    });
    if (!isWritten) return;
    for (const watched of included) watched.told(symbols[watched.symbol].open);
    this.rates.look();
  }

  /** Whether it is on the disk and counts. What could not be written is still to be told. */
  private write(entry: PaperNews): boolean {
    try {
      this.book.write(entry, this.options.clock.now());
      return true;
    } catch (error) {
      if (!(error instanceof PerpilotError && error.code === 'JOURNAL_UNWRITABLE')) throw error;
      this.options.notice?.({ kind: 'log-unwritable', reason: error.message });
      return false;
    }
  }

  /** Minutes are missing: they are asked for, and what is heard meanwhile waits. */
  private catchUp(watched: WatchedSymbol): void {
    watched.catchingUp = this.fillHole(watched).finally(() => {
      watched.catchingUp = undefined;
      const { parked } = watched;
      watched.parked = undefined;
      if (parked !== undefined && !this.isClosed) this.takeMinute(watched, parked.candle, parked.isOver);
    });
  }

  private async fillHole(watched: WatchedSymbol): Promise<void> {
    const { symbol } = watched;
    while (!this.isClosed) {
      try {
        await this.takeMissing(watched);
      } catch (error) {
        if (!(error instanceof VenueError)) throw error;
        this.options.notice?.({ kind: 'minutes-missing', symbol, reason: error.message });
      }
      const next = watched.parked?.candle.openTime;
      if (next === undefined || !isHole(watched.minute, next)) return;
      await this.pause();
    }
  }

  private async takeMissing(watched: WatchedSymbol): Promise<void> {
    const { real } = this.options;
    const { symbol, minute } = watched;
    if (minute === undefined) return;
    const missing = await fetchCandles(real.market, { symbol, intervalMs: MINUTE_MS, from: minute.openTime });
    for (const candle of missing) this.takeMinute(watched, candle, true, true);
    const parked = watched.parked?.candle.openTime;
    const { minute: newest } = watched;
    if (newest === undefined || parked === undefined || !isHole(newest, parked)) return;
    // Minutes in which nothing was traded may have no candle: after a while what is not there will not come.
    if (this.now() - parked >= SETTLED_AFTER_MS) {
      watched.minute = { ...newest, openTime: parked - MINUTE_MS, isOver: true };
    }
  }

  /** Minutes since the last look that is written, of all symbols that something hangs on, in the order of their times. */
  private async makeGood(): Promise<void> {
    const { real } = this.options;
    const missing: { readonly watched: WatchedSymbol; readonly candle: Candle }[] = [];
    for (const watched of this.watched.values()) {
      const { symbol, minute } = watched;
      if (minute === undefined || !this.isAtStake(symbol)) {
        watched.minute = undefined;
        continue;
      }
      const found = await fetchCandles(real.market, { symbol, intervalMs: MINUTE_MS, from: minute.openTime });
      missing.push(...found.map((candle) => ({ watched, candle })));
      await this.rates.fetch(symbol, this.followed.exchange.now);
    }
    missing.sort((a, b) => a.candle.openTime - b.candle.openTime);
    for (const { watched, candle } of missing) this.takeMinute(watched, candle, true, true);
  }

  /** Candles of the account's own length that have closed and were not told. @throws VenueError */
  private async tellCandles(symbol: string): Promise<void> {
    const { barMs, real } = this.options;
    const known = this.followed.knownUntil(symbol);
    if (!(known + barMs <= this.now())) return;
    const found = await fetchCandles(real.market, { symbol, intervalMs: barMs, from: known });
    for (const candle of found) {
      if (candle.openTime >= this.followed.knownUntil(symbol)) this.write({ kind: 'candle', symbol, candle });
    }
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => void this.options.clock.after(ASK_AGAIN_MS, resolve));
  }
}

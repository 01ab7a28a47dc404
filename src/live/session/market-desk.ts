// How do candles become the slices that the engine decides on? From streams and requests, marked, with the funding known then.
import type { MarkParams } from '../../domain/candle-quality.ts';
import type { Candle } from '../../domain/candle.ts';
import { VenueError } from '../../domain/venue-error.ts';
import type { MarketSlice } from '../../engine/event.ts';
import type { Clock } from '../../ports/clock.ts';
import type { VenueInstrument, VenueMarket } from '../../ports/venue-market.ts';
import { FundingBook } from '../feed/funding-book.ts';
import { markCandle } from '../feed/mark-candle.ts';
import { SliceAssembler, type AssemblerOutput, type AssemblerRules } from '../feed/slice-assembler.ts';

export interface MarketDeskSetup {
  readonly market: VenueMarket;
  readonly clock: Clock;
  readonly symbols: readonly string[];
  /** Spacing of funding stamps by symbol, hours; undefined: not known. */
  readonly fundingIntervalHours: (symbol: string) => number | undefined;
  readonly rules: AssemblerRules;
  readonly marks: MarkParams;
  /** A candle that was asked for in vain is asked for again after so many milliseconds. */
  readonly askAgainMs: number;
  /** How long a close waits for its funding at most, milliseconds. */
  readonly fundingDeadlineMs: number;
  readonly enqueue: (action: () => void) => void;
  readonly track: (work: Promise<void>) => void;
  /** Slices in rising time; `missing`: symbols without their candle. */
  readonly onSlice: (slice: MarketSlice, missing: readonly string[]) => void;
  /** What the venue lists now. */
  readonly onListings?: (listings: ReadonlyMap<string, VenueInstrument>) => void;
  readonly onRevision: (symbol: string, used: Candle, now: Candle) => void;
}

/** The market side of one session. */
export class MarketDesk {
  private readonly setup: MarketDeskSetup;
  private readonly assembler: SliceAssembler;
  private readonly books: ReadonlyMap<string, FundingBook>;
  private readonly before = new Map<string, Candle>();
  /** Slices that wait for their funding, oldest first. */
  private readonly ready: (AssemblerOutput & { kind: 'slice' })[] = [];
  private fetching = false;
  private refreshing: Promise<void> | undefined;
  /** Symbols whose candles are being asked for; true: more of them is wanted by now. */
  private readonly asked = new Map<string, boolean>();
  /** What the venue says of each symbol; undefined: it was not asked yet. */
  private listings: ReadonlyMap<string, VenueInstrument> | undefined;

  /** `firstClose`: the first close to be decided at. `last`: the candle before it, per symbol. */
  constructor(setup: MarketDeskSetup, firstClose: number, last: ReadonlyMap<string, Candle>) {
    this.setup = setup;
    const expects = (symbol: string, close: number): boolean => this.isTraded(symbol, close);
    this.assembler = new SliceAssembler(setup.symbols, firstClose, { ...setup.rules, expects });
    this.books = new Map(setup.symbols.map((symbol) => [symbol, new FundingBook(setup.fundingIntervalHours(symbol))]));
    for (const [symbol, candle] of last) this.before.set(symbol, candle);
  }

  /** The close that is waited for. */
  get nextClose(): number {
    return this.ready[0]?.time ?? this.assembler.nextClose;
  }

  /** True: nothing that could be decided at waits. */
  get quiet(): boolean {
    return this.ready.length === 0 && !this.fetching;
  }

  bookOf(symbol: string): FundingBook {
    const book = this.books.get(symbol);
    if (book === undefined) throw new RangeError(`${symbol} is not a symbol of this session`);
    return book;
  }

  /** A candle that has closed. */
  closed(symbol: string, candle: Candle): void {
    this.follow(this.assembler.take(symbol, { ...candle, flags: 0 }));
    this.tick();
  }

  /** A candle that is still open. */
  running(symbol: string, openTime: number): void {
    const request = this.assembler.sawRunning(symbol, openTime);
    if (request !== undefined) this.follow([request]);
    this.tick();
  }

  /** Lets time pass. */
  tick(): void {
    this.follow(this.assembler.advance(this.setup.clock.now()));
    this.release();
  }

  private follow(outputs: readonly AssemblerOutput[]): void {
    for (const output of outputs) {
      if (output.kind === 'slice') this.ready.push(output);
      else if (output.kind === 'revision') this.setup.onRevision(output.symbol, output.used, output.now);
      else this.ask(output.symbol, output.from);
    }
  }

  /** One request of a symbol at a time: what is wanted meanwhile is asked for when it has been answered. */
  private ask(symbol: string, from: number): void {
    const isAsked = this.asked.has(symbol);
    this.asked.set(symbol, isAsked);
    if (isAsked) return;
    const { market, enqueue, track, rules } = this.setup;
    // An answer that comes after the next close is no answer in vain.
    const wanted = this.assembler.nextClose;
    track(
      market.candles({ symbol, intervalMs: rules.barMs, from, price: 'trade' }).then(
        (candles) => enqueue(() => this.answered(symbol, candles, wanted)),
        (error: unknown) =>
          enqueue(() => {
            if (!(error instanceof VenueError)) throw error;
            this.asked.delete(symbol);
            this.askLater(symbol);
          }),
      ),
    );
  }

  private answered(symbol: string, candles: readonly Candle[], wanted: number): void {
    const isMoreWanted = this.asked.get(symbol) === true;
    this.asked.delete(symbol);
    const fresh = candles.map((candle) => ({ ...candle, flags: 0 }));
    this.follow(this.assembler.answered(symbol, fresh));
    if (isMoreWanted) this.assembler.askAgain(symbol);
    else if (candles.every(({ closeTime }) => closeTime < wanted)) this.askLater(symbol);
    this.tick();
  }

  /** In vain: perhaps the symbol is not traded at all. */
  private askLater(symbol: string): void {
    const { clock, enqueue, track, askAgainMs } = this.setup;
    track(this.refreshListings());
    clock.after(askAgainMs, () =>
      enqueue(() => {
        this.assembler.askAgain(symbol);
        this.tick();
      }),
    );
  }

  /** Asks the venue which symbols are traded, once at a time; what was known stands where it does not answer. */
  refreshListings(): Promise<void> {
    this.refreshing ??= this.askListings().finally(() => {
      this.refreshing = undefined;
    });
    return this.refreshing;
  }

  private async askListings(): Promise<void> {
    try {
      const instruments = await this.setup.market.instruments();
      this.listings = new Map(instruments.map((each) => [each.instrument.symbol, each]));
      const { listings } = this;
      this.setup.enqueue(() => {
        this.setup.onListings?.(listings);
        this.tick();
      });
    } catch (error) {
      if (!(error instanceof VenueError)) throw error;
    }
  }

  /** Whether a candle of the symbol is to be expected at a close, as far as is known. */
  private isTraded(symbol: string, close: number): boolean {
    if (this.listings === undefined) return true;
    const listing = this.listings.get(symbol);
    if (listing === undefined || listing.status === 'closed' || listing.status === 'closing') return false;
    return listing.status !== 'pre-launch' && (listing.listedAt === undefined || listing.listedAt < close);
  }

  /** Hands out what waits, as soon as its funding is known or cannot be had. */
  private release(): void {
    const newest = this.ready.at(-1);
    if (newest === undefined || this.fetching) return;
    const asked = this.setup.symbols.filter((symbol) => this.bookOf(symbol).missingSince(newest.time) !== undefined);
    if (asked.length === 0) {
      this.handOut();
      return;
    }
    this.fetching = true;
    const answers = asked.map((symbol) => this.fetchFunding(symbol, newest.time));
    const deadline = new Promise<void>((resolve) => {
      this.setup.clock.after(this.setup.fundingDeadlineMs, resolve);
    });
    this.setup.track(
      Promise.race([Promise.all(answers), deadline]).then(() =>
        this.setup.enqueue(() => {
          this.fetching = false;
          this.handOut();
          this.release();
        }),
      ),
    );
  }

  private async fetchFunding(symbol: string, until: number): Promise<void> {
    const book = this.bookOf(symbol);
    const from = book.missingSince(until);
    if (from === undefined) return;
    try {
      book.take(await this.setup.market.fundingHistory({ symbol, from, until }));
    } catch (error) {
      // The last known rate stands; it is asked for again at the next close.
      if (!(error instanceof VenueError)) throw error;
    }
  }

  private handOut(): void {
    for (const { time, candles, use, missing } of this.ready.splice(0)) {
      const marked = candles.map((candle, index) => {
        if (candle === undefined) return undefined;
        const symbol = this.setup.symbols[index];
        const fresh = markCandle(candle, this.before.get(symbol), this.setup.marks);
        this.before.set(symbol, fresh);
        return fresh;
      });
      const funding = this.setup.symbols.map((symbol) => this.bookOf(symbol).viewAt(time));
      this.setup.onSlice({ kind: 'slice', time, candles: marked, funding, use }, missing);
    }
  }
}

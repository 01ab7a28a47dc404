// Which symbols are left alone for a while, and why? One bad symbol is not entered, keeps its stop, and the others never notice.
import { HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import type { Journal } from '../../ports/journal.ts';
import type { VenueInstrument } from '../../ports/venue-market.ts';
import type { SymbolSwitches } from '../../ports/symbol-switches.ts';
import { PatienceBook } from './patience-book.ts';

/** The settings of `live.quarantine`. */
export interface QuarantineSettings {
  readonly onDelisting: 'close' | 'freeze';
  readonly delistingHours: number;
  readonly missingCloses: number;
  readonly rejections: number;
  readonly rejectionsWindowMinutes: number;
  readonly firstMinutes: number;
  readonly mostMinutes: number;
  readonly lookMinutes: number;
}

/**
 * `venue`: it does not trade the symbol, or soon will not; `data`: no candles come; `refusals`: it refuses orders;
 * `person`: somebody wants it so.
 */
export const QUARANTINE_CAUSES = ['venue', 'data', 'refusals', 'person'] as const;

export type QuarantineCause = (typeof QUARANTINE_CAUSES)[number];

/** The name under which the engine knows a cause. */
export const quarantineReason = (cause: QuarantineCause): string => `quarantine:${cause}`;

type Detail = Readonly<Record<string, unknown>>;

export interface QuarantineSetup {
  readonly settings: QuarantineSettings;
  readonly now: () => number;
  readonly symbols: readonly string[];
  readonly switches: SymbolSwitches | undefined;
  /** Whether the engine knows of it, in this life or one before. */
  readonly stands: (cause: QuarantineCause, symbol: string) => boolean;
  readonly block: (cause: QuarantineCause, symbol: string, blocked: boolean) => void;
  readonly tell: (
    kind: 'quarantined' | 'quarantine-lifted' | 'quarantine-kept',
    symbol: string,
    detail: Detail,
  ) => void;
  /** Closes what is held of a symbol; false: nothing is, or it is being closed. */
  readonly leave: (symbol: string) => boolean;
  /** Asks the venue again which symbols it trades. */
  readonly readContracts: () => void;
}

/** The incident that a refused order leaves in the journal. */
const REFUSED = 'order-rejected';

/** The quarantines of one session. The engine remembers which stand; what is counted here begins anew with a life, refusals aside. */
export class Quarantine {
  private readonly setup: QuarantineSetup;
  /** With refused orders: a quarantine for them ends by itself when its time is over. */
  private readonly patience: PatienceBook;
  /** Closes in a row without a candle. */
  private readonly misses = new Map<string, number>();
  /** When what is held of a symbol was last told to go. */
  private readonly leftAt = new Map<string, number>();
  private listings: ReadonlyMap<string, VenueInstrument> | undefined;
  private lookedAt: number;

  constructor(setup: QuarantineSetup) {
    this.setup = setup;
    const { settings, now } = setup;
    this.patience = new PatienceBook({
      firstMs: settings.firstMinutes * MINUTE_MS,
      mostMs: settings.mostMinutes * MINUTE_MS,
      most: settings.rejections,
      windowMs: settings.rejectionsWindowMinutes * MINUTE_MS,
    });
    this.lookedAt = now();
  }

  /** Takes up what earlier lives counted; a quarantine that was told but did not reach the engine any more is put up now. */
  recover(journal: Journal): void {
    const since = this.setup.now() - this.setup.settings.mostMinutes * 2 * MINUTE_MS;
    this.patience.recover(journal, { cause: 'refusals', counted: REFUSED, since });
    for (const symbol of this.setup.symbols) {
      if (this.patience.until(symbol) > this.setup.now()) this.setup.block('refusals', symbol, true);
    }
  }

  /** Whether the symbol is in quarantine for this cause, by default for any. */
  holds(symbol: string, cause?: QuarantineCause): boolean {
    const { stands } = this.setup;
    return cause === undefined ? QUARANTINE_CAUSES.some((each) => stands(each, symbol)) : stands(cause, symbol);
  }

  /** Lets time pass: what a person wants, what is over, and what is to be asked again. */
  look(): void {
    this.lookAtSwitches();
    const now = this.setup.now();
    for (const symbol of this.setup.symbols) {
      if (this.patience.until(symbol) <= now) this.lift('refusals', symbol, { by: 'time' });
    }
    if (this.listings !== undefined) this.judgeListings();
    if (now < this.lookedAt + this.setup.settings.lookMinutes * MINUTE_MS) return;
    this.lookedAt = now;
    if (this.setup.symbols.some((symbol) => this.holds(symbol, 'venue'))) this.setup.readContracts();
  }

  /** What the venue lists now. */
  listed(listings: ReadonlyMap<string, VenueInstrument>): void {
    this.listings = listings;
    this.judgeListings();
  }

  /** A close was decided at: whose candles came, and whose were waited for in vain. `isNewest`: no later close is known. */
  decided(came: ReadonlySet<string>, missing: readonly string[], isNewest: boolean): void {
    if (!isNewest) return;
    for (const symbol of came) {
      this.misses.delete(symbol);
      this.lift('data', symbol, { by: 'candles' });
    }
    // Without a candle of anybody it is no matter of one symbol.
    if (came.size === 0) return;
    for (const symbol of missing) {
      const misses = (this.misses.get(symbol) ?? 0) + 1;
      this.misses.set(symbol, misses);
      if (misses >= this.setup.settings.missingCloses) this.begin('data', symbol, { closes: misses });
    }
  }

  /**
   * The venue has refused an order; `certain`: since it does not trade the symbol now. False: the symbol is in quarantine for it
   * already, or was so lately, so that it says nothing new.
   */
  refused(symbol: string, reason: string, certain: boolean): boolean {
    if (this.holds(symbol, 'refusals') || this.holds(symbol, 'venue')) return false;
    const verdict = this.patience.count(symbol, this.setup.now(), certain);
    if (verdict !== undefined) this.begin('refusals', symbol, { ...verdict, reason });
    return verdict === undefined || verdict.round === 1;
  }

  private begin(cause: QuarantineCause, symbol: string, detail: Detail): void {
    const { stands, tell, block } = this.setup;
    if (stands(cause, symbol)) return;
    tell('quarantined', symbol, { cause, ...detail });
    block(cause, symbol, true);
  }

  private lift(cause: QuarantineCause, symbol: string, detail: Detail): void {
    const { stands, tell, block } = this.setup;
    if (!stands(cause, symbol)) return;
    tell('quarantine-lifted', symbol, { cause, ...detail });
    block(cause, symbol, false);
  }

  private lookAtSwitches(): void {
    const { switches, symbols, tell } = this.setup;
    if (switches === undefined) return;
    const paused = switches.paused();
    for (const symbol of symbols) {
      const latch = paused.get(symbol);
      if (latch === undefined) this.lift('person', symbol, { by: 'person' });
      else this.begin('person', symbol, { reason: latch.reason });
    }
    for (const [symbol, { reason }] of switches.resumed()) {
      // What the venue does not trade nobody can lift.
      if (this.holds(symbol, 'venue')) tell('quarantine-kept', symbol, { cause: 'venue', reason });
      for (const cause of ['data', 'refusals'] as const) this.lift(cause, symbol, { by: 'person', reason });
      this.patience.forgive(symbol);
      this.misses.delete(symbol);
      switches.answered(symbol);
    }
  }

  private judgeListings(): void {
    for (const symbol of this.setup.symbols) {
      const listing = this.listings?.get(symbol);
      const why = this.objectionTo(listing);
      if (why === undefined) {
        this.lift('venue', symbol, { by: 'venue' });
        continue;
      }
      this.begin('venue', symbol, { status: why, delistingAt: listing?.delistingAt });
      const isEnding = why === 'closing' || why === 'to be delisted';
      if (isEnding && this.setup.settings.onDelisting === 'close') this.leave(symbol);
    }
  }

  /** What the venue refuses now is tried again after a while. */
  private leave(symbol: string): void {
    const now = this.setup.now();
    if (now < (this.leftAt.get(symbol) ?? -Infinity) + this.setup.settings.lookMinutes * MINUTE_MS) return;
    if (this.setup.leave(symbol)) this.leftAt.set(symbol, now);
  }

  /** Why the symbol is not traded like others; undefined: it is, or it has not begun. */
  private objectionTo(listing: VenueInstrument | undefined): string | undefined {
    if (listing === undefined) return 'not listed';
    const { status, delistingAt } = listing;
    if (status === 'closing' || status === 'closed') return status;
    const noticeMs = this.setup.settings.delistingHours * HOUR_MS;
    const isNear = noticeMs > 0 && delistingAt !== undefined && this.setup.now() >= delistingAt - noticeMs;
    return isNear ? 'to be delisted' : undefined;
  }
}

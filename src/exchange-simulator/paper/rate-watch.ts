// What rate does a stamp have that has passed? The venue is asked until it knows; in the end what it showed before counts.
import { VenueError } from '../../domain/venue-error.ts';
import type { PaperVenueOptions } from './paper-options.ts';

/** The venue is asked again after this. */
const ASK_AGAIN_MS = 2_000;
/** A rate that is not in the history by then is taken from what was shown before its stamp. */
const PATIENCE_MS = 10 * 60_000;

interface RateWatchParts {
  readonly options: PaperVenueOptions;
  readonly now: () => number;
  readonly missing: () => readonly { readonly symbol: string; readonly time: number }[];
  /** The rate that was shown for the stamp before it passed. */
  readonly shown: (symbol: string, time: number) => number | undefined;
  readonly tell: (symbol: string, time: number, rate: number) => void;
}

export class RateWatch {
  private readonly parts: RateWatchParts;
  private readonly firstMissed = new Map<string, number>();
  private isAsking = false;
  private isClosed = false;
  private stopWaiting: () => void = () => undefined;

  constructor(parts: RateWatchParts) {
    this.parts = parts;
  }

  /** Asks for the rates that are missing, until none is. */
  look(): void {
    if (this.isAsking || this.isClosed || this.parts.missing().length === 0) return;
    this.isAsking = true;
    void this.ask().finally(() => {
      this.isAsking = false;
      if (this.isClosed || this.parts.missing().length === 0) return;
      this.stopWaiting = this.parts.options.clock.after(ASK_AGAIN_MS, () => this.look());
    });
  }

  /** Tells every rate that the venue has from a time on. @throws VenueError */
  async fetch(symbol: string, from: number): Promise<void> {
    const { options, now } = this.parts;
    const { real } = options;
    const stamps = await real.market.fundingHistory({ symbol, from, until: now() });
    for (const { time, rate } of stamps) this.parts.tell(symbol, time, rate);
  }

  close(): void {
    this.isClosed = true;
    this.stopWaiting();
  }

  private async ask(): Promise<void> {
    const { clock, notice } = this.parts.options;
    for (const { symbol, time } of this.parts.missing()) {
      try {
        await this.fetch(symbol, time);
      } catch (error) {
        if (!(error instanceof VenueError)) throw error;
      }
      if (this.isClosed || !this.parts.missing().some((each) => each.symbol === symbol && each.time === time)) continue;
      const key = `${symbol} ${time}`;
      const first = this.firstMissed.get(key) ?? clock.now();
      this.firstMissed.set(key, first);
      if (clock.now() - first < PATIENCE_MS) continue;
      notice?.({ kind: 'rate-unknown', symbol, time });
      this.parts.tell(symbol, time, this.parts.shown(symbol, time) ?? NaN);
    }
  }
}

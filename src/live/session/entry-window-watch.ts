// Is a time without entries on? It is looked at whenever the clock is, and what changes becomes an event of the journal.
import type { VenueTicker } from '../../ports/venue-market.ts';
import { isInWindow, isNearFunding, isNearTime, NO_ENTRIES, type EntryWindowRules } from './entry-windows.ts';
import { FundingAhead } from './funding-ahead.ts';

export interface EntryWindowSetup {
  readonly rules: EntryWindowRules;
  readonly now: () => number;
  readonly symbols: readonly string[];
  /** Spacing of funding payments, hours; undefined: not known. */
  readonly fundingIntervalHours: (symbol: string) => number | undefined;
  readonly block: (reason: string, blocked: boolean, symbol?: string) => void;
}

/** The times without entries of one session. */
export class EntryWindowWatch {
  private readonly setup: EntryWindowSetup;
  private readonly funding: ReadonlyMap<string, FundingAhead>;

  constructor(setup: EntryWindowSetup) {
    this.setup = setup;
    this.funding = new Map(setup.symbols.map((symbol) => [symbol, new FundingAhead()]));
  }

  heard(ticker: VenueTicker): void {
    this.funding.get(ticker.symbol)?.heard(ticker);
  }

  /** Also lifts what an earlier life has put up, and what the settings do not ask for any more. */
  look(): void {
    const { rules, now, block, fundingIntervalHours } = this.setup;
    const time = now();
    block(NO_ENTRIES.window, isInWindow(rules, time));
    block(NO_ENTRIES.time, isNearTime(rules, time));
    for (const [symbol, ahead] of this.funding) {
      const payments = rules.fundingAbove === undefined ? [] : ahead.around(time, fundingIntervalHours(symbol));
      block(NO_ENTRIES.funding, isNearFunding(rules, time, payments), symbol);
    }
  }
}

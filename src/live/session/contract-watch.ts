// Does the venue still trade a contract by the rules that the engine knows? Read every day and when it refuses an order; the engine hears of a change.
import { toExactJson } from '../../domain/exact-json.ts';
import type { Instrument } from '../../domain/instrument.ts';
import type { VenueInstrument } from '../../ports/venue-market.ts';
import type { SessionHand } from './session-hand.ts';
import type { SessionSetup } from './session-setup.ts';

/** Contract rules of one session. */
export class ContractWatch {
  private readonly session: SessionHand;
  private readonly setup: SessionSetup;
  /** As this life of the program saw them listed last. */
  private readonly listed = new Map<string, Instrument>();
  private stopReading: () => void = () => undefined;

  constructor(session: SessionHand, setup: SessionSetup) {
    this.session = session;
    this.setup = setup;
  }

  /** Reads them every so often from now on. */
  begin(): void {
    const { queue } = this.session;
    this.stopReading = this.setup.clock.after(this.setup.rules.contractsEveryMs, () => {
      queue.enqueue(() => queue.track(this.read()));
      this.begin();
    });
  }

  end(): void {
    this.stopReading();
  }

  /** Resolves when the engine knows how the contracts are listed now; where the venue does not answer, nothing has changed. */
  async read(): Promise<void> {
    await this.session.market.refreshListings();
    await this.session.queue.run(() => undefined);
  }

  /** What the venue lists now. */
  heard(listings: ReadonlyMap<string, VenueInstrument>): void {
    this.session.quarantine.listed(listings);
    for (const { instrument: known } of this.setup.engine.state.symbols) {
      const now = listings.get(known.symbol)?.instrument;
      if (now === undefined) continue;
      const before = this.listed.get(known.symbol);
      this.listed.set(known.symbol, now);
      if (isSteppedAlike(known, now) && (before === undefined || toExactJson(before) === toExactJson(now))) continue;
      this.changed(known, now);
    }
  }

  private changed(before: Instrument, now: Instrument): void {
    const time = this.setup.clock.now();
    this.session.incident({ kind: 'contract-changed', symbol: now.symbol, detail: { before, now }, time });
    this.session.digest({ kind: 'contract-changed', time, instrument: now });
  }
}

/** Steps and minimums, by which every order is made, are the same. */
function isSteppedAlike(a: Instrument, b: Instrument): boolean {
  return (
    a.tickSize === b.tickSize &&
    a.lotSize === b.lotSize &&
    a.minQuantity === b.minQuantity &&
    a.minNotional === b.minNotional
  );
}

// Has the venue changed the rules of a contract, or ended it? Asked at the start and every hour, and the account is told.
import { PerpilotError } from '../../domain/errors.ts';
import { toExactJson } from '../../domain/exact-json.ts';
import { HOUR_MS } from '../../domain/time.ts';
import { VenueError } from '../../domain/venue-error.ts';
import type { VenueInstrument } from '../../ports/venue-market.ts';
import type { PaperBook } from './paper-book.ts';
import type { PaperVenueOptions } from './paper-options.ts';

/** Asks from now on; the returned function ends it. What cannot be asked or written is asked again the next time. */
export function watchContracts({ real, clock }: PaperVenueOptions, book: PaperBook): () => void {
  let isOver = false;
  let stop: (() => void) | undefined;
  const ask = async (): Promise<void> => {
    try {
      const listed = contractsBySymbol(await real.market.instruments());
      if (!isOver) tellContracts(book, listed, clock.now());
    } catch (error) {
      const isPassing =
        error instanceof VenueError || (error instanceof PerpilotError && error.code === 'JOURNAL_UNWRITABLE');
      if (!isPassing) throw error;
    }
    if (!isOver) wait();
  };
  const wait = (): void => {
    stop = clock.after(HOUR_MS, () => void ask());
  };
  wait();
  return () => {
    isOver = true;
    stop?.();
  };
}

export const contractsBySymbol = (listed: readonly VenueInstrument[]): ReadonlyMap<string, VenueInstrument> =>
  new Map(listed.map((each) => [each.instrument.symbol, each]));

/** Rules that the venue has changed since. What it does not list any more has ended. */
export function tellContracts(
  book: PaperBook,
  listed: ReadonlyMap<string, VenueInstrument>,
  receivedTime: number,
): void {
  const { exchange } = book.followed;
  for (const known of exchange.contracts()) {
    const { symbol } = known.instrument;
    const contract = listed.get(symbol);
    const status = contract?.status ?? 'closed';
    if (known.status !== status) {
      book.write({ kind: 'status', symbol, status }, receivedTime);
      // What is held is settled as time goes on.
      const until = exchange.now + 1;
      if (status === 'closed') book.write({ kind: 'look', until, isLate: false, symbols: {} }, receivedTime);
    }
    if (contract === undefined) continue;
    const { instrument, fundingIntervalHours = 8 } = contract;
    const isSame =
      toExactJson(known.instrument) === toExactJson(instrument) && known.fundingIntervalHours === fundingIntervalHours;
    if (!isSame) book.write({ kind: 'contract', symbol, instrument, fundingIntervalHours }, receivedTime);
  }
}

// Where do contract rules come from? A named store of steps, minimums and margin tiers per symbol.
import type { Instrument } from '../domain/instrument.ts';

/** Contract rules with one sentence that says where each part was taken from and what was assumed. */
export interface InstrumentRecord {
  readonly instrument: Instrument;
  readonly provenance: string;
  /** When the contract was listed, epoch milliseconds, where it is stored; missing or undefined: it is not known. */
  readonly listedAt?: number | undefined;
}

export interface InstrumentSource {
  /** The rules of `symbol`; undefined when nothing is stored from which they follow. */
  instrument(symbol: string): Promise<Instrument | undefined>;
  /** The same rules with their provenance. */
  instrumentRecord(symbol: string): Promise<InstrumentRecord | undefined>;
}

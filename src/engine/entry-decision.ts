// What was decided when a position is to be opened? Which way, how much, and everything that led there.
import type { Direction } from '../domain/side.ts';
import type { SizingTrace } from './round-trip.ts';

/** A decided entry: which way, how much, and everything that led there. */
export interface EntryDecision {
  readonly direction: Direction;
  readonly quantity: number;
  readonly leverage: number;
  readonly probability: number;
  readonly confidence: number;
  readonly regime: string;
  readonly modelId: string;
  /** Win rate that model was validated with; undefined: not known. */
  readonly validatedWinRate: number | undefined;
  readonly sizing: SizingTrace;
  /** The guard is paused: the trade is followed without money. */
  readonly shadow: boolean;
}

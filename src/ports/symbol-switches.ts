// Which single symbols has a person paused, and which does a person want to be traded again? Outside of the bot's own memory, like its switches.
import type { Latch } from './latch-store.ts';

export interface SymbolSwitches {
  /** Symbols that are paused until a person takes it back. */
  paused(): ReadonlyMap<string, Latch>;
  /** Symbols whose quarantine a person has looked at and wants lifted; the bot has not answered yet. */
  resumed(): ReadonlyMap<string, Latch>;
  /** On the disk when this returns; one that is set stays as it was. */
  pause(symbol: string, latch: Latch): void;
  /** Takes a pause back, and asks the bot to lift what it has put up itself. */
  resume(symbol: string, latch: Latch): void;
  /** The bot has dealt with a resume. */
  answered(symbol: string): void;
}

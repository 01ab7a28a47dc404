// Does the bot live, and what does it hold? A word that its loop writes again and again, for whoever watches from another process.
import type { LatchName } from './latch-store.ts';

export interface Heartbeat {
  /** Rises with every word of one life. */
  readonly sequence: number;
  /** Epoch milliseconds of this machine. */
  readonly at: number;
  readonly pid: number;
  /** False: the bot has ended by itself, with its positions protected. */
  readonly running: boolean;
  /** Switches that the bot has seen and acts upon. */
  readonly latches: readonly LatchName[];
  /** What the bot holds, and where it wants the stop. */
  readonly positions: readonly { readonly symbol: string; readonly stopPrice: number | undefined }[];
}

export interface HeartbeatStore {
  /** Undefined: there is none that could be read. */
  read(): Heartbeat | undefined;
  /** Readers meet the old word or the new one; what the disk refuses is left out. */
  write(beat: Heartbeat): void;
}

// Where are the switches that a person throws? Outside of the bot's own memory, so that another process can throw them.

/**
 * `kill`: all is closed and nothing is opened until a person resumes; `pause`: nothing is opened until then; `canary`: the last
 * canary failed, and nothing is opened until one passes, or a person resumes.
 */
export const LATCH_NAMES = ['kill', 'pause', 'canary'] as const;

export type LatchName = (typeof LATCH_NAMES)[number];

export interface Latch {
  readonly reason: string;
  /** Who: a person's command, or the rule that broke. */
  readonly by: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

export interface LatchStore {
  /** Undefined: not set. What is there but cannot be read counts as set. */
  read(name: LatchName): Latch | undefined;
  /** Sets it, on the disk when this returns; one that is set stays as it was. */
  set(name: LatchName, latch: Latch): void;
  clear(name: LatchName): void;
  /** Says beside the switches how far somebody is: of a kill, or of the watchdog's care. What the disk refuses is left out. */
  report(of: 'kill' | 'watchdog', state: object): void;
}

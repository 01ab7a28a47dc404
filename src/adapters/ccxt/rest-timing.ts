// How long does a request wait for what? Deadlines, back-off and patience, all in milliseconds.

export interface RestTiming {
  /** From sending to the last byte of the reply. */
  readonly readDeadlineMs: number;
  readonly writeDeadlineMs: number;
  /** How often a read is sent at most. */
  readonly readTries: number;
  /** First wait before a read is sent again; doubled each time, half of it random. */
  readonly firstBackOffMs: number;
  readonly longestBackOffMs: number;
  /** A request that cannot be sent within this fails: a late order is worse than none. */
  readonly patienceMs: number;
  /** Between two measurements of the venue's clock. */
  readonly clockEveryMs: number;
}

export const DEFAULT_REST_TIMING: RestTiming = {
  readDeadlineMs: 10_000,
  writeDeadlineMs: 10_000,
  readTries: 4,
  firstBackOffMs: 250,
  longestBackOffMs: 5_000,
  patienceMs: 15_000,
  clockEveryMs: 60_000,
};

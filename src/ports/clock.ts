// What time is it, and who wakes us later? Handed in, so that tests and rehearsals have a time of their own.

export interface Clock {
  /** UTC epoch milliseconds. */
  now(): number;
  /** Calls `wake` once, `delayMs` from now; the returned function takes that back. */
  after(delayMs: number, wake: () => void): () => void;
}

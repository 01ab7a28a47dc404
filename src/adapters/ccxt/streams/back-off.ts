// How long is the next try put off? Doubling waits, half of each random, so that many clients do not come at once.

export interface BackOff {
  /** Milliseconds until the next try; each call counts as one more failure. */
  next(): number;
  /** The last try was a success that lasted. */
  reset(): void;
}

/** @param random uniform in [0, 1) */
export function createBackOff(
  limits: { readonly firstMs: number; readonly longestMs: number },
  random: () => number,
): BackOff {
  let failures = 0;
  return {
    next() {
      const whole = Math.min(limits.longestMs, limits.firstMs * 2 ** Math.min(failures, 30));
      failures += 1;
      return whole * (0.5 + 0.5 * random());
    },
    reset() {
      failures = 0;
    },
  };
}

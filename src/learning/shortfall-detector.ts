// Has a mean fallen below what was promised? Bets against the promise that begin anew whenever they lose (e-detectors).

/**
 * Evidence against a promise, sample by sample. While the promise holds (every shortfall is 0 or less in expectation, given
 * what came before), evidence reaches L for the first time after L samples or later on average, whatever the distribution
 * (Shin, Ramdas, Rinaldo 2024): that bounds false alarms.
 */
export interface ShortfallDetector {
  readonly evidence: number;
  readonly samples: number;
  /** Promised less seen, at least -1 and at most 1. Returns the evidence. */
  add(shortfall: number): number;
}

/** Small bets find small shortfalls, large ones find large shortfalls soon. */
const BETS = [0.1, 0.3, 0.6, 0.9] as const;

export function createShortfallDetector(): ShortfallDetector {
  const wealth = new Float64Array(BETS.length).fill(0);
  let evidence = 0;
  let samples = 0;
  return {
    get evidence() {
      return evidence;
    },
    get samples() {
      return samples;
    },
    add(shortfall) {
      const bounded = Math.max(-1, Math.min(1, shortfall));
      evidence = 0;
      for (let bet = 0; bet < BETS.length; bet += 1) {
        wealth[bet] = Math.max(1, wealth[bet]) * (1 + BETS[bet] * bounded);
        evidence += wealth[bet] / BETS.length;
      }
      samples += 1;
      return evidence;
    },
  };
}

// Which fraction of equity grows wealth fastest? Kelly fractions; only a part of them is ever used.

/** p - (1 - p) / b for a bet that wins `payoffRatio` times its loss; undefined unless the payoff ratio is positive. */
export function kellyBinary(winProbability: number, payoffRatio: number): number | undefined {
  return payoffRatio > 0 ? winProbability - (1 - winProbability) / payoffRatio : undefined;
}

/** mean / variance of returns per period; undefined without variance. */
export function kellyContinuous(mean: number, deviation: number): number | undefined {
  return deviation > 0 ? mean / (deviation * deviation) : undefined;
}

export interface KellyUse {
  /** Share of the full fraction, at most 0.25 in practice. */
  readonly fraction: number;
  readonly cap: number;
}

/** The part of a full Kelly fraction that is used, 0..cap; 0 where the full one is undefined or negative. */
export function usedKelly(fullKelly: number | undefined, { fraction, cap }: KellyUse): number {
  if (fullKelly === undefined || !(fullKelly > 0)) return 0;
  return Math.min(cap, fraction * fullKelly);
}

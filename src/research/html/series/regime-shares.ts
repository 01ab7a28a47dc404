// Which regimes filled each stretch of time? Shares of its length, so that years fit on one line.
import type { RegimeSpan } from '../report-data.ts';

export interface RegimeStretch {
  readonly from: number;
  readonly to: number;
  /** Share of the stretch per regime, in the order of the regimes asked for; what no span covers is in none. */
  readonly shares: readonly number[];
}

/** The time from the first span to the end of the last in `count` equal stretches. */
export function regimeShares(spans: readonly RegimeSpan[], regimes: readonly string[], count: number): RegimeStretch[] {
  if (spans.length === 0) return [];
  const start = spans[0].from;
  const width = (spans[spans.length - 1].to - start) / count;
  if (!(width > 0)) return [];
  const held = Array.from({ length: count }, () => new Array<number>(regimes.length).fill(0));
  for (const span of spans) {
    const regime = regimes.indexOf(span.regime);
    if (regime < 0) continue;
    const last = Math.min(count - 1, Math.floor((span.to - start) / width));
    for (let at = Math.max(0, Math.floor((span.from - start) / width)); at <= last; at += 1) {
      const from = Math.max(span.from, start + at * width);
      const to = Math.min(span.to, start + (at + 1) * width);
      if (to > from) held[at][regime] += to - from;
    }
  }
  return held.map((times, at) => ({
    from: start + at * width,
    to: start + (at + 1) * width,
    shares: times.map((time) => time / width),
  }));
}

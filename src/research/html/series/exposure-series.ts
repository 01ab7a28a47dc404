// How large were the positions over time? Long and short value as a share of equity, averaged over stretches of time.
import type { DailyCurve, ReportTrade } from '../report-data.ts';

export interface ExposureStretch {
  /** [from, to) in epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Mean position value over equity, at the entry price; both are positive. */
  readonly long: number;
  readonly short: number;
}

/** The span of the curve in stretches of `lengthMs`; the last one may be shorter. */
export function exposureSeries(
  { days, equity }: Pick<DailyCurve, 'days' | 'equity'>,
  trades: readonly ReportTrade[],
  lengthMs: number,
): ExposureStretch[] {
  const stretches: ExposureStretch[] = [];
  if (days.length < 2 || !(lengthMs > 0)) return stretches;
  const end = days[days.length - 1];
  for (let from = days[0]; from < end; from += lengthMs) {
    const to = Math.min(end, from + lengthMs);
    const account = equityAt(days, equity, from);
    const held = (direction: 1 | -1): number =>
      trades.reduce((sum, trade) => {
        if (trade.direction !== direction) return sum;
        const time = Math.min(to, trade.exitTime) - Math.max(from, trade.entryTime);
        return time > 0 ? sum + time * trade.entryPrice * trade.quantity : sum;
      }, 0);
    const scale = account > 0 ? 1 / (account * (to - from)) : 0;
    stretches.push({ from, to, long: held(1) * scale, short: held(-1) * scale });
  }
  return stretches;
}

function equityAt(days: readonly number[], equity: readonly number[], time: number): number {
  let at = 0;
  while (at + 1 < days.length && days[at + 1] <= time) at += 1;
  return equity[at];
}

// Did trades win as often as they were expected to? Trades in groups of rising predicted probability.
import { known } from '../number-text.ts';
import type { CalibrationBin, ReportTrade } from '../report-data.ts';

/** Fewer trades in a group say nothing. */
const SMALLEST_GROUP = 10;

/** Groups of about equal size, at most `most`; trades without a probability are left out. A trade came true when it netted a gain. */
export function tradeCalibration(trades: readonly ReportTrade[], most: number): CalibrationBin[] {
  const judged = trades.filter(({ probability }) => known(probability) !== undefined);
  const sorted = judged.toSorted((a, b) => a.probability - b.probability || a.entryTime - b.entryTime);
  const groups = Math.min(most, Math.max(1, Math.floor(sorted.length / SMALLEST_GROUP)));
  const bins: CalibrationBin[] = [];
  for (let group = 0; group < groups; group += 1) {
    const own = sorted.slice(
      Math.round((group * sorted.length) / groups),
      Math.round(((group + 1) * sorted.length) / groups),
    );
    if (own.length === 0) continue;
    bins.push({
      predicted: own.reduce((sum, { probability }) => sum + probability, 0) / own.length,
      count: own.length,
      won: own.filter(({ netPnl }) => netPnl > 0).length,
    });
  }
  return bins;
}

/** 95 % interval of a share by Wilson's score (1927): stays within 0 and 1 and is honest for few trials. */
export function wilsonInterval(won: number, count: number): readonly [low: number, high: number] {
  if (!(count > 0)) return [0, 1];
  const z = 1.959963984540054;
  const share = won / count;
  const centre = (share + (z * z) / (2 * count)) / (1 + (z * z) / count);
  const half = (z * Math.sqrt((share * (1 - share)) / count + (z * z) / (4 * count * count))) / (1 + (z * z) / count);
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

// Do symbols move together? Mean correlation of the daily returns of all pairs, each over the days that both have.
import type { CandleSeries } from '../domain/candle.ts';
import { DAY_MS } from '../domain/time.ts';

/** With fewer common days nothing is said of a pair. */
const MIN_DAYS = 20;

/** Mean over all pairs in [from, to], epoch milliseconds; undefined: no pair has enough common days and varies. */
export function meanPairwiseCorrelation(
  series: readonly CandleSeries[],
  { from, to }: { readonly from: number; readonly to: number },
): number | undefined {
  const days = Math.max(0, Math.floor(to / DAY_MS) - Math.ceil(from / DAY_MS));
  const returns = series.map((each) => dailyReturnsOf(each, Math.ceil(from / DAY_MS), days));
  let sum = 0;
  let pairs = 0;
  for (let a = 0; a < returns.length; a += 1) {
    for (let b = 0; b < a; b += 1) {
      const value = correlation(returns[a], returns[b]);
      if (value === undefined) continue;
      sum += value;
      pairs += 1;
    }
  }
  return pairs === 0 ? undefined : sum / pairs;
}

/** Simple returns of whole UTC days from `firstDay` on; NaN where a midnight's close is missing. */
function dailyReturnsOf(series: CandleSeries, firstDay: number, days: number): Float64Array {
  const closes = new Float64Array(days + 1).fill(NaN);
  for (let bar = 0; bar < series.length; bar += 1) {
    const day = (series.openTime[bar] + series.intervalMs) / DAY_MS - firstDay;
    if (day >= 0 && day <= days && Number.isInteger(day)) closes[day] = series.close[bar];
  }
  return Float64Array.from({ length: days }, (_, day) => closes[day + 1] / closes[day] - 1);
}

/** Pearson's, over the entries that both have; two passes. */
function correlation(a: Float64Array, b: Float64Array): number | undefined {
  let common = 0;
  let sumA = 0;
  let sumB = 0;
  for (let day = 0; day < a.length; day += 1) {
    if (Number.isNaN(a[day]) || Number.isNaN(b[day])) continue;
    common += 1;
    sumA += a[day];
    sumB += b[day];
  }
  if (common < MIN_DAYS) return undefined;
  const [meanA, meanB] = [sumA / common, sumB / common];
  let product = 0;
  let squareA = 0;
  let squareB = 0;
  for (let day = 0; day < a.length; day += 1) {
    if (Number.isNaN(a[day]) || Number.isNaN(b[day])) continue;
    product += (a[day] - meanA) * (b[day] - meanB);
    squareA += (a[day] - meanA) ** 2;
    squareB += (b[day] - meanB) ** 2;
  }
  return squareA > 0 && squareB > 0 ? product / Math.sqrt(squareA * squareB) : undefined;
}

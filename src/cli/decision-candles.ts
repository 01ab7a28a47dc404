// On which candles does a run decide? Those stored in its interval, else ones made of the longest stored that divide it.
import { markSeries } from '../domain/candle-quality.ts';
import type { CandleSeries } from '../domain/candle.ts';
import { resampleCandles } from '../domain/resample-candles.ts';
import { INTERVAL_NAMES, parseInterval } from '../domain/time.ts';
import type { Config } from '../config/schema.ts';
import type { MarketDataSource } from '../ports/market-data-source.ts';

export interface DecisionCandles {
  readonly series: CandleSeries;
  /** What they were made of. */
  readonly stored: CandleSeries;
  /** Interval of the stored candles they were made of; the wanted one: they are stored as they are. */
  readonly madeOf: string;
}

/**
 * The candles of `symbol` in the settings' interval, marked; undefined: neither they nor any that divide it are stored.
 * @throws PerpilotError DATA_CORRUPT when what is stored may not be used
 */
export async function decisionCandles(
  source: MarketDataSource,
  symbol: string,
  data: Config['data'],
): Promise<DecisionCandles | undefined> {
  const intervalMs = parseInterval(data.interval) ?? NaN;
  for (const madeOf of usableIntervals(data.interval)) {
    const stored = await source.candles(symbol, madeOf);
    if (stored === undefined || stored.length === 0) continue;
    const series = stored.intervalMs === intervalMs ? stored : markSeries(resampleCandles(stored, intervalMs), data);
    if (series.length > 0) return { series, stored, madeOf };
  }
  return undefined;
}

/** The symbols that have such candles, sorted, each once. */
export async function symbolsWithCandles(source: MarketDataSource, interval: string): Promise<readonly string[]> {
  const names = new Set<string>();
  for (const name of usableIntervals(interval)) for (const symbol of await source.symbols(name)) names.add(symbol);
  return [...names].sort();
}

/** The interval itself, then every shorter one that divides it, the longest first. */
function usableIntervals(interval: string): readonly string[] {
  const whole = parseInterval(interval) ?? NaN;
  // The names stand by length, the shortest first.
  return INTERVAL_NAMES.filter((name) => whole % (parseInterval(name) ?? NaN) === 0).toReversed();
}

// Does the invented market behave like real ones, stay the same for a seed, and keep to its ticks?
import { beforeAll, describe, expect, it } from 'vitest';
import { checkCandles } from '../../domain/candle-check.ts';
import type { CandleSeries } from '../../domain/candle.ts';
import { checkFunding } from '../../domain/funding-check.ts';
import { roundToTick, floorToLot } from '../../domain/instrument.ts';
import { DAY_MS, HOUR_MS } from '../../domain/time.ts';
import { createEmbeddedMarket } from './create-embedded-market.ts';
import type { EmbeddedMarket } from './create-embedded-market.ts';
import { createEmbeddedSource } from './embedded-source.ts';
import { MARKET_START } from './market-spec.ts';

const marks = { maxGapBars: 6, jumpFraction: 0.25 };
let market: EmbeddedMarket;
beforeAll(() => {
  market = createEmbeddedMarket({ seed: 1 });
});

function hash(seed: number): Promise<string> {
  return createEmbeddedSource({ seed, years: 0.2, marks }).contentHash('BRAVOUSDT', '1h');
}

function candlesOf(symbol: string, from = market): CandleSeries {
  const series = from.candles(symbol);
  if (series === undefined) throw new Error(symbol);
  return series;
}

/** For comparing long columns at once. */
function bytesOf({ buffer, byteOffset, byteLength }: Float64Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function logReturns(series: CandleSeries): Float64Array {
  return series.close.map((close, index) => (index === 0 ? 0 : Math.log(close / series.close[index - 1]))).slice(1);
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

/** Correlation of `a` with `b` as far as both go. */
function correlation(a: Float64Array, b: Float64Array): number {
  const length = Math.min(a.length, b.length);
  const meanA = mean(a.subarray(0, length));
  const meanB = mean(b.subarray(0, length));
  let both = 0;
  let squareA = 0;
  let squareB = 0;
  for (let index = 0; index < length; index += 1) {
    both += (a[index] - meanA) * (b[index] - meanB);
    squareA += (a[index] - meanA) ** 2;
    squareB += (b[index] - meanB) ** 2;
  }
  return both / Math.sqrt(squareA * squareB);
}

function kurtosis(values: Float64Array): number {
  const centre = mean(values);
  const second = mean(values.map((value) => (value - centre) ** 2));
  return mean(values.map((value) => (value - centre) ** 4)) / second ** 2;
}

describe('the embedded market', () => {
  it('is a function of its seed', async () => {
    expect(await hash(1)).toBe(await hash(1));
    expect(await hash(1)).not.toBe(await hash(2));
  });

  it('begins as a shorter market of the same seed, and one contract is the same without the others', () => {
    const short = createEmbeddedMarket({ seed: 1, years: 0.67 });
    expect(short.symbols).toContain('ECHOUSDT');
    for (const symbol of ['FOXTROTUSDT', 'ECHOUSDT', 'ALPHAUSDT']) {
      const brief = candlesOf(symbol, short);
      const whole = candlesOf(symbol);
      for (const column of ['openTime', 'open', 'high', 'low', 'close', 'volume'] as const)
        expect(Buffer.compare(bytesOf(whole[column].slice(0, brief.length)), bytesOf(brief[column])), column).toBe(0);
      const rates = short.funding(symbol);
      expect(market.funding(symbol)?.rate.slice(0, rates?.length)).toEqual(rates?.rate);
    }
    expect(createEmbeddedMarket({ seed: 1, years: 0.5 }).symbols).not.toContain('ECHOUSDT');
  });

  it('passes the data check without errors or warnings', () => {
    for (const symbol of market.symbols) {
      const candles = candlesOf(symbol);
      const findings = checkCandles(candles, { ...marks, zeroVolumeRunBars: 3 });
      expect(findings.filter((finding) => finding.severity !== 'note')).toEqual([]);
      const span = { from: candles.openTime[0], to: candles.openTime[candles.length - 1] + HOUR_MS };
      const rates = checkFunding(market.funding(symbol)!, span);
      expect(rates.filter((finding) => finding.severity !== 'note')).toEqual([]);
    }
  });

  it('lists one contract late and delists one', () => {
    const end = MARKET_START + Math.floor(2.5 * 365) * DAY_MS;
    const spans = new Map(
      market.symbols.map((symbol) => {
        const series = candlesOf(symbol);
        return [symbol, [series.openTime[0], series.openTime[series.length - 1] + HOUR_MS]];
      }),
    );
    expect(spans.get('ALPHAUSDT')?.[0]).toBe(MARKET_START);
    expect(spans.get('ALPHAUSDT')?.[1]).toBeGreaterThanOrEqual(end);
    expect(spans.get('ECHOUSDT')).toEqual([MARKET_START + 240 * DAY_MS, spans.get('ALPHAUSDT')?.[1]]);
    expect(spans.get('FOXTROTUSDT')).toEqual([MARKET_START, MARKET_START + 620 * DAY_MS]);
  });

  it('keeps prices on ticks and volume on lots', () => {
    for (const symbol of market.symbols) {
      const instrument = market.instrument(symbol)!;
      const series = candlesOf(symbol);
      for (let index = 0; index < series.length; index += 397) {
        for (const column of [series.open, series.high, series.low, series.close])
          expect(roundToTick(instrument, column[index], 'nearest')).toBe(column[index]);
        expect(floorToLot(instrument, series.volume[index])).toBe(series.volume[index]);
      }
    }
  });

  it('has finer candles that aggregate to the hourly ones', () => {
    const hourly = candlesOf('ALPHAUSDT');
    const finer = market.finerCandles('ALPHAUSDT')!;
    expect(finer.length).toBe(hourly.length * 12);
    for (let hour = 0; hour < hourly.length; hour += 211) {
      const part = (column: Float64Array): Float64Array => column.subarray(hour * 12, hour * 12 + 12);
      expect(part(finer.open)[0]).toBe(hourly.open[hour]);
      expect(part(finer.close)[11]).toBe(hourly.close[hour]);
      expect(Math.max(...part(finer.high))).toBe(hourly.high[hour]);
      expect(Math.min(...part(finer.low))).toBe(hourly.low[hour]);
      expect(part(finer.volume).reduce((sum, value) => sum + value, 0)).toBeCloseTo(hourly.volume[hour], 6);
    }
  });
});

describe.each([1, 2])('stylised facts of seed %i', (seed) => {
  const other = createEmbeddedMarket({ seed, years: 1 });
  it('has fat tails, clustered volatility and volume that goes with it', () => {
    for (const symbol of other.symbols) {
      const series = candlesOf(symbol, other);
      const returns = logReturns(series);
      const sizes = returns.map(Math.abs);
      expect(kurtosis(returns)).toBeGreaterThan(5);
      expect(correlation(sizes, sizes.subarray(24))).toBeGreaterThan(0.05);
      expect(Math.abs(correlation(returns, returns.subarray(1)))).toBeLessThan(0.06);
      expect(correlation(sizes, series.volume.subarray(1))).toBeGreaterThan(0.2);
      const ranges = series.high.map((high, index) => (high - series.low[index]) / series.close[index]);
      expect(mean(ranges) / mean(sizes)).toBeGreaterThan(1.5);
      expect(mean(ranges) / mean(sizes)).toBeLessThan(2.5);
      expect(Math.min(...series.low)).toBeGreaterThan(0);
    }
  });

  it('has hourly returns that correlate as real contracts do', () => {
    const names = ['ALPHAUSDT', 'BRAVOUSDT', 'CHARLIEUSDT', 'DELTAUSDT', 'FOXTROTUSDT'];
    const returns = names.map((symbol) => logReturns(candlesOf(symbol, other)));
    for (const [row, a] of returns.entries())
      for (const b of returns.slice(row + 1)) {
        expect(correlation(a, b)).toBeGreaterThan(0.5);
        expect(correlation(a, b)).toBeLessThan(0.85);
      }
  });

  it('has funding that follows the trend, mostly positive and clamped', () => {
    const funding = other.funding('CHARLIEUSDT')!;
    expect(mean(funding.rate)).toBeGreaterThan(0);
    expect(Math.max(...funding.rate.map(Math.abs))).toBeLessThanOrEqual(0.0075);
    expect(Math.min(...funding.rate)).toBeLessThan(0);
  });
});

describe('createEmbeddedSource', () => {
  const source = createEmbeddedSource({ seed: 1, years: 0.3, marks });

  it('says that it is synthetic and serves ranges', async () => {
    expect(source.synthetic).toBe(true);
    expect(source.describe()).toContain('SYNTHETIC');
    expect(await source.symbols('1h')).toEqual(['ALPHAUSDT', 'BRAVOUSDT', 'CHARLIEUSDT', 'DELTAUSDT', 'FOXTROTUSDT']);
    expect(await source.symbols('5m')).toEqual(['ALPHAUSDT']);
    const range = { from: MARKET_START + DAY_MS, to: MARKET_START + 2 * DAY_MS };
    const day = await source.candles('ALPHAUSDT', '1h', range);
    expect(day?.length).toBe(24);
    expect([...(day?.flags.subarray(0, 2) ?? [])]).toEqual([2, 0]);
    expect((await source.candles('ALPHAUSDT', '5m', range))?.length).toBe(288);
  });

  it('knows no other names', async () => {
    expect(await source.candles('BTCUSDT', '1h')).toBeUndefined();
    expect(await source.funding('BTCUSDT')).toBeUndefined();
    expect(await source.instrument('BTCUSDT')).toBeUndefined();
    expect((await source.instrumentRecord('ALPHAUSDT'))?.provenance).toContain('invented');
    await expect(source.contentHash('BTCUSDT', '1h')).rejects.toMatchObject({ code: 'DATA_MISSING' });
  });
});

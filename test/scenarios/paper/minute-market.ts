// Which market do the paper account's scenarios follow? Minutes written as prices, and the hours that they add up to.
import type { Candle, CandleSeries } from '../../../src/domain/candle.ts';
import type { FundingSeries } from '../../../src/domain/funding.ts';
import { createRandom } from '../../../src/domain/random.ts';
import type { Prices, TapeSymbol } from '../exchange-market.ts';
import { HOUR, INSTRUMENT, seriesOf, START } from '../simulated-market.ts';

export const MINUTE = 60_000;
/** Hours before START that the slippage knows. */
const HOURS_BEFORE = 60;

/** What a minute after START does; minutes before it and undefined ones stand at the close before. */
export interface MinuteScript {
  readonly prices: (minute: number) => Prices | undefined;
  readonly volume?: (minute: number) => number;
  /** Rates by index of the stamp since ten before START. */
  readonly rate?: number | ((index: number) => number);
  readonly hours: number;
}

/** Minute `index` of START as a candle. */
function minuteCandle(index: number, [open, high, low, close]: Prices, volume: number): Candle {
  const openTime = START + index * MINUTE;
  return { openTime, closeTime: openTime + MINUTE, open, high, low, close, volume, flags: 0 };
}

export function minuteMarket(symbol: string, script: MinuteScript): TapeSymbol {
  const minutes: Candle[] = [];
  let last = 100;
  for (let index = -HOURS_BEFORE * 60; index < script.hours * 60; index += 1) {
    const prices = (index < 0 ? undefined : script.prices(index)) ?? [last, last, last, last];
    minutes.push(minuteCandle(index, prices, script.volume?.(index) ?? 10));
    last = prices[3];
  }
  const named = (series: CandleSeries): CandleSeries => ({ ...series, symbol });
  return {
    instrument: { ...INSTRUMENT, symbol },
    baseCurrency: symbol.replace(/USDT$/, ''),
    candles: named(seriesOf(hoursOf(minutes))),
    finer: [named(seriesOf(minutes))],
    funding: fundingOf(symbol, script.rate ?? 0),
    fundingIntervalHours: 8,
    listedAt: undefined,
    delisted: false,
  };
}

function hoursOf(minutes: readonly Candle[]): Candle[] {
  const hours: Candle[] = [];
  for (let first = 0; first < minutes.length; first += 60) {
    const part = minutes.slice(first, first + 60);
    hours.push({
      openTime: part[0].openTime,
      closeTime: part[0].openTime + HOUR,
      open: part[0].open,
      high: Math.max(...part.map(({ high }) => high)),
      low: Math.min(...part.map(({ low }) => low)),
      close: part[part.length - 1].close,
      volume: part.reduce((sum, { volume }) => sum + volume, 0),
      flags: 0,
    });
  }
  return hours;
}

function fundingOf(symbol: string, rate: number | ((index: number) => number)): FundingSeries {
  const length = 60;
  const time = Float64Array.from({ length }, (_, index) => START + (index - 10) * 8 * HOUR);
  return { symbol, length, time, rate: time.map((_, index) => (typeof rate === 'number' ? rate : rate(index))) };
}

/** A price that wanders on the tick grid, each minute from where the last one ended. */
export function wandering(seed: string, hours: number): MinuteScript {
  const random = createRandom(seed);
  const all: Prices[] = [];
  let last = 1_000;
  for (let index = 0; index < hours * 60; index += 1) {
    const close = Math.max(500, last + random.below(13) - 6);
    const high = Math.max(last, close) + random.below(4);
    const low = Math.min(last, close) - random.below(4);
    all.push([last / 10, high / 10, low / 10, close / 10]);
    last = close;
  }
  return {
    hours,
    prices: (minute) => all[minute],
    volume: (minute) => 20 + ((minute * 7919) % 13),
    rate: (index) => ((index % 5) - 2) * 0.0001,
  };
}

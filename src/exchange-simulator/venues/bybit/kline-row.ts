// How does Bybit show a candle? A row of texts by REST, an object with `confirm` on the stream.
import type { Candle } from '../../../domain/candle.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../domain/time.ts';
import { numberText } from '../number-text.ts';

/** Candle lengths by Bybit's names. Weeks and months are not served. */
const INTERVALS: ReadonlyMap<string, number> = new Map([
  ['1', MINUTE_MS],
  ['3', 3 * MINUTE_MS],
  ['5', 5 * MINUTE_MS],
  ['15', 15 * MINUTE_MS],
  ['30', 30 * MINUTE_MS],
  ['60', HOUR_MS],
  ['120', 2 * HOUR_MS],
  ['240', 4 * HOUR_MS],
  ['360', 6 * HOUR_MS],
  ['720', 12 * HOUR_MS],
  ['D', DAY_MS],
]);

/** Milliseconds of an interval name; undefined: it is not served. */
export const intervalMsOf = (name: string): number | undefined => INTERVALS.get(name);

/** Quote currency traded in a candle, which is not stored: its volume at the mean of its four prices. */
function turnoverText({ open, high, low, close, volume }: Candle): string {
  return numberText(Number((volume * ((open + high + low + close) / 4)).toPrecision(12)));
}

/** A row of texts: open time, four prices and, for traded prices, volume and turnover. */
export function klineRow(candle: Candle, isTraded: boolean): readonly string[] {
  const { openTime, open, high, low, close, volume } = candle;
  const prices = [String(openTime), numberText(open), numberText(high), numberText(low), numberText(close)];
  return isTraded ? [...prices, numberText(volume), turnoverText(candle)] : prices;
}

export interface KlineFrame {
  readonly topic: string;
  readonly interval: string;
  readonly candle: Candle;
  readonly closed: boolean;
  readonly interpolated: boolean;
  /** Market time of the push, epoch milliseconds. */
  readonly time: number;
}

/** One message of a kline topic. */
export function klineFrame({ topic, interval, candle, closed, interpolated, time }: KlineFrame): string {
  const row = {
    start: candle.openTime,
    end: candle.closeTime - 1,
    interval,
    open: numberText(candle.open),
    close: numberText(candle.close),
    high: numberText(candle.high),
    low: numberText(candle.low),
    volume: numberText(candle.volume),
    turnover: turnoverText(candle),
    confirm: closed,
    timestamp: Math.min(time, candle.closeTime - 1),
    ...(interpolated ? { interpolated: true } : {}),
  };
  return JSON.stringify({ topic, data: [row], ts: time, type: 'snapshot' });
}

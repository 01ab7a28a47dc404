// How does Binance show a candle? A row of twelve values by REST, an event with its own word for closed on the stream.
import type { Candle } from '../../../domain/candle.ts';
import { DAY_MS, INTERVAL_NAMES, parseInterval } from '../../../domain/time.ts';
import { numberText } from '../number-text.ts';

/** Candle lengths by Binance's names. Weeks and months are not served. */
const INTERVALS: ReadonlyMap<string, number> = new Map([
  ...INTERVAL_NAMES.flatMap((name): [string, number][] => {
    const intervalMs = parseInterval(name);
    return intervalMs === undefined ? [] : [[name, intervalMs]];
  }),
  ['3d', 3 * DAY_MS],
]);

/** Milliseconds of an interval name; undefined: it is not served. */
export const intervalMsOf = (name: string): number | undefined => INTERVALS.get(name);

/** Quote currency traded in a candle, which is not stored: its volume at the mean of its four prices. */
export function turnoverOf({ open, high, low, close, volume }: Candle): number {
  return Number((volume * ((open + high + low + close) / 4)).toPrecision(12));
}

/** Share of the trade that took from the asks: nobody kept it, so half. */
const TAKER_SHARE = 0.5;

/** Where no prices are traded, volumes are zero. */
export function klineRow(candle: Candle, isTraded: boolean): readonly (string | number)[] {
  const { openTime, closeTime, open, high, low, close, volume } = candle;
  const turnover = turnoverOf(candle);
  const amounts = isTraded
    ? [numberText(volume), closeTime - 1, numberText(turnover), tradesOf(candle), ...takerAmounts(candle)]
    : ['0', closeTime - 1, '0', 0, '0', '0'];
  return [openTime, numberText(open), numberText(high), numberText(low), numberText(close), ...amounts, '0'];
}

/** Trades in a candle, which are not stored either: one where anything was traded. */
const tradesOf = ({ volume }: Candle): number => (volume > 0 ? 1 : 0);

function takerAmounts(candle: Candle): readonly [string, string] {
  return [numberText(candle.volume * TAKER_SHARE), numberText(turnoverOf(candle) * TAKER_SHARE)];
}

export interface KlineEvent {
  readonly symbol: string;
  readonly interval: string;
  readonly candle: Candle;
  readonly closed: boolean;
  readonly interpolated: boolean;
  /** Market time of the push, epoch milliseconds. */
  readonly time: number;
}

/** One event of a kline stream. */
export function klineEvent({ symbol, interval, candle, closed, interpolated, time }: KlineEvent): object {
  const [takerVolume, takerTurnover] = takerAmounts(candle);
  const count = tradesOf(candle);
  const firstTrade = Math.trunc(candle.openTime / 1000);
  return {
    e: 'kline',
    E: time,
    s: symbol,
    k: {
      t: candle.openTime,
      T: candle.closeTime - 1,
      s: symbol,
      i: interval,
      f: count === 0 ? -1 : firstTrade,
      L: count === 0 ? -1 : firstTrade,
      o: numberText(candle.open),
      c: numberText(candle.close),
      h: numberText(candle.high),
      l: numberText(candle.low),
      v: numberText(candle.volume),
      n: count,
      x: closed,
      q: numberText(turnoverOf(candle)),
      V: takerVolume,
      Q: takerTurnover,
      B: '0',
      ...(interpolated ? { interpolated: true } : {}),
    },
  };
}

// What do candles look like that are shorter than any stored one? Cut out of the price path, so that they add up to the stored candle.
import type { Candle } from '../../domain/candle.ts';
import { decimalsOf } from '../../domain/instrument.ts';
import type { Instrument } from '../../domain/instrument.ts';
import { priceAt, rangeOf } from './price-path.ts';
import type { PricePath } from './price-path.ts';

/** Most decimals of a volume that are kept; more than any exchange writes. */
const VOLUME_DECIMALS = 9;

/**
 * The part of `candle` from `from` to `until` (exclusive). Prices come from its path; volume flows evenly, in whole units of
 * the last decimal of the candle's own volume, so that parts without a gap sum to it.
 */
export function cutCandle(
  candle: Candle,
  path: PricePath,
  span: { readonly from: number; readonly until: number; readonly instrument: Instrument },
): Candle {
  const { from, until, instrument } = span;
  const last = Math.max(from, until - 1);
  const { high, low } = rangeOf(path, { from, until: last }, instrument);
  return {
    openTime: from,
    closeTime: until,
    open: priceAt(path, from, instrument),
    high,
    low,
    close: priceAt(path, last, instrument),
    volume: volumeBetween(candle, from, until),
    flags: candle.flags,
  };
}

/** Base units that `candle` trades from `from` to `until`. */
export function volumeBetween(candle: Candle, from: number, until: number): number {
  const { openTime, closeTime, volume } = candle;
  if (!(volume > 0)) return volume;
  const decimals = Math.min(VOLUME_DECIMALS, decimalsOf(volume));
  const scale = 10 ** decimals;
  const units = Math.round(volume * scale);
  const traded = (time: number): number =>
    Math.floor(units * Math.min(1, Math.max(0, (time - openTime) / (closeTime - openTime))));
  return Number(((traded(until) - traded(from)) / scale).toFixed(decimals));
}

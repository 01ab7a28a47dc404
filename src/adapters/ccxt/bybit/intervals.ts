// What are Bybit's names for the lengths of candles?
import { DAY_MS, MINUTE_MS } from '../../../domain/time.ts';

const MINUTES = [1, 3, 5, 15, 30, 60, 120, 240, 360, 720] as const;

/** By milliseconds: minutes as a number, but for the day. */
export const INTERVAL_NAMES: ReadonlyMap<number, string> = new Map([
  ...MINUTES.map((minutes) => [minutes * MINUTE_MS, String(minutes)] as const),
  [DAY_MS, 'D'] as const,
]);

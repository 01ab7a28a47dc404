// What has the price done since it was looked at last? The difference between two states of the same running minute, or a minute that is new.
import type { Candle } from '../../domain/candle.ts';
import type { Beat } from '../core/follow-market.ts';

export const MINUTE_MS = 60_000;

/** How far a minute had come when it was seen last. */
export interface SeenMinute {
  readonly openTime: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  /** The venue has said that it is over. */
  readonly isOver: boolean;
}

/** What a look at a minute tells. */
export interface MinuteNews {
  readonly minute: SeenMinute;
  readonly beat: Beat;
}

/** Undefined: it is older than what was seen, or nothing has changed. */
export function newsOf(before: SeenMinute | undefined, candle: Candle, isOver: boolean): MinuteNews | undefined {
  const { openTime, high, low, close, volume } = candle;
  const minute = { openTime, high, low, close, volume, isOver };
  if (before === undefined || openTime > before.openTime) return { minute, beat: { high, low, close, volume } };
  if (openTime < before.openTime || before.isOver) return undefined;
  const beat = {
    // An extreme that is not new was there before; the price went from the last close to this one.
    high: high > before.high ? high : Math.max(before.close, close),
    low: low < before.low ? low : Math.min(before.close, close),
    close,
    volume: Math.max(0, volume - before.volume),
  };
  return { minute, beat };
}

/** Whether minutes are missing between what was seen and `openTime`, or the end of the one that was seen. */
export function isHole(before: SeenMinute | undefined, openTime: number): boolean {
  if (before === undefined || openTime <= before.openTime) return false;
  return !before.isOver || openTime > before.openTime + MINUTE_MS;
}

/** Two stretches of the price as one. */
export function joined(before: Beat | undefined, beat: Beat): Beat {
  if (before === undefined) return beat;
  return {
    high: Math.max(before.high, beat.high),
    low: Math.min(before.low, beat.low),
    close: beat.close,
    volume: before.volume + beat.volume,
  };
}

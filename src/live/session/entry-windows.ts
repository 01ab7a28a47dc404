// May anything be opened at this time, as far as people have said? Not in their windows, around their times and around large funding payments.
import type { EntryWindow } from './window-text.ts';

export interface EntryWindowRules {
  readonly windows: readonly EntryWindow[];
  readonly times: readonly number[];
  readonly beforeMs: number;
  readonly afterMs: number;
  /** Around payments of funding whose rate is above this in size; undefined: funding forbids nothing. */
  readonly fundingAbove: number | undefined;
  readonly fundingBeforeMs: number;
  readonly fundingAfterMs: number;
}

/** A payment of funding; `rate` undefined: nobody has said it yet. */
export interface FundingPayment {
  readonly time: number;
  readonly rate: number | undefined;
}

/** The names under which entries are blocked. */
export const NO_ENTRIES = {
  window: 'no-entries:window',
  time: 'no-entries:time',
  funding: 'no-entries:funding',
} as const;

export function isInWindow({ windows }: EntryWindowRules, now: number): boolean {
  return windows.some((window) => {
    if (window.kind === 'once') return now >= window.from && now < window.until;
    const { from, everyMs, lengthMs } = window;
    return (((now - from) % everyMs) + everyMs) % everyMs < lengthMs;
  });
}

export function isNearTime({ times, beforeMs, afterMs }: EntryWindowRules, now: number): boolean {
  return times.some((time) => now >= time - beforeMs && now < time + afterMs);
}

/** What is not known counts as large. Zero: every payment, one of nothing as well. */
export function isNearFunding(rules: EntryWindowRules, now: number, payments: readonly FundingPayment[]): boolean {
  const { fundingAbove, fundingBeforeMs, fundingAfterMs } = rules;
  if (fundingAbove === undefined) return false;
  return payments.some(({ time, rate }) => {
    const isLarge = rate === undefined || fundingAbove === 0 || Math.abs(rate) > fundingAbove;
    return isLarge && now >= time - fundingBeforeMs && now < time + fundingAfterMs;
  });
}

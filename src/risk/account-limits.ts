// Has the account lost too much today, or since its peak? A daily pause of entries, and a latch that only a person resets.
import { DAY_MS, utcDay } from '../domain/time.ts';

/** The account limits of section `risk`; fractions of equity. */
export interface AccountLimitParams {
  readonly dailyLossLimit: number;
  readonly drawdownLimit: number;
}

/** Plain data, so that a restart cannot clear it; changed in place by `advanceLimits`. */
export interface AccountLimitState {
  /** UTC day number that `dayStartEquity` belongs to; undefined before the first equity. */
  day: number | undefined;
  dayStartEquity: number;
  /** Equity taken in last. */
  lastEquity: number;
  peakEquity: number;
  /** Entries are blocked until this UTC day is over. */
  blockedDay: number | undefined;
  /** Time of the drawdown latch; undefined: not latched. */
  haltedAt: number | undefined;
}

export type AccountLimitBreach = 'daily-loss' | 'drawdown';

const NONE: readonly AccountLimitBreach[] = [];

/** Limits that have seen no equity yet. */
export function createAccountLimits(): AccountLimitState {
  return {
    day: undefined,
    dayStartEquity: 0,
    lastEquity: 0,
    peakEquity: 0,
    blockedDay: undefined,
    haltedAt: undefined,
  };
}

/**
 * Takes the mark-to-market equity at `time` (epoch milliseconds, rising) in. Returns the limits that were just broken, each
 * once: the daily one once a day, the drawdown once for all. A limit is broken by more than it.
 * A day starts with the equity at its midnight, else with the last one known before it; drawdown is (peak - equity) / peak.
 */
export function advanceLimits(
  state: AccountLimitState,
  now: { readonly time: number; readonly equity: number },
  params: AccountLimitParams,
): readonly AccountLimitBreach[] {
  const { time, equity } = now;
  const day = utcDay(time);
  if (state.day !== day) {
    const isKnownAtMidnight = state.day === undefined || time === day * DAY_MS;
    state.dayStartEquity = isKnownAtMidnight ? equity : state.lastEquity;
    state.day = day;
  }
  state.lastEquity = equity;
  if (equity > state.peakEquity) state.peakEquity = equity;

  const isTooDeep = (state.peakEquity - equity) / state.peakEquity > params.drawdownLimit;
  const isTooMuchToday = (state.dayStartEquity - equity) / state.dayStartEquity > params.dailyLossLimit;
  const halts = isTooDeep && state.haltedAt === undefined;
  const blocks = isTooMuchToday && state.blockedDay !== day;
  if (halts) state.haltedAt = time;
  if (blocks) state.blockedDay = day;
  if (halts) return blocks ? ['drawdown', 'daily-loss'] : ['drawdown'];
  return blocks ? ['daily-loss'] : NONE;
}

/** Which limit forbids entries at `time`; undefined: none does. */
export function entryBlock(state: AccountLimitState, time: number): AccountLimitBreach | undefined {
  if (state.haltedAt !== undefined) return 'drawdown';
  return state.blockedDay === utcDay(time) ? 'daily-loss' : undefined;
}

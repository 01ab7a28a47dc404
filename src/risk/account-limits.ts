// Has the account lost too much today, or since its peak? A daily pause of entries, and a latch that only a person resets.
import { utcDay } from '../domain/time.ts';

/** The account limits of section `risk`; fractions of equity. */
export interface AccountLimitParams {
  readonly dailyLossLimit: number;
  readonly drawdownLimit: number;
}

/** Plain data; changed in place by `advanceLimits`. */
export interface AccountLimitState {
  /** UTC day number that `dayStartEquity` belongs to; undefined before the first equity. */
  day: number | undefined;
  dayStartEquity: number;
  peakEquity: number;
  /** Entries are blocked until this UTC day is over. */
  blockedDay: number | undefined;
  /** Time of the drawdown latch; undefined: not latched. */
  haltedAt: number | undefined;
}

export type AccountLimitBreach = 'daily-loss' | 'drawdown';

/** Limits that have seen no equity yet. */
export function createAccountLimits(): AccountLimitState {
  return { day: undefined, dayStartEquity: 0, peakEquity: 0, blockedDay: undefined, haltedAt: undefined };
}

/**
 * Takes the mark-to-market equity at `time` in. Returns a limit that was just broken, once per breach.
 * A day starts with the equity at its first close; the drawdown is (peak - equity) / peak.
 */
export function advanceLimits(
  state: AccountLimitState,
  now: { readonly time: number; readonly equity: number },
  params: AccountLimitParams,
): AccountLimitBreach | undefined {
  const day = utcDay(now.time);
  if (state.day !== day) {
    state.day = day;
    state.dayStartEquity = now.equity;
  }
  if (now.equity > state.peakEquity) state.peakEquity = now.equity;
  if (state.haltedAt === undefined && (state.peakEquity - now.equity) / state.peakEquity >= params.drawdownLimit) {
    state.haltedAt = now.time;
    return 'drawdown';
  }
  if (state.blockedDay !== day && (state.dayStartEquity - now.equity) / state.dayStartEquity >= params.dailyLossLimit) {
    state.blockedDay = day;
    return 'daily-loss';
  }
  return undefined;
}

/** Which limit forbids entries at `time`; undefined: none does. */
export function entryBlock(state: AccountLimitState, time: number): AccountLimitBreach | undefined {
  if (state.haltedAt !== undefined) return 'drawdown';
  return state.blockedDay === utcDay(time) ? 'daily-loss' : undefined;
}

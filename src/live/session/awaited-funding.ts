// Is the funding of a position still to come when its exit is booked? Then the exit waits a little, so that the trade carries its funding.
import { HOUR_MS } from '../../domain/time.ts';
import type { OpenTrade } from '../../engine/state.ts';
import type { VenueExecution } from '../../ports/venue-account.ts';

export interface FundingWait {
  /** What is held in the symbol; undefined: nothing, so that nothing was due. */
  readonly trade: OpenTrade | undefined;
  /** Spacing of funding stamps; undefined: every eight hours. */
  readonly intervalHours: number | undefined;
  /** Time of the newest funding that is known of the symbol. */
  readonly fundedAt: number;
  readonly now: number;
  /** An exit waits so long after a stamp at most: some venues report funding only when they are asked. */
  readonly deadlineMs: number;
}

/** True for a trade at or just after a funding stamp that fell on what is held and was not reported yet. */
export function awaitsFunding(execution: VenueExecution, wait: FundingWait): boolean {
  const { trade, intervalHours = 8, fundedAt, now, deadlineMs } = wait;
  if (execution.kind === 'funding' || trade === undefined) return false;
  const stamp = Math.floor(execution.time / (intervalHours * HOUR_MS)) * intervalHours * HOUR_MS;
  return trade.entryTime < stamp && fundedAt < stamp && now < stamp + deadlineMs;
}

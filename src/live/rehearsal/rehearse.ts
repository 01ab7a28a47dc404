// How does a month pass in minutes? The market moves on when the bot has dealt with all that it knows, and not before.
import type { Session } from '../session/session.ts';
import type { SteppedClock } from './stepped-clock.ts';

/** Where a step of the market ended. */
export interface MarketStep {
  /** Market time now, epoch milliseconds. */
  readonly time: number;
  /** Executions of the account since the market began, funding included. */
  readonly executions: number;
  /** The market data end here. */
  readonly ended: boolean;
}

/** The hand that moves the market. */
export interface MarketPace {
  now(): Promise<MarketStep>;
  /** Moves on to `time`, or to the next close when that comes first, and resolves when everybody has been told. */
  step(time: number): Promise<MarketStep>;
}

export interface Rehearsal {
  readonly session: Session;
  readonly clock: SteppedClock;
  readonly pace: MarketPace;
  /** What has been sent may still be on its way: resolves when it is no longer waited for. */
  readonly patience: () => Promise<void>;
  /** Executions that happened before this life of the bot. */
  readonly executionsBefore: number;
  /** Asked after every close; true: enough. */
  readonly isOver?: ((time: number) => boolean) | undefined;
}

/** Resolves at the end of the market data, or when it is over. */
export async function rehearse({
  session,
  clock,
  pace,
  patience,
  executionsBefore,
  isOver,
}: Rehearsal): Promise<MarketStep> {
  // What the market says before somebody listens is lost, and would come late by request.
  await session.hearing(patience());
  let step = await pace.now();
  while (!step.ended && isOver?.(step.time) !== true) {
    await session.settledOrWaiting(step.executions - executionsBefore, patience());
    step = await pace.step(session.quiet ? Infinity : clock.nextDue);
    clock.moveTo(step.time);
  }
  await session.settledOrWaiting(step.executions - executionsBefore, patience());
  return step;
}

// How do positions go when they may not stay? By the way to flat that asks nobody but the venue, for one symbol or for all.
import type { Clock } from '../../ports/clock.ts';
import { flattenAccount, type FlattenProgress, type FlattenReport } from '../safety/flatten-account.ts';
import type { SessionSetup } from './session-setup.ts';

const PAUSE_MS = 500;
const MAX_PAUSE_MS = 5_000;
/** A kill closes positions in so many parts at least, so that a thin book is not swept. */
const KILL_SLICE_SHARE = 0.5;

export interface EmergencyClose {
  /** Undefined: all that is held. */
  readonly symbol: string | undefined;
  /** Tells the time and waits. */
  readonly clock: Clock;
  readonly progress?: ((now: FlattenProgress) => void) | undefined;
}

/** Resolves when the venue shows neither a position nor an order. */
export async function emergencyClose(
  setup: SessionSetup,
  { symbol, clock, progress }: EmergencyClose,
): Promise<FlattenReport> {
  return flattenAccount({
    account: setup.connection.account,
    clock,
    instrument: (name) => setup.engine.state.bySymbol.get(name)?.instrument,
    idPrefix: `${setup.prefix}x`,
    sliceShare: symbol === undefined ? KILL_SLICE_SHARE : 1,
    pauseMs: PAUSE_MS,
    maxPauseMs: MAX_PAUSE_MS,
    progress,
    ...(symbol === undefined ? {} : { symbols: [symbol] }),
  });
}

// How does one position go when it may not stay? By the way to flat that the kill switch takes, for its symbol alone.
import type { Clock } from '../../ports/clock.ts';
import { flattenAccount } from '../safety/flatten-account.ts';
import type { SessionSetup } from './session-setup.ts';

const PAUSE_MS = 500;
const MAX_PAUSE_MS = 5_000;

/** `clock` tells the time and waits. Resolves when the venue shows neither a position nor an order of the symbol. */
export async function emergencyClose(setup: SessionSetup, symbol: string, clock: Clock): Promise<void> {
  await flattenAccount({
    account: setup.connection.account,
    clock,
    instrument: (name) => setup.engine.state.bySymbol.get(name)?.instrument,
    idPrefix: `${setup.prefix}x`,
    sliceShare: 1,
    pauseMs: PAUSE_MS,
    maxPauseMs: MAX_PAUSE_MS,
    symbols: [symbol],
  });
}

// How can two hundred cuts fit into ten minutes? Waits of the streams that are counted by the clock of this machine are shortened in the soaked bot, and only there.
import { DEFAULT_TIMING, type StreamTiming } from '../../src/adapters/ccxt/streams/stream-timing.ts';

/** Of a week at a thousand times the speed a minute is a sixteenth of a second: with the real waits a bot that is cut every three seconds would be deaf most of the time. */
export const HASTENED = {
  firstBackOffMs: 50,
  longestBackOffMs: 1_000,
  goodAfterMs: 500,
  pingEveryMs: 1_000,
  deadAfterMs: 4_000,
  answerMs: 2_000,
  refusedAgainMs: 2_000,
  candleEveryMs: 2_000,
  renewForSilenceEveryMs: 10_000,
} as const satisfies Partial<StreamTiming>;

if (process.env['SOAK_PROBE_FILE'] !== undefined) Object.assign(DEFAULT_TIMING, HASTENED);

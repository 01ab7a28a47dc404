// How long do streams wait for what? Deadlines, heartbeats and back-off, all in milliseconds.

export interface StreamTiming {
  /** Until a socket is open, the fetching of a listen key included. */
  readonly connectMs: number;
  /** Until a login or a subscription is answered. */
  readonly answerMs: number;
  /** Between two pings. */
  readonly pingEveryMs: number;
  /** A connection on which nothing at all was heard for so long is dead. */
  readonly deadAfterMs: number;
  /** First wait after a failure; doubled each time, half of it random. */
  readonly firstBackOffMs: number;
  readonly longestBackOffMs: number;
  /** A connection that lived so long was good: the next failure waits the first time again. */
  readonly goodAfterMs: number;
  /** A refused login or subscription is tried again after so long. */
  readonly refusedAgainMs: number;
  /** A connection is renewed after so long, before the venue cuts it. */
  readonly longestLifeMs: number;
  /** The longest time between two messages of a running candle; twice as long is silence. */
  readonly candleEveryMs: number;
  /** The same for a ticker. */
  readonly tickerEveryMs: number;
  /** Silence that a new subscription does not end makes the whole connection new, but not more often than this. */
  readonly renewForSilenceEveryMs: number;
  /** How often a listen key is prolonged (it lives for 60 minutes). */
  readonly listenKeyEveryMs: number;
  /** At most one balance is asked for in this time. */
  readonly balanceEveryMs: number;
}

/** Bybit cuts idle connections after 10 minutes and pushes candles every 1 to 60 s; Binance cuts all after 24 hours. */
export const DEFAULT_TIMING: StreamTiming = {
  connectMs: 10_000,
  answerMs: 10_000,
  pingEveryMs: 15_000,
  deadAfterMs: 35_000,
  firstBackOffMs: 500,
  longestBackOffMs: 30_000,
  goodAfterMs: 60_000,
  refusedAgainMs: 60_000,
  longestLifeMs: 23.5 * 3_600_000,
  candleEveryMs: 60_000,
  tickerEveryMs: 15_000,
  renewForSilenceEveryMs: 600_000,
  listenKeyEveryMs: 25 * 60_000,
  balanceEveryMs: 1_000,
};

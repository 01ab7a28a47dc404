// How is a balance told by a stream that says only that it changed? It is asked for, at most once in a while, until it is had.
import type { VenueBalance } from '../../../ports/venue-account.ts';

export interface BalanceQuestion {
  /** The balance has changed. */
  changed(): void;
  /** Asks when it is time. Called often. */
  pulse(): void;
  close(): void;
}

export interface BalanceQuestionOptions {
  readonly now: () => number;
  readonly everyMs: number;
  readonly ask: () => Promise<VenueBalance>;
  readonly answer: (balance: VenueBalance) => void;
  readonly failed: (reason: string) => void;
}

/** After a failure it waits twice as long each time, up to 64 times `everyMs`. */
export function createBalanceQuestion(options: BalanceQuestionOptions): BalanceQuestion {
  let isDue = false;
  let isAsking = false;
  let isClosed = false;
  let askAt = -Infinity;
  let failures = 0;
  const settle = (succeeded: boolean): void => {
    isAsking = false;
    failures = succeeded ? 0 : Math.min(6, failures + 1);
    askAt = options.now() + options.everyMs * 2 ** failures;
  };
  const answered = (balance: VenueBalance): void => {
    settle(true);
    if (!isClosed) options.answer(balance);
  };
  const failed = (error: unknown): void => {
    settle(false);
    isDue = true;
    const reason = error instanceof Error ? error.message : String(error);
    if (!isClosed) options.failed(`the balance could not be asked for: ${reason}`);
  };
  const ask = (): void => {
    isDue = false;
    isAsking = true;
    options.ask().then(answered, failed);
  };
  return {
    changed() {
      isDue = true;
    },
    pulse() {
      if (isDue && !isAsking && !isClosed && options.now() >= askAt) ask();
    },
    close() {
      isClosed = true;
    },
  };
}

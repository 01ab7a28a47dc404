// What does the exit code of a command say?
import type { ErrorCode } from '../domain/errors.ts';

export const EXIT = {
  /** The command did what was asked, and its answer is positive. */
  OK: 0,
  /** The command ran, and its answer is negative: a check found errors, a fold failed. */
  NEGATIVE: 1,
  /** The input, the configuration or the data is wrong; nothing was done. */
  BAD_INPUT: 2,
  /** A bug in perpilot. */
  BUG: 3,
  /** Stopped by a signal; nothing half-written was left behind. */
  INTERRUPTED: 130,
} as const;

/** The same in words, for people. */
export const EXIT_MEANINGS: Readonly<Record<ExitCode, string>> = {
  0: 'done, and the answer is positive',
  1: 'done, and the answer is negative: a check found errors, a fold failed',
  2: 'the input, the settings or the data are wrong; nothing was done',
  3: 'a bug in perpilot',
  130: 'stopped by a signal; nothing half-written was left behind',
};

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The exit code of a command that failed with `code`. */
export function exitCodeOf(code: ErrorCode): ExitCode {
  switch (code) {
    case 'FOLD_FAILED':
    case 'TRAINING_FAILED':
    case 'MANIFEST_MISMATCH':
      return EXIT.NEGATIVE;
    case 'INVARIANT_BROKEN':
      return EXIT.BUG;
    case 'INTERRUPTED':
      return EXIT.INTERRUPTED;
    default:
      return EXIT.BAD_INPUT;
  }
}

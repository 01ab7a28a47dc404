// How do failures speak? A stable code, one sentence, and every problem that was found, at once.

/** Every code perpilot can fail with. Codes are never reused; docs/reference/errors.md is generated from this table. */
export const ERROR_CODES = {
  CONFIG_INVALID: 'A configuration file or a --set value is wrong.',
  CONFIG_MISSING: 'A configuration file cannot be read.',
  ARGUMENT_INVALID: 'A command-line argument is wrong.',
  DATA_MISSING: 'A data folder, symbol or file does not exist.',
  DATA_CORRUPT: 'A data file cannot be read or holds values that no market has.',
  DATA_TOO_SHORT: 'The stored history is shorter, or has more holes, than what is asked of it allows.',
  OUTPUT_UNWRITABLE: 'The output folder cannot be written.',
  MODEL_INCOMPATIBLE: 'A model was made for other features, another order of features or another schema.',
  MODEL_CORRUPT: 'A model file is damaged or not of the format it claims.',
  MODEL_MISSING: 'No model has that name, or a symbol has none.',
  MODEL_REFUSED: 'A model may not become champion; every reason stands beside it.',
  RETRAINING_UNDER_WAY: 'Another process is retraining these models.',
  TRAINING_FAILED: 'A model could not be trained.',
  FOLD_FAILED: 'At least one fold of the walk-forward failed; the reason stands beside it.',
  MANIFEST_MISMATCH: 'A rerun from a manifest met other data, code or results than recorded.',
  HOLDOUT_OPENED: 'The holdout of this data has been opened before.',
  JOURNAL_CORRUPT: 'The journal of the bot was changed or damaged; the message names the newest sound backup.',
  JOURNAL_NEWER: 'The journal was written by a newer version of perpilot.',
  JOURNAL_UNWRITABLE: 'The journal cannot be written: the disk is full or read-only.',
  JOURNAL_CONFLICT: 'An execution that is in the journal already was to be written again.',
  JOURNAL_IN_USE: 'Another process works with the journal.',
  START_REFUSED: 'The bot may not start like this; every reason stands beside it, each with a code of its own.',
  KEY_MISSING: 'The API key of this mode is not in the environment.',
  MARGIN_MODE_WRONG:
    'The account has another margin mode than the settings say. Change it at the venue, or the setting margin_mode.',
  POSITION_MODE_WRONG: 'The account is in hedge mode. Switch it to one-way mode at the venue, with nothing open.',
  LEVERAGE_TOO_HIGH:
    'A position has more leverage than risk.max_leverage. Lower it at the venue, or close the position.',
  INSTANCE_RUNNING: 'Another process of perpilot on this machine holds this state or this account.',
  OTHER_INSTANCE:
    'Another perpilot trades on this account, or did within a day. Stop it; if it is gone for good: --take-over.',
  REAL_MONEY_UNCONFIRMED: 'Real money needs a confirmation in the environment; docs/bot.md says which.',
  READINESS_MISSING: 'Real money needs a report of readiness that passed in the last seven days.',
  READINESS_UNREADABLE: 'The report of readiness is damaged or was changed. Have it made anew.',
  READINESS_FAILED: 'The report of readiness did not pass. Settle what it names and have it made anew.',
  READINESS_OUTDATED: 'The report of readiness is too old, or of a time to come. Have it made anew.',
  READINESS_FOREIGN: 'The report of readiness is about another account, other settings or another version.',
  BACKUP_CORRUPT: 'A backup is not whole: files are missing, changed or not of it.',
  DRILL_FAILED: 'A drill did not see what has to be seen.',
  INVARIANT_BROKEN: 'A promise inside the program does not hold: this is a bug.',
  INTERRUPTED: 'The run was interrupted; nothing half-written was left behind.',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** One thing that is wrong, with where it is and what would be right where that is known. */
export interface Problem {
  readonly message: string;
  /** Its own code, where several kinds of problems come together. */
  readonly code?: string;
  /** File and line, or the command-line option, in which the problem stands. */
  readonly where?: string;
  readonly hint?: string;
}

/** An expected kind of failure that ends a command: bad input, bad data, a broken promise. */
export class PerpilotError extends Error {
  readonly code: ErrorCode;
  readonly problems: readonly Problem[];

  constructor(code: ErrorCode, problems: readonly Problem[] | string) {
    const list = typeof problems === 'string' ? [{ message: problems }] : problems;
    super(list.map((problem) => problem.message).join('; '));
    this.name = 'PerpilotError';
    this.code = code;
    this.problems = list;
  }
}

/** Throws INVARIANT_BROKEN unless `holds`. */
export function invariant(holds: boolean, message: string): asserts holds {
  if (!holds) throw new PerpilotError('INVARIANT_BROKEN', message);
}

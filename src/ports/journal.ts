// Where does the bot remember? In an append-only journal: what is committed is on the disk, all of a commit or nothing.

/** Streams of the journal, each with its own keys. What is written last under a key counts. */
export const JOURNAL_STREAMS = [
  /** One life of the program: version, settings, models. */
  'run',
  /** An input of the engine with the commands, notes and decisions that it led to. */
  'event',
  /** A state of an order; the key is its client order id. */
  'order',
  /** An execution that the venue reported; the key is its id at the venue, which is never written twice. */
  'execution',
  /** Kill switch, pause and other switches that outlive the program; the key names the switch. */
  'latch',
  /** A canary that begins or has ended. */
  'canary',
  /** Equity at a close. */
  'equity',
  /** A model that a step names, whole; the key is its id. Written once, before the step. */
  'model',
  /** What a challenger says of a signal beside the champion, and what came of it; the key is the symbol. */
  'shadow',
  /** When a retraining began and how it ended. */
  'renewal',
  /** What a person or the watch should know: alarms, refusals, reconciliations. */
  'incident',
] as const;

export type JournalStream = (typeof JOURNAL_STREAMS)[number];

export interface NewJournalRow {
  readonly stream: JournalStream;
  /** Empty: the stream needs none. */
  readonly key: string;
  /** When it happened at the venue, epoch milliseconds. */
  readonly eventTime: number;
  /** When we learned of it. */
  readonly receivedTime: number;
  /** Exact JSON (see `toExactJson`). */
  readonly payload: string;
}

export interface JournalRow extends NewJournalRow {
  /** Rises by one with every row, from 1. */
  readonly sequence: number;
}

export interface JournalQuery {
  readonly stream?: JournalStream | undefined;
  readonly key?: string | undefined;
  /** First and last sequence, both inclusive. */
  readonly from?: number | undefined;
  readonly until?: number | undefined;
  /** Event times, both inclusive. */
  readonly since?: number | undefined;
  readonly before?: number | undefined;
  /** Kind of an event, execution or incident, or phase of an order. */
  readonly kind?: string | undefined;
  /** Texts that must all stand in the payload. */
  readonly texts?: readonly string[] | undefined;
  /** Only the last so many of these rows, still in rising order. */
  readonly last?: number | undefined;
}

export interface Journal {
  /** Where it lies, for messages. */
  readonly place: string;
  /**
   * Writes all rows or none; when it returns they survive a loss of power. Returns the sequence of the last one.
   * @throws PerpilotError JOURNAL_UNWRITABLE (disk full, read-only), JOURNAL_CONFLICT when an execution is there already
   */
  commit(rows: readonly NewJournalRow[]): number;
  /** Rows in rising sequence. */
  read(query?: JournalQuery): IterableIterator<JournalRow>;
  /** The last row under the key; undefined: there is none. */
  latest(stream: JournalStream, key: string): JournalRow | undefined;
  /** Copies the whole journal, consistent, to a file of its own and removes all but the newest `keep` copies; returns the file. */
  backup(keep: number): Promise<string>;
  close(): void;
}

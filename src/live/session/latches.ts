// Which switches outlive the program? Kill switch, pause and their kin, each with who set it, when and why.
import { fromExactJson, toExactJson } from '../../domain/exact-json.ts';
import type { Journal, NewJournalRow } from '../../ports/journal.ts';

/** `kill`: all is closed and nothing is opened until a person resumes; `pause`: nothing is opened. */
export type LatchName = 'kill' | 'pause';

export interface Latch {
  readonly set: boolean;
  readonly reason: string;
  /** Who: a person's command, or the rule that broke. */
  readonly by: string;
  /** Epoch milliseconds. */
  readonly at: number;
}

/** The latch as it was written last; undefined: it was never set. */
export function latchIn(journal: Journal, name: LatchName): Latch | undefined {
  const row = journal.latest('latch', name);
  // Written by `latchRow` below.
  return row === undefined ? undefined : (fromExactJson(row.payload) as Latch);
}

export function isSet(journal: Journal, name: LatchName): boolean {
  return latchIn(journal, name)?.set === true;
}

export function latchRow(name: LatchName, latch: Latch): NewJournalRow {
  return { stream: 'latch', key: name, eventTime: latch.at, receivedTime: latch.at, payload: toExactJson(latch) };
}

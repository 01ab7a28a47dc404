// What became of the last canary? A row of the journal when it begins and one when it is over, so that a killed program knows that it left one.
import { fromExactJson, toExactJson } from '../../domain/exact-json.ts';
import type { Journal, NewJournalRow } from '../../ports/journal.ts';

/** `interrupted`: it came to no end, which says nothing about the venue; `impossible`: there was nowhere to order. */
export type CanaryOutcome = 'passed' | 'failed' | 'interrupted' | 'impossible';

export interface CanaryRecord {
  /** Empty where none was chosen. */
  readonly symbol: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** Undefined: it is on, or a program was killed in it: what it left is still to be cleaned up. */
  readonly endedAt: number | undefined;
  readonly outcome: CanaryOutcome | undefined;
  readonly failedStep: string | undefined;
  /** Why, with the words of the venue. */
  readonly reason: string | undefined;
  /** When the last one that passed ended; undefined: none ever did. */
  readonly passedAt: number | undefined;
}

/** What there is to tell of the canaries of a bot. */
export interface CanaryFacts {
  /** The last one that began, in this life or an earlier one; undefined: none did. */
  readonly last: CanaryRecord | undefined;
  /** The last one that passed is too old then, milliseconds. */
  readonly maxAgeMs: number;
}

export function lastCanary(journal: Journal): CanaryRecord | undefined {
  const row = journal.latest('canary', '');
  // Written by `canaryRow` below.
  return row === undefined ? undefined : (fromExactJson(row.payload) as CanaryRecord);
}

export function canaryRow(record: CanaryRecord): NewJournalRow {
  const time = record.endedAt ?? record.startedAt;
  return { stream: 'canary', key: '', eventTime: time, receivedTime: time, payload: toExactJson(record) };
}

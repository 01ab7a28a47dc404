// A journal without a disk, which refuses when a test wants it to.
import type { PerpilotError } from '../../../src/domain/errors.ts';
import type { Journal, JournalQuery, JournalRow } from '../../../src/ports/journal.ts';

export interface MemoryJournal extends Journal {
  /** Every commit fails with it; undefined: none does. */
  refuse(error: PerpilotError | undefined): void;
}

export function memoryJournal(): MemoryJournal {
  const rows: JournalRow[] = [];
  let refusal: PerpilotError | undefined;
  const fits = (row: JournalRow, { stream, key, from = 0, until = Infinity, since, before }: JournalQuery): boolean =>
    (stream === undefined || row.stream === stream) &&
    (key === undefined || row.key === key) &&
    row.sequence >= from &&
    row.sequence <= until &&
    row.eventTime >= (since ?? -Infinity) &&
    row.eventTime <= (before ?? Infinity);
  return {
    place: 'memory',
    commit(added) {
      if (refusal !== undefined) throw refusal;
      for (const row of added) rows.push({ ...row, sequence: rows.length + 1 });
      return rows.length;
    },
    *read(query = {}) {
      const found = rows.filter((row) => fits(row, query));
      yield* query.last === undefined ? found : found.slice(-query.last);
    },
    latest: (stream, key) => rows.findLast((row) => row.stream === stream && row.key === key),
    backup: async () => 'memory',
    close: () => undefined,
    refuse(error) {
      refusal = error;
    },
  };
}

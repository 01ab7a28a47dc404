// A journal without a disk, which refuses when a test wants it to.
import type { PerpilotError } from '../../../src/domain/errors.ts';
import type { Journal, JournalQuery, JournalRow } from '../../../src/ports/journal.ts';

export interface MemoryJournal extends Journal {
  /** Every commit fails with it; undefined: none does. */
  refuse(error: PerpilotError | undefined): void;
  /** The program dies at the next `commits`-th commit, before or after it is on the disk. */
  dieAt(commits: number, when: 'before' | 'after'): void;
}

/** What a killed program would have thrown, could it still throw. */
export class Killed extends Error {}

const fits = (
  row: JournalRow,
  { stream, key, from = 0, until = Infinity, since, before, kind, texts = [] }: JournalQuery,
): boolean =>
  (stream === undefined || row.stream === stream) &&
  (key === undefined || row.key === key) &&
  row.sequence >= from &&
  row.sequence <= until &&
  row.eventTime >= (since ?? -Infinity) &&
  row.eventTime <= (before ?? Infinity) &&
  (kind === undefined || row.payload.includes(`"kind":"${kind}"`)) &&
  texts.every((text) => row.payload.includes(text));

export function memoryJournal(): MemoryJournal {
  const rows: JournalRow[] = [];
  const newest = new Map<string, JournalRow>();
  let refusal: PerpilotError | undefined;
  let left = Infinity;
  let moment: 'before' | 'after' = 'before';
  return {
    place: 'memory',
    commit(added) {
      if (refusal !== undefined) throw refusal;
      left -= 1;
      if (left === 0 && moment === 'before') throw new Killed();
      for (const row of added) {
        const numbered = { ...row, sequence: rows.length + 1 };
        rows.push(numbered);
        newest.set(`${row.stream} ${row.key}`, numbered);
      }
      if (left === 0) throw new Killed();
      return rows.length;
    },
    *read(query = {}) {
      const found = rows.filter((row) => fits(row, query));
      yield* query.last === undefined ? found : found.slice(-query.last);
    },
    latest: (stream, key) => newest.get(`${stream} ${key}`),
    backup: async () => 'memory',
    close: () => undefined,
    dieAt(commits, when) {
      left = commits;
      moment = when;
    },
    refuse(error) {
      refusal = error;
    },
  };
}

// How does a file that lines are added to stay small? When it is full it is emptied, and what was in it is kept once beside it.
import { copyFileSync, statSync, truncateSync } from 'node:fs';

const MOST_BYTES = 1_048_576;

/** Empties the file when it is full: what was in it is then `FILE.1`. Whoever has it open to add to it may go on. Never throws. */
export function turnWhenFull(file: string, mostBytes: number = MOST_BYTES): void {
  try {
    if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) < mostBytes) return;
    copyFileSync(file, `${file}.1`);
    truncateSync(file);
  } catch {
    // A disk that refuses keeps nobody from what the lines are about.
  }
}

// How is a changed result taken for good? Runs every frozen run anew, writes expected.json, and says what has changed.
// Usage: node test/golden/frozen/accept.ts
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { differences, EXPECTED_FILE, expectedOf, textOf, type Expected } from './expected-file.ts';
import type { Figures } from './frozen-figures.ts';
import { FROZEN_RUNS } from './frozen-runs.ts';

/** One line for each figure that is another, each run that is new, and each that is gone. */
export function changesOf(before: Expected['runs'], now: ReadonlyMap<string, Figures>): string[] {
  const gone = Object.keys(before).filter((name) => !now.has(name));
  return [
    ...[...now].flatMap(([name, figures]) => differences(name, before[name], figures)),
    ...gone.map((name) => `${name}: the run is gone`),
  ];
}

function accept(): void {
  const before = existsSync(EXPECTED_FILE) ? expectedOf(readFileSync(EXPECTED_FILE, 'utf8')).runs : {};
  const now = new Map([...FROZEN_RUNS].map(([name, run]) => [name, run()]));
  const changes = changesOf(before, now);
  writeFileSync(EXPECTED_FILE, textOf(now, process.version));
  for (const change of changes) console.log(change);
  console.log(
    changes.length === 0
      ? `Nothing has changed in ${now.size} runs.`
      : `${changes.length} changes in ${now.size} runs are accepted: CHANGELOG.md needs a line that says why.`,
  );
}

if (import.meta.main) accept();

// How is a changed result taken for good? Runs every frozen run anew, writes expected.json, and says what has changed.
// Usage: node test/golden/frozen/accept.ts
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { differences, EXPECTED_FILE, expectedOf, textOf } from './expected-file.ts';
import { FROZEN_RUNS } from './frozen-runs.ts';

const before = existsSync(EXPECTED_FILE) ? expectedOf(readFileSync(EXPECTED_FILE, 'utf8')).runs : {};
const now = new Map([...FROZEN_RUNS].map(([name, run]) => [name, run()]));
const lines = [
  ...[...now].flatMap(([name, figures]) => differences(name, before[name], figures)),
  ...Object.keys(before)
    .filter((name) => !now.has(name))
    .map((name) => `${name}: the run is gone`),
];
writeFileSync(EXPECTED_FILE, textOf(now, process.version));
for (const line of lines) console.log(line);
console.log(
  lines.length === 0
    ? `nothing has changed in ${now.size} runs`
    : `${lines.length} figures of ${now.size} runs have changed and are accepted: CHANGELOG.md needs a line that says why`,
);

// Are the generated pages of docs/reference as they should be? Writes them; `--check` only says whether they are fresh.
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeFileAtomically } from '../src/adapters/system/atomic-write.ts';
import { referencePages } from './reference-pages.ts';

const folder = fileURLToPath(new URL('../docs/reference/', import.meta.url));
const stale = referencePages().filter(({ name, text }) => {
  const path = join(folder, name);
  return !existsSync(path) || readFileSync(path, 'utf8') !== text;
});

if (process.argv.includes('--check')) {
  for (const { name } of stale) console.error(`docs/reference/${name} is stale: run node tools/write-reference.ts`);
  if (stale.length > 0) process.exitCode = 1;
} else {
  mkdirSync(folder, { recursive: true });
  for (const { name, text } of stale) {
    await writeFileAtomically(join(folder, name), text);
    console.log(`wrote docs/reference/${name}`);
  }
}

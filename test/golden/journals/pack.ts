// How does a recorded journal become one that every later version must replay? `node test/golden/journals/pack.ts FOLDER NAME`.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync } from 'node:zlib';
import { replayed } from './replayed.ts';

const [from, name] = process.argv.slice(2);
if (from === undefined || name === undefined) throw new Error('say the folder of a rehearsal, and a name');

const folder = join(dirname(fileURLToPath(import.meta.url)), name);
mkdirSync(folder);
cpSync(join(from, 'models'), join(folder, 'models'), { recursive: true });
writeFileSync(join(folder, 'journal.sqlite.br'), brotliCompressSync(readFileSync(join(from, 'journal.sqlite'))));
writeFileSync(join(folder, 'expected.json'), `${JSON.stringify(await replayed(folder), undefined, 2)}\n`);

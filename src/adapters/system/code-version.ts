// Which code made a result? The package's version and a hash over its source files.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import packageFacts from '../../../package.json' with { type: 'json' };

const SOURCE = fileURLToPath(new URL('../../', import.meta.url));

/** Such as `0.1.0+3f2a9c41d7e0`: equal source files, equal text, wherever they lie; tests do not count. */
export function codeVersion(): string {
  const hash = createHash('sha256');
  for (const path of sourceFiles()) {
    hash.update(`${relative(SOURCE, path).split(sep).join('/')}\n`);
    hash.update(readFileSync(path));
  }
  return `${packageFacts.version}+${hash.digest('hex').slice(0, 12)}`;
}

function sourceFiles(): string[] {
  return readdirSync(SOURCE, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.[jt]s$/.test(entry.name) && !/\.(test|d)\.[jt]s$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

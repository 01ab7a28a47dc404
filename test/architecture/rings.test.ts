// Does the dependency checker know every folder, and does it say what the ring table says?
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';

interface Rule {
  readonly name: string;
  readonly severity: string;
  readonly from: { readonly path?: string | readonly string[]; readonly pathNot?: string | readonly string[] };
  readonly to: {
    readonly path?: string | readonly string[];
    readonly pathNot?: string | readonly string[];
    readonly circular?: boolean;
    readonly dependencyTypes?: readonly string[];
  };
}

const { forbidden } = createRequire(import.meta.url)('../../.dependency-cruiser.cjs') as { forbidden: readonly Rule[] };
const folders = readdirSync(new URL('../../src/', import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Rings: a folder may import from folders of lower numbers as listed, never upwards. cli, the outermost, may import all. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  ports: ['domain'],
  indicators: ['domain'],
  learning: ['domain'],
  strategy: ['domain', 'indicators', 'learning'],
  portfolio: ['domain', 'indicators', 'learning'],
  risk: ['domain', 'indicators', 'learning'],
  engine: ['domain', 'indicators', 'learning', 'strategy', 'portfolio', 'risk'],
  simulation: ['domain', 'indicators', 'learning', 'strategy', 'portfolio', 'risk', 'engine', 'ports'],
  training: ['domain', 'indicators', 'learning', 'strategy', 'portfolio', 'risk', 'engine', 'ports', 'simulation'],
  'market-data': ['domain', 'ports'],
  adapters: ['domain', 'ports'],
};

const matches = (pattern: string | readonly string[] | undefined, path: string): boolean =>
  pattern !== undefined && [pattern].flat().some((each) => new RegExp(each).test(path));

/** Whether any ring rule, as an error, forbids the import; dependency types and cycles are not looked at. */
function isForbidden(from: string, to: string): boolean {
  return forbidden.some((rule) => {
    if (rule.severity !== 'error' || rule.to.dependencyTypes !== undefined || rule.to.circular === true) return false;
    const applies = matches(rule.from.path, from) && !matches(rule.from.pathNot, from);
    return applies && matches(rule.to.path, to) && !matches(rule.to.pathNot, to);
  });
}

describe('the dependency rules', () => {
  it.each(folders.filter((folder) => folder !== 'cli'))('keep src/%s in its ring', (folder) => {
    const own = `src/${folder}/any.ts`;
    expect(isForbidden(own, 'src/cli/any.ts')).toBe(true);
    expect(isForbidden(own, `src/${folder}/other.ts`)).toBe(false);
  });

  it.each(Object.entries(MAY_IMPORT))('let src/%s import what its ring allows, and nothing else', (folder, allowed) => {
    for (const other of folders) {
      if (other === folder) continue;
      const isAllowed = allowed.includes(other);
      expect(isForbidden(`src/${folder}/any.ts`, `src/${other}/any.ts`), `${folder} imports ${other}`).toBe(!isAllowed);
    }
  });

  it('forbid cycles, unresolved imports and tests in sources, as errors', () => {
    const errors = new Set(forbidden.filter(({ severity }) => severity === 'error').map(({ name }) => name));
    for (const name of ['no-cycle', 'no-orphan-import', 'source-does-not-import-tests', 'pure-core']) {
      expect(errors).toContain(name);
    }
    expect(forbidden.every(({ severity }) => severity === 'error')).toBe(true);
  });
});

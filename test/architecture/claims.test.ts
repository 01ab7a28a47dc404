// Does every proof that docs/claims.md names exist?
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const claims = readFileSync(new URL('../../docs/claims.md', import.meta.url), 'utf8');
const proofs = [...claims.matchAll(/`((?:src|test|bench)\/[^`]+)`/g)].map(([, path]) => path);

describe('docs/claims.md', () => {
  it('names proofs', () => expect(proofs.length).toBeGreaterThan(20));
  it.each([...new Set(proofs)])('%s exists', (path) => {
    expect(existsSync(new URL(`../../${path}`, import.meta.url))).toBe(true);
  });
});

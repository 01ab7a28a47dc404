// Is the fingerprint the published 64-bit FNV-1a?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hash64 } from './hash.ts';

/** The definition, literally, in whole numbers of any size. */
function reference(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return hash.toString(16).padStart(16, '0');
}

describe('hash64', () => {
  it.each([
    ['', 'cbf29ce484222325'],
    ['a', 'af63dc4c8601ec8c'],
    ['foobar', '85944171f73967e8'],
  ])('gives the published value of "%s"', (text, expected) => {
    expect(hash64(text)).toBe(expected);
  });

  it('equals the definition for any text, lone surrogates included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => hash64(text) === reference(text)),
      { seed: 1, numRuns: 150 },
    );
    expect(hash64('\ud800x')).toBe(reference('\ud800x'));
  });
});

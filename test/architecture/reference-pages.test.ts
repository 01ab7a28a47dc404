// Are the generated reference pages fresh? They must be what the code would write now.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { referencePages } from '../../tools/reference-pages.ts';

it.each(referencePages().map(({ name, text }) => [name, text] as const))(
  'docs/reference/%s is fresh (else: node tools/write-reference.ts)',
  (name, text) => {
    expect(readFileSync(new URL(`../../docs/reference/${name}`, import.meta.url), 'utf8')).toBe(text);
  },
);

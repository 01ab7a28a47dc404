// Can foreign text become markup? Not in text, not in attributes, not inside the page's script.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeText, jsonForScript, markup, trusted } from './markup.ts';

const NASTY = [
  '<script>alert(1)</script>',
  '"',
  "'",
  '`',
  '&amp;',
  '-->',
  '<!--',
  ']]>',
  '</style>',
  '\u2028',
  '\u0000',
  '\uD800',
  'javascript:',
];
const nasty = fc
  .array(fc.oneof(fc.constantFrom(...NASTY), fc.string({ unit: 'binary', maxLength: 5 })), { maxLength: 6 })
  .map((parts) => parts.join(''));

/** What a browser makes of escaped text. */
function decoded(text: string): string {
  const names: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", '#96': '`' };
  return text.replaceAll(/&(#?\w+);/g, (_, name: string) => names[name]);
}

describe('escaping', () => {
  it('leaves nothing that ends an element, an attribute or a comment, and reads as what was written', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const escaped = escapeText(text);
        expect(escaped).not.toMatch(/[<>"'`]/);
        expect(escaped).not.toMatch(/&(?!(amp|lt|gt|quot|#39|#96);)/);
        expect(decoded(escaped)).toBe(text.toWellFormed().replaceAll(/(?![\t\n\r])\p{Cc}|[\uFFFE\uFFFF]/gu, '\uFFFD'));
      }),
      { seed: 31, numRuns: 400 },
    );
  });

  it('happens to every value of a template, in lists and in attributes, and never twice', () => {
    const cell = markup`<td title="${'"><b>'}">${['<i>', 1, undefined, markup`<b>${'&'}</b>`]}</td>`;
    expect(cell.markup).toBe('<td title="&quot;&gt;&lt;b&gt;">&lt;i&gt;1<b>&amp;</b></td>');
    expect(markup`${trusted('<hr>')}`.markup).toBe('<hr>');
  });
});

describe('data in a script element', () => {
  it('cannot end the element and is read back as it was', () => {
    fc.assert(
      fc.property(nasty, (text) => {
        const embedded = jsonForScript({ [text]: text, list: [text] });
        expect(embedded).not.toMatch(/[<>&\u2028\u2029]/);
        expect(JSON.parse(embedded)).toEqual({ [text]: text, list: [text] });
      }),
      { seed: 32, numRuns: 400 },
    );
  });
});

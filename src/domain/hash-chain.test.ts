import * as fc from 'fast-check';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { CHAIN_START, chainLines, readChain } from './hash-chain.ts';

const ENTRIES = [{ a: 1, text: 'straße\n"}' }, { b: [0.1, -0, null] }, 'third', { hash: '"hash":"' }, 5];
const LOG = chainLines(CHAIN_START, ENTRIES);
const LINES = LOG.text.trimEnd().split('\n');

function soundOf(text: string, anchor = CHAIN_START) {
  const reading = readChain(text, anchor);
  if (reading.kind === 'broken') throw new Error(`line ${reading.line} ${reading.reason}`);
  return reading;
}

describe('a hash chain', () => {
  it('gives back any entries, however many appends wrote them', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.jsonValue(), { maxLength: 4 }), { maxLength: 5 }), (batches) => {
        let head = CHAIN_START;
        let text = '';
        for (const batch of batches) {
          const next = chainLines(head, batch);
          text += next.text;
          head = next.head;
        }
        const reading = soundOf(text, head);
        expect(reading.entries).toEqual(JSON.parse(JSON.stringify(batches.flat())));
        expect(reading).toMatchObject({ head, length: text.length, torn: '', lacksLineFeed: false });
        expect(text).toMatch(/^[\n -~]*$/);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it('holds the SHA-256 of each line before its own hash, and in the next line', () => {
    for (const [index, line] of LINES.entries()) {
      const end = line.lastIndexOf(',"hash":');
      const hash = createHash('sha256').update(line.slice(0, end)).digest('hex');
      expect(line.slice(end)).toBe(`,"hash":"${hash}"}`);
      if (index + 1 < LINES.length) expect(LINES[index + 1]).toContain(`{"line":${index + 2},"previous":"${hash}"`);
    }
  });

  it('refuses numbers that JSON would lose', () => {
    expect(() => chainLines(CHAIN_START, [{ sharpe: NaN }])).toThrow('a log cannot hold NaN (sharpe)');
  });

  it('names the line of any single changed character', () => {
    fc.assert(
      fc.property(
        fc.nat(LOG.text.length - 2),
        fc.integer({ min: 32, max: 126 }).map((code) => String.fromCharCode(code)),
        (at, character) => {
          fc.pre(LOG.text[at] !== character);
          const changed = LOG.text.slice(0, at) + character + LOG.text.slice(at + 1);
          const line = LOG.text.slice(0, at).split('\n').length;
          expect(readChain(changed)).toMatchObject({ kind: 'broken', line });
        },
      ),
      { seed: 2, numRuns: 500 },
    );
  });

  it('names the place of removed, doubled and swapped lines', () => {
    for (let index = 0; index < LINES.length; index += 1) {
      const isLast = index === LINES.length - 1;
      const removed = readChain(`${LINES.toSpliced(index, 1).join('\n')}\n`, LOG.head);
      expect(removed).toMatchObject({ kind: 'broken', line: index + 1 });
      const doubled = readChain(`${LINES.toSpliced(index, 0, LINES[index]).join('\n')}\n`);
      expect(doubled).toMatchObject({ kind: 'broken', line: index + 2 });
      if (isLast) continue;
      const swapped = LINES.toSpliced(index, 2, LINES[index + 1], LINES[index]);
      expect(readChain(`${swapped.join('\n')}\n`)).toMatchObject({ kind: 'broken', line: index + 1 });
    }
  });

  it('sees that a whole log was written anew, or an entry with a hash of its own', () => {
    const forged = chainLines(CHAIN_START, ENTRIES.with(2, 'forged'));
    expect(readChain(forged.text, LOG.head)).toMatchObject({ kind: 'broken', line: 5 });
    const mixed = [...LINES.slice(0, 2), forged.text.split('\n')[2], ...LINES.slice(3)];
    expect(readChain(`${mixed.join('\n')}\n`)).toMatchObject({ kind: 'broken', line: 4 });
  });

  it('keeps every whole line wherever the text is cut off', () => {
    for (let cut = 0; cut <= LOG.text.length; cut += 1) {
      const text = LOG.text.slice(0, cut);
      const whole = LINES.filter((_line, index) => LINES.slice(0, index + 1).join('\n').length <= cut).length;
      const reading = soundOf(text);
      expect(reading.head.lines).toBe(whole);
      expect(text.slice(0, reading.length) + reading.torn).toBe(text);
      expect(readChain(text, LOG.head).kind).toBe(whole === LINES.length ? 'sound' : 'broken');
    }
  });
});

// Does a misspelt name find the one that was meant?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearestNames } from './nearest-name.ts';

const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c', 'd'), maxLength: 7 });

/** The recurrence as it is defined, without a table. */
function slowDistance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length;
  const replaced = slowDistance(a.slice(0, -1), b.slice(0, -1)) + (a.at(-1) === b.at(-1) ? 0 : 1);
  const edits = [slowDistance(a.slice(0, -1), b) + 1, slowDistance(a, b.slice(0, -1)) + 1, replaced];
  if (a.length > 1 && b.length > 1 && a.at(-1) === b.at(-2) && a.at(-2) === b.at(-1))
    edits.push(slowDistance(a.slice(0, -2), b.slice(0, -2)) + 1);
  return Math.min(...edits);
}

describe('editDistance', () => {
  it('equals the plain recurrence', () => {
    const short = word.map((text) => text.slice(0, 5));
    fc.assert(
      fc.property(short, short, (a, b) => {
        expect(editDistance(a, b)).toBe(slowDistance(a, b));
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it('counts a swap of neighbours as one edit', () => {
    expect(editDistance('BTCUSDT', 'BCTUSDT')).toBe(1);
    expect(editDistance('', 'abc')).toBe(3);
  });

  it('is symmetric and zero only for equal texts', () => {
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, b) === 0).toBe(a === b);
      }),
      { seed: 2 },
    );
  });
});

describe('nearestNames', () => {
  const symbols = ['BTCUSDT', 'ETHUSDT', 'ETCUSDT', 'SOLUSDT', '1000SHIBUSDT'];

  it('puts the nearest first, whatever the case', () => {
    expect(nearestNames('btcusdt', symbols)[0]).toBe('BTCUSDT');
    expect(nearestNames('ETHUSD', symbols)).toEqual(['ETHUSDT', 'ETCUSDT']);
    expect(nearestNames('stop_los', ['stop_loss', 'take_profit'])).toEqual(['stop_loss']);
  });

  it('offers names that the text is a part of', () => {
    expect(nearestNames('SHIB', symbols)).toEqual(['1000SHIBUSDT']);
    expect(nearestNames('SOL', symbols)).toEqual(['SOLUSDT']);
  });

  it('offers nothing for a name that resembles none, and never more than asked for', () => {
    expect(nearestNames('zzzzzz', symbols)).toEqual([]);
    expect(nearestNames('USDT', symbols, 2)).toHaveLength(2);
  });
});

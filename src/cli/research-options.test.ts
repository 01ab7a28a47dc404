// Are the words and numbers of the command line read as meant, and refused where they mean nothing?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readNumbers,
  readPortfolioWish,
  refuseContradictions,
  refuseUnusableWords,
  wordsOf,
} from './research-options.ts';

const otherwise = { years: 2, seed: 1 };

describe('numbers', () => {
  it('come from the options, else from elsewhere', () => {
    expect(readNumbers({}, otherwise)).toMatchObject(otherwise);
    expect(readNumbers({ years: '1.5', seed: '0', jobs: '3' }, otherwise)).toEqual({ years: 1.5, seed: 0, jobs: 3 });
    expect(readNumbers({}, otherwise).jobs).toBeGreaterThanOrEqual(1);
  });

  it.each(['0', '-1', 'two', '', ' ', 'NaN', 'Infinity', '51', '1e9'])('--years %j is refused', (years) => {
    expect(() => readNumbers({ years }, otherwise)).toThrow(/--years .*above 0 and at most 50/);
  });

  it.each(['-1', '1.5', 'x', '4294967296'])('--seed %j is refused', (seed) => {
    expect(() => readNumbers({ seed }, otherwise)).toThrow(/--seed .*a whole number from 0 to 4294967295/);
  });

  it.each(['0', '-2', '1.5', 'many', '257'])('--jobs %j is refused', (jobs) => {
    expect(() => readNumbers({ jobs }, otherwise)).toThrow(/--jobs .*a whole number from 1 to 256/);
  });

  it('are refused all at once', () => {
    expect(() => readNumbers({ years: '0', seed: 'x', jobs: '0' }, otherwise)).toThrow(/--years.*--seed.*--jobs/);
  });
});

describe('accounts over all symbols', () => {
  it('are none, beside the symbols, or nothing else; another word is refused', () => {
    expect([undefined, true, 'only'].map(readPortfolioWish)).toEqual(['none', 'beside', 'only']);
    expect(() => readPortfolioWish('alone')).toThrow('--portfolio alone: nothing or the word only is needed');
  });

  it('beside the symbols are no part of a sweep, alone they are', () => {
    const swept = { sweep: ['portfolio.cross_sectional.top_k=2,3'], embedded: true, json: false };
    expect(() => refuseContradictions({ ...swept, portfolio: true })).toThrow('--portfolio and --sweep');
    expect(() => refuseContradictions({ ...swept, portfolio: 'only' })).not.toThrow();
  });
});

describe('words', () => {
  it('may be parted by blanks or commas, in any mixture', () => {
    const word = fc.stringMatching(/^[A-Z]{2,5}$/);
    fc.assert(
      fc.property(
        fc.array(word, { maxLength: 8 }),
        fc.array(fc.boolean(), { minLength: 8, maxLength: 8 }),
        (words, cuts) => {
          const given: string[] = [];
          words.forEach((each, at) => {
            if (at === 0 || cuts[at]) given.push(each);
            else given.push(`${given.pop()}, ${each}`);
          });
          expect(wordsOf(given)).toEqual(words);
        },
      ),
      { seed: 1 },
    );
    expect(wordsOf(undefined)).toBeUndefined();
  });

  it('are refused when there are none, or one is named twice', () => {
    expect(() => refuseUnusableWords('--symbols', [])).toThrow(/nothing is named/);
    expect(() => refuseUnusableWords('--symbols', ['A', 'B', 'A', 'B', 'A'])).toThrow(
      /^A is named twice; B is named twice$/,
    );
    expect(() => refuseUnusableWords('--symbols', ['A', 'B'])).not.toThrow();
  });
});

describe('contradictions', () => {
  const plain = { embedded: false, json: false };

  it.each([
    [{ ...plain, embedded: true, data: 'd' }, /--embedded and --data/],
    [{ ...plain, out: ' ' }, /no folder is named/],
    [{ ...plain, again: true }, /--again needs --open-holdout/],
    [{ ...plain, sweepSample: '5' }, /--sweep-sample needs --sweep/],
    [{ ...plain, fromManifest: 'm', seed: '1' }, /the manifest says what --seed says/],
    [{ ...plain, fromManifest: 'm', symbols: ['A'], set: ['x=1'] }, /--set says; .*--symbols says/],
    [{ ...plain, fromManifest: 'm', embedded: true }, /the manifest says where the data come from/],
  ])('are refused: %j', (options, message) => {
    expect(() => refuseContradictions(options)).toThrow(message);
  });

  it('are none in what may be said beside a manifest', () => {
    const beside = { ...plain, fromManifest: 'm', data: 'd', out: 'o', jobs: '1', json: true };
    expect(() => refuseContradictions(beside)).not.toThrow();
  });
});

// Does a sweep try exactly the named combinations, each once, in a stable order?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PerpilotError } from '../domain/errors.ts';
import {
  countCombinations,
  gridCombinations,
  MOST_COMBINATIONS,
  readDimensions,
  sampleCombinations,
  shortKeys,
  type SweepDimension,
} from './sweep.ts';

const SEED = 20_240_601;

function problemsOf(action: () => unknown): readonly string[] {
  try {
    action();
  } catch (error) {
    if (error instanceof PerpilotError && error.code === 'ARGUMENT_INVALID') {
      return error.problems.map(({ message }) => message);
    }
    throw error;
  }
  return [];
}

const valuesOf = (text: string): readonly string[] => readDimensions([`a.b=${text}`])[0].values;

/** Up to four dimensions of up to five values. */
const dimensions = fc
  .array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 4 })
  .map((sizes): SweepDimension[] =>
    sizes.map((size, at) => ({ key: `s.k${at}`, values: Array.from({ length: size }, (_, value) => String(value)) })),
  );

describe('values of a dimension', () => {
  it('stand between commas; brackets and quotes hold theirs together', () => {
    expect(readDimensions(['labeling.profit_barrier=0.01, 0.02,0.03'])).toEqual([
      { key: 'labeling.profit_barrier', values: ['0.01', '0.02', '0.03'] },
    ]);
    expect(valuesOf('[1, 4],[1,24]')).toEqual(['[1, 4]', '[1,24]']);
    expect(valuesOf('{fast: 9, slow: 21},{fast: 5, slow: 10}')).toHaveLength(2);
    expect(valuesOf('"a,b",\'c,]\'')).toEqual(['"a,b"', "'c,]'"]);
  });

  it('are spread out from ranges, without the noise of binary fractions', () => {
    expect(valuesOf('0.01..0.05/5')).toEqual(['0.01', '0.02', '0.03', '0.04', '0.05']);
    expect(valuesOf('0.1..0.9/9')).toEqual(['0.1', '0.2', '0.3', '0.4', '0.5', '0.6', '0.7', '0.8', '0.9']);
    expect(valuesOf('20..10/3,1e-3')).toEqual(['20', '15', '10', '1e-3']);
    expect(valuesOf('-1..1/3')).toEqual(['-1', '0', '1']);
  });

  it('of a range begin and end where it says and lie at equal distances', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1000, max: 1000 }),
        fc.integer({ min: 1, max: 1000 }),
        fc.integer({ min: 2, max: 40 }),
        (from, span, count) => {
          const values = valuesOf(`${from / 100}..${(from + span) / 100}/${count}`).map(Number);
          expect(values).toHaveLength(count);
          expect([values[0], values.at(-1)]).toEqual([from / 100, (from + span) / 100]);
          const step = span / 100 / (count - 1);
          for (let at = 1; at < count; at += 1) expect(values[at] - values[at - 1]).toBeCloseTo(step, 9);
        },
      ),
      { seed: SEED, numRuns: 200 },
    );
  });

  it.each([
    ['a.b=0.01,0.010', 'a.b: 0.01 and 0.010 are one value'],
    ['a.b=1,1e0', 'a.b: 1 and 1e0 are one value'],
    ['a.b=[1,2],[1, 2]', 'a.b: [1,2] and [1, 2] are one value'],
    ['a.b=x,"x"', 'a.b: x and "x" are one value'],
    ['a.b=1,,2', 'a.b: there is nothing between two commas'],
    ['a.b=', 'a.b: no value is given'],
    ['a.b', 'a.b: no value is given'],
    ['=1', 'no setting is named'],
    ['a.b=[1,2', 'a.b: a bracket or quote is not closed, or closed without being opened'],
    ['a.b=1]', 'a.b: a bracket or quote is not closed, or closed without being opened'],
    ['a.b=1..2', 'a.b: 1..2 is no range'],
    ['a.b=1...5/3', 'a.b: 1...5/3 is no range'],
    ['a.b=1..2/1', 'a.b: 1..2/1: a range has from 2 to 10000 values'],
    ['a.b=2..2/3', 'a.b: 2..2/3: a range begins and ends at different values'],
  ])('refuses %s', (text, message) => {
    expect(problemsOf(() => readDimensions([text]))).toEqual([message]);
  });

  it('are refused with all problems of all texts at once', () => {
    const texts = ['a.b=1,1', 'a.b=2', 'a=3', 'c.d=,'];
    expect(problemsOf(() => readDimensions(texts))).toEqual([
      'a.b: 1 is named twice',
      'a.b is swept twice',
      'a and a.b are one inside the other',
      'c.d: there is nothing between two commas',
    ]);
    expect(problemsOf(() => readDimensions([]))).toEqual(['nothing is swept']);
  });
});

describe('the grid', () => {
  it('holds every combination once, the last dimension changing fastest', () => {
    fc.assert(
      fc.property(dimensions, (own) => {
        const grid = gridCombinations(own);
        const places = grid.map(({ place }) => place.join(' '));
        expect(grid).toHaveLength(countCombinations(own));
        expect(new Set(places).size).toBe(grid.length);
        expect(new Set(grid.map(({ name }) => name)).size).toBe(grid.length);
        expect(places).toEqual(places.toSorted());
        for (const { place, overrides } of grid) {
          expect(overrides).toEqual(own.map(({ key, values }, at) => `${key}=${values[place[at]]}`));
        }
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('names combinations by the shortest ends of their settings, fit for a table without quotes', () => {
    const own = readDimensions(['primary.ema.fast=9', 'primary.macd.fast=12', 'features.return_hours=[1, 4, 24]']);
    expect(gridCombinations(own).map(({ name }) => name)).toEqual(['ema.fast=9/macd.fast=12/return_hours=[1 4 24]']);
    expect(shortKeys(['a.b', 'c.a.b', 'x'])).toEqual(['a.b', 'c.a.b', 'x']);
  });

  it('is counted, not built, when it is too large', () => {
    const own = readDimensions(['a.x=1..1000/1000', 'a.y=1..1000/1000', 'a.z=1..1000/1000']);
    expect(countCombinations(own)).toBe(1e9);
    expect(problemsOf(() => gridCombinations(own))).toEqual(['1000 × 1000 × 1000 values make too many combinations']);
    expect(sampleCombinations(own, 3, 1)).toHaveLength(3);
    expect(problemsOf(() => sampleCombinations(own, MOST_COMBINATIONS + 1, 1))).toHaveLength(1);
    expect(countCombinations([])).toBe(0);
    expect(problemsOf(() => gridCombinations([]))).toEqual(['the sweep has no combination']);
  });
});

describe('a random search', () => {
  it('draws distinct combinations of the grid in its order, more of them with the same seed being a superset', () => {
    fc.assert(
      fc.property(dimensions, fc.nat(), fc.nat(), (own, seed, draw) => {
        const grid = gridCombinations(own);
        const count = 1 + (draw % grid.length);
        const names = sampleCombinations(own, count, seed).map(({ name }) => name);
        expect(names).toHaveLength(count);
        const drawn = new Set(names);
        expect(grid.map(({ name }) => name).filter((name) => drawn.has(name))).toEqual(names);
        expect(sampleCombinations(own, count, seed).map(({ name }) => name)).toEqual(names);
        const more = new Set(sampleCombinations(own, Math.min(count + 1, grid.length), seed).map(({ name }) => name));
        expect(names.every((name) => more.has(name))).toBe(true);
      }),
      { seed: SEED, numRuns: 100 },
    );
  });

  it('draws every combination about equally often', () => {
    const own = readDimensions(['a.x=1,2,3', 'a.y=1,2']);
    const counts = new Map<string, number>();
    for (let seed = 0; seed < 1_200; seed += 1) {
      for (const { name } of sampleCombinations(own, 2, seed)) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    // Expected 400 of 1,200 each; the standard deviation is 16.
    for (const count of counts.values()) expect(Math.abs(count - 400)).toBeLessThan(5 * 16.4);
  });

  it('refuses to draw none, parts or more than there are', () => {
    const own = readDimensions(['a.x=1,2,3']);
    for (const count of [0, 4, 1.5, NaN]) expect(problemsOf(() => sampleCombinations(own, count, 1))).toHaveLength(1);
  });
});

// Is the selection independent of the order of symbols, and does hysteresis keep incumbents?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { rankSymbols, scoreSymbols, selectSymbols } from './cross-section.ts';
import type { ScoringMetric, ScoringParams, ScoringSymbol } from './cross-section.ts';

const metric = (change: Partial<ScoringMetric> = {}): ScoringMetric => ({
  name: 'm',
  weight: 1,
  direction: 1,
  missing: 'neutral',
  required: false,
  ...change,
});

const paramsOf = (change: Partial<ScoringParams> = {}): ScoringParams => ({
  metrics: [metric({ weight: 0.7 }), metric({ weight: 0.2, direction: -1, missing: 'worst' })],
  normalisation: 'rank',
  minTurnover: 0,
  ...change,
});

const value = fc.option(fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -1e3, max: 1e3, noNaN: true })), {
  nil: undefined,
});
const universe = fc.uniqueArray(
  fc.record({
    symbol: fc.string({ minLength: 1, maxLength: 3 }),
    turnover: fc.integer({ min: 0, max: 5 }),
    values: fc.tuple(value, value),
  }),
  { selector: ({ symbol }) => symbol, maxLength: 15 },
);

describe('cross-section', () => {
  it('gives every symbol the same score and place whatever the order of the input', () => {
    fc.assert(
      fc.property(universe, fc.constantFrom('rank' as const, 'zscore' as const), (symbols, normalisation) => {
        const params = paramsOf({ normalisation, minTurnover: 2 });
        const scored = scoreSymbols(symbols, params);
        const turned = scoreSymbols(symbols.toReversed(), params);
        expect(turned.toReversed()).toEqual(scored);
        expect(rankSymbols(turned)).toEqual(rankSymbols(scored));
      }),
      { seed: 14, numRuns: 300 },
    );
  });

  it('ranks by the share of pairs won, ties counting half', () => {
    fc.assert(
      fc.property(universe, (symbols) => {
        const scored = scoreSymbols(symbols, paramsOf({ metrics: [metric()] }));
        const known = symbols.flatMap(({ values }) => (values[0] === undefined ? [] : [values[0]]));
        scored.forEach(({ score }, index) => {
          const own = symbols[index].values[0];
          if (own === undefined || known.length === 1) return expect(score).toBe(0.5);
          let won = -0.5;
          for (const other of known) won += other < own ? 1 : other === own ? 0.5 : 0;
          return expect(score).toBeCloseTo(won / (known.length - 1), 14);
        });
      }),
      { seed: 15, numRuns: 300 },
    );
  });

  it('excludes symbols without a required metric or enough turnover from selection only', () => {
    const symbols: ScoringSymbol[] = [
      { symbol: 'A', turnover: 9, values: [undefined] },
      { symbol: 'B', turnover: 1, values: [2] },
      { symbol: 'C', turnover: 9, values: [1] },
    ];
    const scored = scoreSymbols(symbols, paramsOf({ metrics: [metric({ required: true })], minTurnover: 5 }));
    expect(rankSymbols(scored)).toEqual(['C']);
    expect(scored.map(({ score }) => score)).toEqual([0.5, 1, 0]);
  });

  it('selects at most k, all from the ranking in its order, and keeps incumbents inside the buffer', () => {
    const ranking = ['A', 'B', 'C', 'D', 'E', 'F'];
    expect(selectSymbols(ranking, ['F', 'D'], { topK: 2, buffer: 2 })).toEqual(['A', 'D']);
    expect(selectSymbols(ranking, ['F', 'D'], { topK: 2, buffer: 0 })).toEqual(['A', 'B']);
    expect(selectSymbols(ranking, ['D', 'C', 'B'], { topK: 2, buffer: 4 })).toEqual(['B', 'C']);
    expect(selectSymbols(ranking, ['gone'], { topK: 9, buffer: 1 })).toEqual(ranking);
    expect(selectSymbols([], ['A'], { topK: 2, buffer: 1 })).toEqual([]);
  });

  it('refuses weights that cannot be averaged', () => {
    expect(() => scoreSymbols([], paramsOf({ metrics: [] }))).toThrow(RangeError);
    expect(() => scoreSymbols([], paramsOf({ metrics: [metric({ weight: -1 }), metric({ weight: 2 })] }))).toThrow(
      RangeError,
    );
  });
});

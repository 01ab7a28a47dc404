// Are the guilty told apart from what only follows from them?
import { describe, expect, it } from 'vitest';
import { leakFindings, placeOf, type LeakObservation } from './leak-findings.ts';

const seen = (column: string, cut: number, bar: number): LeakObservation => ({
  ...placeOf(column),
  cut,
  bar,
  time: bar * 10,
  withFuture: bar,
  withoutFuture: undefined,
});

describe('findings', () => {
  it('are gathered by name, with the earliest bar and the farthest reach', () => {
    const findings = leakFindings([seen('feature a', 50, 49), seen('feature a', 30, 26), seen('feature a', 90, 80)]);
    expect(findings).toEqual([{ ...seen('feature a', 30, 26), kind: 'leak', cuts: 3, reachBars: 10 }]);
  });

  it('accuse the first stage that differs, all of it, and nothing later', () => {
    const columns = ['order quantity', 'regime state', 'meta-row a', 'feature a', 'account equity', 'feature b'];
    const findings = leakFindings(columns.map((column) => seen(column, 10, 9)));
    expect(findings.map(({ kind, stage, name }) => `${kind} ${stage} ${name}`)).toEqual([
      'leak regime state',
      'leak feature a',
      'leak feature b',
      'follows meta-row a',
      'follows order quantity',
      'follows account equity',
    ]);
    expect(leakFindings([seen('order quantity', 10, 9)])[0].kind).toBe('leak');
    expect(leakFindings([])).toEqual([]);
  });

  it('refuse a column of no stage', () => {
    expect(() => placeOf('quantity')).toThrow('no known stage');
    expect(placeOf('size realised_volatility')).toEqual({ stage: 'size', name: 'realised_volatility' });
  });
});

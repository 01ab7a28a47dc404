// Is the catalogue whole? Every row once, each with a name, a sentence, and defaults that its own rules allow.
import { describe, expect, it } from 'vitest';
import { FAULT_CATALOGUE, rowNamed, rowOf } from './catalogue.ts';
import { readEntry } from './read-entry.ts';
import { readParameter } from './read-values.ts';

describe('the catalogue of faults', () => {
  it('has the rows 1 to 52, each with a name of its own', () => {
    expect(FAULT_CATALOGUE.map(({ number }) => number)).toEqual(Array.from({ length: 52 }, (_, index) => index + 1));
    expect(new Set(FAULT_CATALOGUE.map(({ name }) => name)).size).toBe(52);
  });

  it.each(FAULT_CATALOGUE.map((row) => [row.number, row] as const))('row %i is sound', (number, row) => {
    expect(row.name).toMatch(/^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/);
    expect(row.says).toMatch(/^[A-Z].*\.$/);
    expect(row.layers.length).toBeGreaterThan(0);
    expect(rowOf(number)).toBe(row);
    expect(rowNamed(row.name)).toBe(row);
    for (const [name, rule] of Object.entries(row.parameters)) {
      expect(name).toMatch(/^[a-z][a-z_]*$/);
      expect(['fault', 'at', 'every', 'request', 'rate', 'for', 'count', 'symbol', 'path', 'topic']).not.toContain(
        name,
      );
      const { default: value, kind, random = [] } = rule;
      for (const each of [value, ...random]) {
        if (each === undefined || (kind === 'span' && typeof each === 'number')) continue;
        const written = kind === 'whole' && typeof each === 'number' ? Math.round(each) : each;
        expect(readParameter(rule, written), name).toEqual({ value: written });
      }
    }
    expect(readEntry({ fault: row.name, at: '2024-01-01T00:00:00Z' }, 'x').kind).toBe('read');
    expect(readEntry({ fault: number, rate: 0.5 }, 'x').kind).toBe('read');
  });

  it('knows no other rows', () => {
    expect(rowOf(0)).toBeUndefined();
    expect(rowOf(53)).toBeUndefined();
    expect(rowNamed('constructor')).toBeUndefined();
  });
});

// Do the performance figures agree with an independent reference to 1e-9, and does undefined print n/a?
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { formatNumber } from '../../../src/research/format-number.ts';
import { performance } from '../../../src/research/statistics/performance.ts';

interface GoldenCase {
  readonly id: string;
  readonly input: any;
  readonly expected: Readonly<Record<string, number | boolean | null | readonly number[]>>;
}

const { cases } = JSON.parse(readFileSync(new URL('reference.json', import.meta.url), 'utf8')) as {
  cases: readonly GoldenCase[];
};

function figuresOf(input: any): Readonly<Record<string, unknown>> {
  const count: number = input.equity.length;
  return {
    ...performance({
      time: Float64Array.from({ length: count }, (_, index) => input.start + index * input.step),
      equity: Float64Array.from(input.equity as number[]),
      trades: input.trades,
      positionNotional: Float64Array.from(input.positionNotional as number[]),
      tradedNotional: input.tradedNotional,
      minimumReturnDaily: input.minimumReturnDaily,
    }),
  };
}

function isClose(actual: unknown, expected: number): boolean {
  return typeof actual === 'number' && Math.abs(actual - expected) <= 1e-12 + 1e-9 * Math.abs(expected);
}

describe('golden performance figures', () => {
  it('are at least thirty series', () => expect(new Set(cases.map(({ id }) => id)).size).toBeGreaterThanOrEqual(30));

  it.each(cases)('$id agrees with the reference', ({ input, expected }) => {
    const figures = figuresOf(input);
    const wrong: string[] = [];
    for (const [name, value] of Object.entries(expected)) {
      const actual = figures[name];
      const agrees = Array.isArray(value)
        ? (actual as ArrayLike<number>).length === value.length &&
          value.every((entry, index) => isClose((actual as ArrayLike<number>)[index], entry))
        : value === null
          ? actual === undefined && formatNumber(actual, 2) === 'n/a'
          : typeof value === 'number'
            ? isClose(actual, value) && formatNumber(actual as number, 2) !== 'n/a'
            : actual === value;
      if (!agrees) wrong.push(`${name}: expected ${String(value)}, got ${String(actual)}`);
    }
    expect(wrong).toEqual([]);
  });

  it('leaves no figure of the product without a reference, except the gate value derived from three others', () => {
    const covered = new Set(cases.flatMap(({ expected }) => Object.keys(expected)));
    const missing = Object.keys(figuresOf(cases[cases.length - 1].input)).filter((name) => !covered.has(name));
    expect(missing).toEqual(['sharpeCautious']);
  });
});

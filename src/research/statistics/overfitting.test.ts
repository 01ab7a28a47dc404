// Does PBO equal its definition, and does its null band tell skill from noise?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../domain/random.ts';
import { combinations } from './combinations.ts';
import { backtestOverfitting, overfittingNullBand } from './overfitting.ts';
import { sharpeRatio } from './sharpe.ts';

function noise(seed: number, strategies: number, rows: number): Float64Array[] {
  const random = createRandom(seed);
  return Array.from({ length: strategies }, () => Float64Array.from({ length: rows }, () => random.normal() / 100));
}

/** Share of halves in which the in-sample best is at or below the median, straight from rows and sorted ranks. */
function byDefinition(columns: readonly Float64Array[], blocks: number): number {
  const rows = Math.floor(columns[0].length / blocks);
  const start = columns[0].length - rows * blocks;
  const pick = (column: Float64Array, chosen: readonly number[]): number =>
    sharpeRatio(chosen.flatMap((b) => Array.from(column.slice(start + b * rows, start + (b + 1) * rows)))) ?? 0;
  let overfitted = 0;
  const choices = combinations(blocks, blocks / 2);
  for (const inside of choices) {
    const outside = Array.from({ length: blocks }, (_, index) => index).filter((block) => !inside.includes(block));
    const sharpes = columns.map((column) => pick(column, inside));
    const later = columns.map((column) => pick(column, outside));
    const value = later[sharpes.indexOf(Math.max(...sharpes))];
    const rank = later.filter((x) => x < value).length + (later.filter((x) => x === value).length + 1) / 2;
    if (rank / (columns.length + 1) <= 0.5) overfitted += 1;
  }
  return overfitted / choices.length;
}

describe('combinations', () => {
  it('come in lexicographic order and complete', () => {
    expect(combinations(4, 2)).toEqual([
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 2],
      [1, 3],
      [2, 3],
    ]);
    expect(combinations(16, 8).length).toBe(12_870);
    expect(combinations(3, 0)).toEqual([[]]);
    expect(combinations(2, 3)).toEqual([]);
  });
});

describe('probability of backtest overfitting', () => {
  it('equals its definition row by row', () => {
    fc.assert(
      fc.property(fc.nat(), fc.integer({ min: 2, max: 7 }), fc.integer({ min: 24, max: 61 }), (seed, count, rows) => {
        const columns = noise(seed, count, rows);
        expect(backtestOverfitting(columns, 6)?.probability).toBe(byDefinition(columns, 6));
      }),
      { seed: 7, numRuns: 60 },
    );
  });

  it('does not depend on the order of strategies without ties', () => {
    const columns = noise(11, 6, 80);
    const turned = columns.slice().reverse();
    expect(backtestOverfitting(turned, 8)?.logits).toEqual(backtestOverfitting(columns, 8)?.logits);
  });

  it('gives a strategy that never traded a Sharpe ratio of 0', () => {
    const idle = new Float64Array(40).fill(0.01 / 3);
    const losing = Float64Array.from({ length: 40 }, (_, index) => (index % 2 === 0 ? -0.02 : -0.01));
    const result = backtestOverfitting([idle, losing], 4);
    expect(Array.from(result?.selected ?? [])).toEqual([0, 0, 0, 0, 0, 0]);
    expect(result?.outOfSampleSharpe.every((sharpe) => sharpe === 0)).toBe(true);
    expect(result?.degradationSlope).toBeUndefined();
  });

  it('takes the first of equals and gives ties their average rank', () => {
    const [worse, better] = [noise(21, 1, 40)[0], noise(22, 1, 40)[0].map((value) => value + 0.02)];
    const result = backtestOverfitting([worse, better, better, better], 4);
    expect(Array.from(result?.selected ?? [])).toEqual([1, 1, 1, 1, 1, 1]);
    result?.relativeRank.forEach((rank) => expect(rank).toBeCloseTo(3 / 5, 15));
  });

  it('takes steady growth in doubles for what it is: no variation', () => {
    const equity = Array.from({ length: 41 }, (_, index) => 1e5 * 1.0001 ** index);
    const steady = Float64Array.from({ length: 40 }, (_, index) => equity[index + 1] / equity[index] - 1);
    const result = backtestOverfitting([steady, noise(23, 1, 40)[0].map((value) => value - 0.05)], 4);
    expect(result?.inSampleSharpe.every((sharpe) => sharpe === 0)).toBe(true);
  });

  it('has a null band around one half that noise stays in and planted skill leaves', () => {
    const columns = noise(3, 8, 240);
    const band = overfittingNullBand({ returnsByStrategy: columns, blocks: 8, draws: 100, random: createRandom(4) });
    expect(band?.median).toBeGreaterThan(0.3);
    expect(band?.median).toBeLessThan(0.7);
    expect(band?.lower).toBeLessThan(0.25);
    expect(band?.upper).toBeGreaterThan(0.75);
    columns[2] = columns[2].map((value) => value + 0.005);
    expect(backtestOverfitting(columns, 8)?.probability).toBeLessThan(band?.lower ?? 0);
    const again = overfittingNullBand({
      returnsByStrategy: noise(3, 8, 240),
      blocks: 8,
      draws: 100,
      random: createRandom(4),
    });
    expect(again).toEqual(band);
  });

  it('is undefined without a choice or rows, and refuses odd blocks', () => {
    expect(backtestOverfitting(noise(1, 1, 40), 4)).toBeUndefined();
    expect(backtestOverfitting(noise(1, 3, 3), 4)).toBeUndefined();
    expect(backtestOverfitting([], 4)).toBeUndefined();
    expect(() => backtestOverfitting(noise(1, 2, 40), 5)).toThrow(RangeError);
    expect(() => backtestOverfitting([new Float64Array(8), new Float64Array(9)], 4)).toThrow(RangeError);
    expect(
      overfittingNullBand({ returnsByStrategy: [], blocks: 4, draws: 2, random: createRandom(1) }),
    ).toBeUndefined();
  });
});

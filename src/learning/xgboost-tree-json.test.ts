// Is a float32 value printed with the fewest digits that give it back?
import { describe, expect, it } from 'vitest';
import { createRandom } from '../domain/random.ts';
import { shortestFloat32 } from './xgboost-tree-json.ts';

/** Tries all lengths from the shortest on. */
function fewestDigits(value: number): number {
  for (let digits = 6; digits < 9; digits += 1) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return shorter;
  }
  return Number(value.toPrecision(9));
}

describe('the shortest number of a float32 value', () => {
  it('is the first of six to nine digits that gives it back: of random ones of every size, and of short ones', () => {
    const random = createRandom('float32');
    const bits = new Uint32Array(1);
    const float = new Float32Array(bits.buffer);
    for (let run = 0; run < 200_000; run += 1) {
      bits[0] = random.next() * 2 ** 32;
      if (!Number.isFinite(float[0])) continue;
      const short = Math.fround(Number(random.normal().toPrecision(1 + random.below(9))));
      for (const value of [float[0], short]) expect(shortestFloat32(value)).toBe(fewestDigits(value));
    }
  });

  it('is right about powers of two, whose neighbours lie unevenly, about their neighbours and about zero', () => {
    for (let exponent = -149; exponent <= 127; exponent += 1) {
      for (const near of [1, 1 + 2 ** -23, 1 - 2 ** -24, -1]) {
        const value = Math.fround(near * 2 ** exponent);
        if (value !== 0) expect(shortestFloat32(value)).toBe(fewestDigits(value));
      }
    }
    expect([shortestFloat32(0), shortestFloat32(-0)]).toEqual([0, 0]);
  });
});

// Which rows make up a resample that keeps serial dependence? Stationary bootstrap (Politis, Romano 1994).
import type { Random } from '../../domain/random.ts';

/**
 * Indices of one resample as long as the series. `draw` gives uniforms in [0, 1), consumed in this order: the first
 * start; then per step one that opens a new block where it is below 1/meanBlock, and only then one for its start. Circular.
 */
export function stationaryIndices(length: number, meanBlock: number, draw: () => number): Int32Array {
  if (!(meanBlock >= 1)) throw new RangeError(`mean block length must be at least 1, got ${meanBlock}`);
  const indices = new Int32Array(length);
  if (length === 0) return indices;
  const restart = 1 / meanBlock;
  let index = Math.floor(draw() * length);
  indices[0] = index;
  for (let i = 1; i < length; i += 1) {
    if (draw() < restart) index = Math.floor(draw() * length);
    else index = index + 1 === length ? 0 : index + 1;
    indices[i] = index;
  }
  return indices;
}

export interface ResampleInput {
  readonly length: number;
  /** Mean block length in rows, at least 1. */
  readonly meanBlock: number;
  readonly count: number;
  readonly random: Random;
}

/** `count` stationary resamples of a series of `length` rows. */
export function stationaryResamples({ length, meanBlock, count, random }: ResampleInput): readonly Int32Array[] {
  return Array.from({ length: count }, () => stationaryIndices(length, meanBlock, () => random.next()));
}

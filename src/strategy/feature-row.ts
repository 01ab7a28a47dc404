// What does one row of the meta-model hold? The features seen from the side of the trade, and that side.
import type { Direction } from '../domain/side.ts';
import type { FeatureSet } from './features.ts';

export interface RowWriter {
  /** Values per row. */
  readonly columns: number;
  /** Feature names in order, then `direction`. */
  readonly names: readonly string[];
  /** Writes `columns` values into `out` from `offset` on: directional ones times `direction`, last the direction itself. */
  write(values: Float64Array, direction: Direction, out: Float64Array, offset: number): void;
}

/**
 * Rows of the features of `set`. A long in a rising market and a short in a falling one look alike, so the model learns
 * from both; the last column lets it tell them apart where that matters.
 */
export function createRowWriter(set: Pick<FeatureSet, 'names' | 'directional'>): RowWriter {
  const features = set.names.length;
  const directional = Uint8Array.from(set.directional, (flag) => (flag ? 1 : 0));
  return {
    columns: features + 1,
    names: [...set.names, 'direction'],
    write(values, direction, out, offset) {
      for (let index = 0; index < features; index += 1) {
        out[offset + index] = directional[index] === 1 ? values[index] * direction : values[index];
      }
      out[offset + features] = direction;
    },
  };
}

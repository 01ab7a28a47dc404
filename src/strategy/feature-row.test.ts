// Is a row the features as seen from the side of the trade?
import { describe, expect, it } from 'vitest';
import { createRowWriter } from './feature-row.ts';

const writer = createRowWriter({ names: ['gap', 'adx', 'return_1h'], directional: [true, false, true] });

describe('row writer', () => {
  it('leaves a long as it is and turns over the directional columns of a short', () => {
    const values = Float64Array.of(0.5, 0.3, -2);
    const out = new Float64Array(9).fill(7);
    writer.write(values, 1, out, 0);
    writer.write(values, -1, out, 5);
    expect(Array.from(out)).toEqual([0.5, 0.3, -2, 1, 7, -0.5, 0.3, 2, -1]);
  });

  it('names every column, the direction last, and keeps undefined undefined', () => {
    expect(writer.names).toEqual(['gap', 'adx', 'return_1h', 'direction']);
    expect(writer.columns).toBe(4);
    const out = new Float64Array(4);
    writer.write(Float64Array.of(NaN, NaN, 1), -1, out, 0);
    expect(Array.from(out)).toEqual([NaN, NaN, -1, -1]);
  });
});

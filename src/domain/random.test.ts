// Does a stream give the same numbers however it is asked for them?
import { describe, expect, it } from 'vitest';
import { createRandom } from './random.ts';

describe('a stream of random numbers', () => {
  it('fills an array with what as many single draws would give, and goes on from there', () => {
    for (const length of [0, 1, 2, 1_000]) {
      const [single, filled] = [createRandom(`fill ${length}`), createRandom(`fill ${length}`)];
      const out = new Float64Array(length);
      filled.next();
      single.next();
      filled.drawInto(out);
      expect(Array.from(out)).toEqual(Array.from({ length }, () => single.next()));
      expect([filled.next(), filled.below(1_000), filled.normal()]).toEqual([
        single.next(),
        single.below(1_000),
        single.normal(),
      ]);
    }
  });
});

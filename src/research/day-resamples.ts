// Which days do the resamples of many rows hold? The same for all rows of one length and block, so that rows stay comparable.
import { createRandom } from '../domain/random.ts';
import { automaticBlockLength } from './statistics/block-length.ts';
import { stationaryResamples } from './statistics/stationary-bootstrap.ts';

export interface DayResamples {
  /** Stationary resamples of `length` days in blocks of `meanBlock` days on average; a function of both and the seed. */
  of(length: number, meanBlock: number): readonly Int32Array[];
}

/** Only the set asked for last is kept: ask for equal ones one after the other. */
export function createDayResamples(seed: string, count: number): DayResamples {
  let kept: { readonly key: string; readonly resamples: readonly Int32Array[] } | undefined;
  return {
    of(length, meanBlock) {
      const key = `${seed}/days/${length}/${meanBlock}`;
      if (kept?.key !== key) {
        kept = { key, resamples: stationaryResamples({ length, meanBlock, count, random: createRandom(key) }) };
      }
      return kept.resamples;
    },
  };
}

/**
 * The automatic block length, rounded up to whole days: so rows share their resamples. On sparse series it runs far beyond what
 * their few active days can carry; twice T^(1/3) is ample.
 */
export function meanBlockOf(returns: ArrayLike<number>): number {
  const longest = Math.max(1, 2 * Math.cbrt(returns.length));
  return Math.ceil(Math.min(automaticBlockLength(returns).stationary, longest));
}

// Does the tightest of the notional limits decide, and does an entry against what is held have more net room?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { notionalRoom, type HeldNotional, type NotionalLimits } from './notional-room.ts';

const LIMITS: NotionalLimits = { maxGross: 3, maxNet: 2, maxGroup: 1 };
const amount = fc.double({ min: 0, max: 10_000, noNaN: true });

/** Of a long at an equity of 100. */
const room = (held: HeldNotional) => notionalRoom(held, LIMITS, { direction: 1, equity: 100 });

describe('the notional room', () => {
  it('is what the tightest limit leaves, named by it', () => {
    expect(room({ gross: 0, net: 0, group: 0 })).toEqual({ notional: 100, limit: 'group-limit' });
    expect(room({ gross: 250, net: 0, group: 0 })).toEqual({ notional: 50, limit: 'gross-limit' });
    expect(room({ gross: 190, net: 190, group: 0 })).toEqual({ notional: 10, limit: 'net-limit' });
    expect(room({ gross: 400, net: 0, group: 0 }).notional).toBe(-100);
  });

  it('keeps every limit for any entry within it, from any book that keeps them', () => {
    fc.assert(
      fc.property(
        amount,
        amount,
        amount,
        fc.constantFrom(1 as const, -1 as const),
        (longs, shorts, group, direction) => {
          const equity = Math.max(1, (longs + shorts) / 2.5, Math.abs(longs - shorts) / 1.5, group);
          const held = { gross: longs + shorts, net: longs - shorts, group };
          const { notional } = notionalRoom(held, LIMITS, { direction, equity });
          const entry = Math.max(0, notional);
          const most = equity * (1 + 1e-12);
          expect(held.gross + entry).toBeLessThanOrEqual(3 * most);
          expect(Math.abs(held.net + direction * entry)).toBeLessThanOrEqual(2 * most);
          expect(held.group + entry).toBeLessThanOrEqual(most);
        },
      ),
      { seed: 61, numRuns: 300 },
    );
  });
});

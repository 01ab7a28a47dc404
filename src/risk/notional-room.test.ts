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
    const flat = { gross: 0, highestNet: 0, lowestNet: 0, group: 0 };
    expect(room(flat)).toEqual({ notional: 100, limit: 'group-limit' });
    expect(room({ ...flat, gross: 250 })).toEqual({ notional: 50, limit: 'gross-limit' });
    expect(room({ ...flat, gross: 190, highestNet: 190 })).toEqual({ notional: 10, limit: 'net-limit' });
    expect(room({ ...flat, gross: 400 }).notional).toBe(-100);
  });

  it('counts the net that stands most against the direction, whichever orders under way fill', () => {
    const held = { gross: 0, highestNet: 150, lowestNet: -120, group: 0 };
    const limits = { ...LIMITS, maxGroup: 9 };
    expect(notionalRoom(held, limits, { direction: 1, equity: 100 })).toEqual({ notional: 50, limit: 'net-limit' });
    expect(notionalRoom(held, limits, { direction: -1, equity: 100 })).toEqual({ notional: 80, limit: 'net-limit' });
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
          const net = longs - shorts;
          const held = { gross: longs + shorts, highestNet: net, lowestNet: net, group };
          const { notional } = notionalRoom(held, LIMITS, { direction, equity });
          const entry = Math.max(0, notional);
          const most = equity * (1 + 1e-12);
          expect(held.gross + entry).toBeLessThanOrEqual(3 * most);
          expect(Math.abs(net + direction * entry)).toBeLessThanOrEqual(2 * most);
          expect(held.group + entry).toBeLessThanOrEqual(most);
        },
      ),
      { seed: 61, numRuns: 300 },
    );
  });
});

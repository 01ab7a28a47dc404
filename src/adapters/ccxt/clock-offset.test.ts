// Is the venue's time known to a few milliseconds, whatever the network and the clocks do?
import { describe, expect, test } from 'vitest';
import { createManualClock } from '../../../test/scenarios/streams/manual-clock.ts';
import { createClockOffset } from './clock-offset.ts';
import type { ConnectorNotice } from './notice.ts';

/** A venue `aheadMs` ahead behind a network whose trips take as long as told, there and back. */
function world(trips: readonly (readonly [there: number, back: number])[], aheadMs = 0) {
  const steadyClock = createManualClock(1_000_000);
  const state = { aheadMs, ownMs: 0, sleptMs: 0, asked: 0, fails: false };
  const notices: ConnectorNotice[] = [];
  const clock = {
    now: () => steadyClock.now() + state.ownMs + state.sleptMs,
    after: (delayMs: number, wake: () => void) => steadyClock.after(delayMs, wake),
  };
  const ask = async (): Promise<number> => {
    const [there, back] = trips[state.asked % trips.length];
    state.asked += 1;
    if (state.fails) throw new Error('no answer');
    await steadyClock.advance(there);
    const time = steadyClock.now() + state.sleptMs + state.aheadMs;
    await steadyClock.advance(back);
    return time;
  };
  const steady = () => steadyClock.now();
  const offset = createClockOffset({ clock, steady, ask, notice: (notice) => notices.push(notice), everyMs: 60_000 });
  return { steadyClock, state, notices, offset };
}

test('before it was measured, ours is all there is', () => {
  const { offset, steadyClock } = world([[1, 1]]);
  expect(offset.offsetMs).toBeUndefined();
  expect(offset.venueNow()).toBe(steadyClock.now());
});

test.each([0, 250, -4_000, 120_000])(
  'an offset of %i ms is found through a network of equal trips',
  async (aheadMs) => {
    const { offset } = world([[40, 40]], aheadMs);
    await offset.measure();
    expect(offset.offsetMs).toBe(aheadMs);
  },
);

test('slow and crooked trips do not move the median', async () => {
  const { offset } = world(
    [
      [10, 10],
      [900, 10],
      [11, 10],
      [10, 700],
      [10, 12],
    ],
    100,
  );
  await offset.measure();
  expect(Math.abs((offset.offsetMs ?? 0) - 100)).toBeLessThanOrEqual(1);
});

test('measurements that run at the same time are one', async () => {
  const { offset, state } = world([[1, 1]]);
  await Promise.all([offset.measure(), offset.measure()]);
  expect(state.asked).toBe(5);
});

test('without any answer the old measurement stays', async () => {
  const { offset, state } = world([[1, 1]], 300);
  await offset.measure();
  state.fails = true;
  await expect(offset.measure()).rejects.toThrow('no answer');
  expect(offset.offsetMs).toBe(300);
});

describe('jumps', () => {
  test('of our clock: seen at once, told once, and the venue is not lost', async () => {
    const { offset, state, notices } = world([[1, 1]], 0);
    await offset.measure();
    const venueNow = offset.venueNow();
    state.ownMs = 3_000;
    expect(offset.offsetMs).toBe(-3_000);
    expect(offset.venueNow()).toBe(venueNow);
    await offset.settle();
    await offset.settle();
    await offset.measure();
    expect(notices).toEqual([{ kind: 'clock-jumped', whose: 'own', byMs: 3_000, offsetMs: -3_000 }]);
  });

  test('of the venue: told once by the next measurement', async () => {
    const { offset, state, notices } = world([[1, 1]], 0);
    await offset.measure();
    state.aheadMs = -3_000;
    expect(offset.settle()).toBeUndefined();
    await offset.measure();
    await offset.measure();
    expect(notices).toEqual([{ kind: 'clock-jumped', whose: 'venue', byMs: -3_000, offsetMs: -3_000 }]);
  });

  test('a machine that slept has one jump, its own', async () => {
    const { offset, state, notices } = world([[1, 1]], 20);
    await offset.measure();
    state.sleptMs = 3_600_000;
    await offset.settle();
    expect(offset.offsetMs).toBe(20);
    expect(notices).toEqual([{ kind: 'clock-jumped', whose: 'own', byMs: 3_600_000, offsetMs: 20 }]);
  });

  test('a drift that is no jump is followed without a word', async () => {
    const { offset, state, notices } = world([[1, 1]], 0);
    for (let round = 0; round < 10; round += 1) {
      await offset.measure();
      state.aheadMs += 40;
    }
    expect(notices).toEqual([]);
    expect(offset.offsetMs).toBe(360);
  });
});

test('it measures by itself until it is stopped', async () => {
  const { offset, state, steadyClock } = world([[0, 0]]);
  offset.start();
  for (let minute = 0; minute < 3; minute += 1) {
    await steadyClock.advance(60_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(state.asked).toBe(15);
  offset.stop();
  await steadyClock.advance(600_000);
  expect(state.asked).toBe(15);
  expect(steadyClock.waiting).toBe(0);
});

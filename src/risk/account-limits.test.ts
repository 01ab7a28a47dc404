// Do the account's limits hold at the borders of days, latch, and break once each?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../domain/time.ts';
import { advanceLimits, createAccountLimits, entryBlock, type AccountLimitState } from './account-limits.ts';

const PARAMS = { dailyLossLimit: 0.05, drawdownLimit: 0.1 };
/** Midnight UTC. */
const DAY = 20_000 * DAY_MS;

function feed(state: AccountLimitState, points: readonly (readonly [hour: number, equity: number])[]): string[] {
  return points.map(([hour, equity]) => advanceLimits(state, { time: DAY + hour * HOUR_MS, equity }, PARAMS).join('+'));
}

describe('the daily loss', () => {
  it('counts from the equity at midnight and blocks until the next one', () => {
    const state = createAccountLimits();
    expect(
      feed(state, [
        [0, 1000],
        [5, 951],
        [6, 949],
        [7, 940],
        [23, 990],
      ]),
    ).toEqual(['', '', 'daily-loss', '', '']);
    const at = (hour: number): unknown => entryBlock(state, DAY + hour * HOUR_MS);
    expect([at(6), at(23.99), at(24), at(30)]).toEqual(['daily-loss', 'daily-loss', undefined, undefined]);
  });

  it('is broken by more than the limit, not by exactly it', () => {
    expect(
      feed(createAccountLimits(), [
        [0, 1000],
        [1, 950],
        [2, 949.99],
      ]),
    ).toEqual(['', '', 'daily-loss']);
  });

  it('belongs to the day that a close at midnight begins', () => {
    const state = createAccountLimits();
    // 4 % before midnight and 4 % after it are two days' losses.
    expect(
      feed(state, [
        [12, 1000],
        [24, 960],
        [30, 922],
      ]),
    ).toEqual(['', '', '']);
    expect(state.dayStartEquity).toBe(960);
  });

  it('counts from the last equity before midnight when there is none at it', () => {
    const state = createAccountLimits();
    expect(
      feed(state, [
        [12, 1000],
        [22, 1000],
        [26, 940],
      ]),
    ).toEqual(['', '', 'daily-loss']);
    expect(state.dayStartEquity).toBe(1000);
  });

  it('may be broken again on another day', () => {
    const state = createAccountLimits();
    expect(
      feed(state, [
        [0, 1000],
        [1, 945],
        [24, 1000],
        [25, 999],
        [49, 948],
      ]),
    ).toEqual(['', 'daily-loss', '', '', 'daily-loss']);
  });
});

describe('the drawdown', () => {
  it('counts from the highest equity ever, latches, and is reported once', () => {
    const state = createAccountLimits();
    expect(
      feed(state, [
        [0, 1000],
        [24, 1040],
        [48, 1000],
        [72, 960],
        [96, 935.9],
        [120, 900],
        [144, 2000],
      ]),
    ).toEqual(['', '', '', '', 'drawdown', '', '']);
    expect(entryBlock(state, DAY + 10_000 * HOUR_MS)).toBe('drawdown');
    expect(state.haltedAt).toBe(DAY + 96 * HOUR_MS);
  });

  it('and the daily loss may break at one close: both are reported, the graver first', () => {
    const state = createAccountLimits();
    expect(
      feed(state, [
        [0, 1000],
        [1, 880],
        [2, 870],
      ]),
    ).toEqual(['', 'drawdown+daily-loss', '']);
    expect(entryBlock(state, DAY + HOUR_MS)).toBe('drawdown');
  });

  it('latches for an account that has nothing left', () => {
    expect(
      feed(createAccountLimits(), [
        [0, 1000],
        [24, -5],
      ]),
    ).toEqual(['', 'drawdown']);
  });
});

it('memory survives a restart at any moment, and limits agree with a plain recount (property)', () => {
  const points = fc.array(
    fc.record({ gap: fc.integer({ min: 1, max: 40 }), equity: fc.integer({ min: 80, max: 120 }) }),
    { minLength: 1, maxLength: 60 },
  );
  fc.assert(
    fc.property(points, fc.nat({ max: 59 }), (history, restartAt) => {
      const steady = createAccountLimits();
      let restarted = createAccountLimits();
      let hour = 0;
      const seen: { hour: number; equity: number }[] = [];
      let isHalted = false;
      history.forEach(({ gap, equity }, index) => {
        hour += gap;
        const now = { time: DAY + hour * HOUR_MS, equity };
        if (index === restartAt) restarted = JSON.parse(JSON.stringify(restarted)) as AccountLimitState;
        expect(advanceLimits(restarted, now, PARAMS)).toEqual(advanceLimits(steady, now, PARAMS));
        expect(restarted).toEqual(steady);

        seen.push({ hour, equity });
        const midnight = Math.floor(hour / 24) * 24;
        const before = seen.findLast((point) => point.hour <= midnight) ?? seen[0];
        const today = seen.filter((point) => point.hour >= midnight);
        const peak = Math.max(...seen.map((point) => point.equity));
        isHalted ||= (peak - equity) / peak > PARAMS.drawdownLimit;
        const isBlocked = today.some((point) => (before.equity - point.equity) / before.equity > PARAMS.dailyLossLimit);
        expect(entryBlock(steady, now.time)).toBe(isHalted ? 'drawdown' : isBlocked ? 'daily-loss' : undefined);
      });
    }),
    { seed: 23, numRuns: 300 },
  );
});

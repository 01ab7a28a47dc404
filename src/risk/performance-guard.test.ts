// Does the guard alarm as rarely as it says, see a loss of edge, remember everything, and let a pause end in two ways only?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../domain/random.ts';
import { HOUR_MS } from '../domain/time.ts';
import {
  advanceGuard,
  createGuardState,
  guardSize,
  guardThresholdAdd,
  guardWinRate,
  isPaused,
  type GuardEvent,
  type GuardMode,
  type GuardParams,
  type GuardReason,
  type GuardState,
} from './performance-guard.ts';

/** The shipped settings, drawdown rules out of the way. */
const PARAMS: GuardParams = {
  enabled: true,
  winRateRule: 'validated',
  validatedReduceP: 0.05,
  validatedPauseP: 0.01,
  validatedRecoveryP: 0.25,
  validatedMinTrades: 20,
  validatedWindowTrades: 50,
  windowTrades: 10,
  minTrades: 5,
  reducedWinRate: 0.4,
  pausedWinRate: 0.3,
  recoveryWinRate: 0.45,
  reducedDrawdown: 0.5,
  pausedDrawdown: 0.6,
  recoveryDrawdown: 0.5,
  reducedStreak: 5,
  pausedStreak: 10,
  reducedSize: 0.5,
  reducedThresholdAdd: 0.1,
  cooldownHours: 24,
  shadowMinTrades: 5,
};
const FIXED: GuardParams = { ...PARAMS, winRateRule: 'fixed' };

function guardOf(validatedWinRate: number | undefined): GuardState {
  return { ...createGuardState(), validatedWinRate };
}

function trade(state: GuardState, win: boolean, params = PARAMS, time = 0): GuardReason | undefined {
  return advanceGuard(state, { kind: 'trade', time, netPnl: win ? 1 : -1, equity: undefined }, params);
}

function shadow(state: GuardState, win: boolean, time: number, params = PARAMS): GuardReason | undefined {
  return advanceGuard(state, { kind: 'shadow-trade', time, netPnl: win ? 1 : -1 }, params);
}

/** Loses until it is paused. */
function pausedGuard(rate: number | undefined, params = PARAMS, time = 0): GuardState {
  const state = guardOf(rate);
  for (let index = 0; index < 100 && state.mode !== 'PAUSED'; index += 1) trade(state, false, params, time);
  expect(state.mode).toBe('PAUSED');
  return state;
}

const RUNS = 1500;
const TRADES = 100;

/** Share of runs that paused within 100 independent trades won at `trueRate`, and share of trades spent in REDUCED. */
function simulate(
  trueRate: number,
  validatedWinRate: number,
  params: GuardParams,
): { readonly paused: number; readonly reducedTime: number; readonly reasons: ReadonlySet<string> } {
  const random = createRandom(`guard/${trueRate}/${params.winRateRule}`);
  let paused = 0;
  let reduced = 0;
  let looks = 0;
  const reasons = new Set<string>();
  for (let run = 0; run < RUNS; run += 1) {
    const state = guardOf(validatedWinRate);
    for (let index = 0; index < TRADES && state.mode !== 'PAUSED'; index += 1) {
      const reason = trade(state, random.next() < trueRate, params);
      if (isPaused(state, params)) {
        paused += 1;
        reasons.add(String(reason));
      }
      if (state.mode === 'REDUCED') reduced += 1;
      looks += 1;
    }
  }
  return { paused: paused / RUNS, reducedTime: reduced / looks, reasons };
}

const after = (wins: number): GuardMode => {
  const state = pausedGuard(0.5);
  advanceGuard(state, { kind: 'resume', time: 0 }, PARAMS);
  for (let index = 0; index < 5; index += 1) trade(state, index < wins);
  return state.mode;
};

describe('the validated rule', () => {
  it.each([0.3, 0.4, 0.5, 0.6])('leaves a strategy that wins its validated %f of trades alone', (rate) => {
    const { paused, reducedTime } = simulate(rate, rate, PARAMS);
    // A look of 1 % at every trade over two windows of 50: a few runs in a hundred, not the 58 to 99 of the fixed rule.
    expect(paused).toBeLessThan(0.1);
    expect(reducedTime).toBeLessThan(0.06);
  });

  it.each([0.3, 0.4, 0.55])('alarms at one look as rarely as its p-values say, at a rate of %f', (rate) => {
    const random = createRandom(`guard/look/${rate}`);
    for (const looked of [20, 37, 50]) {
      // Judged once: with the last of so many trades.
      const params = { ...PARAMS, validatedMinTrades: looked, reducedStreak: 1000, pausedStreak: 1001 };
      const modes: Record<GuardMode, number> = { NORMAL: 0, REDUCED: 0, PAUSED: 0 };
      const runs = 4000;
      for (let run = 0; run < runs; run += 1) {
        const state = guardOf(rate);
        for (let index = 0; index < looked; index += 1) trade(state, random.next() < rate, params);
        modes[state.mode] += 1;
      }
      const above = (p: number): number => p + 3 * Math.sqrt((p * (1 - p)) / runs);
      expect(modes.PAUSED / runs).toBeLessThan(above(PARAMS.validatedPauseP));
      expect((modes.PAUSED + modes.REDUCED) / runs).toBeLessThan(above(PARAMS.validatedReduceP));
      // It does look: a test that never alarms would pass the two lines above.
      expect(modes.PAUSED + modes.REDUCED).toBeGreaterThan(0);
    }
  });

  it('pauses a strategy that has lost its edge', () => {
    expect(simulate(0.2, 0.4, PARAMS).paused).toBeGreaterThan(0.9);
    expect(simulate(0.3, 0.5, PARAMS).paused).toBeGreaterThan(0.9);
  });

  it('says nothing before it has enough trades, whatever they were', () => {
    const state = guardOf(0.5);
    for (let index = 0; index < 4; index += 1) expect(trade(state, false)).toBeUndefined();
    for (let index = 0; index < 15; index += 1) expect(trade(state, index % 5 === 0)).toBeUndefined();
    expect(trade(state, false)).toBe('win_rate');
  });

  it('judges every trade by the rate it was decided with, not by that of the model in force', () => {
    const lower = guardOf(0.35);
    for (let index = 0; index < 48; index += 1) trade(lower, index % 3 === 0);
    expect(lower.mode).toBe('NORMAL');
    lower.validatedWinRate = 0.7;
    expect(trade(lower, false)).toBeUndefined();
    expect(lower.evidence.rate).toBeCloseTo((48 * 0.35 + 0.7) / 49, 12);
    const told = advanceGuard(
      lower,
      { kind: 'trade', time: 0, netPnl: 1, equity: undefined, expectedWinRate: 0.35 },
      PARAMS,
    );
    expect(told).toBeUndefined();
    expect(lower.outcomes.at(-1)).toEqual({ win: true, expected: 0.35 });
  });

  it('does not judge win rates that nobody knows', () => {
    const state = guardOf(undefined);
    for (let index = 0; index < 60; index += 1) trade(state, index % 5 === 0);
    expect(state.mode).toBe('NORMAL');
  });

  it('eases again only when the trades since are likely enough', () => {
    // P(X <= 1 | 5, 0.5) = 0.1875 is below 0.25, P(X <= 2) = 0.5 is not.
    expect([0, 1, 2, 5].map(after)).toEqual(['REDUCED', 'REDUCED', 'NORMAL', 'NORMAL']);
  });
});

describe('the fixed rule', () => {
  it('pauses profitable systems most of the time: why it is not the default', () => {
    expect(simulate(0.4, 0.4, FIXED).paused).toBeGreaterThan(0.95);
    expect(simulate(0.55, 0.55, FIXED).paused).toBeGreaterThan(0.5);
  });
});

/** Losses in a row, after a win, that reduce and pause at a validated rate; the win-rate test is out of the way. */
function limits(rate: number | undefined, params: GuardParams): { reduced: number; paused: number } {
  const state = guardOf(rate);
  const quiet = { ...params, validatedMinTrades: 1000, validatedWindowTrades: 1000, minTrades: 1000 };
  const window = { ...quiet, validatedWindowTrades: params.validatedWindowTrades };
  const found = { reduced: 0, paused: 0 };
  for (let losses = 1; losses <= 200 && found.paused === 0; losses += 1) {
    trade(state, false, window);
    if (state.mode === 'REDUCED' && found.reduced === 0) found.reduced = losses;
    if (state.mode === 'PAUSED') found.paused = losses;
  }
  return found;
}

describe('a losing streak', () => {
  it('counts at the settings where losses are rare, and later the more ordinary losses are', () => {
    const table = [0.9, 0.6, 0.5, 0.4, 0.3, 0.2].map((rate) => limits(rate, PARAMS));
    expect(table[0]).toEqual({ reduced: 5, paused: 10 });
    for (let index = 1; index < table.length; index += 1) {
      expect(table[index].reduced).toBeGreaterThanOrEqual(table[index - 1].reduced);
      expect(table[index].paused).toBeGreaterThanOrEqual(table[index - 1].paused);
    }
    expect(table.at(-1)?.paused).toBeGreaterThan(30);
  });

  it('is as rare as the test over a window demands', () => {
    for (const rate of [0.2, 0.35, 0.5]) {
      const { reduced, paused } = limits(rate, PARAMS);
      const chance = (streak: number): number => PARAMS.validatedWindowTrades * (1 - rate) ** streak;
      expect(chance(paused)).toBeLessThanOrEqual(PARAMS.validatedPauseP * (1 + 1e-9));
      expect(chance(paused - 1)).toBeGreaterThan(PARAMS.validatedPauseP);
      expect(chance(reduced)).toBeLessThanOrEqual(PARAMS.validatedReduceP * (1 + 1e-9));
    }
  });

  it('counts at the settings by the fixed rule and where no rate is known', () => {
    expect(limits(0.2, FIXED)).toEqual({ reduced: 5, paused: 10 });
    expect(limits(undefined, PARAMS)).toEqual({ reduced: 5, paused: 10 });
    for (const rate of [0, 1]) expect(limits(rate, PARAMS)).toEqual({ reduced: 5, paused: 10 });
  });

  it('is broken by a win, and not by a trade of exactly nothing', () => {
    const state = guardOf(undefined);
    for (let index = 0; index < 4; index += 1) trade(state, false);
    advanceGuard(state, { kind: 'trade', time: 0, netPnl: 0, equity: undefined }, PARAMS);
    expect(state.losingStreak).toBe(4);
    trade(state, true);
    expect(state.losingStreak).toBe(0);
  });
});

const hours = (count: number): number => count * HOUR_MS;

const at = (time: number): GuardEvent => ({ kind: 'equity', time, equity: 1 });

describe('a pause', () => {
  it('ends by shadow trades after the cool-down, not before, and in REDUCED', () => {
    const state = pausedGuard(0.5);
    for (let index = 1; index <= 10; index += 1) expect(shadow(state, true, hours(index))).toBeUndefined();
    expect(advanceGuard(state, { kind: 'equity', time: hours(24) - 1, equity: 1 }, PARAMS)).toBeUndefined();
    expect(advanceGuard(state, { kind: 'equity', time: hours(24), equity: 1 }, PARAMS)).toBe('recovered');
    expect(state).toMatchObject({ mode: 'REDUCED', outcomes: [], losingStreak: 0, drawdown: 0, peak: 1 });
  });

  it('never ends by time alone, by too few shadow trades, or by bad ones (property)', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ gap: fc.nat({ max: 400 }), win: fc.boolean() }), { maxLength: 30 }),
        fc.constantFrom(undefined, 0.35, 0.6),
        (happenings, rate) => {
          const state = pausedGuard(rate);
          let time = 0;
          let wins = 0;
          happenings.forEach(({ gap, win }, index) => {
            if (state.mode !== 'PAUSED') return;
            time += hours(gap);
            if (win) wins += 1;
            const reason = shadow(state, win, time);
            if (reason === undefined) return;
            expect(reason).toBe('recovered');
            expect(time).toBeGreaterThanOrEqual(hours(PARAMS.cooldownHours));
            expect(index + 1).toBeGreaterThanOrEqual(PARAMS.shadowMinTrades);
            if (rate === undefined) expect(wins / (index + 1)).toBeGreaterThanOrEqual(PARAMS.recoveryWinRate);
            else expect(wins).toBeGreaterThan(0);
          });
          if (happenings.length < PARAMS.shadowMinTrades) expect(state.mode).toBe('PAUSED');
        },
      ),
      { seed: 3, numRuns: 500 },
    );
  });

  it('is not ended by real trades that were still open', () => {
    const state = pausedGuard(0.5);
    for (let index = 0; index < 60; index += 1) trade(state, true, PARAMS, hours(100 + index));
    expect(state.mode).toBe('PAUSED');
  });

  it('ends at once by a person, whatever is missing', () => {
    const state = pausedGuard(0.5);
    expect(advanceGuard(state, { kind: 'resume', time: 1 }, PARAMS)).toBe('operator');
    expect(state.mode).toBe('REDUCED');
    expect(advanceGuard(state, { kind: 'resume', time: 2 }, PARAMS)).toBeUndefined();
  });

  it('by the win rate is over with it: what led to it is forgotten', () => {
    const state = guardOf(0.6);
    for (let index = 0; state.mode !== 'PAUSED'; index += 1) trade(state, index % 3 === 0);
    expect(state.outcomes.length).toBeGreaterThanOrEqual(PARAMS.validatedMinTrades);
    advanceGuard(state, { kind: 'resume', time: 0 }, PARAMS);
    expect(advanceGuard(state, { kind: 'equity', time: 1, equity: 1 }, PARAMS)).toBeUndefined();
    expect(state).toMatchObject({ mode: 'REDUCED', outcomes: [], evidence: { trades: 0, chance: 1 } });
  });

  it('that needs no shadow trades ends with the cool-down, by either rule', () => {
    for (const params of [PARAMS, FIXED]) {
      const state = pausedGuard(undefined, { ...params, shadowMinTrades: 0 });
      expect(advanceGuard(state, at(hours(23)), { ...params, shadowMinTrades: 0 })).toBeUndefined();
      expect(advanceGuard(state, at(hours(24)), { ...params, shadowMinTrades: 0 })).toBe('recovered');
    }
  });

  it('counts the shadow trades of this pause only', () => {
    const state = guardOf(0.5);
    shadow(state, true, 0);
    expect(state.shadowTrades).toBe(0);
    for (let index = 0; index < 20; index += 1) trade(state, false);
    for (let index = 0; index < 5; index += 1) shadow(state, true, hours(30));
    expect(state.mode).toBe('REDUCED');
    for (let index = 0; index < 20; index += 1) trade(state, false, PARAMS, hours(40));
    expect(state).toMatchObject({ mode: 'PAUSED', shadowTrades: 0, shadowWins: 0 });
  });
});

describe('what it does', () => {
  it('is a factor and a threshold by mode; a guard that is off does nothing', () => {
    const off = { ...PARAMS, enabled: false };
    const rows = (['NORMAL', 'REDUCED', 'PAUSED'] as const).map((mode) => {
      const state = { ...createGuardState(), mode };
      return [guardSize(state, PARAMS), guardThresholdAdd(state, PARAMS), isPaused(state, PARAMS)];
    });
    expect(rows).toEqual([
      [1, 0, false],
      [0.5, 0.1, false],
      [0, 0, true],
    ]);
    const state = { ...createGuardState(), mode: 'PAUSED' as const };
    expect([guardSize(state, off), guardThresholdAdd(state, off), isPaused(state, off)]).toEqual([1, 0, false]);
    expect(advanceGuard(state, { kind: 'resume', time: 0 }, off)).toBeUndefined();
  });

  it('reports the win rate of what it remembers, undefined without trades', () => {
    const state = guardOf(undefined);
    expect(guardWinRate(state)).toBeUndefined();
    for (let index = 0; index < 14; index += 1) trade(state, index >= 4 && index < 9, FIXED);
    expect(guardWinRate(state)).toBe(0.5);
  });
});

/** `time` is the gap to the event before. */
const gap = fc.nat({ max: 20 }).map((count) => count * HOUR_MS);
const equity = fc.integer({ min: 80, max: 120 });
const happening: fc.Arbitrary<GuardEvent> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('trade' as const),
      time: gap,
      netPnl: fc.integer({ min: -3, max: 3 }),
      equity,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('shadow-trade' as const),
      time: gap,
      netPnl: fc.constantFrom(-1, 1, 1),
    }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('equity' as const), time: gap, equity }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('resume' as const), time: gap }) },
);

describe('its memory', () => {
  it('survives a restart at any moment: JSON there and back changes nothing (property)', () => {
    fc.assert(
      fc.property(
        fc.array(happening, { minLength: 1, maxLength: 120 }),
        fc.nat({ max: 119 }),
        fc.constantFrom('fixed' as const, 'validated' as const),
        fc.constantFrom(undefined, 0.35, 0.55),
        (history, restartAt, winRateRule, rate) => {
          const params = { ...PARAMS, winRateRule, reducedDrawdown: 0.1, pausedDrawdown: 0.2, recoveryDrawdown: 0.1 };
          const steady = guardOf(rate);
          let restarted = guardOf(rate);
          let time = 0;
          history.forEach((event, index) => {
            if (index === restartAt) restarted = JSON.parse(JSON.stringify(restarted)) as GuardState;
            time += event.time;
            const now = { ...event, time };
            expect(advanceGuard(restarted, now, params)).toBe(advanceGuard(steady, now, params));
            expect(restarted).toEqual(steady);
          });
        },
      ),
      { seed: 17, numRuns: 400 },
    );
  });

  it('gives the same modes for the same events', () => {
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 60 }), (history) => {
        const modes = (): GuardMode[] => {
          const state = guardOf(0.4);
          return history.map((event) => {
            advanceGuard(state, event, PARAMS);
            return state.mode;
          });
        };
        expect(modes()).toEqual(modes());
      }),
      { seed: 19, numRuns: 100 },
    );
  });

  it('is bounded', () => {
    const state = guardOf(0.5);
    for (let index = 0; index < 500; index += 1) trade(state, index % 2 === 0);
    expect(state.outcomes).toHaveLength(PARAMS.validatedWindowTrades);
  });
});

// Do the shipped risk levels trade differently? The same market and the same signals under each: sizes, leverage, guard (R13).
import { describe, expect, it } from 'vitest';
import { settingsOf } from '../../../src/cli/compose-variants.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import type { RoundTrip } from '../../../src/engine/round-trip.ts';
import type { EngineParams } from '../../../src/engine/state.ts';
import { engineParams } from '../../../src/research/engine-params.ts';
import { HOUR_MS } from '../../../src/domain/time.ts';
import { marketOf, prove, type Proof } from './random-backtest.ts';
import { botOf, modelOf, type Bot, type Prices } from './scripted-bot.ts';

const LEVELS = ['conservative', 'moderate', 'aggressive'] as const;
type Level = (typeof LEVELS)[number];

/** The shipped settings of a level; confidence is the probability itself, so that a test can name it. */
function paramsOfLevel(riskLevel: Level): EngineParams {
  const params = engineParams(settingsOf(riskLevel, loadConfig({ riskLevel })), HOUR_MS);
  return { ...params, thresholdScale: 'probability' };
}

/** The value rises strictly from conservative over moderate to aggressive. */
function expectRising(of: (level: Level) => number): void {
  const [low, middle, high] = LEVELS.map(of);
  expect(low).toBeLessThan(middle);
  expect(middle).toBeLessThan(high);
}

/** Everybody may be entered at any age: it is the levels that are compared. */
function ofAnyAge(params: EngineParams): EngineParams {
  return { ...params, universe: { minListingAgeDays: 0, minTradedValue24h: 0 } };
}

/** Sizes alone are compared: the guard, which looks at results, is out of the way. */
function withoutGuard(params: EngineParams): EngineParams {
  return { ...params, guard: { ...params.guard, enabled: false } };
}

describe('the same signals on the same candles', () => {
  const market = marketOf(['ALPHAUSDT'], 3000, 4500);
  const [series] = market.series;
  const PERIOD = 40;
  const CONFIDENCES = [0.57, 0.62, 0.67];
  const schedule = Array.from({ length: Math.floor(series.length / PERIOD) }, (_, index) => ({
    kind: 'model-promoted' as const,
    time: series.openTime[index * PERIOD + 1],
    symbol: 'ALPHAUSDT',
    model: modelOf({ id: `model-${index}`, baseRate: CONFIDENCES[index % 3] }),
  }));
  const runs = new Map<Level, Proof>(
    LEVELS.map((level) => [
      level,
      prove({
        market,
        params: ofAnyAge(withoutGuard(paramsOfLevel(level))),
        schedule,
        // Once in every period, long and short in turn.
        script: (bar) => ({ signal: bar % PERIOD !== PERIOD - 1 ? 0 : (bar + 1) % (2 * PERIOD) === 0 ? 1 : -1 }),
      }),
    ]),
  );
  const tradesOf = (level: Level): readonly RoundTrip[] => runs.get(level)?.result.state.roundTrips ?? [];
  const shared = (level: Level): readonly RoundTrip[] => {
    const times = new Set(tradesOf('conservative').map(({ decidedAt }) => decidedAt));
    return tradesOf(level).filter(({ decidedAt }) => times.has(decidedAt));
  };

  it('are taken more often the lower the threshold of confidence is', () => {
    expectRising((level) => tradesOf(level).length);
    for (const level of LEVELS) {
      const { confidenceThreshold } = paramsOfLevel(level).risk;
      expect(tradesOf(level).every(({ confidence }) => confidence >= confidenceThreshold)).toBe(true);
      expect(Math.min(...tradesOf(level).map(({ confidence }) => confidence))).toBe(
        CONFIDENCES.find((confidence) => confidence >= confidenceThreshold),
      );
    }
  });

  it('are sized and levered more, trade by trade', () => {
    expect(shared('conservative').length).toBeGreaterThan(8);
    for (let index = 0; index < shared('conservative').length; index += 1) {
      expect(LEVELS.map((level) => shared(level)[index].leverage)).toEqual([2, 3, 5]);
      expectRising((level) => shared(level)[index].quantity);
      expectRising((level) => shared(level)[index].sizing.final);
      expectRising((level) => shared(level)[index].sizing.volatility);
      expectRising((level) => shared(level)[index].fees);
    }
  });

  it('move the account more', () => {
    expectRising((level) => {
      const equity = runs.get(level)?.result.curve.equity ?? [];
      return Math.max(...equity) - Math.min(...equity);
    });
    const totals = LEVELS.map((level) => tradesOf(level).reduce((sum, { netPnl }) => sum + netPnl, 0));
    expect(new Set(totals).size).toBe(3);
  });
});

describe('the same losses', () => {
  const LOSS: Prices = [100, 100.1, 98, 100];
  const WIN: Prices = [100, 103, 99.9, 100];

  /** Three stops for every target until the level has paused; never so many losses in a row that a streak counts. */
  function runDown(level: Level): Bot {
    const params = ofAnyAge(paramsOfLevel(level));
    const bot = botOf({
      script: () => ({ signal: 1 }),
      params: { ...params, risk: { ...params.risk, cooldownHours: 0, dailyLossLimit: 1 } },
      volume: 1e9,
      model: modelOf({ baseRate: 0.9 }),
      equity: 1_000_000,
      calmBars: 30,
    });
    for (let bar = 0; bar < 4000 && bot.state.guard.mode !== 'PAUSED'; bar += 1) bot.bar(bar % 4 === 3 ? WIN : LOSS);
    return bot;
  }
  const bots = new Map(LEVELS.map((level) => [level, runDown(level)]));
  const botAt = (level: Level): Bot => bots.get(level) ?? expect.fail(level);
  const guardNotes = (level: Level): string[] =>
    botAt(level).notes.flatMap((note) => (note.kind === 'guard' ? [`${note.mode} ${note.reason}`] : []));

  it('reduce and then pause every level by its drawdown', () => {
    for (const level of LEVELS) {
      const notes = guardNotes(level);
      expect(notes[0]).toBe('REDUCED drawdown');
      expect(notes.at(-1)).toBe('PAUSED drawdown');
      expect(new Set(notes.slice(1, -1))).not.toContain('PAUSED drawdown');
    }
  });

  it('pause the conservative level at the smallest drawdown, the aggressive one at the largest, each at its own', () => {
    expectRising((level) => botAt(level).state.guard.drawdown);
    for (const level of LEVELS) {
      const { pausedDrawdown } = paramsOfLevel(level).guard;
      const { drawdown } = botAt(level).state.guard;
      expect(drawdown).toBeGreaterThan(pausedDrawdown);
      expect(drawdown).toBeLessThan(pausedDrawdown + 0.004);
    }
  });

  /** What the level had lost, as a fraction of the start, when its first halved trade was decided. */
  const reducedAt = (level: Level): number => {
    const { roundTrips, ledger } = botAt(level).state;
    const first = roundTrips.findIndex(({ sizing }) => sizing.guard === 0.5);
    const lost = roundTrips.slice(0, first).reduce((sum, { netPnl }) => sum - netPnl, 0);
    expect(ledger.start).toBe(10n ** 18n);
    return lost / 1_000_000;
  };

  it('halve the sizes of every level at its own drawdown', () => {
    expectRising(reducedAt);
    for (const level of LEVELS) expect(reducedAt(level)).toBeGreaterThan(paramsOfLevel(level).guard.reducedDrawdown);
  });

  it('cost the conservative level least per trade', () => {
    expectRising((level) => -botAt(level).state.roundTrips[0].netPnl);
    // More trades until its pause, although it pauses at less.
    expectRising((level) => -botAt(level).state.roundTrips.length);
  });
});

// Does the guard act? Reduced sizes, a pause without orders, shadow trades that end it, and real trades after it.
import { describe, expect, it } from 'vitest';
import {
  A,
  B,
  botOf,
  calm,
  HOUR,
  modelOf,
  ordersOf,
  START,
  type Bot,
  type BotSetup,
  type Prices,
} from '../../test/scenarios/engine/scripted-bot.ts';
import { FLAG_FILLED } from '../domain/candle.ts';

const LOSS: Prices = [100, 100, 98, 100];
const WIN: Prices = [100, 103, 100, 100];

/** Signals long at every bar; a bar that touches stop or target ends the trade that it opened. */
const always: BotSetup = {
  script: () => ({ signal: 1 }),
  metaModel: 'on',
  model: modelOf(),
  guard: {
    enabled: true,
    windowTrades: 4,
    minTrades: 4,
    reducedWinRate: 0.6,
    pausedWinRate: 0.3,
    recoveryWinRate: 0.6,
    cooldownHours: 6,
    shadowMinTrades: 3,
  },
};

function trades(bot: Bot, results: readonly Prices[]): void {
  for (const prices of results) bot.bar(prices);
}

const modes = (bot: Bot): string[] =>
  bot.notes.flatMap((note) => (note.kind === 'guard' ? [`${note.mode} ${note.reason}`] : []));

describe('REDUCED', () => {
  it('halves the size of the next entry', () => {
    const bot = botOf(always);
    trades(bot, [LOSS, WIN, LOSS, WIN]);
    expect(modes(bot)).toEqual(['REDUCED win_rate']);
    const sizes = ordersOf(bot.commands).map(({ quantity }) => quantity);
    expect(sizes[3] / sizes[4]).toBeCloseTo(2, 1);
    trades(bot, [WIN]);
    expect(bot.state.roundTrips.map(({ sizing }) => sizing.guard)).toEqual([1, 1, 1, 1, 0.5]);
  });

  it('raises the threshold of confidence', () => {
    const bot = botOf({ ...always, model: modelOf({ baseRate: 0.65 }) });
    trades(bot, [LOSS, WIN, LOSS, WIN, WIN, WIN]);
    // 0.65 passes 0.60 but not 0.70: the trade that reduced was the last one.
    expect(modes(bot)).toEqual(['REDUCED win_rate']);
    expect(bot.state.roundTrips).toHaveLength(4);
    expect(bot.state.symbols[0].funnel.orders).toBe(4);
  });

  it('with a size of nothing opens nothing, and is no pause', () => {
    const bot = botOf({ ...always, guard: { ...always.guard, reducedSize: 0 } });
    trades(bot, [LOSS, WIN, LOSS, WIN, WIN]);
    expect(bot.state.roundTrips).toHaveLength(4);
    expect(bot.state.symbols[0].shadow).toBeUndefined();
    expect(bot.state.symbols[0].funnel.refused['zero-size']).toBeGreaterThan(0);
  });

  it('ends with a better window, and sizes are whole again', () => {
    const bot = botOf(always);
    trades(bot, [LOSS, WIN, LOSS, WIN, WIN, WIN, WIN]);
    expect(modes(bot)).toEqual(['REDUCED win_rate', 'NORMAL recovered']);
    expect(bot.state.roundTrips.at(-1)?.sizing.guard).toBe(1);
  });
});

/** Three losses and a win: paused at the fourth result, the close of bar 6, 07:00. */
function paused(more: Partial<BotSetup> = {}): Bot {
  const bot = botOf({ ...always, ...more });
  trades(bot, [LOSS, WIN, LOSS, LOSS]);
  expect(modes(bot)).toEqual(['PAUSED win_rate']);
  return bot;
}

describe('PAUSED', () => {
  it('sends no orders, follows shadow trades, ends after cool-down and enough of them, and trades again', () => {
    const bot = paused();
    const ordered = ordersOf(bot.commands).length;
    const pausedAt = bot.state.guard.pausedAt;
    trades(bot, [WIN, WIN, WIN, WIN, WIN]);
    expect(ordersOf(bot.commands)).toHaveLength(ordered);
    expect(bot.state.guard).toMatchObject({ mode: 'PAUSED', shadowTrades: 5, shadowWins: 5 });
    expect(bot.state.ledger.lines).toHaveLength(8);
    trades(bot, [WIN]);
    expect(modes(bot)).toEqual(['PAUSED win_rate', 'REDUCED recovered']);
    const ended = bot.notes.at(-1);
    expect(ended?.time).toBeGreaterThanOrEqual(pausedAt + 6 * HOUR);
    expect(bot.state.guard.outcomes).toEqual([]);
    expect(ordersOf(bot.commands).at(-1)).toMatchObject({ reason: 'entry', decidedAt: bot.time });
    trades(bot, [WIN]);
    expect(bot.state.roundTrips.at(-1)).toMatchObject({ reason: 'target', sizing: { guard: 0.5 } });
  });

  it('goes on while shadow trades lose', () => {
    const bot = paused();
    trades(
      bot,
      Array.from({ length: 30 }, () => LOSS),
    );
    expect(bot.state.guard).toMatchObject({ mode: 'PAUSED', shadowTrades: 30, shadowWins: 0 });
    expect(bot.state.roundTrips).toHaveLength(4);
  });

  it('keeps closing what is held', () => {
    const bot = botOf({
      ...always,
      instruments: [A, B],
      script: (bar, symbol) => ({ signal: symbol === 1 ? (bar === 2 ? 1 : 0) : 1 }),
    });
    for (const prices of [LOSS, WIN, LOSS, LOSS]) bot.bar(prices, calm(100));
    expect(modes(bot)).toEqual(['PAUSED win_rate']);
    expect(bot.state.symbols[1].trade).toBeDefined();
    for (let index = 0; index < 3; index += 1) bot.bar(calm(100), calm(100));
    expect(bot.state.roundTrips.at(-1)).toMatchObject({ symbol: 'BUSDT', reason: 'time-exit' });
  });

  it('is ended by a person at once, and running shadow trades do not keep real ones waiting', () => {
    const bot = paused();
    bot.bar(calm(100));
    expect(bot.state.symbols[0].shadow).toBeDefined();
    bot.send({ kind: 'guard-resumed', time: bot.time });
    expect(modes(bot).at(-1)).toBe('REDUCED operator');
    expect(bot.state.symbols[0].shadow).toBeUndefined();
    bot.bar(calm(100));
    expect(ordersOf(bot.commands).at(-1)).toMatchObject({ reason: 'entry', decidedAt: bot.time });
  });

  it('judges shadow trades by the same limits: a symbol in cool-down has none', () => {
    const bot = paused();
    bot.state.symbols[0].cooldownUntil = bot.time + 3 * HOUR;
    const runs = [0, 1, 2].map(() => {
      bot.bar(WIN);
      return bot.state.symbols[0].shadow !== undefined;
    });
    // The shadow trade that was open ends at once; no other begins before the cool-down is over.
    expect(runs).toEqual([false, false, true]);
  });

  it('opens no shadow trade on a filled bar', () => {
    const bot = paused();
    bot.flagged(FLAG_FILLED, calm(100));
    expect(bot.state.symbols[0].shadow).toEqual({ direction: 1, entry: undefined, leaving: false });
    bot.bar([101, 101, 101, 101]);
    expect(bot.state.symbols[0].shadow).toMatchObject({ entry: { price: 101, time: START + 8 * HOUR } });
  });

  it('that is not there is not ended: a resume does nothing then', () => {
    const bot = botOf(always);
    bot.send({ kind: 'guard-resumed', time: bot.time });
    expect(bot.notes.filter(({ kind }) => kind === 'guard')).toEqual([]);
  });
});

describe('the validated win rate', () => {
  it('is the mean over the models in force and outlives them', () => {
    const bot = botOf({ ...always, instruments: [A, B], model: modelOf({ validatedWinRate: 0.4 }) });
    const promoted = { kind: 'model-promoted', time: bot.time, symbol: 'BUSDT' } as const;
    bot.send({ ...promoted, model: modelOf({ validatedWinRate: 0.5 }) });
    expect(bot.state.guard.validatedWinRate).toBeCloseTo(0.45, 12);
    for (const symbol of ['AUSDT', 'BUSDT']) bot.send({ ...promoted, symbol, model: undefined });
    expect(bot.state.guard.validatedWinRate).toBeCloseTo(0.5, 12);
  });

  it('that a trade is judged by is that of the model which decided it', () => {
    const bot = botOf({ ...always, model: modelOf({ validatedWinRate: 0.3 }) });
    bot.bar(calm(100));
    const promoted = { kind: 'model-promoted', time: bot.time, symbol: 'AUSDT' } as const;
    bot.send({ ...promoted, model: modelOf({ validatedWinRate: 0.6 }) });
    trades(bot, [WIN, WIN]);
    expect(bot.state.guard.outcomes).toEqual([
      { win: true, expected: 0.3 },
      { win: true, expected: 0.6 },
    ]);
  });
});

// Is an entry refused, and counted, while a symbol is too young or too illiquid, or the order too large for what is traded?
import { describe, expect, it } from 'vitest';
import {
  A,
  B,
  botOf,
  calm,
  HOUR,
  modelOf,
  ordersOf,
  paramsOf,
  scripted,
  START,
  type Bot,
  type BotSetup,
} from '../../test/scenarios/engine/scripted-bot.ts';
import { COSTS } from '../../test/scenarios/simulated-market.ts';
import { FLAG_FILLED } from '../domain/candle.ts';
import { createEngineState } from './state.ts';
import { step } from './step.ts';

const always: BotSetup = { script: () => ({ signal: 1 }), calmBars: 0, sizing: { volatilityTarget: false } };
const feed = (bot: Bot, bars: number): number[] =>
  Array.from({ length: bars }, () => ordersOf(bot.bar(calm(100))).length);

const young: BotSetup = { ...always, universe: { minListingAgeDays: 2 } };

/** The hour of the first order for a symbol with that record. */
const firstOrder = (listedAt: number | undefined): number => {
  const state = createEngineState({
    barMs: HOUR,
    initialEquity: 10_000,
    params: paramsOf(young),
    strategy: scripted(always.script),
    symbols: [{ instrument: A, hasFunding: false, listedAt }],
  });
  const funding = [{ rate: NaN, previousRate: NaN, time: NaN }];
  for (let hour = 0; hour < 100; hour += 1) {
    const openTime = START + hour * HOUR;
    const closeTime = openTime + HOUR;
    const candle = { openTime, closeTime, open: 100, high: 100, low: 100, close: 100, volume: 1, flags: 0 };
    const { commands } = step(state, { kind: 'slice', time: closeTime, candles: [candle], funding });
    if (commands.length > 0) return hour;
  }
  return NaN;
};

describe('a symbol that is too young', () => {
  it('is not entered before its age, and from the very close on which it has it', () => {
    const bot = botOf(young);
    const orders = feed(bot, 50);
    expect(orders.indexOf(1)).toBe(47);
    expect(bot.state.symbols[0].funnel.refused['too-young']).toBe(47);
    expect(bot.state.symbols[0].funnel).toMatchObject({ flat: 48, signals: 48, afterGuard: 48, orders: 1 });
  });

  it('never reaches the meta-model', () => {
    const bot = botOf({ ...young, metaModel: 'on', model: modelOf({ baseRate: 0.9 }) });
    feed(bot, 47);
    expect(bot.state.symbols[0].funnel).toMatchObject({ judged: 0, afterGuard: 47 });
    feed(bot, 1);
    expect(bot.state.symbols[0].funnel.judged).toBe(1);
  });

  it('does not become the shadow trade of a paused guard either', () => {
    const bot = botOf({ ...young, guard: { enabled: true } });
    bot.state.guard.mode = 'PAUSED';
    feed(bot, 47);
    expect(bot.state.symbols[0].shadow).toBeUndefined();
    expect(bot.state.symbols[0].funnel.refused['too-young']).toBe(0);
  });

  it('is as old as its record says, not as what the bot has seen', () => {
    expect(firstOrder(undefined)).toBe(47);
    expect(firstOrder(START - 20 * HOUR)).toBe(27);
    expect(firstOrder(START - 1_000 * HOUR)).toBe(0);
    // A record that lists it later than its candles: still no entry before the age.
    expect(firstOrder(START + 10 * HOUR)).toBe(57);
  });
});

describe('a symbol that is hardly traded', () => {
  // Every hour trades 100 in value.
  const liquid: BotSetup = { ...always, universe: { minTradedValue24h: 2_400 } };

  it('is not entered until the value of a whole day is there, nor in the day after an hour without trades', () => {
    const bot = botOf({ ...liquid, script: (bar) => ({ signal: bar < 40 ? 0 : 1 }) });
    for (let bar = 0; bar < 40; bar += 1) {
      if (bar === 30) bot.flagged(FLAG_FILLED, calm(100));
      else bot.bar(calm(100));
    }
    const orders = feed(bot, 20);
    expect(orders.indexOf(1)).toBe(14);
    expect(bot.state.symbols[0].funnel.refused.illiquid).toBe(14);
  });

  it('still closes what is held', () => {
    const bot = botOf({
      ...always,
      script: (bar) => ({ signal: bar === 3 ? 1 : 0 }),
      universe: { minTradedValue24h: 400 },
      exits: { maxHoldBars: 2 },
    });
    feed(bot, 5);
    expect(bot.state.symbols[0].trade).toBeDefined();
    for (let bar = 0; bar < 30; bar += 1) bot.flagged(FLAG_FILLED, calm(100));
    feed(bot, 2);
    expect(bot.state.symbols[0].trade).toBeUndefined();
    expect(bot.state.roundTrips).toHaveLength(1);
  });

  it('is one of several that are judged each by itself', () => {
    const bot = botOf({ ...liquid, universe: { minTradedValue24h: 2_000 }, instruments: [A, B] });
    for (let bar = 0; bar < 30; bar += 1) bot.bar(calm(100), calm(50));
    const [a, b] = bot.state.symbols;
    expect([a.funnel.orders > 0, b.funnel.orders]).toEqual([true, 0]);
    expect(b.funnel.refused.illiquid).toBe(30);
  });
});

// One unit is traded an hour; 10 % of 10,000 at leverage 2 is 20 units.
const sized = (maxParticipation: number): Bot => {
  const bot = botOf({
    ...always,
    script: (bar) => ({ signal: bar >= 23 ? 1 : 0 }),
    risk: { maxParticipation },
    costs: COSTS,
  });
  feed(bot, 24);
  return bot;
};

describe('an order', () => {
  it('is at most its share of the last day, and the trace of its size says so', () => {
    expect(ordersOf(sized(1).commands)[0].quantity).toBe(20);
    const bot = sized(0.5);
    expect(ordersOf(bot.commands)[0].quantity).toBe(12);
    expect(bot.state.symbols[0].pending?.decision?.sizing.final).toBeCloseTo(0.06, 12);
  });

  it('below the least the venue takes is refused with that reason', () => {
    const bot = sized(0.0001);
    expect(ordersOf(bot.commands)).toEqual([]);
    expect(bot.state.symbols[0].funnel.refused.participation).toBe(1);
  });

  it('that closes is never cut', () => {
    const bot = sized(0.5);
    bot.bar(calm(100));
    for (let bar = 0; bar < 40; bar += 1) bot.flagged(FLAG_FILLED, calm(100));
    bot.bar(calm(100));
    expect(bot.state.roundTrips).toMatchObject([{ quantity: 12, reason: 'time-exit' }]);
  });
});

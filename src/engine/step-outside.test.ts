// What does the engine do about what comes from outside: blocked entries, money, fills that nobody asked for, closes long past?
import { describe, expect, it } from 'vitest';
import { A, B, botOf, calm, HOUR, ordersOf, START, type Bot } from '../../test/scenarios/engine/scripted-bot.ts';
import type { Fill } from '../domain/fill.ts';
import { atomsToNumber } from '../domain/money.ts';
import { exactEquity, ledgerEquity, ledgerTotals } from '../domain/ledger.ts';

const entries = (bot: Bot): string[] =>
  ordersOf(bot.commands).flatMap(({ reason, symbol }) => (reason === 'entry' ? [symbol] : []));
const block = (bot: Bot, reason: string, blocked: boolean, symbol?: string) =>
  bot.send({ kind: 'entries-blocked', time: bot.time, symbol, reason, blocked });
const always = () => ({ signal: 1 as const });

const candle = (hour: number) => ({
  openTime: START + hour * HOUR,
  closeTime: START + (hour + 1) * HOUR,
  open: 100,
  high: 100,
  low: 100,
  close: 100,
  volume: 1,
  flags: 0,
});

const foreign = (bot: Bot, change: Partial<Fill>): void => {
  const fill: Fill = {
    kind: 'fill',
    time: bot.time,
    symbol: 'AUSDT',
    clientOrderId: '',
    side: 'buy',
    quantity: 2,
    price: 100,
    fee: 0.2,
    slippage: 0,
    liquidity: 'taker',
    reason: 'foreign',
    stopPrice: 95,
    targetPrice: undefined,
    liquidationPrice: undefined,
    ambiguous: false,
    ...change,
  };
  bot.send({ kind: 'foreign-fill', time: bot.time, fill, leverage: 3 });
};

describe('blocked entries', () => {
  it('hold until the same reason is lifted, for one symbol or for all, and exits go on', () => {
    const bot = botOf({ script: always, instruments: [A, B], exits: { maxHoldBars: 1 } });
    expect(entries(bot).length).toBe(2);
    bot.bar(calm(100), calm(100));
    block(bot, 'maintenance', true);
    block(bot, 'stale', true, 'BUSDT');
    const before = entries(bot).length;
    for (let bar = 0; bar < 4; bar += 1) bot.bar(calm(100), calm(100));
    expect(entries(bot).length).toBe(before);
    expect(bot.state.symbols.every(({ trade }) => trade === undefined)).toBe(true);
    expect(bot.state.symbols[0].verdict).toBe('entries-blocked');
    expect(bot.state.symbols[0].funnel.refused['entries-blocked']).toBeGreaterThan(1);
    block(bot, 'maintenance', false);
    bot.bar(calm(100), calm(100));
    expect(entries(bot).slice(before)).toEqual(['AUSDT']);
    block(bot, 'stale', false, 'BUSDT');
    bot.bar(calm(100), calm(100));
    expect(entries(bot).slice(before)).toContain('BUSDT');
  });

  it('a reason for all covers the same reason for one, and is lifted as a whole', () => {
    const bot = botOf({ script: () => ({ signal: 0 }) });
    block(bot, 'x', true);
    block(bot, 'x', true, 'AUSDT');
    block(bot, 'x', false, 'AUSDT');
    expect([...bot.state.blocks]).toEqual([['x', undefined]]);
    block(bot, 'x', false);
    expect(bot.state.blocks.size).toBe(0);
  });
});

describe('money from outside', () => {
  it('is neither profit nor loss', () => {
    const bot = botOf({ script: () => ({ signal: 0 }), guard: { enabled: true } });
    bot.bar(calm(100));
    const { drawdown } = bot.state.guard;
    bot.send({ kind: 'money-moved', time: bot.time, amount: -6_000 });
    expect(ledgerEquity(bot.state.ledger)).toBe(4_000);
    for (let bar = 0; bar < 30; bar += 1) bot.bar(calm(100));
    expect(bot.notes).toEqual([]);
    expect(bot.state.limits).toMatchObject({ peakEquity: 4_000, haltedAt: undefined, blockedDay: undefined });
    expect(bot.state.guard.drawdown).toBe(drawdown);
    expect(atomsToNumber(ledgerTotals(bot.state.ledger).deposits)).toBe(-6_000);
  });
});

describe('a fill that nobody here asked for', () => {
  it('opens a position that is managed from then on', () => {
    const bot = botOf({ script: () => ({ signal: 0 }), exits: { maxHoldBars: 3 } });
    foreign(bot, {});
    expect(bot.state.symbols[0].trade).toMatchObject({
      direction: 1,
      quantity: 2,
      entryPrice: 100,
      stopPrice: 95,
      leverage: 3,
    });
    for (let bar = 0; bar < 3; bar += 1) bot.bar(calm(101));
    expect(ordersOf(bot.commands).map(({ reason, quantity, side }) => [reason, quantity, side])).toEqual([
      ['time-exit', 2, 'sell'],
    ]);
  });

  it('adds to what is held, takes from it, and turns it over', () => {
    const bot = botOf({ script: () => ({ signal: 0 }) });
    foreign(bot, {});
    foreign(bot, { price: 104, quantity: 2, fee: 0.4 });
    expect(bot.state.symbols[0].trade).toMatchObject({ quantity: 4, entryPrice: 102 });
    foreign(bot, { side: 'sell', price: 110, quantity: 1, fee: 0.1 });
    expect(bot.state.symbols[0].trade).toMatchObject({ quantity: 3 });
    foreign(bot, { side: 'sell', price: 110, quantity: 5, fee: 0.5, stopPrice: 120 });
    expect(bot.state.symbols[0].trade).toMatchObject({ direction: -1, quantity: 2, entryPrice: 110, stopPrice: 120 });
    expect(bot.state.roundTrips).toMatchObject([{ direction: 1, quantity: 4, reason: 'foreign' }]);
    expect(bot.state.roundTrips[0].netPnl).toBeCloseTo(4 * 8 - 1.2, 9);
    expect(atomsToNumber(exactEquity(bot.state.ledger))).toBeCloseTo(10_000 + 32 - 1.2, 9);
  });

  it('that closes everything ends the trade as any other close does', () => {
    const bot = botOf({ script: always, risk: { cooldownHours: 3 } });
    bot.bar(calm(100));
    const { trade } = bot.state.symbols[0];
    foreign(bot, { side: 'sell', price: 90, quantity: trade?.quantity ?? 0, reason: 'deleverage' });
    expect(bot.state.roundTrips.map(({ reason }) => reason)).toEqual(['deleverage']);
    expect(bot.state.symbols[0].cooldownUntil).toBe(bot.time + 3 * HOUR);
  });
});

describe('a close long past', () => {
  it('is learned from, and nothing is decided at it', () => {
    const bot = botOf({ script: always, calmBars: 0 });
    const funding = [{ rate: NaN, previousRate: NaN, time: NaN }];
    for (let hour = 0; hour < 5; hour += 1) {
      const slice = { kind: 'slice', time: START + (hour + 1) * HOUR, candles: [candle(hour)], funding } as const;
      expect(bot.send({ ...slice, use: 'backfill' })).toEqual([]);
    }
    expect(bot.state.limits.day).toBeUndefined();
    expect(bot.send({ kind: 'slice', time: START + 6 * HOUR, candles: [candle(5)], funding })).toHaveLength(1);
  });
});

it('every close leaves a verdict', () => {
  const bot = botOf({ script: (bar) => ({ signal: bar > 4 ? 1 : 0, ready: bar > 2, allows: bar !== 5 }), calmBars: 0 });
  const verdicts = Array.from({ length: 9 }, () => {
    bot.bar(calm(100));
    return bot.state.symbols[0].verdict;
  });
  expect(verdicts).toEqual([
    'warming-up',
    'warming-up',
    'warming-up',
    'no-signal',
    'no-signal',
    'regime',
    'entry',
    'holding',
    'holding',
  ]);
});

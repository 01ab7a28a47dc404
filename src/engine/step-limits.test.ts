// Do the account's limits act? Daily loss, drawdown latch, cool-down, slots over all symbols, and a flatten that does not give up.
import { describe, expect, it } from 'vitest';
import {
  A,
  B,
  botOf,
  calm,
  HOUR,
  ordersOf,
  signalsAt,
  START,
  type Bot,
  type Prices,
} from '../../test/scenarios/engine/scripted-bot.ts';
import { DAY_MS } from '../domain/time.ts';
import { step } from './step.ts';

const LOSS: Prices = [100, 100, 98, 100];
const entries = (bot: Bot): number[] =>
  ordersOf(bot.commands)
    .filter(({ reason }) => reason === 'entry')
    .map(({ decidedAt }) => decidedAt);

describe('the daily loss', () => {
  // A stop costs 1 % of 2,000 and fees of 4: about 0.24 % of equity.
  const bot = botOf({ script: () => ({ signal: 1 }), risk: { dailyLossLimit: 0.004 } });
  for (let bar = 3; bar < 40; bar += 1) bot.bar(LOSS);

  it('blocks entries until the UTC day is over, and not longer', () => {
    const blockedAt = bot.notes[0];
    expect(blockedAt).toMatchObject({ kind: 'limit', limit: 'daily-loss', time: START + 5 * HOUR });
    expect(entries(bot).find((time) => time >= blockedAt.time)).toBe(START + DAY_MS);
    expect(bot.state.symbols[0].funnel.refused['daily-loss-limit']).toBeGreaterThan(10);
  });

  it('is measured anew on the next day', () => {
    expect(bot.notes.map(({ time }) => Math.floor((time - START) / DAY_MS))).toEqual([0, 1]);
  });
});

describe('the drawdown limit', () => {
  it('cancels, flattens, and latches: no entry ever again', () => {
    const bot = botOf({
      script: (bar, symbol) => ({ signal: bar >= 2 + symbol ? 1 : 0 }),
      instruments: [A, B],
      risk: { drawdownLimit: 0.05, dailyLossLimit: 0.9, basePositionFraction: 0.5, maxOpenPositions: 5 },
      exits: { stopFraction: 0.2, targetFraction: undefined, maxHoldBars: 1000 },
    });
    bot.bar(calm(100), calm(100));
    // The second symbol's order has been sent, its candle is late.
    bot.bar([100, 100, 90, 90], undefined);
    expect(bot.notes).toEqual([{ kind: 'limit', time: bot.time, limit: 'drawdown' }]);
    expect(bot.commands.slice(-2)).toMatchObject([
      { kind: 'place', order: { symbol: 'AUSDT', reason: 'risk-limit', reduceOnly: true } },
      { kind: 'cancel', symbol: 'BUSDT' },
    ]);
    const sent = bot.commands.length;
    for (let bar = 0; bar < 60; bar += 1) bot.bar(calm(90), calm(100));
    expect(bot.commands).toHaveLength(sent);
    expect(bot.state.roundTrips.map(({ symbol, reason }) => [symbol, reason])).toEqual([['AUSDT', 'risk-limit']]);
    expect(bot.state.symbols.map(({ trade, pending }) => [trade, pending])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
    expect(bot.state.limits.haltedAt).toBe(START + 5 * HOUR);
  });
});

describe('a cool-down', () => {
  it('keeps a symbol out after a loss, not the others, and not after a win', () => {
    const bot = botOf({ script: () => ({ signal: 1 }), instruments: [A, B], risk: { cooldownHours: 3 } });
    bot.bar(LOSS, [100, 103, 100, 100]);
    const decidedBy = (symbol: string): number[] =>
      ordersOf(bot.commands)
        .filter((order) => order.symbol === symbol)
        .map(({ decidedAt }) => (decidedAt - START) / HOUR);
    expect(decidedBy('BUSDT')).toEqual([3, 4]);
    for (let bar = 0; bar < 4; bar += 1) bot.bar(calm(100), calm(100));
    // The loss ends within 03:00 to 04:00; three hours later is within the hour before 07:00.
    expect(decidedBy('AUSDT')).toEqual([3, 7]);
    expect(bot.state.symbols[0].funnel.refused.cooldown).toBe(3);
  });
});

describe('slots', () => {
  it('are counted over all symbols, orders under way included', () => {
    const bot = botOf({ script: () => ({ signal: 1 }), instruments: [A, B], risk: { maxOpenPositions: 1 } });
    expect(ordersOf(bot.commands).map(({ symbol }) => symbol)).toEqual(['AUSDT']);
    bot.bar(calm(100), calm(100));
    expect(ordersOf(bot.commands)).toHaveLength(1);
    expect(bot.state.symbols[1].funnel.refused['max-open-positions']).toBe(2);
    bot.bar(LOSS, calm(100));
    // Free again: the first symbol asks first.
    expect(ordersOf(bot.commands).map(({ symbol }) => symbol)).toEqual(['AUSDT', 'AUSDT']);
  });

  it('and margin are bound by what is held and under way', () => {
    const bot = botOf({
      script: () => ({ signal: 1 }),
      instruments: [A, B],
      risk: { basePositionFraction: 0.6, maxPositionFraction: 0.6, maxOpenPositions: 5 },
    });
    const [first, second] = ordersOf(bot.commands);
    expect(first.quantity).toBe(120);
    expect(second.quantity).toBe(80);
  });
});

it('margin of a held position is bound as well as that of an order', () => {
  const bot = botOf({
    script: (bar, symbol) => ({ signal: bar === 2 + 2 * symbol ? 1 : 0 }),
    instruments: [A, B],
    risk: { basePositionFraction: 0.6, maxPositionFraction: 0.6 },
  });
  for (let bar = 0; bar < 2; bar += 1) bot.bar(calm(100), calm(100));
  expect(bot.state.symbols[0].trade).toMatchObject({ quantity: 120 });
  // 10,000 less the entry's fee of 12, less 6,000 bound: 3,988 at 2 ×.
  expect(ordersOf(bot.commands)[1]).toMatchObject({ symbol: 'BUSDT', quantity: 79.76 });
});

describe('flatten', () => {
  it('cancels an entry under way, which then never fills', () => {
    const bot = botOf({ script: signalsAt([2]) });
    const [entry] = ordersOf(bot.commands);
    const commands = bot.send({ kind: 'flatten', time: bot.time, reason: 'operator' });
    expect(commands).toEqual([{ kind: 'cancel', symbol: 'AUSDT', clientOrderId: entry.clientOrderId }]);
    bot.bar(calm(100));
    expect(bot.state.ledger.lines).toHaveLength(0);
    expect(bot.state.symbols[0]).toMatchObject({ pending: undefined, trade: undefined, closing: undefined });
    expect(bot.state.symbols[0].funnel.refused.venue).toBe(0);
  });

  it('closes what is held with the reason it was given', () => {
    const bot = botOf({ script: signalsAt([2]) });
    bot.bar(calm(100));
    bot.send({ kind: 'flatten', time: bot.time, reason: 'fold-end' });
    bot.send({ kind: 'flatten', time: bot.time, reason: 'fold-end' });
    expect(ordersOf(bot.commands)).toHaveLength(2);
    bot.bar(calm(101));
    expect(bot.state.roundTrips).toMatchObject([{ reason: 'fold-end', exitPrice: 101 }]);
    expect(bot.state.symbols[0].closing).toBeUndefined();
  });

  it('is repeated at every close until the position is gone, when the venue refuses it', () => {
    const bot = botOf({ script: signalsAt([2]), exits: { maxHoldBars: 100 } });
    bot.bar(calm(100));
    bot.send({ kind: 'flatten', time: bot.time, reason: 'operator' });
    for (let attempt = 0; attempt < 3; attempt += 1) {
      const { clientOrderId, symbol } = ordersOf(bot.commands).at(-1) ?? expect.fail('no order');
      bot.venue.cancel(symbol, clientOrderId);
      bot.send({ kind: 'order-refused', time: bot.time, symbol, clientOrderId, reason: 'busy' });
      expect(ordersOf(bot.bar(calm(100)))).toMatchObject([{ reason: 'operator', reduceOnly: true, quantity: 20 }]);
    }
    bot.bar(calm(100));
    expect(bot.state.roundTrips).toMatchObject([{ reason: 'operator' }]);
  });

  it('closes an entry that filled although it was cancelled', () => {
    const bot = botOf({ script: signalsAt([2]) });
    const { state } = bot;
    const [entry] = ordersOf(bot.commands);
    step(state, { kind: 'flatten', time: bot.time, reason: 'operator' });
    const fill = { kind: 'fill', time: bot.time, symbol: 'AUSDT', clientOrderId: entry.clientOrderId } as const;
    const terms = { side: 'buy', quantity: 20, price: 100, fee: 2, slippage: 0, liquidity: 'taker' } as const;
    const prices = { stopPrice: 99, targetPrice: 102, liquidationPrice: undefined };
    step(state, { ...fill, ...terms, ...prices, reason: 'entry', ambiguous: false });
    expect(state.symbols[0].trade).toMatchObject({ quantity: 20 });
    const candle = { openTime: bot.time, closeTime: bot.time + HOUR, open: 100, high: 100, low: 100, close: 100 };
    const { commands } = step(state, {
      kind: 'slice',
      time: bot.time + HOUR,
      candles: [{ ...candle, volume: 1, flags: 0 }],
      funding: [{ rate: NaN, previousRate: NaN, time: NaN }],
    });
    expect(ordersOf(commands)).toMatchObject([{ reason: 'operator', reduceOnly: true, quantity: 20 }]);
  });

  it('of a flat bot does nothing, and the next signal is traded', () => {
    const bot = botOf({ script: signalsAt([3]) });
    expect(bot.send({ kind: 'flatten', time: bot.time, reason: 'operator' })).toEqual([]);
    expect(ordersOf(bot.bar(calm(100)))).toHaveLength(1);
  });
});

describe('partial fills', () => {
  const bot = botOf({ script: signalsAt([2]), exits: { maxHoldBars: 2 } });
  const { state } = bot;
  const [order] = ordersOf(bot.commands);
  // The fills are written by hand: the simulated venue fills all at once.
  bot.venue.cancelAll();
  const part = (quantity: number, price: number): void => {
    const fill = { kind: 'fill', time: bot.time, symbol: 'AUSDT', clientOrderId: order.clientOrderId } as const;
    const terms = { side: 'buy', quantity, price, fee: 1, slippage: 0.5, liquidity: 'taker' } as const;
    const prices = { stopPrice: 99, targetPrice: 102, liquidationPrice: undefined };
    step(state, { ...fill, ...terms, ...prices, reason: 'entry', ambiguous: false });
  };

  it('of an entry make one trade at the average price, and the order stays under way until it is filled', () => {
    part(5, 100);
    expect(state.symbols[0].pending).toMatchObject({ remaining: 15 });
    part(5, 102);
    expect(state.symbols[0].trade).toMatchObject({ quantity: 10, entryQuantity: 10, entryPrice: 101, fees: 2 });
    part(10, 103);
    expect(state.symbols[0].trade).toMatchObject({ quantity: 20, entryPrice: 102 });
    expect(state.symbols[0].pending).toBeUndefined();
  });

  it('of an exit leave the rest to the next one, and all end in one round trip', () => {
    const exit = { kind: 'fill', time: bot.time, symbol: 'AUSDT', clientOrderId: 'x:stop', side: 'sell' } as const;
    const terms = { price: 104, fee: 1, slippage: 0, liquidity: 'taker', reason: 'stop', ambiguous: false } as const;
    const prices = { stopPrice: undefined, targetPrice: undefined, liquidationPrice: undefined };
    step(state, { ...exit, ...terms, ...prices, quantity: 5 });
    expect(state.roundTrips).toHaveLength(0);
    expect(() => step(state, { ...exit, ...terms, ...prices, quantity: 16 })).toThrow(/more was closed/);
    for (let bar = 0; bar < 2; bar += 1) bot.bar(calm(104));
    const rest = ordersOf(bot.commands).at(-1);
    expect(rest).toMatchObject({ reason: 'time-exit', quantity: 15, reduceOnly: true });
    expect(rest?.clientOrderId).toBe(`AUSDT-${bot.time.toString(36)}-exit`);
    // The stop is faster than the order: nothing is under way any more.
    step(state, { ...exit, ...terms, ...prices, quantity: 15 });
    expect(state.symbols[0]).toMatchObject({ trade: undefined, pending: undefined });
    expect(state.roundTrips).toMatchObject([{ quantity: 20, entryPrice: 102, exitPrice: 104, fees: 5 }]);
    expect(state.roundTrips[0].grossPnl).toBeCloseTo(40, 9);
  });
});

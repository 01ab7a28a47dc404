// Rows 27 to 30, 43 to 45, 50 and 51: what does the bot do when a stop fails it, or the account changes without it?
import { describe, expect, test } from 'vitest';
import type { Prices } from '../exchange-market.ts';
import { SYMBOL } from '../simulated-market.ts';
import { botOnFaults, type BotOnFaults } from './bot-on-faults.ts';
import { CALM } from './scripted-venue.ts';

/** In the sixth hour the market falls through the stop at 95 and stays below. */
const FALLING: readonly Prices[] = [
  ...CALM.slice(0, 5),
  [100, 100, 90, 92],
  ...Array.from({ length: 20 }, () => [92, 93, 91, 92] as const),
];

/** A bot that holds 200, bought at 100 with its stop at 95, in the middle of its fifth hour. */
async function holding(setup: Partial<Parameters<typeof botOnFaults>[0]> = {}): Promise<BotOnFaults> {
  const bot = botOnFaults({ prices: CALM, ...setup });
  await bot.run(4.5);
  expect(bot.quantities()).toEqual({ venue: 200, books: 200 });
  expect(bot.exchange.position(SYMBOL).stopPrice).toBe(95);
  expect(bot.incidents()).toEqual([]);
  return bot;
}

function expectSameBooks(bot: BotOnFaults): void {
  expect(bot.life.engine.state.ledger.wallet).toBe(bot.exchange.ledger.wallet);
  const { venue, books } = bot.quantities();
  expect(books).toBe(venue);
}

/** Orders that the bot placed, emergency closes included. */
const ordersOf = ({ exchange }: BotOnFaults): readonly string[] =>
  [...exchange.closedOrders({}), ...exchange.openOrders({})]
    .filter(({ source, clientOrderId }) => source === 'client' && clientOrderId.startsWith('pp'))
    .map(({ clientOrderId }) => clientOrderId);

describe('a stop', () => {
  test('row 27: that was jumped over costs what it got, in the books too', async () => {
    const bot = await holding();
    bot.strike({ fault: 27, gap: 0.1 });
    await bot.run(6);
    expect(bot.quantities()).toEqual({ venue: 0, books: 0 });
    expect(bot.life.engine.state.ledger.walletNumber).toBe(100_000 - 200 * 14.5);
    expectSameBooks(bot);
  });

  test('row 28: that triggered while nothing was heard closes the trade from the executions', async () => {
    let isAway = false;
    const bot = await holding({ copies: ({ kind }) => (isAway && kind !== 'candle' ? 0 : 1) });
    isAway = true;
    bot.strike({ fault: 28 });
    expect(bot.exchange.position(SYMBOL).quantity).toBe(0);
    await bot.run(8);
    expect(bot.quantities()).toEqual({ venue: 0, books: 0 });
    expectSameBooks(bot);
    expect(bot.exchange.openOrders({})).toEqual([]);
    expect(ordersOf(bot)).toHaveLength(1);
  });

  test('row 29: that was lost is put back', async () => {
    const bot = await holding();
    bot.strike({ fault: 29, kind: 'lost' });
    expect(bot.exchange.position(SYMBOL).stopPrice).toBeUndefined();
    await bot.run(8);
    expect(bot.incidents()).toContain('stop-missing');
    expect(bot.exchange.position(SYMBOL)).toMatchObject({ quantity: 200, stopPrice: 95, targetPrice: undefined });
    expect(ordersOf(bot)).toHaveLength(1);
  });

  test('row 29: that never comes up and cannot be set has the position closed', async () => {
    const bot = botOnFaults({ prices: CALM, fate: (call) => (call === 'protect' ? 'refused' : 'pass') });
    bot.strike({ fault: 29, kind: 'never' });
    await bot.run(6);
    expect(bot.incidents()).toContain('emergency-close');
    expect(bot.quantities()).toEqual({ venue: 0, books: 0 });
    expectSameBooks(bot);
  });

  test('row 30: that is rejected when it triggers has the position closed at the market', async () => {
    const bot = await holding({ prices: FALLING });
    bot.strike({ fault: 30 });
    await bot.run(10);
    expect(bot.incidents()).toContain('emergency-close');
    expect(bot.quantities()).toEqual({ venue: 0, books: 0 });
    expectSameBooks(bot);
  });
});

describe('an account that changes by itself', () => {
  test('row 43: auto-deleveraging shrinks the trade; what is left keeps its stop', async () => {
    const bot = await holding();
    bot.strike({ fault: 43, share: 0.25 });
    await bot.run(8);
    expect(bot.quantities()).toEqual({ venue: 150, books: 150 });
    expect(bot.exchange.position(SYMBOL).stopPrice).toBe(95);
    expectSameBooks(bot);
    expect(ordersOf(bot)).toHaveLength(1);
  });

  test('row 44: a liquidation is booked as the loss it is, and nothing is left over', async () => {
    const bot = await holding();
    bot.strike({ fault: 44 });
    await bot.run(8);
    expect(bot.quantities()).toEqual({ venue: 0, books: 0 });
    expectSameBooks(bot);
    expect(bot.life.engine.state.ledger.walletNumber).toBeLessThan(99_000);
    expect(bot.exchange.openOrders({})).toEqual([]);
    expect(ordersOf(bot)).toHaveLength(1);
  });

  test.each([
    ['takes a part away', { share: 0.4 }, 120],
    ['adds to it', { side: 'buy', quantity: 50 }, 250],
    ['closes it', { share: 1 }, 0],
  ])('row 45: a person who %s is told of, followed and not fought', async (_what, trade, left) => {
    const bot = await holding();
    bot.strike({ fault: 45, ...trade });
    await bot.run(8);
    expect(bot.incidents()).toContain('foreign-fill');
    expect(bot.quantities()).toEqual({ venue: left, books: left });
    const { stopPrice, targetPrice } = bot.exchange.position(SYMBOL);
    expect([stopPrice, targetPrice]).toEqual(left === 0 ? [undefined, undefined] : [95, 150]);
    expectSameBooks(bot);
    expect(ordersOf(bot)).toHaveLength(1);
  });
});

describe('more than one life', () => {
  test('row 50: a restart with a position takes it up before anything is decided', async () => {
    const bot = await holding();
    const before = ordersOf(bot);
    const { trade } = bot.life.engine.state.symbols[0];
    bot.restart();
    await bot.run(5.5);
    expect(bot.life.engine.state.symbols[0].trade).toMatchObject({
      entryPrice: trade?.entryPrice,
      quantity: trade?.quantity,
      stopPrice: trade?.stopPrice,
    });
    expectSameBooks(bot);
    expect(ordersOf(bot)).toEqual(before);
  });

  test('row 50: what happened while no life was there is booked by the next one', async () => {
    const bot = await holding();
    bot.strike({ fault: 27, gap: 0.05 });
    bot.restart();
    await bot.run(6);
    expect(bot.quantities()).toEqual({ venue: 0, books: 0 });
    expectSameBooks(bot);
    expect(ordersOf(bot)).toHaveLength(1);
  });

  test.each([
    ['perpilot', 'ppzz-', 'other-instance'],
    ['program', 'other-', 'foreign-order'],
  ])('row 51: another %s on the account stops entries, and its order is left alone', async (_who, prefix, kind) => {
    const bot = botOnFaults({ prices: CALM, signals: [4, 5, 6, 7, 8] });
    await bot.run(2.5);
    bot.strike({ fault: 51, prefix });
    await bot.run(9.5);
    expect(bot.incidents()).toContain(kind);
    expect(bot.life.engine.state.blocks.has('reconciliation')).toBe(true);
    expect(ordersOf(bot).filter((id) => !id.startsWith(prefix))).toEqual([]);
    expect(bot.exchange.openOrders({}).map(({ clientOrderId }) => clientOrderId.startsWith(prefix))).toEqual([true]);
  });
});

test('row 17: an exit that comes to be known before its entry leaves books and account the same', async () => {
  let lost = 0;
  const bot = botOnFaults({
    prices: FALLING.map((each, index) => (index === 3 ? ([100, 100, 90, 92] as const) : each)),
    copies: (event) => {
      const isEntry = event.kind === 'execution' && event.execution.clientOrderId !== '';
      const isOfEntry = event.kind === 'order' && event.order.clientOrderId !== '';
      if (isEntry) lost += 1;
      return isEntry || isOfEntry ? 0 : 1;
    },
  });
  await bot.run(5);
  expect(lost).toBe(1);
  expect(bot.quantities()).toEqual({ venue: 0, books: 0 });
  expect(bot.life.engine.state.symbols[0].pending).toBeUndefined();
  expectSameBooks(bot);
});

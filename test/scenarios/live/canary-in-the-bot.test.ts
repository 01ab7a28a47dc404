// L15: does the bot run the canary by itself, every day, without a trace in its trades, and open nothing while the last one has failed? Over the wire of both venues.
import { describe, expect, test } from 'vitest';
import { DAY_MS } from '../../../src/domain/time.ts';
import { CALM } from '../faults/scripted-venue.ts';
import type { VenueName } from '../../../src/ports/venue-connection.ts';
import { HOUR, START, SYMBOL } from '../simulated-market.ts';
import { canaryBot, expectAllGone, expectSameBooks, OTHER, RULES, type CanaryBot } from './canary-bot.ts';
import { VENUES } from './venue-bot.ts';

const LONG = () => () => ({ signal: 1 }) as const;
const exits = { stopFraction: 0.05, targetFraction: 0.5, maxHoldBars: 3 };
const hourOf = (time: number): number => Math.floor((time - START) / HOUR);

/** Entries of the bot itself at the venue: not those of its canaries. */
const entriesOf = ({ exchange }: CanaryBot): readonly number[] =>
  exchange
    .closedOrders({ symbol: SYMBOL })
    .filter(({ reduceOnly, clientOrderId }) => !reduceOnly && clientOrderId.startsWith(`ppt1-${SYMBOL}`))
    .map(({ createdAt }) => hourOf(createdAt));

const trips = ({ life }: CanaryBot): readonly (readonly number[])[] =>
  life.engine.state.roundTrips.map(({ entryTime, exitTime }) => [hourOf(entryTime), hourOf(exitTime)]);

/** The journal fed again, by an engine that refuses every difference, comes to the same money. */
function expectReplayed(bot: CanaryBot): void {
  const { journal } = bot;
  const rows = [...journal.read()].length;
  const { state } = bot.life.engine;
  expect(bot.next().engine.state.ledger.wallet).toBe(state.ledger.wallet);
  expect([...journal.read()]).toHaveLength(rows);
}

/** A market in which nothing right beside the price is ever reached. */
const FLAT = [100, 100, 100, 100] as const;

interface Failure {
  readonly step: string;
  readonly fault: object;
}

/** Requests that place orders, in the order of the steps, of which one is refused, or taken although it seems refused. */
const REFUSED: readonly Failure[] = [
  { step: 'limit order: place', fault: { fault: 3, request: 1 } },
  { step: 'limit order: place', fault: { fault: 2, request: 1 } },
  { step: 'limit order: amend', fault: { fault: 3, request: 2 } },
  { step: 'immediate-or-cancel limit order', fault: { fault: 3, request: 3 } },
  { step: 'market order with stop and target', fault: { fault: 3, request: 4 } },
  { step: 'market order with stop and target', fault: { fault: 2, request: 4 } },
  { step: 'market order with stop and target', fault: { fault: 26, request: 4, share: 0.5 } },
  { step: 'reduce-only close', fault: { fault: 3, request: 5 } },
  { step: 'reduce-only close', fault: { fault: 2, request: 5 } },
  { step: 'stop or target: place near', fault: { fault: 2, request: 6 } },
  { step: 'stop or target: trigger', fault: { fault: 30 } },
];

const FAILURES: Readonly<Record<VenueName, readonly Failure[]>> = {
  bybit: [
    ...REFUSED,
    { step: 'limit order: cancel', fault: { fault: 8, request: 2, committed: false, path: '/v5/order/cancel' } },
    { step: 'stop: move', fault: { fault: 29, kind: 'refused', count: 100 } },
  ],
  binance: [
    ...REFUSED,
    { step: 'limit order: cancel', fault: { fault: 8, request: 4, committed: false, path: '/fapi/v1/order' } },
    { step: 'market order with stop and target', fault: { fault: 29, kind: 'refused', count: 100 } },
  ],
};

describe.each(VENUES)('at %s', (venue) => {
  test('L15: every day one passes, in a contract that the bot does not trade, and its trades are as without', async () => {
    const setup = { venue, others: [OTHER], script: LONG, params: { exits } };
    await using bot = await canaryBot({ ...setup, canary: { hourMs: 5 * HOUR } });
    await using without = await canaryBot({ ...setup, rules: { canary: undefined } });
    await bot.run(40);
    await without.run(40);
    // At once, and then at its hour.
    expect(bot.ended()).toEqual(['passed', 'passed', 'passed']);
    expect(bot.last()).toMatchObject({ symbol: OTHER, outcome: 'passed', startedAt: START + DAY_MS + 5 * HOUR });
    expect(bot.exchange.executions({ symbol: OTHER })).toHaveLength(12);
    expect(entriesOf(bot)).toEqual(entriesOf(without));
    expect(entriesOf(bot).length).toBeGreaterThan(5);
    expect(trips(bot)).toEqual(trips(without));
    expect(bot.incidents()).toEqual([]);
    await expectAllGone(bot, OTHER);
    expect(bot.exchange.ledger.wallet).toBeLessThan(without.exchange.ledger.wallet);
    expectReplayed(bot);
  });

  test('L15: in its own contract only while flat, and its entries wait meanwhile', async () => {
    const setup = { venue, params: { exits }, script: LONG };
    await using bot = await canaryBot({ ...setup, canary: { hourMs: 1.5 * HOUR, retryMs: HOUR } });
    // Something is held most of the time: the canary finds its place between two trades.
    await bot.run(30);
    expect(bot.ended().filter((outcome) => outcome === 'passed').length).toBeGreaterThanOrEqual(2);
    expect(bot.ended()).toContain('impossible');
    expect(new Set(bot.incidents())).toEqual(new Set(['canary-impossible']));
    expect(bot.life.engine.state.roundTrips.map(({ reason }) => reason)).not.toContain('foreign');
    expectSameBooks(bot);
    expectReplayed(bot);
  });

  test('L15: while it waits for the market, entries of its contract wait, and those of later closes follow', async () => {
    const prices = CALM.map((each, bar) => (bar < 2 ? FLAT : each));
    await using bot = await canaryBot({
      venue,
      prices,
      script: LONG,
      params: { exits },
      canary: { patienceMs: 4 * HOUR },
    });
    await bot.run(1.9);
    const { state } = bot.life.engine;
    expect([...state.blocks]).toEqual([['canary-running', new Set([SYMBOL])]]);
    expect(state.symbols[0].verdict).toBe('entries-blocked');
    expect(bot.exchange.position(SYMBOL).quantity).toBeLessThan(0.1);
    // Books and account agree all the time, and what the canary holds is nobody's discovery.
    expect(bot.incidents()).toEqual([]);
    await bot.run(5);
    expect(bot.ended()).toEqual(['passed']);
    expect(entriesOf(bot)).toEqual([3]);
    expect(bot.quantities()).toEqual({ venue: bot.quantities().books, books: expect.any(Number) });
    expect(bot.incidents()).toEqual([]);
    expectSameBooks(bot);
    expectReplayed(bot);
  });

  test('L15: an order of a canary that rests for a while is no orphan to the comparison of books and account', async () => {
    await using bot = await canaryBot({
      venue,
      // The canary does not see its order for ten seconds, and goes on asking; the comparison does.
      between: (connection, exchange) => ({
        ...connection,
        account: {
          ...connection.account,
          openOrders: async (symbol) => {
            const isHidden = symbol !== undefined && exchange.now < START + 10_000;
            return isHidden ? [] : connection.account.openOrders(symbol);
          },
        },
      }),
      rules: { canary: RULES, compareEveryMs: 1_000, tickMs: 500 },
    });
    await bot.run(0.5);
    expect(bot.incidents()).toEqual([]);
    expect(bot.ended()).toEqual(['passed']);
    await expectAllGone(bot);
  });

  test.each(FAILURES[venue])(
    'L15: where $fault fails, "$step" fails, entries are blocked, and nothing is left',
    async ({ step, fault }) => {
      await using bot = await canaryBot({ venue, script: LONG, params: { exits }, canary: { retryMs: DAY_MS } });
      await bot.venue.strike(fault);
      await bot.run(6);
      expect(bot.last()).toMatchObject({ outcome: 'failed', failedStep: step, symbol: SYMBOL, passedAt: undefined });
      expect(bot.incidents()).toEqual(['canary-failed']);
      expect(bot.latches.read('canary')).toMatchObject({ by: 'canary', reason: expect.stringContaining(step) });
      expect(bot.life.engine.state.symbols[0].verdict).toBe('entries-blocked');
      expect(entriesOf(bot)).toEqual([]);
      await expectAllGone(bot);
      expectReplayed(bot);
    },
  );

  test('L15: one that fails in another contract blocks all, over a restart, until one passes', async () => {
    const setup = { venue, others: [OTHER], script: LONG, params: { exits } };
    await using bot = await canaryBot({ ...setup, canary: { retryMs: 6 * HOUR } });
    await bot.venue.strike({ fault: 3, request: 1 });
    await bot.run(2.5);
    expect(bot.last()).toMatchObject({ outcome: 'failed', symbol: OTHER });
    bot.restart();
    await bot.run(5.5);
    expect(bot.ended()).toEqual(['failed']);
    expect(bot.latches.read('canary')).toBeDefined();
    expect(entriesOf(bot)).toEqual([]);
    await bot.run(12);
    expect(bot.ended()).toEqual(['failed', 'passed']);
    expect(bot.latches.read('canary')).toBeUndefined();
    expect(entriesOf(bot).length).toBeGreaterThan(1);
    expect(entriesOf(bot)[0]).toBeGreaterThanOrEqual(6);
    const blocks = bot.inputs('entries-blocked').filter((input) => 'reason' in input && input.reason === 'canary');
    expect(blocks.map((input) => 'blocked' in input && input.blocked)).toEqual([true, false]);
    await expectAllGone(bot, OTHER);
    expectReplayed(bot);
  });

  test('L15: a person who resumes lifts the block of a failed one', async () => {
    const setup = { venue, others: [OTHER], script: LONG, params: { exits } };
    await using bot = await canaryBot({ ...setup, canary: { retryMs: DAY_MS } });
    await bot.venue.strike({ fault: 3, request: 1 });
    await bot.run(2.5);
    expect(entriesOf(bot)).toEqual([]);
    bot.latches.clear('canary');
    await bot.run(6);
    expect(bot.ended()).toEqual(['failed']);
    expect(entriesOf(bot).length).toBeGreaterThan(0);
    expectSameBooks(bot);
  });

  test.each(['kill', 'pause'] as const)(
    'L15: %s ends it in the middle, flat, and is no failure of the venue',
    async (name) => {
      const prices = CALM.map(() => FLAT);
      await using bot = await canaryBot({ venue, prices, canary: { patienceMs: 10 * HOUR } });
      await bot.run(0.5);
      expect(bot.exchange.position(SYMBOL).quantity).toBeGreaterThan(0);
      bot.latches.set(name, { reason: 'a test', by: 'test', at: bot.exchange.now });
      await bot.run(1.5);
      expect(bot.last()).toMatchObject({ outcome: 'interrupted' });
      expect(bot.latches.read('canary')).toBeUndefined();
      await expectAllGone(bot);
      // While the switch is set, none begins.
      await bot.run(8);
      expect(bot.ended()).toEqual(['interrupted']);
      expect(bot.incidents().filter((kind) => kind !== 'killed')).toEqual([]);
      expectReplayed(bot);
    },
  );
});

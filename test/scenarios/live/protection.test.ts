// L3: does every open position have exactly one stop for its whole size, within seconds, or is it closed? Over the wire of both venues.
import { describe, expect, test } from 'vitest';
import { DEFAULT_RULES } from '../../../src/live/session/default-rules.ts';
import { CALM } from '../faults/scripted-venue.ts';
import { FREE } from '../exchange-market.ts';
import { SYMBOL } from '../simulated-market.ts';
import { venueBot, VENUES, type VenueBot } from './venue-bot.ts';

const LIMIT = { ...DEFAULT_RULES.entries, orders: 'limit-then-market', restMs: 300_000 } as const;

/** What takes pays a tenth of a per cent. */
const SPREAD = { ...FREE, slippageBps: 10 };

/** The one stop that the venue shows closes all that is held. */
async function expectOneStop(bot: VenueBot, price: number): Promise<void> {
  const { account } = bot.venue.connection;
  const [position, ...others] = await account.positions();
  expect(others).toEqual([]);
  expect(position).toMatchObject({ stopPrice: price });
  const stops = (await account.openOrders(SYMBOL)).filter(
    ({ conditional, origin }) => conditional && origin === 'stop',
  );
  expect(stops).toHaveLength(1);
  expect(stops[0].closesPosition || stops[0].quantity === Math.abs(position.quantity)).toBe(true);
}

describe.each(VENUES)('at %s', (venue) => {
  test('L3: a stop rests within five seconds of the first fill', async () => {
    await using bot = await venueBot({ venue, prices: CALM });
    await bot.run(4.5);
    expect(bot.quantities()).toEqual({ venue: 200, books: 200 });
    await expectOneStop(bot, 95);
    expect(bot.incidents()).toEqual([]);
    for (const milliseconds of bot.unprotected) expect(milliseconds).toBeLessThanOrEqual(5_000);
    expect(bot.unprotected.length).toBeGreaterThan(0);
  });

  test('L3: an entry that fills in parts has one stop for all of them', async () => {
    await using bot = await venueBot({ venue, prices: CALM });
    await bot.venue.strike({ fault: 25, request: 1, parts: 4 });
    await bot.run(4.5);
    expect(bot.exchange.executions({}).length).toBe(4);
    expect(bot.quantities()).toEqual({ venue: 200, books: 200 });
    await expectOneStop(bot, 95);
  });

  test.each([
    ['comes back to it', [100, 101, 98, 101], true],
    ['runs away from it', [100, 104, 100, 104], false],
  ] as const)('L3: an entry that rests while the market %s has one stop for all of it', async (_what, bar, isMaker) => {
    const prices = CALM.map((each, index) => (index === 3 ? bar : each));
    await using bot = await venueBot({ venue, prices, costs: SPREAD, rules: { entries: LIMIT } });
    await bot.run(3.001);
    expect(bot.exchange.openOrders({ symbol: SYMBOL })).toMatchObject([{ type: 'limit', source: 'client' }]);
    expect(bot.quantities()).toEqual({ venue: 0, books: 0 });
    await bot.run(4.5);
    expect(bot.quantities()).toEqual({ venue: 200, books: 200 });
    expect(bot.exchange.executions({}).map(({ maker }) => maker)).toEqual([isMaker]);
    const { entryPrice = NaN, stopPrice = NaN } = bot.life.engine.state.symbols[0].trade ?? {};
    expect(stopPrice).toBeCloseTo(entryPrice * 0.95, 0);
    await expectOneStop(bot, stopPrice);
    expect(bot.incidents()).toEqual([]);
  });

  test('L3: a stop that is refused again and again has the position closed within seconds', async () => {
    await using bot = await venueBot({
      venue,
      prices: CALM,
      between: (connection) => ({
        ...connection,
        account: {
          ...connection.account,
          place: (order) => connection.account.place({ ...order, protection: undefined }),
          protect: () => connection.account.protect(SYMBOL, { stopPrice: 1_000 }),
        },
      }),
    });
    await bot.run(4.5);
    expect(bot.incidents()).toContain('emergency-close');
    expect(bot.quantities()).toEqual({ venue: 0, books: 0 });
    const [opened, closed] = bot.exchange.executions({});
    expect(closed.time - opened.time).toBeLessThanOrEqual(10_000);
    expect(bot.life.engine.state.ledger.wallet).toBe(bot.exchange.ledger.wallet);
    expect(await bot.venue.connection.account.openOrders()).toEqual([]);
  });
});

// Does a stop that trails follow the market at the venue as it does in research, without a moment in which there is none?
import { describe, expect, test } from 'vitest';
import { runBacktest } from '../../../src/simulation/run-backtest.ts';
import { createSimulatedVenue } from '../../../src/simulation/simulated-venue.ts';
import { FULL_COSTS, marketOf, randomScript } from '../engine/random-backtest.ts';
import { paramsOf } from '../engine/scripted-bot.ts';
import { exchangeOf } from '../exchange-simulator/both-venues.ts';
import type { Prices } from '../exchange-market.ts';
import { SYMBOL } from '../simulated-market.ts';
import { directVenue } from './direct-venue.ts';
import { memoryJournal } from './memory-journal.ts';
import { rehearsedBot, setupOf, type BotOnMarket } from './rehearsed-bot.ts';
import { venueBot, VENUES } from './venue-bot.ts';

const HOUR = 3_600_000;

/** From the entry at 100 up to 120, then down again. */
const UP_AND_DOWN: readonly Prices[] = [
  ...Array.from({ length: 3 }, () => [100, 100, 100, 100] as const),
  [100, 106, 100, 105],
  [105, 111, 105, 110],
  [110, 121, 110, 120],
  [120, 120, 110, 110],
  ...Array.from({ length: 6 }, () => [110, 110, 110, 110] as const),
];

const exits = { stopFraction: 0.05, targetFraction: undefined, trailingFraction: 0.05, maxHoldBars: 40 };

describe.each(VENUES)('at %s', (venue) => {
  test('a stop that trails follows every close, and takes the profit', async () => {
    await using bot = await venueBot({ venue, prices: UP_AND_DOWN, params: { exits } });
    let naked = 0;
    bot.exchange.listen(({ kind }) => {
      if (kind !== 'order' || bot.life.engine.state.symbols[0].trade === undefined) return;
      const { quantity, stopPrice } = bot.exchange.position(SYMBOL);
      const stops = bot.exchange.openOrders({ symbol: SYMBOL }).filter(({ conditional }) => conditional);
      if (quantity !== 0 && stops.length === 0 && stopPrice === undefined) naked += 1;
    });
    const seen: (number | undefined)[] = [];
    for (const hour of [3.5, 4.5, 5.5]) {
      await bot.run(hour);
      seen.push((await bot.venue.connection.account.positions())[0]?.stopPrice);
    }
    // 5 % below 106, 111 and 121, never further from the price than asked.
    expect(seen).toEqual([100.7, 105.5, 115]);
    expect(bot.life.engine.state.symbols[0].trade?.stopPrice).toBe(115);
    await bot.run(8);
    expect(bot.quantities()).toEqual({ venue: 0, books: 0 });
    expect(bot.life.engine.state.roundTrips).toMatchObject([{ reason: 'trailing-stop', exitPrice: 115 }]);
    expect(bot.incidents()).toEqual([]);
    expect(naked).toBe(0);
  });

  test('a restart finds the stop where it has trailed to, and goes on from there', async () => {
    await using bot = await venueBot({ venue, prices: UP_AND_DOWN, params: { exits } });
    await bot.run(3.5);
    bot.restart();
    await bot.run(3.9);
    expect((await bot.venue.connection.account.positions())[0]?.stopPrice).toBe(100.7);
    expect(bot.life.engine.state.symbols[0].trade).toMatchObject({ stopPrice: 100.7, bestPrice: 106 });
    await bot.run(4.5);
    expect((await bot.venue.connection.account.positions())[0]?.stopPrice).toBe(105.5);
  });
});

function botOn(seed: number): BotOnMarket {
  const symbols = ['ALPHAUSDT', 'BRAVOUSDT'];
  const market = {
    ...marketOf(symbols, 300 * seed, 300 * seed + 480),
    finer: symbols.map(() => []),
    costs: FULL_COSTS,
  };
  const exchange = exchangeOf(market, { deposit: 100_000, touches: 'close' });
  return {
    market,
    exchange,
    connection: directVenue({ exchange }),
    journal: memoryJournal(),
    params: paramsOf({
      risk: { maxLeverage: 10, basePositionFraction: 0.05, maxPositionFraction: 0.05, maxOpenPositions: 4 },
      exits: { stopFraction: 0.018, targetFraction: 0.06, trailingFraction: 0.02, maxHoldBars: 24 },
    }),
    script: () => randomScript(`trailing/${seed}`, 6),
    initialEquity: 100_000,
  };
}

test.each([1, 2, 3])('twenty days with stops that trail make the trades of the backtest, seed %i', async (seed) => {
  const bot = botOn(seed);
  const rehearsed = rehearsedBot(bot);
  await rehearsed.run();
  const { market } = bot;
  const funding = new Map(market.funding.flatMap((each) => (each === undefined ? [] : [[each.symbol, each] as const])));
  const { instruments, costs, series } = market;
  const from = Math.min(...series.map(({ openTime }) => openTime[0]));
  const until = Math.max(...series.map(({ openTime, length }) => openTime[length - 1])) + HOUR;
  const venue = createSimulatedVenue({ instruments, costs, funding, ambiguity: 'worst' });
  const { state } = runBacktest({
    setup: setupOf(bot),
    venue,
    series,
    funding: market.funding,
    schedule: [],
    from,
    recordFrom: from,
    until,
  });
  const trades = (trips: typeof state.roundTrips) =>
    trips
      .filter(({ exitTime, reason }) => exitTime < bot.exchange.now && reason !== 'end-of-data')
      .map(({ slippage: _slippage, ambiguous: _ambiguous, ...trip }) => trip);
  expect(trades(rehearsed.engine.state.roundTrips)).toEqual(trades(state.roundTrips));
  expect(state.roundTrips.filter(({ reason }) => reason === 'trailing-stop').length).toBeGreaterThan(3);
  expect(rehearsed.engine.state.ledger.wallet).toBe(bot.exchange.ledger.wallet);
});

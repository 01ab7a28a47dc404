// Does the bot, run through its whole live side, decide, order and trade exactly what the backtest of the same market does?
import { describe, expect, it } from 'vitest';
import { toExactJson } from '../../../src/domain/exact-json.ts';
import { exactEquity } from '../../../src/domain/ledger.ts';
import type { Command } from '../../../src/domain/order.ts';
import { DEFAULT_RULES } from '../../../src/live/session/default-rules.ts';
import { recordFromText } from '../../../src/live/record/engine-record.ts';
import { runBacktest } from '../../../src/simulation/run-backtest.ts';
import { createSimulatedVenue } from '../../../src/simulation/simulated-venue.ts';
import { exchangeOf } from '../exchange-simulator/both-venues.ts';
import { FULL_COSTS, marketOf, randomScript } from '../engine/random-backtest.ts';
import { paramsOf } from '../engine/scripted-bot.ts';
import { directVenue } from './direct-venue.ts';
import { memoryJournal } from './memory-journal.ts';
import { rehearsedBot, setupOf, type BotOnMarket } from './rehearsed-bot.ts';

const HOUR = 3_600_000;
const SYMBOLS = ['ALPHAUSDT', 'BRAVOUSDT', 'DELTAUSDT', 'ECHOUSDT'];

function botOn(seed: number, hours: number): BotOnMarket {
  const plain = marketOf(SYMBOLS, 200 * seed, 200 * seed + hours);
  const market = { ...plain, finer: SYMBOLS.map(() => []), costs: FULL_COSTS };
  const exchange = exchangeOf(market, { deposit: 100_000, touches: 'close' });
  return {
    market,
    exchange,
    connection: directVenue({ exchange }),
    journal: memoryJournal(),
    params: paramsOf({
      risk: {
        maxLeverage: 10,
        basePositionFraction: 0.05,
        maxPositionFraction: 0.05,
        maxOpenPositions: 4,
        cooldownHours: 6,
      },
      exits: { stopFraction: 0.018, targetFraction: 0.02, maxHoldBars: 12, exitOnOppositeSignal: true },
      guard: { enabled: true, minTrades: 20, windowTrades: 40 },
    }),
    script: () => randomScript(`rehearsal/${seed}`, 6),
    initialEquity: 100_000,
    // Research hears of no delisting before it happens.
    rules: { quarantine: { ...DEFAULT_RULES.quarantine, delistingHours: 0, onDelisting: 'freeze' } },
  };
}

function backtestOf(bot: BotOnMarket) {
  const { market } = bot;
  const funding = new Map(market.funding.flatMap((each) => (each === undefined ? [] : [[each.symbol, each] as const])));
  const commands: Command[] = [];
  const venue = createSimulatedVenue({
    instruments: market.instruments,
    costs: market.costs,
    funding,
    ambiguity: 'worst',
  });
  const from = Math.min(...market.series.map(({ openTime }) => openTime[0]));
  const until = Math.max(...market.series.map(({ openTime, length }) => openTime[length - 1])) + HOUR;
  const result = runBacktest({
    setup: setupOf(bot),
    venue: {
      ...venue,
      place(order) {
        commands.push({ kind: 'place', order });
        venue.place(order);
      },
    },
    series: market.series,
    funding: market.funding,
    schedule: [],
    from,
    recordFrom: from,
    until,
  });
  return { result, commands };
}

describe('a month of rehearsal', () => {
  it.each([1, 2])('makes the orders and trades of the backtest, seed %i', async (seed) => {
    const bot = botOn(seed, 30 * 24);
    const rehearsed = rehearsedBot(bot);
    await rehearsed.run();
    // Symbols whose candles end before the others' are not listed any more; nothing else happens.
    expect(rehearsed.incidents.filter(({ detail }) => detail['status'] !== 'closed')).toEqual([]);
    const { result, commands } = backtestOf(botOn(seed, 30 * 24));
    const placed = [...bot.journal.read({ stream: 'event' })]
      .flatMap(({ payload }) => recordFromText(payload).commands)
      .filter(({ kind }) => kind === 'place');
    const last = bot.exchange.now;
    const ends = new Map(
      bot.market.series.map(({ symbol, openTime, length }) => [symbol, openTime[length - 1] + HOUR]),
    );
    // At the last close of a contract the venue has said that it is gone; research orders once more, in vain.
    const decidedBefore = (command: Command) =>
      command.kind === 'place' && command.order.decidedAt < Math.min(last, ends.get(command.order.symbol) ?? 0);
    expect(placed.filter(decidedBefore).map(toExactJson)).toEqual(commands.filter(decidedBefore).map(toExactJson));
    expect(placed.length).toBeGreaterThan(100);
    const trades = (each: typeof result.state.roundTrips) =>
      each
        .filter(({ exitTime, reason }) => exitTime < last && reason !== 'end-of-data')
        // Slippage is measured against other prices, and no venue knows what was ambiguous.
        .map(({ slippage: _slippage, ambiguous: _ambiguous, ...trip }) => trip);
    expect(trades(rehearsed.engine.state.roundTrips)).toEqual(trades(result.state.roundTrips));
    expect(rehearsed.engine.state.ledger.wallet).toBe(bot.exchange.ledger.wallet);
    expect(exactEquity(rehearsed.engine.state.ledger)).toBe(bot.exchange.wallet().equity);
  });
});

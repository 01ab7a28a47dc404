// L1, L2, P1: lost answers, lost, doubled and late messages, and a program that dies at any commit: nothing twice, nothing forgotten, all decided so again.
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../../../src/domain/random.ts';
import type { SimulatedExchange } from '../../../src/exchange-simulator/core/exchange.ts';
import { replayProblems } from '../../crash/crash-judge.ts';
import { exchangeOf } from '../exchange-simulator/both-venues.ts';
import { FULL_COSTS, marketOf, randomScript } from '../engine/random-backtest.ts';
import { paramsOf } from '../engine/scripted-bot.ts';
import { directVenue } from './direct-venue.ts';
import { Killed, memoryJournal, type MemoryJournal } from './memory-journal.ts';
import { rehearsedBot, setupOf, type BotOnMarket, type RehearsedBot } from './rehearsed-bot.ts';

const SYMBOLS = ['ALPHAUSDT', 'BRAVOUSDT'];
const HOURS = 5 * 24;
const HOUR = 3_600_000;

interface Chaos {
  readonly bot: BotOnMarket;
  readonly journal: MemoryJournal;
  /** Ends the faults. */
  readonly calm: () => void;
}

function chaosOf(seed: number, random: Random): Chaos {
  const plain = marketOf(SYMBOLS, 120 * seed, 120 * seed + HOURS);
  const market = { ...plain, finer: SYMBOLS.map(() => []), costs: FULL_COSTS };
  const exchange = exchangeOf(market, { deposit: 100_000 });
  let wild = true;
  const dice = (chances: readonly (readonly [string, number])[]): string => {
    let left = wild ? random.next() : 1;
    for (const [outcome, chance] of chances) {
      left -= chance;
      if (left < 0) return outcome;
    }
    return 'pass';
  };
  const connection = directVenue({
    exchange,
    fate: () =>
      dice([
        ['lost', 0.12],
        ['refused', 0.12],
      ]) as 'pass' | 'lost' | 'refused',
    copies: () =>
      ({ none: 0, twice: 2, pass: 1 })[
        dice([
          ['none', 0.1],
          ['twice', 0.1],
        ])
      ] ?? 1,
  });
  const journal = memoryJournal();
  return {
    bot: {
      market,
      exchange,
      connection,
      journal,
      params: paramsOf({
        risk: { maxLeverage: 10, basePositionFraction: 0.05, maxPositionFraction: 0.05, maxOpenPositions: 4 },
        exits: { stopFraction: 0.018, targetFraction: 0.02, maxHoldBars: 6, exitOnOppositeSignal: true },
      }),
      script: () => randomScript(`chaos/${seed}`, 3),
      initialEquity: 100_000,
    },
    journal,
    calm: () => {
      wild = false;
    },
  };
}

/** Positions never exceed what one order opened, and every order id was used once. */
function expectNothingTwice(exchange: SimulatedExchange): void {
  const orders = [...exchange.closedOrders({}), ...exchange.openOrders({})].filter(({ source }) => source === 'client');
  const ids = orders.map(({ clientOrderId }) => clientOrderId);
  expect(new Set(ids).size).toBe(ids.length);
  for (const symbol of SYMBOLS) {
    let held = 0;
    for (const { kind, side, quantity, source, orderId } of exchange.executions({ symbol })) {
      if (kind === 'funding') continue;
      const order = orders.find((each) => each.orderId === orderId);
      const isEntry = source === 'client' && order?.reduceOnly === false;
      if (isEntry) expect(held).toBeCloseTo(0, 9);
      held += side === 'buy' ? quantity : -quantity;
    }
  }
}

/** P1: what the journal holds is decided so again, whatever went wrong while it was written. */
function expectSameAgain(bot: BotOnMarket): void {
  expect(replayProblems(bot.journal, setupOf(bot), { wallet: bot.exchange.ledger.wallet })).toEqual([]);
}

function expectSameAccount({ engine, session }: RehearsedBot, exchange: SimulatedExchange): void {
  expect(engine.state.ledger.wallet).toBe(exchange.ledger.wallet);
  for (const { instrument, trade } of engine.state.symbols) {
    const { quantity, stopPrice } = exchange.position(instrument.symbol);
    expect(trade === undefined ? 0 : trade.direction * trade.quantity).toBeCloseTo(quantity, 9);
    if (quantity !== 0) expect(stopPrice).toBe(trade?.stopPrice);
    const orders = exchange.openOrders({ symbol: instrument.symbol });
    if (quantity === 0)
      expect(orders.filter(({ clientOrderId }) => !session.orders.underWay.has(clientOrderId))).toEqual([]);
  }
}

describe('under faults', () => {
  it.each(Array.from({ length: 12 }, (_, seed) => seed + 1))(
    'books and account agree in the end, seed %i',
    async (seed) => {
      const { bot, calm } = chaosOf(seed, createRandom(`chaos/faults/${seed}`));
      const end = bot.exchange.now + HOURS * HOUR;
      const life = rehearsedBot(bot);
      await life.run(end - 6 * HOUR);
      calm();
      await life.run(end - HOUR);
      expectNothingTwice(bot.exchange);
      expectSameAccount(life, bot.exchange);
      expectSameAgain(bot);
      expect(bot.exchange.executions({}).length).toBeGreaterThan(20);
    },
  );
});

describe('killed again and again', () => {
  it.each(Array.from({ length: 12 }, (_, seed) => seed + 1))(
    'every life takes up what the last one left, seed %i',
    async (seed) => {
      const random = createRandom(`chaos/deaths/${seed}`);
      const { bot, journal, calm } = chaosOf(seed, random);
      const end = bot.exchange.now + HOURS * HOUR;
      let deaths = 0;
      let life = rehearsedBot(bot);
      for (;;) {
        if (deaths < 25) journal.dieAt(1 + Math.floor(random.next() * 40), random.next() < 0.5 ? 'before' : 'after');
        else {
          journal.dieAt(Infinity, 'before');
          calm();
        }
        try {
          await life.run(deaths < 25 ? end - 6 * HOUR : end - HOUR);
          if (deaths >= 25 || bot.exchange.now >= end - 6 * HOUR) break;
        } catch (error) {
          if (!(error instanceof Killed)) throw error;
          deaths += 1;
          life = rehearsedBot(bot);
        }
      }
      calm();
      journal.dieAt(Infinity, 'before');
      await life.run(end - HOUR);
      expect(deaths).toBeGreaterThan(5);
      expectNothingTwice(bot.exchange);
      expectSameAccount(life, bot.exchange);
      expectSameAgain(bot);
    },
  );
});

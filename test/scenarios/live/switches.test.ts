// L7, L8: the kill switch closes everything, asks the venue, outlives the program, and ends only by a person; a pause only keeps quiet.
import { describe, expect, it } from 'vitest';
import { exchangeOf } from '../exchange-simulator/both-venues.ts';
import { FULL_COSTS, marketOf, randomScript } from '../engine/random-backtest.ts';
import { paramsOf } from '../engine/scripted-bot.ts';
import { directVenue, type CallFate } from './direct-venue.ts';
import { memoryJournal } from './memory-journal.ts';
import { memoryLatches, rehearsedBot, type BotOnMarket } from './rehearsed-bot.ts';

const SYMBOLS = ['ALPHAUSDT', 'BRAVOUSDT'];
const HOUR = 3_600_000;
const KILL = { reason: 'a test', by: 'test', at: 0 };

function botOn(fate: (call: string) => CallFate = () => 'pass') {
  const market = { ...marketOf(SYMBOLS, 500, 700), finer: SYMBOLS.map(() => []), costs: FULL_COSTS };
  const exchange = exchangeOf(market, { deposit: 100_000, touches: 'close' });
  const latches = memoryLatches();
  const bot: BotOnMarket = {
    market,
    exchange,
    connection: directVenue({ exchange, fate }),
    journal: memoryJournal(),
    params: paramsOf({
      risk: { maxLeverage: 10, basePositionFraction: 0.05, maxPositionFraction: 0.05, maxOpenPositions: 4 },
      exits: { stopFraction: 0.05, targetFraction: 0.06, maxHoldBars: 40 },
    }),
    script: () => randomScript('switches', 2),
    initialEquity: 100_000,
    latches,
  };
  return { bot, exchange, latches, start: exchange.now };
}

const entriesAfter = ({ exchange }: ReturnType<typeof botOn>, time: number): number =>
  exchange
    .closedOrders({})
    .filter(({ createdAt, reduceOnly, source }) => createdAt > time && !reduceOnly && source === 'client').length;

describe('the kill switch', () => {
  it.each([
    ['a venue that answers', Infinity],
    ['a venue that loses every third answer', 3],
  ])('closes everything in slices and is sure of it, at %s', async (_name, every) => {
    let calls = 0;
    let isBad = false;
    const ground = botOn(() => {
      calls += 1;
      return isBad && calls % every === 0 ? 'lost' : 'pass';
    });
    const { bot, exchange, latches, start } = ground;
    const life = rehearsedBot(bot);
    await life.run(start + 20 * HOUR);
    expect(exchange.positions().length).toBeGreaterThan(0);
    latches.set('kill', KILL);
    isBad = true;
    const thrownAt = exchange.now;
    await life.run(start + 40 * HOUR);
    isBad = false;
    await life.run(start + 42 * HOUR);
    expect(exchange.positions()).toEqual([]);
    expect(exchange.openOrders({})).toEqual([]);
    expect(entriesAfter(ground, thrownAt)).toBe(0);
    const killed = life.incidents.filter(({ kind }) => kind === 'killed');
    expect(killed).toHaveLength(1);
    expect(killed[0].detail['report']).toMatchObject({ flat: true });
    expect(life.engine.state.symbols.every(({ trade }) => trade === undefined)).toBe(true);
    expect(life.engine.state.ledger.wallet).toBe(exchange.ledger.wallet);
  });

  it('outlives the program: the next life opens nothing until a person resumes', async () => {
    const ground = botOn();
    const { bot, exchange, latches, start } = ground;
    await rehearsedBot(bot).run(start + 20 * HOUR);
    latches.set('kill', KILL);
    const thrownAt = exchange.now;
    const next = rehearsedBot(bot);
    await next.run(start + 50 * HOUR);
    expect(exchange.positions()).toEqual([]);
    expect(entriesAfter(ground, thrownAt)).toBe(0);
    expect(
      [...bot.journal.read({ stream: 'latch' })].map(({ key, payload }) => [key, JSON.parse(payload).set]),
    ).toEqual([['kill', true]]);
    latches.clear('kill');
    await next.run(start + 90 * HOUR);
    expect(entriesAfter(ground, thrownAt)).toBeGreaterThan(0);
  });
});

describe('a pause', () => {
  it('opens nothing and lets what is held go its way', async () => {
    const ground = botOn();
    const { bot, exchange, latches, start } = ground;
    const life = rehearsedBot(bot);
    await life.run(start + 20 * HOUR);
    const held = exchange.positions().length;
    expect(held).toBeGreaterThan(0);
    latches.set('pause', KILL);
    const pausedAt = exchange.now;
    await life.run(start + 25 * HOUR);
    expect(exchange.positions().length).toBeGreaterThan(0);
    await life.run(start + 120 * HOUR);
    expect(exchange.positions()).toEqual([]);
    expect(entriesAfter(ground, pausedAt)).toBe(0);
  });
});

// L15: does a bot that is killed in the middle of a canary clear what it left at its next start, end flat, and keep the exchange's money to the last digit?
import { describe, expect, test } from 'vitest';
import { lastCanary } from '../../../src/live/safety/canary-record.ts';
import { recordFromText } from '../../../src/live/record/engine-record.ts';
import { paramsOf } from '../engine/scripted-bot.ts';
import { exchangeOf, type SharedMarket } from '../exchange-simulator/both-venues.ts';
import { hours } from '../exchange-market.ts';
import { CALM } from '../faults/scripted-venue.ts';
import { COSTS, fundingEvery, HOUR, INSTRUMENT, seriesOf, START, SYMBOL } from '../simulated-market.ts';
import { canaryBot, expectAllGone, killedAfter, OTHER, RULES } from './canary-bot.ts';
import { directVenue } from './direct-venue.ts';
import { Killed, memoryJournal } from './memory-journal.ts';
import { mortalBot, type Death } from './mortal-bot.ts';
import { memoryLatches, rehearsedBot, type BotOnMarket } from './rehearsed-bot.ts';
import { VENUES } from './venue-bot.ts';

/** Long from every close on at which nothing is held, for two bars. */
const params = paramsOf({ exits: { stopFraction: 0.05, targetFraction: 0.5, maxHoldBars: 2 } });
const ONE_HOUR = START + HOUR;

/** What a person would be told of, had a canary been taken for something else. */
const MISTAKEN = /^(foreign|unknown|position|quantity|orphan|wallet|other|stop|emergency|canary)/;

interface Lived {
  readonly broken: readonly string[];
  readonly made: { readonly commit: number; readonly request: number };
  readonly deathbed: string | undefined;
}

/** One life that dies in its canary, another one after it, and what is wrong then. */
async function lived(death: Death | undefined, separateProtection: boolean): Promise<Lived> {
  const series = seriesOf(hours(CALM));
  const other = { ...series, symbol: OTHER };
  const market: SharedMarket = {
    instruments: [INSTRUMENT],
    series: [series],
    finer: [[]],
    funding: [fundingEvery(8 * HOUR, 0.0001)],
    costs: COSTS,
  };
  const exchange = exchangeOf(
    {
      ...market,
      instruments: [INSTRUMENT, { ...INSTRUMENT, symbol: OTHER }],
      series: [series, other],
      finer: [[], []],
      funding: [market.funding[0], { ...fundingEvery(8 * HOUR, 0.0001), symbol: OTHER }],
    },
    { deposit: 100_000 },
  );
  const journal = memoryJournal();
  const bot: BotOnMarket = {
    market,
    exchange,
    connection: directVenue({ exchange, separateProtection }),
    journal,
    params,
    script: () => () => ({ signal: 1 }),
    initialEquity: 100_000,
    latches: memoryLatches(),
    rules: { canary: { ...RULES, hourMs: 0.2 * HOUR, retryMs: 0.5 * HOUR }, tickMs: 60_000 },
  };
  const first = mortalBot(bot, death, { separateProtection });
  const isDead = await first.run(ONE_HOUR - 1).then(
    () => false,
    (error: unknown) => {
      if (error instanceof Killed) return true;
      throw error;
    },
  );
  const made = { ...first.made };
  const last = isDead ? rehearsedBot(bot) : first;
  await last.run(START + 10 * HOUR, true);
  const broken: string[] = [];
  const note = (isSo: boolean, what: string): void => void (isSo || broken.push(what));
  const { ledger } = last.engine.state;
  const before = ledger.wallet;
  note(
    ledger.wallet === exchange.ledger.wallet,
    `the books say ${ledger.wallet}, the exchange ${exchange.ledger.wallet}`,
  );
  note(exchange.position(OTHER).quantity === 0, 'something is held');
  note(exchange.openOrders({ symbol: OTHER }).length === 0, 'orders are left');
  note((ledger.bySymbol.get(OTHER)?.quantity ?? 0) === 0, 'the books hold something');
  note(lastCanary(journal)?.outcome === 'passed', `the last canary ${lastCanary(journal)?.outcome}`);
  note(last.engine.state.blocks.size === 0, 'entries are blocked');
  note(last.engine.state.roundTrips.length > 1, 'nothing was traded');
  const incidents = [...first.incidents, ...last.incidents].filter(({ kind }) => MISTAKEN.test(kind));
  for (const { kind, detail } of incidents) broken.push(`${kind} ${JSON.stringify(detail)}`);
  const again = rehearsedBot(bot);
  note(again.engine.state.ledger.wallet === before, 'another wallet after a replay');
  return { broken, made, deathbed: first.deathbed };
}

describe.each([
  ['stops attached to the entry', false],
  ['stops sent after the entry', true],
])('with %s', (_name, separateProtection) => {
  test(
    'L15: killed at every commit and every request of a canary, before it and after it',
    { timeout: 60_000 },
    async () => {
      const whole = await lived(undefined, separateProtection);
      expect(whole.broken).toEqual([]);
      const broken: string[] = [];
      const deaths = new Set<string>();
      for (const door of ['commit', 'request'] as const) {
        for (const when of ['before', 'after'] as const) {
          for (let at = 1; at <= whole.made[door]; at += 1) {
            const death: Death = { door, at, when };
            const told = await lived(death, separateProtection);
            deaths.add(told.deathbed ?? 'nothing');
            for (const problem of told.broken) broken.push(`${JSON.stringify(death)} ${told.deathbed}: ${problem}`);
          }
        }
      }
      expect(broken).toEqual([]);
      const writes = ['place', 'cancel', 'cancelAll', 'protect'].map((name) => `request ${name}`);
      expect([...deaths]).toEqual(
        expect.arrayContaining(['commit canary', 'commit event:booked-beside execution', ...writes]),
      );
      expect(deaths.has('nothing')).toBe(false);
    },
  );
});

const nothing = (): void => undefined;

describe.each(VENUES)('at %s', (venue) => {
  test('L15: killed over the wire after every change that a canary asks for', { timeout: 60_000 }, async () => {
    const count = { writes: 0 };
    for (let death = 1; death <= 40; death += 1) {
      count.writes = 0;
      const life = { isDead: false, halt: nothing };
      await using bot = await canaryBot({
        venue,
        others: [OTHER],
        canary: { retryMs: 0.5 * HOUR },
        between: (connection) =>
          killedAfter(connection, () => {
            count.writes += 1;
            if (count.writes !== death) return false;
            life.isDead = true;
            life.halt();
            return true;
          }),
      });
      life.halt = () => bot.life.session.queue.halt();
      for (let minute = 1; minute < 30 && !life.isDead; minute += 1) await bot.run(minute / 60);
      if (!life.isDead) {
        // All its writes have been met.
        expect(death).toBeGreaterThan(10);
        return;
      }
      bot.restart();
      await bot.run(4);
      expect(bot.ended().slice(0, 2)).toEqual(['interrupted', 'passed']);
      expect(bot.incidents()).toEqual([]);
      expect(bot.latches.read('canary')).toBeUndefined();
      await expectAllGone(bot, OTHER);
      expect(bot.exchange.position(SYMBOL).quantity).toBe(0);
    }
    expect.unreachable('a canary with forty writes');
  });
});

test('L15: what only a person can have put there is left to the person', async () => {
  await using bot = await canaryBot({ venue: 'bybit', others: [OTHER], prices: CALM.map(() => [100, 100, 100, 100]) });
  await bot.run(0.5);
  expect(bot.exchange.position(OTHER).quantity).toBeGreaterThan(0);
  bot.life.session.queue.halt();
  bot.exchange.fate.tradeByHand(OTHER, 'buy', 5);
  bot.restart();
  await bot.run(1.5);
  expect(bot.exchange.position(OTHER).quantity).toBeGreaterThan(5);
  expect(bot.last()?.reason).toContain('no canary ordered');
  expect(bot.incidents()).toEqual(expect.arrayContaining(['quantity-differs']));
  expect([...bot.life.engine.state.blocks.keys()]).toContain('reconciliation');
  const inputs = [...bot.journal.read({ stream: 'event' })].map(({ payload }) => recordFromText(payload).input.kind);
  expect(inputs).toContain('booked-beside');
});

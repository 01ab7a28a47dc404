// O8, L13: does a bot that is cut off thirty times in a day work on every candle once, keep the exchange's wallet, and hold on to nothing?
import { get } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { queryObjects } from 'node:v8';
import { describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { createRandom } from '../../../src/domain/random.ts';
import { firstBarAtOrAfter, sliceSeries } from '../../../src/domain/candle.ts';
import { fromExactJson } from '../../../src/domain/exact-json.ts';
import { DAY_MS, MINUTE_MS } from '../../../src/domain/time.ts';
import type { MarketSlice } from '../../../src/engine/event.ts';
import type { VenueName } from '../../../src/ports/venue-connection.ts';
import { census, grown, type MayGrow } from '../../soak/census.ts';
import { soakMarket } from '../../soak/soak-market.ts';
import { randomScript } from '../engine/random-backtest.ts';
import { paramsOf } from '../engine/scripted-bot.ts';
import { exchangeOf } from '../exchange-simulator/both-venues.ts';
import { scriptedVenue } from '../faults/scripted-venue.ts';
import { memoryJournal, type MemoryJournal } from './memory-journal.ts';
import { rehearsedBot } from './rehearsed-bot.ts';

const BAR = 30 * MINUTE_MS;
const CUTS = 30;
/** Longer than an answer needs on an idle machine; on a busy one, market time passes in small steps meanwhile. */
const PATIENCE_MS = 30;
const STREAMS = { firstBackOffMs: 5, longestBackOffMs: 20, goodAfterMs: 1, pingEveryMs: 100, deadAfterMs: 500 };
const HOW = [
  { fault: 'connection-drops' },
  { fault: 'connection-drops', channel: 'public' },
  { fault: 'connection-drops', channel: 'private' },
  { fault: 'connection-drops', for_wall: '100ms' },
  { fault: 'connection-dies-silently' },
];
const SYMBOLS = 2;
/** What may grow: the account's history, which is in the journal too; and what cannot be more than symbols or desks. */
const MAY_GROW: readonly MayGrow[] = [
  { way: '.setup.engine.state.ledger', most: Infinity },
  { way: '.setup.engine.state.roundTrips', most: Infinity },
  { way: '.setup.engine.booked', most: Infinity },
  { way: '.setup.clock.timers', most: 10 },
  // Errors of the venue within the window of the rule.
  { way: '.kills.times', most: 60 },
  { way: '.watch.held', most: SYMBOLS },
  { way: '.executions.funded', most: SYMBOLS },
  { way: '.market.books[].stamps', most: 64 * SYMBOLS },
];

/** Open times that were worked on, by symbol, in order. */
function workedOn(journal: MemoryJournal, symbols: number): readonly (readonly number[])[] {
  const found: number[][] = Array.from({ length: symbols }, () => []);
  for (const { payload } of journal.read({ stream: 'event' })) {
    const { input } = fromExactJson(payload) as { readonly input: MarketSlice };
    if (input.kind !== 'slice') continue;
    for (const [index, candle] of input.candles.entries()) if (candle !== undefined) found[index].push(candle.openTime);
  }
  return found;
}

async function openDay(venueName: VenueName) {
  const whole = soakMarket(3, { days: 1, symbols: SYMBOLS, barMs: BAR });
  const { begin, symbols } = whole;
  const bars = (from: number, to: number) =>
    whole.series.map((series) => sliceSeries(series, firstBarAtOrAfter(series, from), firstBarAtOrAfter(series, to)));
  const market = { ...whole, series: bars(begin, begin + DAY_MS + 8 * BAR) };
  const exchange = exchangeOf(market, { deposit: 100_000, touches: 'path' });
  const venue = await scriptedVenue({ venue: venueName, exchange, connection: { streamTiming: STREAMS } });
  const journal = memoryJournal();
  let executions = 0;
  exchange.listen((event) => {
    if (event.kind === 'execution') executions += 1;
  });
  const state = () => ({ time: exchange.now, executions, ended: exchange.ended });
  const life = rehearsedBot({
    market,
    exchange,
    connection: venue.connection,
    journal,
    params: paramsOf({
      risk: { basePositionFraction: 0.05, maxPositionFraction: 0.05, maxOpenPositions: SYMBOLS, cooldownHours: 0 },
      exits: { stopFraction: 0.01, targetFraction: 0.01, maxHoldBars: 6 },
    }),
    script: () => randomScript('soak', SYMBOLS),
    initialEquity: 100_000,
    wire: {
      pace: {
        now: async () => state(),
        async step(time) {
          await venue.running.advance(Math.min(time, exchange.nextClose()));
          return state();
        },
      },
      patience: () => pause(PATIENCE_MS),
    },
  });
  return { begin, symbols, exchange, venue, journal, life };
}

type Day = Awaited<ReturnType<typeof openDay>>;

/** Sockets that the process has, of both sides; all garbage is collected before they are counted. */
const sockets = (): number => Number(queryObjects(WebSocket));

/** Connections of streams, now and ever; each time on a connection of its own, which nobody has closed meanwhile. */
function connectionsOf({ venue }: Day): Promise<{ readonly connections: number; readonly connectionsEver: number }> {
  return new Promise((resolve, reject) => {
    const asked = get(`${venue.running.httpUrl}/control/status`, { agent: false }, (reply) => {
      let text = '';
      reply.setEncoding('utf8').on('data', (part: string) => (text += part));
      reply.on('end', () => resolve(JSON.parse(text)));
    });
    asked.on('error', reject);
  });
}

/** What is there once the bot is quiet and hears everything again, and nothing of the cut connections is left. */
async function holdings(day: Day, mostSockets: number) {
  const { life, exchange } = day;
  const { session } = life;
  for (;;) {
    await life.run(exchange.now, true);
    await session.hearing(pause(PATIENCE_MS));
    const { connections } = await connectionsOf(day);
    if (session.hearsAll && session.quiet && connections === 2 && sockets() <= mostSockets) break;
  }
  return census(session);
}

describe.each<VenueName>(['bybit', 'binance'])('O8 and L13: a day at %s with thirty cuts', (venueName) => {
  test(
    'every candle once and in order, the wallet to the last digit, nothing held on to',
    { timeout: 600_000 },
    async () => {
      const day = await openDay(venueName);
      const { begin, symbols, exchange, venue, journal, life } = day;
      const random = createRandom('soak-day');
      const strangers = sockets();
      let before: ReadonlyMap<string, number> | undefined;
      try {
        for (let cut = 0; cut < CUTS; cut += 1) {
          await life.run(begin + Math.floor(((cut + random.next()) * DAY_MS) / CUTS));
          await venue.strike(HOW[cut % HOW.length]);
          if (cut === CUTS / 3) before = await holdings(day, strangers + 4);
        }
        await life.run(begin + DAY_MS);
        const after = await holdings(day, strangers + 4);
        expect(grown(before ?? new Map(), after, MAY_GROW)).toEqual([]);

        const { connectionsEver } = await connectionsOf(day);
        expect(connectionsEver).toBeGreaterThan(CUTS);
        const last = Math.floor(exchange.now / BAR) * BAR;
        const wanted = Array.from({ length: (last - begin) / BAR }, (_, index) => begin + index * BAR);
        expect(workedOn(journal, symbols.length)).toEqual(symbols.map(() => wanted));
        expect(String(life.engine.state.ledger.wallet)).toBe(String(exchange.ledger.wallet));
        expect(life.engine.state.roundTrips.length).toBeGreaterThan(5);
      } finally {
        await life.session.stop();
        await venue[Symbol.asyncDispose]();
      }
    },
  );
});

// Does a day of drops lose a candle? 24 hours, 200 disconnects, dead sockets, lost and repeated messages: every candle exactly once.
import { describe, expect, it } from 'vitest';
import type { StreamClient } from '../../../src/adapters/ccxt/streams/stream-client.ts';
import { createVenueStreams } from '../../../src/adapters/ccxt/streams/venue-streams.ts';
import { createRandom, type Random } from '../../../src/domain/random.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../src/domain/time.ts';
import type { StreamEvent, StreamTopic } from '../../../src/ports/venue-streams.ts';
import { createFakeBybit, type FakeBybit, type Manners } from './fake-bybit.ts';
import { createManualClock } from './manual-clock.ts';

const START = 1_700_006_400_000;
const SYMBOLS = ['BTCUSDT', 'ETHUSDT'];
const TOPICS: readonly StreamTopic[] = SYMBOLS.map((symbol) => ({ kind: 'candle', symbol, intervalMs: MINUTE_MS }));
const DROPS = 200;
/** The venue answers with a closed candle only so long after its close. */
const REST_LAG_MS = 1_500;

/** The close of a candle is a function of its open time, so that a wrong one is seen. */
const closeOf = (symbol: string, openTime: number): number => 100 + ((openTime / MINUTE_MS) % 89) + symbol.length / 100;

function frame(symbol: string, openTime: number, part: number): object {
  const close = part === 1 ? closeOf(symbol, openTime) : 100 + part;
  const row = { start: openTime, open: '100', high: '300', low: '50', close: String(close), volume: String(part) };
  return { type: 'snapshot', ts: openTime, data: [{ ...row, confirm: part === 1 }] };
}

/** What a user of the streams does: takes closed candles, fills in what was missed, works on each once and in order. */
function createOwner(now: () => number) {
  const held = new Map<string, number>();
  const next = new Map(SYMBOLS.map((symbol) => [symbol, START]));
  const worked: string[] = [];
  const counts = { gaps: 0, streamed: 0, filled: 0 };
  const hold = (symbol: string, openTime: number, close: number, how: 'streamed' | 'filled'): void => {
    if (openTime < (next.get(symbol) ?? 0) || held.has(`${symbol} ${openTime}`)) return;
    held.set(`${symbol} ${openTime}`, close);
    counts[how] += 1;
  };
  const work = (symbol: string): void => {
    for (let openTime = next.get(symbol) ?? 0; ; openTime += MINUTE_MS) {
      const close = held.get(`${symbol} ${openTime}`);
      if (close === undefined) return void next.set(symbol, openTime);
      held.delete(`${symbol} ${openTime}`);
      worked.push(`${symbol} ${openTime} ${close}`);
    }
  };
  return {
    worked,
    counts,
    listen(event: StreamEvent): void {
      if (event.kind === 'candle' && event.confirmed)
        hold(event.symbol, event.candle.openTime, event.candle.close, 'streamed');
      if (event.kind === 'stream' && event.topic.kind === 'candle' && event.gapSince !== undefined) {
        counts.gaps += 1;
        const { symbol } = event.topic;
        const from = Math.floor(event.gapSince / MINUTE_MS) * MINUTE_MS;
        for (let openTime = from; openTime + MINUTE_MS + REST_LAG_MS <= now(); openTime += MINUTE_MS)
          hold(symbol, openTime, closeOf(symbol, openTime), 'filled');
      }
      if ('symbol' in event) work(event.symbol);
      else if (event.kind === 'stream' && event.topic.kind === 'candle') work(event.topic.symbol);
    },
  };
}

interface Trouble {
  readonly random: Random;
  readonly venue: FakeBybit;
  readonly manners: Manners;
  readonly deadUntil: Map<unknown, number>;
}

/** Drops connections `DROPS` times at random moments; afterwards the venue refuses, ignores or accepts for a while. */
function planDrops(clock: ReturnType<typeof createManualClock>, { random, venue, manners }: Trouble): void {
  for (let drop = 0; drop < DROPS; drop += 1) {
    clock.after(random.next() * (DAY_MS - 10 * MINUTE_MS), () => {
      for (const connection of venue.open) connection.close('closed with code 1006');
      const after = random.below(4);
      manners.accepts = after === 0 ? false : after === 1 ? undefined : true;
      clock.after(random.next() * 90 * SECOND_MS, () => {
        manners.accepts = true;
      });
    });
  }
}

/** Sends every candle as it runs and closes; some messages are lost, doubled, late, or go to a socket that is dead. */
async function runDay(
  clock: ReturnType<typeof createManualClock>,
  { random, venue, deadUntil }: Trouble,
): Promise<void> {
  for (let openTime = START; openTime < START + DAY_MS; openTime += MINUTE_MS) {
    for (const part of [0.25, 0.5, 0.75, 1]) {
      await clock.advance(15 * SECOND_MS);
      if (random.next() < 0.002)
        for (const connection of venue.open) deadUntil.set(connection, clock.now() + 300 * SECOND_MS);
      for (const symbol of SYMBOLS) {
        const topic = `kline.1.${symbol}`;
        const fate = random.next();
        if (fate < 0.02) continue;
        const send = (): void => venue.publish(topic, frame(symbol, openTime, part));
        if (fate < 0.04) clock.after(random.next() * 20 * SECOND_MS, send);
        else send();
        if (fate > 0.97) send();
      }
    }
  }
}

describe('24 hours with 200 disconnects', () => {
  it.each([1, 2])('every candle is worked on exactly once, in order (seed %i)', async (seed) => {
    const clock = createManualClock(START);
    const random = createRandom(`24 hours ${seed}`);
    const waits = random.fork('waits');
    const manners: Manners = {};
    const deadUntil = new Map<unknown, number>();
    const venue = createFakeBybit(clock, manners);
    manners.isDead = (connection) => clock.now() < (deadUntil.get(connection) ?? 0);
    const client: StreamClient = {
      venue: 'bybit',
      addresses: { public: 'ws://venue/public', private: 'ws://venue/private' },
      credentials: undefined,
      venueNow: () => clock.now(),
      listenKeys: undefined,
      balance: () => Promise.reject(new Error('not asked')),
    };
    const owner = createOwner(() => clock.now());
    const streams = createVenueStreams(client, {
      clock,
      random: () => waits.next(),
      openSocket: venue.openSocket,
    });
    const subscription = streams.subscribe(TOPICS, (event) => owner.listen(event));
    await clock.advance(0);
    const trouble: Trouble = { random, venue, manners, deadUntil };
    planDrops(clock, trouble);
    await runDay(clock, trouble);
    // The end of the day is told by the first message after it.
    for (let minute = 0; minute < 5; minute += 1) {
      await clock.advance(MINUTE_MS);
      for (const symbol of SYMBOLS)
        venue.publish(`kline.1.${symbol}`, frame(symbol, START + DAY_MS + minute * MINUTE_MS, 0.5));
    }
    await clock.advance(SECOND_MS);
    await subscription.close();

    const worked = SYMBOLS.map((symbol) => owner.worked.filter((entry) => entry.startsWith(symbol)));
    const expected = SYMBOLS.map((symbol) =>
      Array.from({ length: DAY_MS / MINUTE_MS }, (_, minute) => {
        const openTime = START + minute * MINUTE_MS;
        return `${symbol} ${openTime} ${closeOf(symbol, openTime)}`;
      }),
    );
    for (const [index, entries] of worked.entries())
      expect(entries.slice(0, DAY_MS / MINUTE_MS)).toEqual(expected[index]);
    expect(new Set(owner.worked).size).toBe(owner.worked.length);
    expect(venue.connections.length).toBeGreaterThan(DROPS / 2);
    expect(owner.counts.filled).toBeGreaterThan(100);
    expect(owner.counts.streamed).toBeGreaterThan(1_500);
    expect(clock.waiting).toBeLessThan(5);
  });
});

// L13: how often is the venue asked for candles and listings when its answers are late, fail or leave something out?
import { expect, test } from 'vitest';
import type { Candle } from '../../domain/candle.ts';
import { VenueError } from '../../domain/venue-error.ts';
import type { MarketSlice } from '../../engine/event.ts';
import type { VenueMarket } from '../../ports/venue-market.ts';
import { SteppedClock } from '../rehearsal/stepped-clock.ts';
import { DEFAULT_RULES } from './default-rules.ts';
import { MarketDesk } from './market-desk.ts';
import { WorkQueue } from './work-queue.ts';

const HOUR = 3_600_000;
const SYMBOLS = ['A', 'B', 'C'];
const candle = (hour: number): Candle => ({
  openTime: hour * HOUR,
  closeTime: (hour + 1) * HOUR,
  open: 100,
  high: 101,
  low: 99,
  close: 100 + hour / 10,
  volume: 1,
  flags: 0,
});

interface Question {
  readonly symbol: string;
  readonly from: number;
  readonly answer: (candles: readonly Candle[]) => void;
  readonly fail: () => void;
}

/** A desk whose venue answers when the test says so. */
function deskWorld() {
  const clock = new SteppedClock(0);
  const queue = new WorkQueue((error) => {
    throw error;
  });
  const questions: Question[] = [];
  const decided: MarketSlice[] = [];
  const missed: string[] = [];
  let listings = 0;
  const market = {
    candles: ({ symbol, from }: { symbol: string; from: number }) =>
      new Promise<readonly Candle[]>((answer, reject) => {
        const error = { code: 'UNREACHABLE', message: 'gone', retryable: true, orderMayExist: false } as const;
        questions.push({ symbol, from, answer, fail: () => reject(new VenueError(error)) });
      }),
    instruments: () => {
      listings += 1;
      return Promise.reject(
        new VenueError({ code: 'UNREACHABLE', message: 'gone', retryable: true, orderMayExist: false }),
      );
    },
    fundingHistory: () => Promise.resolve([]),
  } as unknown as VenueMarket;
  const desk = new MarketDesk(
    {
      market,
      clock,
      symbols: SYMBOLS,
      fundingIntervalHours: () => undefined,
      rules: { ...DEFAULT_RULES.feed, barMs: HOUR },
      marks: { maxGapBars: 6, jumpFraction: 0.25 },
      askAgainMs: DEFAULT_RULES.feed.askAgainMs,
      fundingDeadlineMs: 1,
      enqueue: queue.enqueue,
      track: queue.track,
      onSlice: (slice, missing) => {
        decided.push(slice);
        missed.push(...missing);
      },
      onRevision: () => undefined,
    },
    HOUR,
    new Map(),
  );
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    await queue.run(() => desk.tick());
  };
  /** Lets the clock pass the times of `until` one after the other, after and with all that follows. */
  const go = async (...until: readonly number[]): Promise<void> => {
    for (const time of until) {
      await settle();
      clock.moveTo(time);
      await settle();
    }
  };
  return { desk, go, questions, decided, missed, listings: () => listings };
}

test('L13: an answer that comes after the next close is used, and nothing more is asked for it', async () => {
  const { go, questions, decided, listings } = deskWorld();
  await go(HOUR, HOUR + 2_000);
  expect(questions.map(({ symbol, from }) => [symbol, from])).toEqual(SYMBOLS.map((symbol) => [symbol, 0]));
  // Nothing was decided without them: the deadline is counted from when a close is first waited for.
  for (const { answer } of questions.splice(0)) answer([candle(0)]);
  await go(HOUR + 30_000, HOUR + 31_000, HOUR + 40_000);
  expect(decided.map(({ time }) => time)).toEqual([HOUR]);
  expect([questions.length, listings()]).toEqual([0, 0]);
  await go(2 * HOUR + 2_000);
  const late = questions.splice(0);
  await go(2 * HOUR + 22_000, 2 * HOUR + 22_100);
  expect(decided.map(({ time }) => time)).toEqual([HOUR, 2 * HOUR]);
  for (const { answer } of late) answer([candle(1)]);
  await go(2 * HOUR + 23_000, 2 * HOUR + 24_000, 2 * HOUR + 25_000);
  expect([questions.length, listings()]).toEqual([0, 0]);
});

test('L13: while the venue does not answer, candles are asked for once a second each, listings once for all', async () => {
  const { go, questions, listings } = deskWorld();
  await go(HOUR, HOUR + 2_000);
  for (let second = 0; second < 10; second += 1) {
    const asked = questions.splice(0);
    expect(asked).toHaveLength(SYMBOLS.length);
    for (const { fail } of asked) fail();
    await go(HOUR + 3_000 + second * 1_000);
  }
  expect(listings()).toBeLessThanOrEqual(11);
});

test('O8: while the venue is silent, one request of each symbol waits, however many closes pass', async () => {
  const { go, questions, decided } = deskWorld();
  const closes = 30;
  for (let close = 1; close <= closes; close += 1)
    await go(close * HOUR, close * HOUR + 2_000, close * HOUR + 22_000, close * HOUR + 23_000);
  expect(questions.map(({ symbol }) => symbol)).toEqual(SYMBOLS);
  const all = Array.from({ length: closes }, (_, index) => candle(index));
  for (const { answer } of questions.splice(0)) answer(all.slice(0, 1));
  await go(closes * HOUR + 24_000);
  await go((closes + 1) * HOUR);
  // What was wanted meanwhile is asked for at once, and all of it.
  expect(questions.map(({ symbol }) => symbol)).toEqual(SYMBOLS);
  for (const { answer } of questions.splice(0)) answer([...all.slice(1), candle(closes)]);
  await go((closes + 1) * HOUR + 100, (closes + 1) * HOUR + 200);
  const used = SYMBOLS.map((_, index) => decided.flatMap(({ candles }) => candles[index]?.openTime ?? []));
  expect(used).toEqual(SYMBOLS.map(() => [...all, candle(closes)].map(({ openTime }) => openTime)));
});

test('L13: an outage of requests beyond the deadline loses no candle, although streams bring the next one', async () => {
  const { desk, go, questions, decided, missed } = deskWorld();
  await go(HOUR, HOUR + 2_000);
  for (const { fail } of questions.splice(0)) fail();
  await go(HOUR + 20_001);
  expect(missed).toEqual(SYMBOLS);
  for (const { fail } of questions.splice(0)) fail();
  await go(HOUR + 30_000, HOUR + 40_000);
  for (const symbol of SYMBOLS) desk.closed(symbol, candle(1));
  await go(2 * HOUR);
  for (const { from, answer } of questions.splice(0)) {
    expect(from).toBe(0);
    answer([candle(0), candle(1)]);
  }
  await go(2 * HOUR + 100);
  const used = SYMBOLS.map((_, index) => decided.flatMap(({ candles }) => candles[index]?.openTime ?? []));
  expect(used).toEqual(SYMBOLS.map(() => [0, HOUR]));
  expect(decided.at(-1)).toMatchObject({ time: 2 * HOUR, use: 'current' });
});

// Rows 20 to 24: what does the connector make of candles that are missing, unmarked, revised, still open, or come in bursts?
import { describe, expect, test } from 'vitest';
import type { Candle } from '../../../src/domain/candle.ts';
import type { StreamTopic } from '../../../src/ports/venue-streams.ts';
import { exchangeOver, type Prices } from '../exchange-market.ts';
import { HOUR, START, SYMBOL } from '../simulated-market.ts';
import {
  ACCOUNT_TOPICS,
  entryOf,
  scriptedVenue,
  until,
  type HeardStream,
  type ScriptedVenue,
} from './scripted-venue.ts';

const CANDLES: StreamTopic = { kind: 'candle', symbol: SYMBOL, intervalMs: HOUR };
const hourly = { symbol: SYMBOL, intervalMs: HOUR, price: 'trade' } as const;
const RISING: readonly Prices[] = Array.from({ length: 30 }, (_, hour) => [
  100 + hour,
  102 + hour,
  99 + hour,
  101 + hour,
]);

const open = (venue: 'bybit' | 'binance') => scriptedVenue({ venue, exchange: exchangeOver(RISING) });

/** Hours after the beginning at which the closed candles opened, in the order in which they were told. */
const closedHours = (heard: HeardStream): readonly number[] =>
  heard
    .of('candle')
    .filter(({ confirmed }) => confirmed)
    .map(({ candle }) => (candle.openTime - START) / HOUR);

/** Hours from which something was said to be missing. */
const gaps = (heard: HeardStream): readonly number[] =>
  heard.of('stream').flatMap(({ gapSince }) => (gapSince === undefined ? [] : [(gapSince - START) / HOUR]));

/** Advances hour by hour, each told before the next. */
async function closeHours(venue: ScriptedVenue, from: number, until: number): Promise<void> {
  for (let hour = from; hour <= until; hour += 1) await venue.advance(hour);
}

/** What a client knows that asks for what the stream left out, as soon as that is told. */
async function completed(venue: ScriptedVenue, heard: HeardStream): Promise<readonly Candle[]> {
  const known = new Map<number, Candle>();
  for (const { candle, confirmed } of heard.of('candle')) if (confirmed) known.set(candle.openTime, candle);
  for (const { gapSince } of heard.of('stream')) {
    if (gapSince === undefined) continue;
    const from = Math.floor(gapSince / HOUR) * HOUR;
    for (const candle of await venue.connection.market.candles({ ...hourly, from })) known.set(candle.openTime, candle);
  }
  return [...known.values()].toSorted((a, b) => a.openTime - b.openTime);
}

describe.each(['bybit', 'binance'] as const)('candles of %s', (name) => {
  test('row 20: the stream comes again with a gap, the gap is told, and asking for it makes the history whole', async () => {
    await using venue = await open(name);
    const heard = await venue.hear([CANDLES]);
    await closeHours(venue, 1, 3);
    await until(() => closedHours(heard).length === 3);
    await venue.strike({ fault: 20, count: 2 });
    await until(() => heard.of('stream').at(-1)?.state === 'live' && heard.of('stream').length > 1);
    await closeHours(venue, 4, 7);
    await until(() => closedHours(heard).includes(6));
    expect(closedHours(heard)).toEqual([0, 1, 2, 5, 6]);
    expect(Math.min(...gaps(heard))).toBeLessThanOrEqual(3);
    const candles = await completed(venue, heard);
    expect(candles.map(({ openTime, close }) => [(openTime - START) / HOUR, close])).toEqual(
      RISING.slice(0, 7).map(([, , , close], hour) => [hour, close]),
    );
  });

  test('row 20: candles that are missing on a connection that looks sound are noticed by the next one', async () => {
    await using venue = await open(name);
    const heard = await venue.hear([CANDLES]);
    await closeHours(venue, 1, 2);
    await venue.strike({ fault: 20, drops: false, count: 2 });
    await closeHours(venue, 3, 5);
    await until(() => closedHours(heard).includes(4));
    expect(closedHours(heard)).toEqual([0, 1, 4]);
    expect(gaps(heard)).toEqual([2]);
    expect(await completed(venue, heard)).toHaveLength(5);
  });

  test('row 21: a close without its mark is noticed when the next candle begins, and can be asked for', async () => {
    await using venue = await open(name);
    const heard = await venue.hear([CANDLES]);
    await closeHours(venue, 1, 2);
    await venue.strike({ fault: 21, count: 1 });
    await closeHours(venue, 3, 4);
    await until(() => closedHours(heard).includes(3));
    expect(closedHours(heard)).toEqual([0, 1, 3]);
    expect(gaps(heard)).toEqual([2]);
    expect((await completed(venue, heard)).map(({ close }) => close)).toEqual([101, 102, 103, 104]);
  });

  test('row 21: a close that is told twice is told on once', async () => {
    await using venue = await open(name);
    const heard = await venue.hear([CANDLES]);
    await venue.strike({ fault: 21, kind: 'twice', for: '1d' });
    await closeHours(venue, 1, 4);
    await until(() => closedHours(heard).includes(3));
    expect(closedHours(heard)).toEqual([0, 1, 2, 3]);
    expect(gaps(heard)).toEqual([]);
  });

  test('row 22: other values of a closed candle are told on, and served from then on', async () => {
    await using venue = await open(name);
    const heard = await venue.hear([CANDLES]);
    await closeHours(venue, 1, 3);
    await venue.strike({ fault: 22, at: new Date(START).toISOString(), change: 0.01, back: 1 });
    await until(() => closedHours(heard).length === 4);
    expect(closedHours(heard)).toEqual([0, 1, 2, 1]);
    expect(heard.of('candle').at(-1)?.candle.close).toBeCloseTo(103.02, 9);
    const candles = await venue.connection.market.candles({ ...hourly, from: START });
    expect(candles.map(({ close }) => close)).toEqual([101, 103.02, 103]);
    await closeHours(venue, 4, 4);
    await until(() => closedHours(heard).includes(3));
    expect(gaps(heard)).toEqual([]);
  });

  test('row 23: the candle that still runs is never among those that are asked for', async () => {
    await using venue = await open(name);
    await venue.strike({ fault: 23, change: 0.5 });
    for (const hour of [2, 2.5]) {
      await venue.advance(hour);
      const candles = await venue.connection.market.candles({ ...hourly, from: START });
      expect(candles.map(({ openTime, close }) => [openTime, close])).toEqual([
        [START, 101],
        [START + HOUR, 102],
      ]);
    }
    expect(venue.faults.log().length).toBeGreaterThanOrEqual(2);
  });

  test('row 24: what comes in bursts is told whole, in order, each thing once', async () => {
    await using venue = await open(name);
    const heard = await venue.hear([...ACCOUNT_TOPICS, CANDLES]);
    venue.exchange.fate.splitFills(SYMBOL, 20);
    await venue.strike({ fault: 24, burst_ms: 150, for_wall: '30s' });
    await venue.connection.account.place(entryOf('entry'));
    await closeHours(venue, 1, 10);
    await until(() => heard.of('execution').length >= 20 && closedHours(heard).length >= 10);
    const fills = heard
      .of('execution')
      .map(({ execution }) => execution)
      .filter(({ kind }) => kind === 'trade');
    expect(new Set(fills.map(({ executionId }) => executionId)).size).toBe(20);
    expect(fills.reduce((sum, { quantity }) => sum + quantity, 0)).toBeCloseTo(1, 9);
    expect(closedHours(heard)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    await until(() => heard.of('order').at(-1)?.order.state === 'filled');
    expect(heard.of('order').at(-1)?.order).toMatchObject({ filledQuantity: 1 });
    const filled = heard.of('order').map(({ order }) => order.filledQuantity);
    expect(filled).toEqual(filled.toSorted((a, b) => a - b));
    expect(gaps(heard)).toEqual([]);
  });
});

// Is what is stored what the venue has? Whatever fails on the way, and whenever it is broken off.
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { downloadedSeries, originOf, withHistoryFolder } from '../../../src/adapters/history/history-folder.ts';
import { createParquetSource } from '../../../src/adapters/parquet/parquet-source.ts';
import { readRawCandles, readRawFunding } from '../../../src/adapters/parquet/series-reader.ts';
import { markFile } from '../../../src/adapters/parquet/store-layout.ts';
import { PerpilotError } from '../../../src/domain/errors.ts';
import type { HistorySeries } from '../../../src/domain/history-series.ts';
import { createRandom } from '../../../src/domain/random.ts';
import { HOUR_MS } from '../../../src/domain/time.ts';
import { VenueError } from '../../../src/domain/venue-error.ts';
import { downloadHistory, type HistoryRequest, type HistoryResult } from '../../../src/market-data/download-history.ts';
import type { HistoryOrigin } from '../../../src/ports/history-store.ts';
import type { VenueMarket } from '../../../src/ports/venue-market.ts';
import { createMadeMarket, FIRST, madeCandle, type MadeMarket } from './made-market.ts';

const ORIGIN: HistoryOrigin = { venue: 'bybit', environment: 'live', imitated: false };
const MARKS = { maxGapBars: 6, jumpFraction: 0.25 };

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'perpilot-history-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const seriesOf = (...symbols: readonly string[]): readonly HistorySeries[] =>
  symbols.flatMap((symbol): readonly HistorySeries[] => [
    { kind: 'candles', symbol, intervalMs: HOUR_MS },
    { kind: 'mark', symbol, intervalMs: HOUR_MS },
    { kind: 'funding', symbol },
  ]);

interface Run {
  readonly market: VenueMarket;
  readonly request?: Partial<HistoryRequest>;
  readonly signal?: AbortSignal;
  readonly progress?: (ms: number) => void;
}

/** Waits of the download pass at once, on a clock that they move on. */
function run({ market, request = {}, signal = new AbortController().signal, progress }: Run): Promise<HistoryResult> {
  let now = 0;
  const clock = {
    now: () => now,
    after(ms: number, wake: () => void) {
      now += ms;
      const timer = setImmediate(wake);
      return () => clearImmediate(timer);
    },
  };
  const whole = { series: seriesOf('BTCUSDT'), from: () => FIRST, reread: 0, parallel: 2, ...request };
  const patience = { clock, signal, longestMs: 600_000, waiting: () => undefined };
  return withHistoryFolder({ root, origin: ORIGIN, series: whole.series }, (store) =>
    downloadHistory(whole, { market, store, patience, planned: () => undefined, progress: (_, ms) => progress?.(ms) }),
  );
}

async function expectStored(market: MadeMarket, symbol: string): Promise<void> {
  const intervalMs = HOUR_MS;
  for (const price of ['trade', 'mark'] as const) {
    const file = price === 'mark' ? markFile(root, symbol, '1h')! : join(root, 'candles', `${symbol}-1h.parquet`);
    const stored = await readRawCandles({ file, symbol, intervalMs });
    const source = market.candlesOf(symbol, price);
    expect(stored.length).toBe(source.length);
    for (const [index, candle] of source.entries()) {
      expect(stored.openTime[index]).toBe(candle.openTime);
      for (const name of ['open', 'high', 'low', 'close', 'volume'] as const)
        expect(stored[name][index]).toBe(candle[name]);
    }
  }
  const funding = await readRawFunding(join(root, 'funding', `${symbol}.parquet`), symbol);
  expect(Array.from(funding.time, (time, index) => ({ time, rate: funding.rate[index] }))).toEqual(
    market.fundingOf(symbol),
  );
}

const failure = (retryable: boolean, retryAt?: number): VenueError =>
  new VenueError({ code: retryable ? 'TIMEOUT' : 'REFUSED', message: 'no', retryable, orderMayExist: false, retryAt });

/** Hours of a gap that was seen at hour 600. */
const gap = (from: number, until: number) => ({
  from: FIRST + from * HOUR_MS,
  until: FIRST + until * HOUR_MS,
  seenAt: FIRST + 600 * HOUR_MS + 1_234,
});

describe('a download', () => {
  it('stores candles, mark prices, funding and rules so that research reads them', async () => {
    const market = createMadeMarket({ symbols: ['BTCUSDT', 'ETHUSDT'], hours: 1_000 });
    const result = await run({ market, request: { series: seriesOf('BTCUSDT', 'ETHUSDT') } });
    expect(result.failed).toEqual([]);
    expect(result.done.map(({ rows, added }) => [rows, added])).toEqual([
      [1_000, 1_000],
      [1_000, 1_000],
      [125, 125],
      [1_000, 1_000],
      [1_000, 1_000],
      [125, 125],
    ]);
    await expectStored(market, 'BTCUSDT');
    await expectStored(market, 'ETHUSDT');
    const source = createParquetSource({ root, marks: MARKS });
    expect(await source.symbols('1h')).toEqual(['BTCUSDT', 'ETHUSDT']);
    const record = await source.instrumentRecord('ETHUSDT');
    expect(record).toMatchObject({ listedAt: FIRST, instrument: { tickSize: 0.1, maxMarketQuantity: Infinity } });
    expect(record?.instrument.tiers).toEqual([
      { maxNotional: Infinity, maintenanceRate: 0.005, deduction: 0, maxLeverage: 50 },
    ]);
    expect(record?.provenance).toContain('downloaded from Bybit at 2022-02-11');
    expect(existsSync(join(root, '.download'))).toBe(false);
    expect(await originOf(root)).toEqual(ORIGIN);
    expect(await downloadedSeries(root)).toHaveLength(6);
  });

  it('asks for nothing twice, carries on where it ended, and goes further back when told', async () => {
    const market = createMadeMarket({ symbols: ['BTCUSDT'], hours: 500 });
    await run({ market, request: { from: () => FIRST + 200 * HOUR_MS } });
    const count = market.questions.length;
    await run({ market, request: { from: () => FIRST + 200 * HOUR_MS } });
    // Time, instruments, and one question for stamps that may have come since.
    expect(market.questions.slice(count).filter((question) => !question.startsWith('funding'))).toEqual([
      'time',
      'instruments',
    ]);
    market.hours = 700;
    await run({ market, request: { from: () => FIRST } });
    await expectStored(market, 'BTCUSDT');
    const pages = market.questions.filter((question) => question.startsWith('trade'));
    expect(pages.length).toBe(3 + 2 + 2);
  });

  it('leaves no hole between an old download and a shorter new one', async () => {
    const market = createMadeMarket({ symbols: ['BTCUSDT'], hours: 300 });
    await run({ market });
    market.hours = 900;
    await run({ market, request: { from: () => FIRST + 800 * HOUR_MS } });
    await expectStored(market, 'BTCUSDT');
  });

  it('begins at the listing, and never stores a candle that has not closed', async () => {
    const market = createMadeMarket({ symbols: ['BTCUSDT'], hours: 400, listedAfter: 150 });
    const { done } = await run({ market });
    expect(done[0]).toMatchObject({ rows: 250, first: FIRST + 150 * HOUR_MS, last: FIRST + 399 * HOUR_MS, gaps: [] });
    expect(market.questions.find((question) => question.startsWith('trade'))).toBe(
      `trade BTCUSDT ${FIRST + 150 * HOUR_MS}`,
    );
  });

  it('asks again next time for a last candle that the venue was late with', async () => {
    let isLate = true;
    const market = createMadeMarket({
      symbols: ['BTCUSDT'],
      hours: 300,
      onTheWay: (page) => (isLate ? page.filter(({ openTime }) => openTime < FIRST + 298 * HOUR_MS) : page),
    });
    const { done } = await run({ market });
    expect(done[0]).toMatchObject({ rows: 298, gaps: [] });
    isLate = false;
    await run({ market });
    await expectStored(market, 'BTCUSDT');
  });

  it('asks again for rows that a page lost, and records what the venue does not have', async () => {
    const losses = new Map<string, number>();
    const market = createMadeMarket({
      symbols: ['BTCUSDT'],
      hours: 600,
      holes: [40, 41, 42, 300],
      onTheWay: (page, question) => {
        const times = losses.get(question) ?? 0;
        losses.set(question, times + 1);
        return times === 0 ? page.filter((_, index) => index % 7 !== 3) : page;
      },
    });
    const { done } = await run({ market });
    await expectStored(market, 'BTCUSDT');
    expect(done[0].gaps).toEqual([gap(40, 43), gap(300, 301)]);
    const catalogue = JSON.parse(await readFile(join(root, 'downloads.json'), 'utf8'));
    expect(catalogue.series['candles/BTCUSDT-1h'].gaps).toEqual([gap(40, 43), gap(300, 301)]);
  });

  it('waits out failures that pass, until the venue listens again', async () => {
    const random = createRandom('failures');
    const market = createMadeMarket({
      symbols: ['BTCUSDT'],
      hours: 800,
      trouble: () => (random.next() < 0.4 ? failure(true) : undefined),
    });
    expect((await run({ market })).failed).toEqual([]);
    await expectStored(market, 'BTCUSDT');
  });

  it('gives up after a long time or at once, keeps the pages, and does the other series all the same', async () => {
    let isBroken = true;
    const market = createMadeMarket({
      symbols: ['BTCUSDT', 'ETHUSDT'],
      hours: 800,
      trouble: (question) => {
        if (!isBroken || !question.startsWith('trade') || question.endsWith(String(FIRST))) return undefined;
        return failure(question.includes('BTC'));
      },
    });
    const request = { series: seriesOf('BTCUSDT', 'ETHUSDT') };
    const { done, failed } = await run({ market, request });
    expect(failed.map(({ series, failure: { code } }) => `${series.symbol} ${code}`).toSorted()).toEqual([
      'BTCUSDT TIMEOUT',
      'ETHUSDT REFUSED',
    ]);
    expect(done).toHaveLength(4);
    isBroken = false;
    const count = market.questions.length;
    await run({ market, request });
    await expectStored(market, 'BTCUSDT');
    await expectStored(market, 'ETHUSDT');
    expect(market.questions.slice(count)).not.toContain(`trade BTCUSDT ${FIRST}`);
  });

  it('that is told to stop goes on from its last page', async () => {
    const market = createMadeMarket({ symbols: ['BTCUSDT'], hours: 2_000, pageRows: 50 });
    for (let steps = 5; ; steps += 7) {
      const stop = new AbortController();
      let left = steps;
      const progress = (): void => {
        left -= 1;
        if (left === 0) stop.abort(new PerpilotError('INTERRUPTED', 'stopped'));
      };
      const ended = await run({ market, signal: stop.signal, progress }).then(
        () => true,
        (error: unknown) => {
          expect(error).toMatchObject({ code: 'INTERRUPTED' });
          return false;
        },
      );
      if (ended) break;
    }
    await expectStored(market, 'BTCUSDT');
    const asked = market.questions.filter((question) => question.startsWith('trade'));
    // A page that was under way is asked for again, no other.
    expect(asked.length).toBeLessThan(40 + 12);
  });

  it('survives pages that were cut off at any byte', async () => {
    const market = createMadeMarket({ symbols: ['BTCUSDT'], hours: 300, pageRows: 50 });
    const random = createRandom('cuts');
    for (let cut = 0; cut < 12; cut += 1) {
      await rm(root, { recursive: true, force: true });
      const stop = new AbortController();
      let left = 4;
      const progress = (): void => {
        left -= 1;
        if (left === 0) stop.abort(new PerpilotError('INTERRUPTED', 'stopped'));
      };
      await run({ market, signal: stop.signal, progress, request: { parallel: 1 } }).catch(() => undefined);
      const file = join(root, '.download', 'candles-BTCUSDT-1h.pages');
      const bytes = await readFile(file);
      const kept = cut === 0 ? bytes.length - 1 : random.below(bytes.length);
      await writeFile(
        file,
        cut % 3 === 2 ? Buffer.concat([bytes.subarray(0, kept), Buffer.from('nonsense')]) : bytes.subarray(0, kept),
      );
      await run({ market });
      await expectStored(market, 'BTCUSDT');
    }
  });

  it('refuses symbols that are not listed, all at once, before anything is fetched', async () => {
    const market = createMadeMarket({ symbols: ['BTCUSDT', 'ETHUSDT'], hours: 10 });
    const problem = await run({ market, request: { series: seriesOf('BTCUSD', 'XYZ') } }).catch(
      (error: unknown) => error,
    );
    expect(problem).toMatchObject({ code: 'ARGUMENT_INVALID', problems: [{ hint: 'did you mean BTCUSDT?' }, {}] });
    expect(market.questions).toEqual(['time', 'instruments']);
  });

  it('touches neither files of others nor a folder of another venue', async () => {
    const market = createMadeMarket({ symbols: ['BTCUSDT'], hours: 10 });
    await run({ market, request: { series: seriesOf('BTCUSDT').slice(0, 1) } });
    const other = { ...ORIGIN, imitated: true };
    await expect(withHistoryFolder({ root, origin: other, series: [] }, async () => 1)).rejects.toThrow(
      /holds history of bybit live, not of bybit live \(a local server\)/,
    );
    await rm(join(root, 'downloads.json'));
    await expect(run({ market })).rejects.toMatchObject({
      code: 'ARGUMENT_INVALID',
      problems: [{ message: expect.stringContaining('was not downloaded by perpilot') }],
    });
  });

  it('two at once are one after the other, or the second is told', async () => {
    const { promise, resolve: release } = Promise.withResolvers<void>();
    const first = withHistoryFolder({ root, origin: ORIGIN, series: [] }, () => promise);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await expect(withHistoryFolder({ root, origin: ORIGIN, series: [] }, async () => 1)).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
    });
    release();
    await first;
  });
});

describe('an update', () => {
  it('reads the last candles again, tells revisions, keeps both values and stores the newest', async () => {
    const market = createMadeMarket({ symbols: ['BTCUSDT'], hours: 500 });
    await run({ market });
    const shifted = new Set([480, 490, 300]);
    const candlesOf = market.candlesOf.bind(market);
    market.candlesOf = (symbol, price) =>
      candlesOf(symbol, price).map((candle) => {
        const hour = (candle.openTime - FIRST) / HOUR_MS;
        return shifted.has(hour) && price === 'trade' ? madeCandle(symbol, hour, price, 7) : candle;
      });
    market.hours = 520;
    const update = { from: undefined, reread: 24 };
    const { done } = await run({ market, request: update });
    const [candles] = done;
    expect(candles).toMatchObject({ rows: 520, added: 20 });
    expect(candles.revisions.map(({ time }) => (time - FIRST) / HOUR_MS)).toEqual([480, 490]);
    const lines = (await readFile(join(root, 'revisions.jsonl'), 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatchObject({
      series: 'candles/BTCUSDT-1h',
      before: [
        expect.any(Number),
        madeCandle('BTCUSDT', 480, 'trade').high,
        expect.any(Number),
        expect.any(Number),
        expect.any(Number),
      ],
      after: [
        expect.any(Number),
        madeCandle('BTCUSDT', 480, 'trade', 7).high,
        expect.any(Number),
        expect.any(Number),
        expect.any(Number),
      ],
    });
    // Beyond what is read again, nobody looks.
    shifted.delete(300);
    await expectStored(market, 'BTCUSDT');
    expect((await run({ market, request: update })).done[0].revisions).toEqual([]);
  });

  it('asks again for young gaps and lets old ones be', async () => {
    const holes = [20, 490];
    const market = createMadeMarket({ symbols: ['BTCUSDT'], hours: 500, holes });
    await run({ market });
    holes.length = 0;
    market.hours = 510;
    const { done } = await run({ market, request: { from: undefined, reread: 2 } });
    expect(done[0].gaps.map(({ from }) => (from - FIRST) / HOUR_MS)).toEqual([20]);
    expect(done[0].rows).toBe(509);
  });
});

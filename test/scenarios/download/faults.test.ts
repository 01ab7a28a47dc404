// Does what is downloaded equal the source when the network does what networks do? Twenty faults, together and each by itself.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createVenueConnection } from '../../../src/adapters/ccxt/venue-connection.ts';
import { withHistoryFolder } from '../../../src/adapters/history/history-folder.ts';
import { createSystemClock } from '../../../src/adapters/system/system-clock.ts';
import { createRandom } from '../../../src/domain/random.ts';
import { DAY_MS } from '../../../src/domain/time.ts';
import type { HttpFate, RequestView } from '../../../src/exchange-simulator/faults/fault-pipeline.ts';
import { downloadHistory, type HistoryResult } from '../../../src/market-data/download-history.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import { allSeries, expectSame, openDownloadedVenue, type DownloadedVenue } from './downloaded-venue.ts';

const text = (status: number, body: string, contentType = 'application/json'): HttpFate => ({
  kind: 'replace',
  commit: true,
  status,
  contentType,
  body,
});
const html = (status: number): HttpFate => text(status, '<html><body>sorry</body></html>', 'text/html');
const refuse = (refusal: Extract<HttpFate, { kind: 'refuse' }>['refusal']): HttpFate => ({
  kind: 'refuse',
  commit: false,
  refusal,
});

const FAULTS: Readonly<Record<string, HttpFate>> = {
  'no reply': { kind: 'no-reply', commit: true },
  'connection reset before the work': { kind: 'reset', commit: false },
  'connection reset after the work': { kind: 'reset', commit: true },
  'half a reply, then the end': { kind: 'truncate', commit: true },
  'half a reply, then silence': { kind: 'stall', commit: true },
  'a late reply': { kind: 'pass', delayMs: 120 },
  'a reply after the deadline': { kind: 'pass', delayMs: 600 },
  '502 with HTML': html(502),
  '503 with HTML': html(503),
  '504 with nothing': text(504, ''),
  '524 of a proxy': html(524),
  '200 with HTML': html(200),
  '200 with nothing': text(200, ''),
  '200 with an empty object': text(200, '{}'),
  '200 with a well reply to nothing': text(200, '{"retCode":0,"retMsg":"OK","result":{},"time":1}'),
  '200 with rows of another shape': text(200, '{"retCode":0,"retMsg":"OK","result":{"list":[["1","2"]]},"time":1}'),
  'server time-out': refuse('server-timeout'),
  'server error': refuse('server-error'),
  overload: refuse('overloaded'),
  'too many requests': refuse('rate-limited'),
};

/** Waits of the download and of the connection pass a hundred times as fast. */
function hurried(): Clock {
  const clock = createSystemClock();
  return { now: () => clock.now(), after: (ms, wake) => clock.after(ms / 100, wake) };
}

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'perpilot-faults-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function download(
  venue: DownloadedVenue,
  { from, symbols = venue.symbols }: { readonly from: number; readonly symbols?: readonly string[] },
): Promise<HistoryResult> {
  const connection = await createVenueConnection({
    venue: 'bybit',
    environment: 'live',
    baseUrls: { rest: venue.url, stream: venue.url.replace('http', 'ws') },
    clock: createSystemClock(),
    random: () => 0.5,
    limited: false,
    timing: { readDeadlineMs: 400, firstBackOffMs: 5, longestBackOffMs: 40, readTries: 2 },
  });
  const series = allSeries(symbols);
  const origin = { venue: 'bybit', environment: 'live', imitated: true } as const;
  const signal = new AbortController().signal;
  const patience = { clock: hurried(), signal, longestMs: 600_000, waiting: () => undefined };
  try {
    return await withHistoryFolder({ root, origin, series }, (store) =>
      downloadHistory(
        { series, from: () => from, reread: 0, parallel: 4 },
        { market: connection.market, store, patience, planned: () => undefined, progress: () => undefined },
      ),
    );
  } finally {
    await connection.close();
  }
}

describe('a download', () => {
  it('of three years × four symbols × 1 h under twenty faults equals the source bit for bit', async () => {
    const random = createRandom('twenty faults');
    const names = Object.keys(FAULTS);
    const met = new Map<string, number>();
    let isCalm = true;
    let count = 0;
    const fate = ({ path }: RequestView): HttpFate => {
      if (isCalm || path.endsWith('/time') || random.next() > 0.25) return { kind: 'pass' };
      const name = names[count % names.length];
      count += 1;
      met.set(name, (met.get(name) ?? 0) + 1);
      return FAULTS[name];
    };
    await using venue = await openDownloadedVenue(fate);
    const { from } = venue;
    isCalm = false;
    const { done, failed } = await download(venue, { from });
    expect(failed).toEqual([]);
    expect(met.size).toBe(20);
    expect(await expectSame(root, venue, { from })).toBeGreaterThan(venue.leastRows);
    expect(done.flatMap(({ gaps }) => gaps)).toEqual([]);
  }, 300_000);

  it.each(Object.entries(FAULTS))('under nothing but "%s" equals the source bit for bit', async (_name, fault) => {
    let count = 0;
    const fate = ({ path }: RequestView): HttpFate => {
      if (path.endsWith('/time')) return { kind: 'pass' };
      count += 1;
      return count % 4 === 0 ? fault : { kind: 'pass' };
    };
    await using venue = await openDownloadedVenue(fate);
    const what = { from: venue.until - 150 * DAY_MS, symbols: venue.symbols.slice(0, 1) };
    expect((await download(venue, what)).failed).toEqual([]);
    expect(await expectSame(root, venue, what)).toBeGreaterThan(7_000);
    expect(count).toBeGreaterThan(12);
  });
});

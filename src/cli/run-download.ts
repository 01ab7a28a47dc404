// What happens while history is downloaded? A folder, a connection and the work between them, with progress and an answer.
import { resolve } from 'node:path';
import { downloadedSeries, originOf, withHistoryFolder } from '../adapters/history/history-folder.ts';
import { createSystemClock } from '../adapters/system/system-clock.ts';
import { PerpilotError } from '../domain/errors.ts';
import type { HistorySeries } from '../domain/history-series.ts';
import { DAY_MS, parseInterval } from '../domain/time.ts';
import { downloadHistory, type HistoryRequest, type HistoryResult } from '../market-data/download-history.ts';
import type { HistoryOrigin } from '../ports/history-store.ts';
import type { CliContext } from './context.ts';
import { downloadJson, downloadLines } from './download-answer.ts';
import { createProgress, durationText, type Progress } from './progress.ts';
import { connectPublicly, type VenueOptions } from './venue-options.ts';

export interface DownloadRequest {
  readonly root: string;
  readonly venue: VenueOptions;
  readonly symbols: readonly string[];
  readonly interval: string;
  /** So far back from now, milliseconds; or from a time on. */
  readonly begin: { readonly backMs: number } | { readonly at: number };
  readonly mark: boolean;
  readonly json: boolean;
}

export interface UpdateRequest {
  readonly root: string;
  readonly symbols: readonly string[] | undefined;
  readonly reread: number;
  readonly baseUrl: string | undefined;
  readonly json: boolean;
}

/** Series that are fetched at once: while one waits for a reply, another one reads. */
const PARALLEL = 4;
/** A request that has failed for so long ends its series. */
const PATIENCE_MS = 15 * 60_000;

/** Returns how many series could not be completed. */
export async function runDownload(request: DownloadRequest, context: CliContext): Promise<number> {
  const { symbols, interval, mark, begin, venue } = request;
  const intervalMs = parseInterval(interval) ?? NaN;
  const series = symbols.flatMap((symbol): readonly HistorySeries[] => [
    { kind: 'candles', symbol, intervalMs },
    ...(mark ? [{ kind: 'mark', symbol, intervalMs } as const] : []),
    { kind: 'funding', symbol },
  ]);
  return run({ ...request, series, reread: 0, begin, venue, origin: originFor(venue) }, context);
}

/** The same for what a folder holds already, carried on. */
export async function runUpdate(request: UpdateRequest, context: CliContext): Promise<number> {
  const { root, symbols, reread, baseUrl, json } = request;
  const [origin, stored] = [await originOf(root), await downloadedSeries(root)];
  const series = stored.filter(({ symbol }) => symbols === undefined || symbols.includes(symbol));
  const missing = symbols?.filter((symbol) => !stored.some((each) => each.symbol === symbol)) ?? [];
  if (origin === undefined || series.length === 0 || missing.length > 0) {
    const what = missing.length === 0 ? 'nothing' : `nothing of ${missing.join(', ')}`;
    const problem = { message: `${what} was downloaded into ${resolve(root)}`, where: '--data' };
    throw new PerpilotError('DATA_MISSING', [{ ...problem, hint: 'begin with: perpilot data download' }]);
  }
  const venue = {
    exchange: origin.venue,
    environment: origin.environment,
    ...(baseUrl === undefined ? {} : { baseUrl }),
  };
  return run({ root, series, reread, begin: undefined, venue, origin: originFor(venue), json }, context);
}

interface Run {
  readonly root: string;
  readonly series: readonly HistorySeries[];
  readonly reread: number;
  readonly begin: DownloadRequest['begin'] | undefined;
  readonly venue: VenueOptions;
  readonly origin: HistoryOrigin;
  readonly json: boolean;
}

function originFor({ exchange, environment, baseUrl }: VenueOptions): HistoryOrigin {
  return { venue: exchange, environment, imitated: baseUrl !== undefined };
}

async function run(request: Run, context: CliContext): Promise<number> {
  const { root, series, origin } = request;
  const result = await withHistoryFolder({ root, origin, series }, async (store) => {
    const connection = await connectPublicly(request.venue, (text) => context.stderr.write(`${text}\n`));
    const display = createDisplay(context);
    try {
      const { market } = connection;
      const patience = { clock: createSystemClock(), signal: context.interrupt.signal, longestMs: PATIENCE_MS };
      const work = { market, store, patience: { ...patience, waiting: display.waiting }, ...display };
      return await downloadHistory(historyRequest(request), work);
    } finally {
      display.done();
      await connection.close();
    }
  });
  answer(result, request, context);
  return result.failed.length;
}

function historyRequest({ series, reread, begin }: Run): HistoryRequest {
  const from = begin === undefined ? undefined : (now: number) => ('at' in begin ? begin.at : now - begin.backMs);
  return { series, from, reread, parallel: PARALLEL };
}

function answer(result: HistoryResult, request: Run, context: CliContext): void {
  const facts = { ...request.origin, root: resolve(request.root) };
  if (request.json) context.out(downloadJson(result, facts));
  else for (const line of downloadLines(result, facts)) context.out(line);
}

interface Display {
  readonly planned: (totalMs: number) => void;
  readonly progress: (series: HistorySeries, ms: number) => void;
  readonly waiting: (failure: Error, waitMs: number) => void;
  readonly done: () => void;
}

/** Counts days of history, of all series together. */
function createDisplay({ stderr }: CliContext): Display {
  let bar: Progress | undefined;
  let doneMs = 0;
  let shownDays = 0;
  return {
    planned(totalMs) {
      bar = createProgress({ stream: stderr, label: 'days of history', total: Math.floor(totalMs / DAY_MS) });
    },
    progress({ symbol }, ms) {
      doneMs += ms;
      const days = Math.floor(doneMs / DAY_MS);
      bar?.advance(days - shownDays, symbol);
      shownDays = days;
    },
    waiting(failure, waitMs) {
      const text = `waiting ${durationText(waitMs)}: ${failure.message}`;
      if (stderr.isTTY === true) bar?.advance(0, text);
      else stderr.write(`${text}\n`);
    },
    done: () => bar?.done(),
  };
}

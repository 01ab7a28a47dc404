// How is the history of many symbols completed? Instruments first, then each series by itself, several at once.
import { PerpilotError, type Problem } from '../domain/errors.ts';
import { seriesName, type HistorySeries } from '../domain/history-series.ts';
import { nearestNames } from '../domain/nearest-name.ts';
import type { TimeSpan } from '../domain/time-ranges.ts';
import { VenueError } from '../domain/venue-error.ts';
import type { SeriesRecord } from '../ports/history-store.ts';
import { downloadSeries, missingSpans, type Download, type SeriesResult, type SeriesTask } from './download-series.ts';
import { askPatiently } from './patient-request.ts';

export interface HistoryRequest {
  readonly series: readonly HistorySeries[];
  /** Where the history that is wanted begins, as of a time of the venue; undefined: what is stored is carried on. */
  readonly from: ((now: number) => number) | undefined;
  /** Rows at the end of what is stored that are read again. */
  readonly reread: number;
  /** Series that are fetched at once. */
  readonly parallel: number;
}

export interface SeriesFailure {
  readonly series: HistorySeries;
  readonly failure: VenueError | PerpilotError;
}

export interface HistoryResult {
  readonly done: readonly SeriesResult[];
  /** The pages that came are kept: the next call goes on behind them. */
  readonly failed: readonly SeriesFailure[];
  /** What is stored of them is not carried on: the venue does not list them any more. */
  readonly unlisted: readonly HistorySeries[];
}

export interface HistoryWork extends Omit<Download, 'progress' | 'now' | 'alone'> {
  /** Told before anything is fetched: milliseconds of history that are missing. */
  readonly planned: (totalMs: number) => void;
  readonly progress: (series: HistorySeries, ms: number) => void;
}

/**
 * Completes every series up to the last closed candle and stores the instruments.
 * @throws PerpilotError ARGUMENT_INVALID for symbols that the venue does not list, all at once, unless what is stored is
 * carried on; INTERRUPTED; whatever the store throws. VenueError when time or instruments cannot be had.
 */
export async function downloadHistory(request: HistoryRequest, work: HistoryWork): Promise<HistoryResult> {
  const { market, store, patience } = work;
  const now = await askPatiently(() => market.serverTime(), patience);
  const instruments = await askPatiently(() => market.instruments(), patience);
  const listed = new Set(instruments.map(({ instrument }) => instrument.symbol));
  const unlisted = request.series.filter(({ symbol }) => !listed.has(symbol));
  if (request.from !== undefined && unlisted.length > 0) throw notListed(unlisted, listed);
  await store.writeInstruments(instruments, now);
  const records = await store.records();
  const listedAt = new Map(instruments.map(({ instrument, listedAt: at }) => [instrument.symbol, at]));
  const tasks = request.series
    .filter(({ symbol }) => listed.has(symbol))
    .map((series): SeriesTask => {
      const wanted = wantedSpan(series, { request, now, listedAt: listedAt.get(series.symbol), records });
      return { series, wanted, reread: request.reread };
    });
  work.planned(
    tasks.reduce((sum, task) => sum + lengthOf(missingSpans(task, records.get(seriesName(task.series)), [])), 0),
  );
  const progress: Download['progress'] = (task, ms) => work.progress(task.series, ms);
  const download: Download = { ...work, now, progress, alone: oneAfterTheOther() };
  return { ...(await runAll(tasks, download, request.parallel)), unlisted };
}

interface Known {
  readonly request: HistoryRequest;
  readonly now: number;
  readonly listedAt: number | undefined;
  readonly records: ReadonlyMap<string, SeriesRecord>;
}

/** Nothing before the listing, nothing that has not closed. */
function wantedSpan(series: HistorySeries, { request, now, listedAt, records }: Known): TimeSpan {
  const step = series.kind === 'funding' ? 1 : series.intervalMs;
  const until = Math.floor(now / step) * step;
  const begin = request.from?.(now) ?? records.get(seriesName(series))?.covered.until ?? until;
  const from = Math.ceil(Math.max(begin, listedAt ?? -Infinity) / step) * step;
  return { from: Math.min(from, until), until };
}

async function runAll(
  tasks: readonly SeriesTask[],
  download: Download,
  parallel: number,
): Promise<Omit<HistoryResult, 'unlisted'>> {
  const waiting = [...tasks];
  const done = new Map<SeriesTask, SeriesResult>();
  const failed: SeriesFailure[] = [];
  const serve = async (): Promise<void> => {
    for (let task = waiting.shift(); task !== undefined; task = waiting.shift()) {
      try {
        done.set(task, await downloadSeries(task, download));
      } catch (error) {
        const isOfSeries =
          error instanceof VenueError || (error instanceof PerpilotError && error.code === 'DATA_CORRUPT');
        if (!isOfSeries) {
          waiting.length = 0;
          throw error;
        }
        failed.push({ series: task.series, failure: error });
      }
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: parallel }, serve));
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return { done: tasks.flatMap((task) => done.get(task) ?? []), failed };
}

/** Work given to it begins when all that was given before has ended, well or not. */
function oneAfterTheOther(): Download['alone'] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work, work);
    last = result;
    return result;
  };
}

function notListed(unlisted: readonly HistorySeries[], listed: ReadonlySet<string>): PerpilotError {
  const symbols = [...new Set(unlisted.map(({ symbol }) => symbol))];
  const problems = symbols.map((symbol): Problem => {
    const near = nearestNames(symbol, [...listed]);
    const message = `the venue does not list ${symbol}`;
    const hint =
      near.length === 0 ? 'perpilot universe --refresh tells what it lists' : `did you mean ${near.join(', ')}?`;
    return { message, where: '--symbols', hint };
  });
  return new PerpilotError('ARGUMENT_INVALID', problems);
}

function lengthOf(spans: readonly TimeSpan[]): number {
  return spans.reduce((sum, { from, until }) => sum + until - from, 0);
}

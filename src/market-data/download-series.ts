// How is one series completed? What is missing is fetched page by page, holes are asked for again, and the whole is stored.
import { createRowCollector, holesIn, revisedRows, type HistoryRow, type HistoryRows } from '../domain/history-rows.ts';
import { PerpilotError } from '../domain/errors.ts';
import { seriesName, type HistorySeries } from '../domain/history-series.ts';
import { joinedSpans, spansWithout, type TimeSpan } from '../domain/time-ranges.ts';
import { DAY_MS } from '../domain/time.ts';
import type { HistoryStore, KnownGap, PageLog, Revision, SeriesRecord } from '../ports/history-store.ts';
import type { VenueMarket } from '../ports/venue-market.ts';
import { askPatiently, pause, type Patience } from './patient-request.ts';

export interface SeriesTask {
  readonly series: HistorySeries;
  /** On the grid of the candles; `until` is at most the close of the last closed one. */
  readonly wanted: TimeSpan;
  /** So many rows at the end of what is stored are read again. */
  readonly reread: number;
}

export interface SeriesResult {
  readonly series: HistorySeries;
  /** Rows stored now, and how many of them were not stored before. */
  readonly rows: number;
  readonly added: number;
  readonly first: number | undefined;
  readonly last: number | undefined;
  readonly gaps: readonly KnownGap[];
  readonly revisions: readonly Revision[];
}

export interface Download {
  readonly market: VenueMarket;
  readonly store: HistoryStore;
  readonly patience: Patience;
  /** The venue's time at the beginning. */
  readonly now: number;
  /** So much of the time that was asked for is done, milliseconds of history. */
  readonly progress: (task: SeriesTask, ms: number) => void;
  /** Runs `work` while no other series does: each needs its whole history in memory. */
  readonly alone: <Result>(work: () => Promise<Result>) => Promise<Result>;
}

/** Stamps are asked for in spans of this length. */
const FUNDING_SPAN_MS = 60 * DAY_MS;
/** A hole is asked for so often again before it counts as the venue's own. */
const HOLE_TRIES = 2;
const HOLE_WAIT_MS = 1_000;
/** Holes closer than so many candles are asked for at once. */
const HOLE_DISTANCE_BARS = 200;
/** A venue may still fill a gap that is younger. */
const GAP_SETTLED_MS = 7 * DAY_MS;
/** Values of a row beside its time. */
const WIDTHS: Readonly<Record<HistorySeries['kind'], number>> = { candles: 5, mark: 5, funding: 1 };

/** Time of `task` that has to be asked for, after what is stored and what lies in pages; nothing between is left out. */
export function missingSpans(
  task: SeriesTask,
  record: SeriesRecord | undefined,
  pages: readonly TimeSpan[],
): readonly TimeSpan[] {
  if (record === undefined) return spansWithout([task.wanted], pages);
  const { covered } = record;
  const stored = { from: covered.from, until: covered.until - rereadMs(task) };
  const wanted = { from: Math.min(task.wanted.from, stored.until), until: task.wanted.until };
  return spansWithout([wanted], [stored, ...pages]);
}

/** Completes the series; interrupted at any point, the next call goes on from the last page. */
export async function downloadSeries(task: SeriesTask, download: Download): Promise<SeriesResult> {
  const { store } = download;
  const name = seriesName(task.series);
  const before = await store.read(task.series);
  // A file that was taken away is fetched anew.
  const record = before === undefined ? undefined : (await store.records()).get(name);
  const log = await store.pages(task.series);
  try {
    assertWhole(name, record, before, log);
    for (const span of missingSpans(task, record, log.covered)) await fetchSpan(span, { task, download, log });
    await askForHoles({ task, download, log, before, known: record?.gaps ?? [] });
    return await download.alone(() => putTogether({ task, download, log, before, record }));
  } finally {
    await log.close();
  }
}

interface Pieces extends Fetching {
  readonly before: HistoryRows | undefined;
  readonly record: SeriesRecord | undefined;
}

/** Makes what came a part of what is stored. */
async function putTogether({ task, download, log, before, record }: Pieces): Promise<SeriesResult> {
  const { store, now } = download;
  const { series } = task;
  const rows = await joined(task, before, log);
  const revisions = revisionsOf({ name: seriesName(series), before, rows, now });
  await store.noteRevisions(revisions);
  const gaps = gapsOf({ task, rows, known: record?.gaps ?? [], now });
  if (rows.length > 0) await store.write(series, rows, { covered: coveredSpan(task, record, rows), gaps });
  await log.remove();
  return {
    series,
    rows: rows.length,
    added: rows.length - (before?.length ?? 0),
    first: rows.time[0],
    last: rows.time[rows.length - 1],
    gaps,
    revisions,
  };
}

/** Unless a download was broken off after the file was put in place, it holds what the catalogue says. */
function assertWhole(
  name: string,
  record: SeriesRecord | undefined,
  before: HistoryRows | undefined,
  log: PageLog,
): void {
  if (record === undefined || log.covered.length > 0 || before?.length === record.rows) return;
  const message = `${name} holds ${before?.length ?? 0} rows, but ${record.rows} were stored`;
  const hint = 'move the file away: it is downloaded anew';
  throw new PerpilotError('DATA_CORRUPT', [{ message, where: name, hint }]);
}

interface Fetching {
  readonly task: SeriesTask;
  readonly download: Download;
  readonly log: PageLog;
}

async function fetchSpan(span: TimeSpan, { task, download, log }: Fetching): Promise<void> {
  for (let from = span.from; from < span.until;) {
    const page = await askPatiently(
      () => fetchPage({ from, until: span.until }, task, download.market),
      download.patience,
    );
    await log.append(page);
    download.progress(task, page.span.until - from);
    from = page.span.until;
  }
}

/** As much of `span` as one question brings, from its beginning on. */
async function fetchPage(span: TimeSpan, { series }: SeriesTask, market: VenueMarket): Promise<Page> {
  const { symbol } = series;
  if (series.kind === 'funding') {
    const until = Math.min(span.until, span.from + FUNDING_SPAN_MS);
    const stamps = await market.fundingHistory({ symbol, from: span.from, until: until - 1 });
    const rows = stamps.filter(({ time }) => time >= span.from && time < until).map(({ time, rate }) => [time, rate]);
    return { span: { from: span.from, until }, rows };
  }
  const { intervalMs } = series;
  const price = series.kind === 'mark' ? 'mark' : 'trade';
  const candles = await market.candles({ symbol, intervalMs, from: span.from, price });
  const rows = candles
    .filter(({ openTime }) => openTime >= span.from && openTime < span.until)
    .map(({ openTime, open, high, low, close, volume }) => [openTime, open, high, low, close, volume]);
  const last = rows.at(-1);
  // Nothing, or a candle beyond: the venue has told all that it has of the span.
  const isWhole = last === undefined || candles[candles.length - 1].openTime >= span.until;
  return { span: { from: span.from, until: isWhole ? span.until : last[0] + intervalMs }, rows };
}

interface Page {
  readonly span: TimeSpan;
  readonly rows: readonly HistoryRow[];
}

async function joined(task: SeriesTask, before: HistoryRows | undefined, log: PageLog): Promise<HistoryRows> {
  const collector = createRowCollector(WIDTHS[task.series.kind]);
  if (before !== undefined) collector.addAll(before);
  for await (const page of log.pages()) collector.add(page.rows);
  return collector.rows();
}

interface HoleSearch extends Fetching {
  readonly before: HistoryRows | undefined;
  readonly known: readonly KnownGap[];
}

/** A page may have lost rows on its way: what is missing between rows is asked for again before it is believed. */
async function askForHoles({ task, download, log, before, known }: HoleSearch): Promise<void> {
  const { series } = task;
  if (series.kind === 'funding') return;
  const settled = known.filter((gap) => isSettled(gap, task));
  for (let tries = 0; tries < HOLE_TRIES; tries += 1) {
    const found = await download.alone(async () => holesIn(await joined(task, before, log), series.intervalMs));
    const holes = spansWithout(found, settled);
    if (holes.length === 0) return;
    if (tries > 0) await pause(download.patience.clock, HOLE_WAIT_MS, download.patience.signal);
    const silent = { ...download, progress: () => undefined };
    for (const span of joinedSpans(holes, HOLE_DISTANCE_BARS * series.intervalMs))
      await fetchSpan(span, { task, download: silent, log });
  }
}

function revisionsOf(change: {
  readonly name: string;
  readonly before: HistoryRows | undefined;
  readonly rows: HistoryRows;
  readonly now: number;
}): readonly Revision[] {
  const { name, before, rows, now } = change;
  if (before === undefined) return [];
  return revisedRows(before, rows).map((row) => ({ ...row, series: name, seenAt: now }));
}

/** Time up to the last row only: whether the venue was late with what should follow, nobody knows. */
function coveredSpan({ series, wanted }: SeriesTask, record: SeriesRecord | undefined, rows: HistoryRows): TimeSpan {
  const from = Math.min(wanted.from, record?.covered.from ?? Infinity);
  const step = series.kind === 'funding' ? 1 : series.intervalMs;
  const until = Math.max(wanted.until, record?.covered.until ?? -Infinity);
  return { from, until: Math.max(from, Math.min(until, rows.time[rows.length - 1] + step)) };
}

function gapsOf(state: {
  readonly task: SeriesTask;
  readonly rows: HistoryRows;
  readonly known: readonly KnownGap[];
  readonly now: number;
}): readonly KnownGap[] {
  const { task, rows, known, now } = state;
  if (task.series.kind === 'funding') return [];
  return holesIn(rows, task.series.intervalMs).map((hole) => {
    const settled = known.find((gap) => isSettled(gap, task) && gap.from === hole.from && gap.until === hole.until);
    return settled ?? { ...hole, seenAt: now };
  });
}

function isSettled(gap: KnownGap, task: SeriesTask): boolean {
  return task.wanted.until - gap.until >= GAP_SETTLED_MS;
}

function rereadMs({ series, reread }: SeriesTask): number {
  return series.kind === 'funding' ? 0 : reread * series.intervalMs;
}

// How does downloaded history lie in a folder? Parquet files for use, pages until they are part of them, a catalogue of both.
import { appendFile, readFile, readdir, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PerpilotError, type Problem } from '../../domain/errors.ts';
import type { HistoryRows } from '../../domain/history-rows.ts';
import { intervalNameOf, seriesName, type HistorySeries } from '../../domain/history-series.ts';
import type { HistoryOrigin, HistoryStore, Revision } from '../../ports/history-store.ts';
import { writeDownloadedInstruments } from '../instruments/downloaded-instruments.ts';
import { readRawCandles, readRawFunding } from '../parquet/series-reader.ts';
import { writeCandles, writeFunding, writeMarkCandles } from '../parquet/series-writer.ts';
import { candleFile, fundingFile, isStored, markFile } from '../parquet/store-layout.ts';
import { assertWritableFolder, removeTemporaries } from '../system/atomic-write.ts';
import { outputError } from '../system/output-error.ts';
import { removeDeadWaiters, withFileLock } from '../trials/file-lock.ts';
import { readCatalogue, writeCatalogue, type CatalogueEntry } from './catalogue.ts';
import { openPageLog } from './page-log.ts';

const WORK_FOLDER = '.download';
const REVISIONS = 'revisions.jsonl';
/** How long another download into the folder is waited for, milliseconds. */
const LOCK_PATIENCE_MS = 2_000;

/** Where what was downloaded into `root` came from; undefined: nothing was yet. @throws PerpilotError DATA_CORRUPT */
export async function originOf(root: string): Promise<HistoryOrigin | undefined> {
  return (await readCatalogue(resolve(root)))?.origin;
}

/** What was downloaded into `root`, by name. @throws PerpilotError DATA_CORRUPT */
export async function downloadedSeries(root: string): Promise<readonly HistorySeries[]> {
  return [...((await readCatalogue(resolve(root)))?.series.values() ?? [])].map(({ series }) => series);
}

/**
 * Runs `work` with the folder `root`, which belongs to this process until it ends.
 * @throws PerpilotError ARGUMENT_INVALID when the folder holds what another venue or somebody else put there,
 * OUTPUT_UNWRITABLE when it cannot be written or another download runs in it; whatever `work` throws
 */
export async function withHistoryFolder<Result>(
  request: { readonly root: string; readonly origin: HistoryOrigin; readonly series: readonly HistorySeries[] },
  work: (store: HistoryStore) => Promise<Result>,
): Promise<Result> {
  const root = resolve(request.root);
  const workFolder = join(root, WORK_FOLDER);
  await assertWritableFolder(workFolder);
  const lock = join(workFolder, 'lock');
  const locked = async (): Promise<Result> => {
    await removeDeadWaiters(lock);
    await removeTemporaries(workFolder);
    const known = await readCatalogue(root);
    const entries = new Map(known?.series);
    const isEmpty = entries.size === 0 && !(await hasPages(workFolder));
    if (!isEmpty) refuseOtherOrigin(root, known?.origin, request.origin);
    await refuseForeignFiles(root, request.series, entries);
    const catalogue = { origin: request.origin, series: entries };
    await writeCatalogue(root, catalogue);
    return work(folderStore({ root, origin: request.origin, entries, save: () => writeCatalogue(root, catalogue) }));
  };
  try {
    return await withFileLock(lock, locked, LOCK_PATIENCE_MS);
  } finally {
    // Only an empty folder goes: pages of a download that was broken off stay.
    await rmdir(workFolder).catch(() => undefined);
  }
}

interface Folder {
  readonly root: string;
  readonly origin: HistoryOrigin;
  readonly entries: Map<string, CatalogueEntry>;
  readonly save: () => Promise<void>;
}

function folderStore({ root, origin, entries, save }: Folder): HistoryStore {
  let saving: Promise<void> = Promise.resolve();
  let noting: Promise<void> = Promise.resolve();
  return {
    records: () => Promise.resolve(new Map(entries)),
    read: (series) => readRows(root, series),
    pages: (series) => openPageLog(pageFile(root, series)),
    async write(series, rows, record) {
      await writeRows(root, series, rows);
      entries.set(seriesName(series), { ...record, rows: rows.length, series });
      // One after the other: several series may end at once.
      saving = saving.then(save);
      await saving;
    },
    async noteRevisions(revisions) {
      noting = noting.then(() => noteRevisions(join(root, REVISIONS), revisions));
      await noting;
    },
    writeInstruments: (instruments, at) => writeDownloadedInstruments(root, { venue: origin.venue, at, instruments }),
  };
}

const words = ({ venue, environment, imitated }: HistoryOrigin): string =>
  `${venue} ${environment}${imitated ? ' (a local server)' : ''}`;

function refuseOtherOrigin(root: string, known: HistoryOrigin | undefined, wanted: HistoryOrigin): void {
  if (known === undefined) return;
  if (words(known) === words(wanted)) return;
  const message = `${root} holds history of ${words(known)}, not of ${words(wanted)}`;
  throw new PerpilotError('ARGUMENT_INVALID', [{ message, where: '--data', hint: 'choose another folder' }]);
}

/** Pages of a download that was broken off. */
async function hasPages(workFolder: string): Promise<boolean> {
  return (await readdir(workFolder)).some((name) => name.endsWith('.pages'));
}

/** Files that are neither in the catalogue nor a download that was broken off are somebody else's. */
async function refuseForeignFiles(
  root: string,
  series: readonly HistorySeries[],
  entries: ReadonlyMap<string, CatalogueEntry>,
): Promise<void> {
  const problems: Problem[] = [];
  for (const each of series) {
    const file = fileOf(root, each);
    if (entries.has(seriesName(each)) || !(await isStored(file)) || (await isStored(pageFile(root, each)))) continue;
    const hint = 'choose another folder for --data, or move the file away';
    problems.push({ message: `${file} was not downloaded by perpilot`, where: '--data', hint });
  }
  if (problems.length > 0) throw new PerpilotError('ARGUMENT_INVALID', problems);
}

async function readRows(root: string, series: HistorySeries): Promise<HistoryRows | undefined> {
  const file = fileOf(root, series);
  if (!(await isStored(file))) return undefined;
  if (series.kind === 'funding') {
    const { length, time, rate } = await readRawFunding(file, series.symbol);
    return { length, time, values: [rate] };
  }
  const { length, openTime, open, high, low, close, volume } = await readRawCandles({ file, ...series });
  return { length, time: openTime, values: [open, high, low, close, volume] };
}

async function writeRows(root: string, series: HistorySeries, { length, time, values }: HistoryRows): Promise<void> {
  const { symbol } = series;
  if (series.kind === 'funding') {
    await writeFunding(root, { symbol, length, time, rate: values[0] });
    return;
  }
  const [open, high, low, close, volume] = values;
  const columns = { symbol, intervalMs: series.intervalMs, length, openTime: time, open, high, low, close, volume };
  await (series.kind === 'mark' ? writeMarkCandles : writeCandles)(root, columns);
}

/** @throws PerpilotError ARGUMENT_INVALID when symbol or interval cannot name a file */
function fileOf(root: string, series: HistorySeries): string {
  const { kind, symbol } = series;
  const interval = kind === 'funding' ? '' : intervalNameOf(series.intervalMs);
  const file =
    kind === 'funding' ? fundingFile(root, symbol) : (kind === 'mark' ? markFile : candleFile)(root, symbol, interval);
  if (file !== undefined) return file;
  throw new PerpilotError('ARGUMENT_INVALID', [{ message: `${symbol} cannot name a file`, where: '--symbols' }]);
}

function pageFile(root: string, series: HistorySeries): string {
  fileOf(root, series);
  return join(root, WORK_FOLDER, `${seriesName(series).replace('/', '-')}.pages`);
}

/** One JSON line each; what stands there with the same values is not written again. */
async function noteRevisions(file: string, revisions: readonly Revision[]): Promise<void> {
  if (revisions.length === 0) return;
  try {
    const known = new Set((await readFile(file, 'utf8').catch(() => '')).split('\n').map(withoutTime));
    const lines = revisions
      .map(({ series, time, before, after, seenAt }) => JSON.stringify({ series, time, before, after, seenAt }))
      .filter((line) => !known.has(withoutTime(line)));
    if (lines.length > 0) await appendFile(file, lines.map((line) => `${line}\n`).join(''), { flush: true });
  } catch (error) {
    throw outputError(file, error);
  }
}

const withoutTime = (line: string): string => line.replace(/,"seenAt":\d+\}$/, '');

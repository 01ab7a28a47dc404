// What does the check say of every stored file? One report per file, whatever the file holds.
import { storedInstruments } from '../../adapters/instruments/stored-instruments.ts';
import type { StoredInstruments } from '../../adapters/instruments/stored-instruments.ts';
import { readRawCandles, readRawFunding } from '../../adapters/parquet/series-reader.ts';
import type { CandleFile, FundingFile, StoreListing } from '../../adapters/parquet/store-layout.ts';
import { checkCandles } from '../../domain/candle-check.ts';
import type { CandleQualityParams } from '../../domain/candle-quality.ts';
import type { Finding } from '../../domain/data-finding.ts';
import { PerpilotError } from '../../domain/errors.ts';
import { checkFunding } from '../../domain/funding-check.ts';
import type { CoveredSpan } from '../../domain/funding-check.ts';
import { isPlausibleTime } from '../../domain/iso-time.ts';

export interface FileReport {
  readonly name: string;
  readonly kind: 'candles' | 'funding';
  readonly symbol: string;
  /** Undefined for funding. */
  readonly interval: string | undefined;
  /** Undefined when the file cannot be read. */
  readonly rows: number | undefined;
  /** Earliest and latest usable time in the file, epoch milliseconds; for candles the opens of the first and last bar. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly findings: readonly Finding[];
}

/** Reports on all files of `listing`, candles first, one file in memory at a time. */
export async function reportFiles(
  root: string,
  listing: StoreListing,
  params: CandleQualityParams,
): Promise<readonly FileReport[]> {
  const instruments = storedInstruments(root);
  const spans = new Map<string, CoveredSpan>();
  const funded = new Set(listing.funding.map((file) => file.symbol));
  const reports: FileReport[] = [];
  for (const file of listing.candles) {
    const report = await reportCandles(file, params);
    const isFirst = file.isSymbol && !reports.some((earlier) => earlier.symbol === file.symbol);
    const extra = isFirst ? [...missingFunding(file, funded), ...(await instrumentFindings(instruments, file))] : [];
    reports.push({ ...report, findings: [...report.findings, ...nameFindings(file), ...extra] });
    if (file.isSymbol) extendSpan(spans, report, file.intervalMs);
  }
  for (const file of listing.funding) {
    const report = await reportFunding(file, spans.get(file.symbol));
    reports.push({ ...report, findings: [...report.findings, ...nameFindings(file)] });
  }
  return reports;
}

async function reportCandles(file: CandleFile, params: CandleQualityParams): Promise<FileReport> {
  const { name, symbol, interval, intervalMs } = file;
  const base = { name, kind: 'candles', symbol, interval } as const;
  try {
    const columns = await readRawCandles({ file: file.file, symbol, intervalMs });
    return { ...base, rows: columns.length, ...extent(columns.openTime), findings: checkCandles(columns, params) };
  } catch (error) {
    return { ...base, rows: undefined, from: undefined, to: undefined, findings: unreadable(error) };
  }
}

async function reportFunding(file: FundingFile, span: CoveredSpan | undefined): Promise<FileReport> {
  const base = { name: file.name, kind: 'funding', symbol: file.symbol, interval: undefined } as const;
  try {
    const series = await readRawFunding(file.file, file.symbol);
    return { ...base, rows: series.length, ...extent(series.time), findings: checkFunding(series, span) };
  } catch (error) {
    return { ...base, rows: undefined, from: undefined, to: undefined, findings: unreadable(error) };
  }
}

/** A file that cannot be read is a finding; anything else that goes wrong is a bug and goes on. */
function unreadable(error: unknown): readonly Finding[] {
  if (!(error instanceof PerpilotError) || error.code !== 'DATA_CORRUPT') throw error;
  return error.problems.map((problem) => ({
    kind: 'unreadable',
    severity: 'error',
    count: 1,
    summary: problem.hint === undefined ? problem.message : `${problem.message}; ${problem.hint}`,
    places: [],
  }));
}

function extent(times: Float64Array): { readonly from: number | undefined; readonly to: number | undefined } {
  let from = Infinity;
  let to = -Infinity;
  for (const time of times) {
    if (!isPlausibleTime(time)) continue;
    from = Math.min(from, time);
    to = Math.max(to, time);
  }
  return from <= to ? { from, to } : { from: undefined, to: undefined };
}

function extendSpan(spans: Map<string, CoveredSpan>, report: FileReport, intervalMs: number): void {
  if (report.from === undefined || report.to === undefined) return;
  const known = spans.get(report.symbol);
  const end = report.to + intervalMs;
  const from = Math.min(known?.from ?? Infinity, report.from);
  spans.set(report.symbol, { from, to: Math.max(known?.to ?? -Infinity, end) });
}

function nameFindings(file: CandleFile | FundingFile): readonly Finding[] {
  if (file.isSymbol) return [];
  const summary = `${file.symbol} is not a symbol name: checked, but never offered for use`;
  return [{ kind: 'not-a-symbol', severity: 'note', count: 1, summary, places: [] }];
}

function missingFunding(file: CandleFile, funded: ReadonlySet<string>): readonly Finding[] {
  if (funded.has(file.symbol)) return [];
  const summary = 'no funding is stored for this symbol: its cost is unknown and has to be assumed';
  return [{ kind: 'no-funding', severity: 'warning', count: 1, summary, places: [] }];
}

async function instrumentFindings(instruments: StoredInstruments, file: CandleFile): Promise<readonly Finding[]> {
  try {
    if ((await instruments.find(file.symbol)) !== undefined) return [];
    const summary = 'no contract rules are stored: steps are derived from the candles';
    return [{ kind: 'no-instrument', severity: 'note', count: 1, summary, places: [] }];
  } catch (error) {
    return unreadable(error);
  }
}

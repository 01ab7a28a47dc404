// How is the data check shown? As one aligned table with details below, or as one JSON document.
import type { FileReport } from './data-check-files.ts';
import { counted } from '../../domain/data-finding.ts';
import type { Finding, FindingPlace, Severity } from '../../domain/data-finding.ts';
import { isoTime } from '../../domain/iso-time.ts';

/** So many places of one finding are printed; `--json` has them all up to the check's own limit. */
const PRINTED_PLACES: Readonly<Record<Severity, number>> = { error: 25, warning: 25, note: 5 };

export interface CheckReport {
  readonly root: string;
  readonly files: readonly FileReport[];
  /** Names in candles/ and funding/ that are nothing of the kind and were not looked at. */
  readonly ignored: readonly string[];
}

/** How many findings of `severity` there are. */
export function countOf(files: readonly FileReport[], severity: Severity): number {
  return files.flatMap((file) => file.findings).filter((finding) => finding.severity === severity).length;
}

/** The report as lines for people. */
export function reportLines(report: CheckReport): readonly string[] {
  const { files, ignored } = report;
  const header = ['file', 'rows', 'from (UTC)', 'to (UTC)', 'holes', 'missing', 'errors', 'warnings', 'notes'];
  const lines = [`Data check of ${report.root}`, '', ...aligned([header, ...files.map(tableRow)])];
  for (const file of files) if (file.findings.length > 0) lines.push('', file.name, ...file.findings.flatMap(details));
  if (ignored.length > 0) lines.push('', `Not looked at: ${ignored.join(', ')}`);
  const totals = (['error', 'warning', 'note'] as const).map((kind) => counted(countOf(files, kind), kind)).join(', ');
  const verdict = countOf(files, 'error') > 0 ? 'Files with errors are refused. ' : '';
  lines.push('', `${counted(files.length, 'file')}: ${totals}. ${verdict}Nothing was changed.`);
  return lines;
}

function tableRow(file: FileReport): readonly string[] {
  const gap = file.findings.find((finding) => finding.kind === 'gap' || finding.kind === 'funding-gap');
  const missing = gap?.places.reduce((sum, place) => sum + (place.count ?? 0), 0) ?? 0;
  const isCutOff = gap !== undefined && gap.count > gap.places.length;
  return [
    file.name,
    file.rows === undefined ? 'n/a' : String(file.rows),
    file.from === undefined ? 'n/a' : isoTime(file.from),
    file.to === undefined ? 'n/a' : isoTime(file.to),
    String(gap?.count ?? 0),
    isCutOff ? `>= ${missing}` : String(missing),
    ...(['error', 'warning', 'note'] as const).map((severity) => String(countOf([file], severity))),
  ];
}

/** Columns of equal width: texts to the left, numbers (all from the fifth column on, and rows) to the right. */
function aligned(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 || column === 2 || column === 3 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
      )
      .join('  ')
      .trimEnd(),
  );
}

function details(finding: Finding): readonly string[] {
  const shown = finding.places.slice(0, PRINTED_PLACES[finding.severity]).map((place) => `      ${placeText(place)}`);
  const more = finding.count - shown.length;
  const rest = finding.places.length > 0 && more > 0 ? [`      and ${more} more`] : [];
  return [`  ${finding.severity.padEnd(7)} ${finding.kind}: ${finding.summary}`, ...shown, ...rest];
}

function placeText(place: FindingPlace): string {
  const time = place.time === undefined || Number.isNaN(place.time) ? 'no time' : isoTime(place.time);
  const row = place.row === undefined ? '' : `  row ${place.row}`;
  return `${time}${row}  ${place.detail}`;
}

/** The report as one JSON document; times in ISO 8601, null where a row has none. */
export function reportJson(report: CheckReport): string {
  const files = report.files.map((file) => ({
    ...file,
    interval: file.interval ?? null,
    rows: file.rows ?? null,
    from: isoOrNull(file.from),
    to: isoOrNull(file.to),
    findings: file.findings.map((finding) => ({
      ...finding,
      places: finding.places.map((place) => ({ ...place, time: isoOrNull(place.time), row: place.row ?? null })),
    })),
  }));
  const [errors, warnings, notes] = (['error', 'warning', 'note'] as const).map((kind) => countOf(report.files, kind));
  const document = { root: report.root, ok: errors === 0, errors, warnings, notes, files, ignored: report.ignored };
  return JSON.stringify(document, undefined, 2);
}

function isoOrNull(time: number | undefined): string | null {
  if (time === undefined || !Number.isFinite(time) || Math.abs(time) > 8.64e15) return null;
  return new Date(time).toISOString();
}

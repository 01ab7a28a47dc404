// What is told of a download? Each series with its rows, gaps and revisions, as lines or as one object.
import { seriesName } from '../domain/history-series.ts';
import { isoTime } from '../domain/iso-time.ts';
import { VENUE_ERROR_CODES, VenueError } from '../domain/venue-error.ts';
import type { HistoryResult, SeriesFailure } from '../market-data/download-history.ts';
import type { SeriesResult } from '../market-data/download-series.ts';
import type { HistoryOrigin } from '../ports/history-store.ts';

export interface DownloadFacts extends HistoryOrigin {
  readonly root: string;
}

/** So many gaps and revisions of a series are named in lines. */
const NAMED = 3;

export function downloadJson(result: HistoryResult, facts: DownloadFacts): string {
  return JSON.stringify({
    root: facts.root,
    exchange: facts.venue,
    environment: facts.environment,
    local: facts.imitated,
    series: result.done.map(({ series, rows, added, first, last, gaps, revisions }) => ({
      name: seriesName(series),
      rows,
      added,
      first,
      last,
      gaps,
      revisions: revisions.map(({ time, before, after }) => ({ time, before, after })),
    })),
    failed: result.failed.map(({ series, failure: { code, message } }) => ({
      name: seriesName(series),
      code,
      message,
    })),
    unlisted: result.unlisted.map(seriesName),
  });
}

export function downloadLines(result: HistoryResult, facts: DownloadFacts): readonly string[] {
  const { venue, environment, imitated, root } = facts;
  const width = Math.max(0, ...result.done.map(({ series }) => seriesName(series).length));
  return [
    `${root}: history of ${venue} ${environment}${imitated ? ' (a local exchange)' : ''}`,
    ...result.done.flatMap((series) => seriesLines(series, width)),
    ...result.unlisted.map((series) => `${seriesName(series)}: not listed any more; what is stored stays as it is`),
    ...result.failed.map(failureLine),
    ...(result.failed.length === 0 ? [] : ['What came is kept; the same command goes on from there.']),
  ];
}

function seriesLines(result: SeriesResult, width: number): readonly string[] {
  const { series, rows, added, first, last, gaps, revisions } = result;
  const span = first === undefined || last === undefined ? 'nothing' : `${isoTime(first)} to ${isoTime(last)}`;
  const missing = gaps.reduce((sum, { from, until }) => sum + gapRows(result, until - from), 0);
  const facts = [
    `${rows} rows, ${span}`,
    added === 0 ? 'nothing new' : `${added} new`,
    ...(gaps.length === 0 ? [] : [`${missing} that the exchange does not have in ${gaps.length} gaps`]),
    ...(revisions.length === 0 ? [] : [`${revisions.length} revised by the exchange`]),
  ];
  return [
    `  ${seriesName(series).padEnd(width)}  ${facts.join(', ')}`,
    ...named(gaps.map(({ from, until }) => `gap from ${isoTime(from)} to ${isoTime(until)}`)),
    ...named(
      revisions.map(({ time, before, after }) => `${isoTime(time)}: was ${before.join(' ')}, is ${after.join(' ')}`),
    ),
  ];
}

function gapRows({ series }: SeriesResult, ms: number): number {
  return series.kind === 'funding' ? 0 : Math.round(ms / series.intervalMs);
}

function named(texts: readonly string[]): readonly string[] {
  const shown = texts.slice(0, NAMED).map((text) => `      ${text}`);
  return texts.length > NAMED ? [...shown, `      and ${texts.length - NAMED} more`] : shown;
}

function failureLine({ series, failure }: SeriesFailure): string {
  const advice = failure instanceof VenueError ? ` ${VENUE_ERROR_CODES[failure.code]}` : '';
  return `  ${seriesName(series)}: failed with ${failure.code}: ${failure.message}.${advice}`;
}

// Which part of a history does the client get? Windows of time, newest first, in pages with a cursor.
import { DAY_MS } from '../../../domain/time.ts';
import type { Fields } from '../fields.ts';

/** Longest span of one history query, and the default one. */
const WINDOW_MS = 7 * DAY_MS;

export interface TimeWindow {
  /** Both inclusive, epoch milliseconds. */
  readonly from: number;
  readonly until: number;
}

/** The window that `startTime` and `endTime` ask for, as the venue reads them; market time is `now`. */
export function windowOf(fields: Fields, now: number): TimeWindow {
  const start = fields.whole('startTime');
  const end = fields.whole('endTime');
  if (start !== undefined && end !== undefined && (end < start || end - start > WINDOW_MS)) {
    fields.refuse('The time range between startTime and endTime cannot exceed 7 days');
  }
  if (start !== undefined) return { from: start, until: end ?? start + WINDOW_MS };
  const until = end ?? now;
  return { from: until - WINDOW_MS, until };
}

/** `limit` within the bounds of the endpoint; the venue cuts what is above. */
export function limitOf(fields: Fields, usual: number, most: number): number {
  const limit = fields.whole('limit') ?? usual;
  if (limit < 1) fields.refuse('limit invalid');
  return Math.min(Math.max(1, limit), most);
}

/** Where a row stands: by its time, then by its id. */
export interface Place {
  readonly time: number;
  readonly id: string;
}

export interface Page<Row> {
  readonly rows: readonly Row[];
  /** Empty: there is nothing behind this page. */
  readonly nextPageCursor: string;
}

/** One page of `rows`, which stand newest first. A row that has meanwhile gone does not make the next page lose any. */
export function pageOf<Row>(
  rows: readonly Row[],
  fields: Fields,
  { limit, placeOf }: { readonly limit: number; readonly placeOf: (row: Row) => Place },
): Page<Row> {
  const cursor = fields.text('cursor');
  const after = cursor === undefined ? undefined : readCursor(cursor);
  if (cursor !== undefined && after === undefined) fields.refuse('cursor invalid');
  const from = after === undefined ? 0 : firstAfter(rows.map(placeOf), after);
  const page = rows.slice(from, from + limit);
  const hasMore = from + page.length < rows.length;
  return { rows: page, nextPageCursor: hasMore ? writeCursor(placeOf(page[page.length - 1])) : '' };
}

function firstAfter(places: readonly Place[], { time, id }: Place): number {
  const same = places.findIndex((place) => place.time === time && place.id === id);
  if (same >= 0) return same + 1;
  const older = places.findIndex((place) => place.time < time);
  return older < 0 ? places.length : older;
}

/** Percent-encoded already, as the venue's cursors are. */
const writeCursor = ({ time, id }: Place): string => encodeURIComponent(`${id}:${time}`);

function readCursor(cursor: string): Place | undefined {
  const parts = /^([^%:]+)(?:%3A|:)(\d{1,16})$/i.exec(cursor);
  return parts === null ? undefined : { id: parts[1], time: Number(parts[2]) };
}

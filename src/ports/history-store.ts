// Where does downloaded history lie? Pages as they come, whole series once they are complete, and what is known about both.
import type { HistorySeries } from '../domain/history-series.ts';
import type { HistoryRow, HistoryRows, RevisedRow } from '../domain/history-rows.ts';
import type { TimeSpan } from '../domain/time-ranges.ts';
import type { VenueEnvironment, VenueName } from './venue-connection.ts';
import type { VenueInstrument } from './venue-market.ts';

/** Who the history of a folder comes from. Histories of two are never mixed. */
export interface HistoryOrigin {
  readonly venue: VenueName;
  readonly environment: VenueEnvironment;
  /** It came from a server that only looks like the venue's. */
  readonly imitated: boolean;
}

/** Rows that the venue does not have, however often it is asked. */
export interface KnownGap extends TimeSpan {
  /** When that was last seen, the venue's time. */
  readonly seenAt: number;
}

/** What is stored of one series. */
export interface SeriesRecord {
  /** The span that was asked for without a hole; rows may begin later, where the contract did. */
  readonly covered: TimeSpan;
  readonly gaps: readonly KnownGap[];
  readonly rows: number;
}

/** One answer of the venue: all that it has of `span`. */
export interface HistoryPage {
  readonly span: TimeSpan;
  readonly rows: readonly HistoryRow[];
}

/** Pages of one series that are not part of the stored series yet. */
export interface PageLog {
  /** Spans of the pages so far. */
  readonly covered: readonly TimeSpan[];
  /** Kept when it resolves, whatever happens to the process then. */
  append(page: HistoryPage): Promise<void>;
  /** Every page, oldest first. */
  pages(): AsyncIterable<HistoryPage>;
  /** The pages are part of the stored series now. */
  remove(): Promise<void>;
  close(): Promise<void>;
}

export interface Revision extends RevisedRow {
  readonly series: string;
  /** The venue's time. */
  readonly seenAt: number;
}

/** One folder with the history of one venue, held by one process at a time. Fails with PerpilotErrors. */
export interface HistoryStore {
  /** Everything that was downloaded, by `seriesName`. */
  records(): Promise<ReadonlyMap<string, SeriesRecord & { readonly series: HistorySeries }>>;
  /** The stored rows; undefined: none. */
  read(series: HistorySeries): Promise<HistoryRows | undefined>;
  pages(series: HistorySeries): Promise<PageLog>;
  /** Puts the whole series in place of what was stored: a reader meets the old or the new one. */
  write(series: HistorySeries, rows: HistoryRows, record: Omit<SeriesRecord, 'rows'>): Promise<void>;
  /** Appends what is not written there already. */
  noteRevisions(revisions: readonly Revision[]): Promise<void>;
  writeInstruments(instruments: readonly VenueInstrument[], at: number): Promise<void>;
}

// Did the bot work on every candle of the exchange exactly once, in order? Its journal is held against the market that was traded.
import { DatabaseSync } from 'node:sqlite';
import { fromExactJson } from '../../src/domain/exact-json.ts';
import type { Candle, CandleSeries } from '../../src/domain/candle.ts';

interface RecordedSlice {
  readonly input: {
    readonly kind: 'slice';
    readonly time: number;
    readonly use: string;
    readonly candles: readonly (Candle | undefined)[];
  };
}

export interface JournalTruth {
  /** Candles from the beginning of the market on that were worked on, each once. */
  readonly candles: number;
  readonly missing: number;
  readonly doubled: number;
  readonly outOfOrder: number;
  /** Other values than the exchange's. */
  readonly different: number;
  /** Closes that were decided at, and closes that were only made good. */
  readonly decided: number;
  readonly backfilled: number;
  readonly rows: number;
  /** Rows and bytes of payload by stream. */
  readonly streams: Readonly<Record<string, { readonly rows: number; readonly bytes: number }>>;
  readonly incidents: Readonly<Record<string, number>>;
  /** Executions that were booked twice. */
  readonly doubledExecutions: number;
}

export interface JournalQuestion {
  readonly file: string;
  /** In the order of the bot's symbols. */
  readonly series: readonly CandleSeries[];
  readonly begin: number;
  /** Close of the last candle that has to be there. */
  readonly lastClose: number;
}

/** Executions that are booked so far. */
export function bookedExecutions(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return Number(database.prepare("SELECT count(*) AS rows FROM rows WHERE stream = 'execution'").get()?.['rows']);
  } finally {
    database.close();
  }
}

/** Close of the newest slice that was decided at, epoch milliseconds. */
export function lastDecided(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return Number(
      database.prepare("SELECT max(event_time) AS time FROM rows WHERE stream = 'equity'").get()?.['time'] ?? 0,
    );
  } finally {
    database.close();
  }
}

export function readJournal({ file, series, begin, lastClose }: JournalQuestion): JournalTruth {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const counts = { candles: 0, doubled: 0, outOfOrder: 0, different: 0, decided: 0, backfilled: 0 };
    const seen = series.map(() => new Set<number>());
    const newest = series.map(() => -Infinity);
    const slices =
      'SELECT payload FROM rows WHERE stream = \'event\' AND payload LIKE \'{"input":{"kind":"slice"%\' ORDER BY sequence';
    for (const { payload } of database.prepare(slices).iterate()) {
      const { input } = fromExactJson(String(payload)) as RecordedSlice;
      if (input.time > begin && input.use === 'current') counts.decided += 1;
      else if (input.time > begin) counts.backfilled += 1;
      for (const [index, candle] of input.candles.entries()) {
        if (candle === undefined) continue;
        if (seen[index].has(candle.openTime)) counts.doubled += 1;
        else if (candle.openTime < newest[index]) counts.outOfOrder += 1;
        seen[index].add(candle.openTime);
        newest[index] = Math.max(newest[index], candle.openTime);
        if (!isOf(series[index], candle)) counts.different += 1;
        if (candle.openTime >= begin) counts.candles += 1;
      }
    }
    let missing = 0;
    for (const [index, { intervalMs }] of series.entries()) {
      for (let openTime = begin; openTime + intervalMs <= lastClose; openTime += intervalMs)
        if (!seen[index].has(openTime)) missing += 1;
    }
    return { ...counts, missing, ...tablesOf(database) };
  } finally {
    database.close();
  }
}

function tablesOf(database: DatabaseSync): Pick<JournalTruth, 'rows' | 'streams' | 'incidents' | 'doubledExecutions'> {
  const byStream = database
    .prepare('SELECT stream, count(*) AS rows, sum(length(payload)) AS bytes FROM rows GROUP BY stream')
    .all();
  const byKind = database
    .prepare("SELECT key, count(*) AS rows FROM rows WHERE stream = 'incident' GROUP BY key")
    .all();
  const booked = database
    .prepare("SELECT count(*) AS rows, count(DISTINCT key) AS ids FROM rows WHERE stream = 'execution'")
    .get();
  return {
    rows: byStream.reduce((sum, each) => sum + Number(each['rows']), 0),
    streams: Object.fromEntries(
      byStream.map((each) => [String(each['stream']), { rows: Number(each['rows']), bytes: Number(each['bytes']) }]),
    ),
    incidents: Object.fromEntries(byKind.map((each) => [String(each['key']), Number(each['rows'])])),
    doubledExecutions: Number(booked?.['rows']) - Number(booked?.['ids']),
  };
}

function isOf(series: CandleSeries, { openTime, open, high, low, close, volume }: Candle): boolean {
  const index = (openTime - series.openTime[0]) / series.intervalMs;
  const isSame = series.open[index] === open && series.high[index] === high && series.low[index] === low;
  return isSame && series.close[index] === close && series.volume[index] === volume;
}

// Which rows hold values that no market has? One pass over the columns; any finding forbids their use.
import type { CandleColumns } from './candle-quality.ts';
import { counted, createPlaceList, findingOf } from './data-finding.ts';
import type { Finding, PlaceList } from './data-finding.ts';
import { isPlausibleTime, isoTime } from './iso-time.ts';

export type RowFault =
  | 'empty'
  | 'missing-value'
  | 'implausible-time'
  | 'off-grid'
  | 'disorder'
  | 'duplicate'
  | 'price-not-positive'
  | 'impossible-range'
  | 'negative-volume'
  | 'wrong-interval';

type RowLists = Readonly<Record<Exclude<RowFault, 'empty' | 'wrong-interval' | 'duplicate'>, PlaceList>>;

/** Every row that may not be used, grouped by fault, in stored order; empty when the columns may be used. */
export function rowFaults(columns: CandleColumns): readonly Finding<RowFault>[] {
  if (columns.length === 0)
    return [{ kind: 'empty', severity: 'error', count: 1, summary: 'the file holds no rows', places: [] }];
  const lists: RowLists = {
    'missing-value': createPlaceList(),
    'implausible-time': createPlaceList(),
    'off-grid': createPlaceList(),
    disorder: createPlaceList(),
    'price-not-positive': createPlaceList(),
    'impossible-range': createPlaceList(),
    'negative-volume': createPlaceList(),
  };
  for (let row = 0; row < columns.length; row += 1) {
    if (isSound(columns, row)) continue;
    judgeTime(columns, row, lists);
    judgePrices(columns, row, lists);
  }
  return [...summarise(lists), ...duplicateTimes(columns), ...wrongInterval(columns)];
}

/** The whole test in one expression, so that sound rows cost next to nothing. */
function isSound(columns: CandleColumns, row: number): boolean {
  const time = columns.openTime[row];
  const open = columns.open[row];
  const high = columns.high[row];
  const low = columns.low[row];
  const close = columns.close[row];
  const volume = columns.volume[row];
  return (
    isPlausibleTime(time) &&
    time % columns.intervalMs === 0 &&
    (row === 0 || time > columns.openTime[row - 1]) &&
    low > 0 &&
    high < Infinity &&
    open >= low &&
    open <= high &&
    close >= low &&
    close <= high &&
    volume >= 0 &&
    volume < Infinity
  );
}

function judgeTime(columns: CandleColumns, row: number, lists: RowLists): void {
  const time = columns.openTime[row];
  if (!Number.isFinite(time)) {
    lists['missing-value'].add({ row }, () => `open_time is ${time}`);
    return;
  }
  if (!isPlausibleTime(time)) lists['implausible-time'].add({ row, time }, () => `open_time ${time}`);
  else if (time % columns.intervalMs !== 0)
    lists['off-grid'].add({ row, time }, () => `${time % columns.intervalMs} ms after the grid`);
  if (row > 0 && time < columns.openTime[row - 1])
    lists.disorder.add({ row, time }, () => `after ${isoTime(columns.openTime[row - 1])}`);
}

function judgePrices(columns: CandleColumns, row: number, lists: RowLists): void {
  const time = columns.openTime[row];
  const place = { row, time };
  const values = { open: columns.open[row], high: columns.high[row], low: columns.low[row], close: columns.close[row] };
  const volume = columns.volume[row];
  const bad = Object.entries({ ...values, volume }).filter(([, value]) => !Number.isFinite(value));
  if (bad.length > 0) {
    lists['missing-value'].add(place, () => bad.map(([name, value]) => `${name} is ${value}`).join(', '));
    return;
  }
  const { open, high, low, close } = values;
  const text = (): string => `open ${open}, high ${high}, low ${low}, close ${close}`;
  if (Math.min(open, high, low, close) <= 0) lists['price-not-positive'].add(place, text);
  else if (high < Math.max(open, close, low) || low > Math.min(open, close))
    lists['impossible-range'].add(place, () => `${high < low ? 'high below low' : 'open or close outside'}: ${text()}`);
  if (volume < 0) lists['negative-volume'].add(place, () => `volume ${volume}`);
}

function summarise(lists: RowLists): readonly Finding<RowFault>[] {
  const report = (kind: keyof RowLists, what: string): readonly Finding<RowFault>[] =>
    findingOf<RowFault>(kind, 'error', { list: lists[kind], summary: `${counted(lists[kind].count, 'row')} ${what}` });
  return [
    ...report('missing-value', 'with null, NaN or infinite values'),
    ...report('implausible-time', 'whose open_time is no UTC time in milliseconds between 2009 and 2100'),
    ...report('off-grid', 'that do not open on the grid of the interval'),
    ...report('disorder', 'earlier than the row before'),
    ...report('price-not-positive', 'with a zero or negative price'),
    ...report('impossible-range', 'with high below low, or open or close outside of them'),
    ...report('negative-volume', 'with negative volume'),
  ];
}

/** Times that occur more than once, wherever they stand; place: the later row in time order. */
function duplicateTimes(columns: CandleColumns): readonly Finding<RowFault>[] {
  const list = createPlaceList();
  const rows = rowsByTime(columns);
  for (let rank = 1; rank < rows.length; rank += 1) {
    const time = columns.openTime[rows[rank]];
    if (time === columns.openTime[rows[rank - 1]])
      list.add({ row: rows[rank], time }, () => `same open_time as row ${rows[rank - 1]}`);
  }
  return findingOf<RowFault>('duplicate', 'error', {
    list,
    summary: `${counted(list.count, 'row')} whose open_time occurs before`,
  });
}

/** A file of other candles than its name says: most steps are not the interval. */
function wrongInterval(columns: CandleColumns): readonly Finding<RowFault>[] {
  const steps = new Map<number, number>();
  let rising = 0;
  for (let row = 1; row < columns.length; row += 1) {
    const step = columns.openTime[row] - columns.openTime[row - 1];
    if (!(step > 0)) continue;
    rising += 1;
    steps.set(step, (steps.get(step) ?? 0) + 1);
  }
  const own = steps.get(columns.intervalMs) ?? 0;
  for (const [step, count] of steps) {
    if (rising < 3 || count <= rising / 2 || count <= own) continue;
    const summary = `most rows are ${step / 60_000} minutes apart, the file name says ${columns.intervalMs / 60_000}`;
    return [{ kind: 'wrong-interval', severity: 'error', count: 1, summary, places: [] }];
  }
  return [];
}

/** Row numbers in rising time, rows without a time left out; stored order where times are equal. */
export function rowsByTime(columns: Pick<CandleColumns, 'openTime' | 'length'>): Uint32Array {
  const { openTime, length } = columns;
  let rising = true;
  let timed = 0;
  const rows = new Uint32Array(length);
  for (let row = 0; row < length; row += 1) {
    if (!Number.isFinite(openTime[row])) continue;
    if (timed > 0 && openTime[row] < openTime[rows[timed - 1]]) rising = false;
    rows[timed] = row;
    timed += 1;
  }
  const listed = rows.subarray(0, timed);
  return rising ? listed : listed.sort((a, b) => openTime[a] - openTime[b] || a - b);
}

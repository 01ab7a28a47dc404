// Is a stored candle series fit for use, and what is odd in it? Reports everything, repairs nothing.
import { isFiller, missingBefore, moveInto, wickOf } from './candle-quality.ts';
import type { CandleColumns, CandleQualityParams } from './candle-quality.ts';
import { rowFaults, rowsByTime } from './candle-quality-rows.ts';
import type { RowFault } from './candle-quality-rows.ts';
import { counted, createPlaceList, findingOf } from './data-finding.ts';
import type { Finding } from './data-finding.ts';
import { isoTime } from './iso-time.ts';

export type CandleFault =
  | RowFault
  | 'gap'
  | 'jump'
  | 'spike'
  | 'seam'
  | 'zero-volume'
  | 'zero-volume-run'
  | 'filler-tail';

/** A seam must be at least so large (fraction of the price) ... */
const SEAM_FRACTION = 0.003;
/** ... and so many times the file's own median distance between an open and the close before. */
const SEAM_FACTOR = 20;

/**
 * Everything odd in `columns`, errors first. Findings of severity `error` are exactly the reasons for which loading
 * refuses the file (see `rowFaults`); the others are judged on the rows in rising time. Any values are survived.
 */
export function checkCandles(columns: CandleColumns, params: CandleQualityParams): readonly Finding<CandleFault>[] {
  const inOrder = byTime(columns);
  return [
    ...rowFaults(columns),
    ...gaps(inOrder, params),
    ...moves(inOrder, params),
    ...seams(inOrder),
    ...stillness(inOrder, params),
  ];
}

/** The timed rows in rising time; the columns themselves when they are so already. */
function byTime(columns: CandleColumns): CandleColumns {
  const rows = rowsByTime(columns);
  if (rows.length === columns.length && rows.every((row, rank) => row === rank)) return columns;
  const pick = (values: Float64Array): Float64Array => Float64Array.from(rows, (row) => values[row]);
  return {
    symbol: columns.symbol,
    intervalMs: columns.intervalMs,
    length: rows.length,
    openTime: pick(columns.openTime),
    open: pick(columns.open),
    high: pick(columns.high),
    low: pick(columns.low),
    close: pick(columns.close),
    volume: pick(columns.volume),
  };
}

function gaps(columns: CandleColumns, params: CandleQualityParams): readonly Finding<CandleFault>[] {
  const list = createPlaceList();
  let longest = 0;
  let total = 0;
  for (let index = 1; index < columns.length; index += 1) {
    const missing = missingBefore(columns, index);
    if (missing < 1) continue;
    longest = Math.max(longest, missing);
    total += missing;
    const time = columns.openTime[index - 1] + columns.intervalMs;
    list.add({ time, count: missing }, () => `${counted(missing, 'bar')} missing`);
  }
  const splits = longest > params.maxGapBars ? `; more than ${params.maxGapBars} in a row split the series` : '';
  return findingOf<CandleFault>('gap', splits === '' ? 'note' : 'warning', {
    list,
    summary: `${counted(list.count, 'hole')}, ${counted(total, 'bar')} missing, longest ${longest}${splits}`,
  });
}

/** One-bar moves and wicks above the jump fraction, inside segments only. */
function moves(columns: CandleColumns, params: CandleQualityParams): readonly Finding<CandleFault>[] {
  const jumps = createPlaceList();
  const spikes = createPlaceList();
  for (let index = 0; index < columns.length; index += 1) {
    const time = columns.openTime[index];
    const isStart = index === 0 || missingBefore(columns, index) > params.maxGapBars;
    if (!isStart && moveInto(columns, index) > params.jumpFraction)
      jumps.add({ time }, () => `${columns.close[index - 1]} -> ${columns.close[index]} (${percent(columns, index)})`);
    if (wickOf(columns, index) > params.jumpFraction)
      spikes.add(
        { time },
        () => `high ${columns.high[index]}, low ${columns.low[index]}, close ${columns.close[index]}`,
      );
  }
  const limit = `${params.jumpFraction * 100} %`;
  return [
    ...findingOf<CandleFault>('jump', 'warning', {
      list: jumps,
      summary: `${counted(jumps.count, 'move')} of more than ${limit} in one bar, marked as suspect`,
    }),
    ...findingOf<CandleFault>('spike', 'warning', {
      list: spikes,
      summary: `${counted(spikes.count, 'wick')} of more than ${limit}, marked as suspect`,
    }),
  ];
}

function percent(columns: CandleColumns, index: number): string {
  return `${((columns.close[index] / columns.close[index - 1] - 1) * 100).toFixed(1)} %`;
}

/** Opens far from the close before, measured by the file's own habit: a sign of incomplete bars on one side. */
function seams(columns: CandleColumns): readonly Finding<CandleFault>[] {
  const distances = new Float64Array(Math.max(0, columns.length - 1));
  for (let index = 1; index < columns.length; index += 1) {
    const distance = Math.abs(columns.open[index] / columns.close[index - 1] - 1);
    distances[index - 1] = missingBefore(columns, index) === 0 && Number.isFinite(distance) ? distance : 0;
  }
  const median = distances.toSorted()[distances.length >> 1] ?? 0;
  const limit = Math.max(SEAM_FRACTION, SEAM_FACTOR * median);
  const list = createPlaceList();
  for (let index = 1; index < columns.length; index += 1) {
    if (!(distances[index - 1] > limit)) continue;
    list.add(
      { time: columns.openTime[index] },
      () =>
        `open ${columns.open[index]} after close ${columns.close[index - 1]} (${(distances[index - 1] * 100).toFixed(2)} %)`,
    );
  }
  return findingOf<CandleFault>('seam', 'warning', {
    list,
    summary: `${counted(list.count, 'bar')} opening more than ${(limit * 100).toFixed(2)} % from the close before`,
  });
}

/** Runs without volume, and the flat run at the end that a venue leaves behind a delisted contract. */
function stillness(columns: CandleColumns, params: CandleQualityParams): readonly Finding<CandleFault>[] {
  let end = columns.length;
  while (end > 0 && isFiller(columns, end - 1)) end -= 1;
  const tail = columns.length - end;
  if (tail < params.zeroVolumeRunBars) end = columns.length;

  const runs = createPlaceList();
  const singles = createPlaceList();
  for (let start = 0; start < end; start += 1) {
    if (columns.volume[start] !== 0) continue;
    let stop = start + 1;
    while (stop < end && columns.volume[stop] === 0) stop += 1;
    noteRun(columns, { start, stop, list: stop - start >= params.zeroVolumeRunBars ? runs : singles });
    start = stop;
  }
  const tails = createPlaceList();
  if (end < columns.length)
    tails.add({ time: columns.openTime[end], count: tail }, () =>
      end > 0 ? `last traded bar ${isoTime(columns.openTime[end - 1])}` : 'no bar was ever traded',
    );
  return [
    ...findingOf<CandleFault>('zero-volume-run', 'warning', {
      list: runs,
      summary: `${counted(runs.count, 'run')} of at least ${counted(params.zeroVolumeRunBars, 'bar')} without volume`,
    }),
    ...findingOf<CandleFault>('zero-volume', 'note', {
      list: singles,
      summary: `${counted(singles.count, 'shorter run')} without volume`,
    }),
    ...findingOf<CandleFault>('filler-tail', 'warning', {
      list: tails,
      summary: `the file ends with ${counted(tail, 'flat bar')} without volume: filler after a delisting?`,
    }),
  ];
}

function noteRun(
  columns: CandleColumns,
  run: { readonly start: number; readonly stop: number; readonly list: ReturnType<typeof createPlaceList> },
): void {
  let flat = 0;
  for (let index = run.start; index < run.stop; index += 1) if (isFiller(columns, index)) flat += 1;
  const bars = run.stop - run.start;
  run.list.add(
    { time: columns.openTime[run.start], count: bars },
    () => `${counted(bars, 'bar')}, ${flat} of them flat`,
  );
}

// Where does a symbol's market stand in the replay? Its running candle, the path through it, and the last price at any moment.
import { createCandleView, FLAG_FILLED, loadCandle } from '../../domain/candle.ts';
import type { Candle, CandleSeries, CandleView } from '../../domain/candle.ts';
import type { Instrument } from '../../domain/instrument.ts';
import { finestFirst } from '../../simulation/finer-candles.ts';
import { createRollingDay } from './day-figures.ts';
import type { RollingDay } from './day-figures.ts';
import { pathOf, priceAt } from './price-path.ts';
import type { PricePath } from './price-path.ts';

/** The market of one symbol in time. Times are epoch milliseconds. */
export interface Replay {
  readonly series: CandleSeries;
  /** Finer candles, the finest first. */
  readonly finer: readonly CandleSeries[];
  readonly day: RollingDay;
  /** The running candle, else the last one that closed. */
  readonly candle: CandleView;
  isRunning: boolean;
  /** Index of the next candle to open. */
  next: number;
  /** Made when it is first needed in a candle. */
  path: PricePath | undefined;
  /** Closed candles that are served with other values than they had, by open time. */
  readonly revisions: Map<number, Partial<Candle>>;
  /** A last price that no market made, for whoever looks. */
  falsePrice: number | undefined;
  /** Of a market that is followed as it happens; undefined: all of it is stored. */
  readonly live: LivePrices | undefined;
}

/** What is known of a market whose next candle nobody has seen yet. */
export interface LivePrices {
  /** Best prices at this very moment; undefined while time runs, or when nobody tells them. */
  book: { readonly bid: number; readonly ask: number } | undefined;
  /** The venue's mark price now; undefined: it is taken for the last price. */
  mark: number | undefined;
  /** Mark prices over the running candle. */
  markCandle: Candle | undefined;
  /** The price at which the next candle opens; undefined: where this one closes. */
  nextOpen: number | undefined;
}

/** A market before its first candle. */
export function createReplay(series: CandleSeries, finer: readonly CandleSeries[], isLive = false): Replay {
  return {
    series,
    finer: finestFirst(finer),
    day: createRollingDay(series.intervalMs),
    candle: createCandleView(),
    isRunning: false,
    next: 0,
    path: undefined,
    revisions: new Map(),
    falsePrice: undefined,
    live: isLive ? { book: undefined, mark: undefined, markCandle: undefined, nextOpen: undefined } : undefined,
  };
}

/** When the running candle closes, or the next one opens; Infinity after the last. */
export function nextBoundary(replay: Replay): number {
  if (replay.isRunning) return replay.candle.closeTime;
  return replay.next < replay.series.length ? replay.series.openTime[replay.next] : Infinity;
}

/** Leaves out the candles that opened before or at `time` while nobody could trade them. */
export function skipOpens(replay: Replay, time: number): void {
  while (replay.next < replay.series.length && replay.series.openTime[replay.next] <= time) replay.next += 1;
}

/** Lets the next candle open. */
export function openNext(replay: Replay): void {
  loadCandle(replay.candle, replay.series, replay.next);
  replay.next += 1;
  replay.isRunning = true;
  replay.path = undefined;
}

/**
 * Lets a candle open of which only the open is known, at `now`: it is stretched when it has been seen what came. Its close time
 * means nothing until then.
 */
export function openUnseen(replay: Replay, live: LivePrices, now: number): void {
  const { candle } = replay;
  const price = live.nextOpen ?? candle.close;
  Object.assign(candle, { openTime: now, closeTime: now + 1, open: price, high: price, low: price, close: price });
  candle.volume = 0;
  candle.flags = 0;
  live.nextOpen = undefined;
  live.markCandle = undefined;
  live.book = undefined;
  replay.isRunning = true;
  replay.path = undefined;
}

/** The running candle has closed. */
export function closeRunning(replay: Replay): void {
  replay.isRunning = false;
  replay.path = undefined;
  if (replay.live === undefined) replay.day.update(replay.candle);
}

/** Whether trades make prices now: a candle runs, and it was not filled in. */
export function isTraded(replay: Replay): boolean {
  return replay.isRunning && (replay.candle.flags & FLAG_FILLED) === 0;
}

/** The path through the running candle. */
export function pathNow(replay: Replay): PricePath {
  replay.path ??= pathOf(replay.candle, replay.finer);
  return replay.path;
}

/** The last price at `now`, which lies in the running candle or after the last one; NaN before the first. */
export function lastPriceAt(replay: Replay, now: number, instrument: Instrument): number {
  const { candle } = replay;
  if (!replay.isRunning) return candle.close;
  return now <= candle.openTime ? candle.open : priceAt(pathNow(replay), now, instrument);
}

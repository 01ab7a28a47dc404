// What did a symbol do in the last 24 hours? Open, extremes and volumes of the candles that closed in them, kept as time runs.
import { FLAG_FILLED } from '../../domain/candle.ts';
import type { Candle } from '../../domain/candle.ts';
import { DAY_MS } from '../../domain/time.ts';

/** NaN where no candle closed in the 24 hours. */
export interface DayFigures {
  readonly open: number;
  readonly high: number;
  readonly low: number;
  /** Base units, and quote currency with every candle valued at its close. */
  readonly volume: number;
  readonly turnover: number;
}

export interface RollingDay {
  /** Takes in a closed candle; candles come in rising time. */
  update(candle: Candle): void;
  /** Figures of the candles that closed in (time - 24 h, time]. Time never goes back. */
  at(time: number): DayFigures;
}

interface Row {
  readonly closeTime: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly volume: number;
  readonly turnover: number;
}

const NOTHING: DayFigures = { open: NaN, high: NaN, low: NaN, volume: 0, turnover: 0 };

/** A day of candles of `barMs` with nothing in it. Sums are made anew once a day, so that they do not drift. */
export function createRollingDay(barMs: number): RollingDay {
  const refreshAfter = Math.max(1, Math.ceil(DAY_MS / barMs));
  const rows = createQueue();
  const highs = createQueue();
  const lows = createQueue();
  let volume = 0;
  let turnover = 0;
  let sinceRefresh = 0;

  const dropBefore = (time: number): void => {
    for (let oldest = rows.first(); oldest !== undefined && oldest.closeTime <= time; oldest = rows.first()) {
      rows.shift();
      volume -= oldest.volume;
      turnover -= oldest.turnover;
      if (highs.first() === oldest) highs.shift();
      if (lows.first() === oldest) lows.shift();
    }
  };
  const refresh = (): void => {
    sinceRefresh = 0;
    volume = 0;
    turnover = 0;
    rows.forEach((row) => {
      volume += row.volume;
      turnover += row.turnover;
    });
  };

  return {
    update(candle) {
      const { closeTime, open, high, low, close } = candle;
      const traded = (candle.flags & FLAG_FILLED) === 0 && candle.volume > 0 ? candle.volume : 0;
      const row = { closeTime, open, high, low, volume: traded, turnover: traded * close };
      dropBefore(closeTime - DAY_MS);
      rows.push(row);
      highs.dropLastWhile((other) => other.high <= high);
      highs.push(row);
      lows.dropLastWhile((other) => other.low >= low);
      lows.push(row);
      volume += row.volume;
      turnover += row.turnover;
      sinceRefresh += 1;
      if (sinceRefresh >= refreshAfter) refresh();
    },
    at(time) {
      dropBefore(time - DAY_MS);
      const oldest = rows.first();
      if (oldest === undefined) return NOTHING;
      const high = highs.first()?.high ?? NaN;
      return { open: oldest.open, high, low: lows.first()?.low ?? NaN, volume, turnover };
    },
  };
}

interface Queue {
  first(): Row | undefined;
  shift(): void;
  push(row: Row): void;
  dropLastWhile(isDropped: (row: Row) => boolean): void;
  forEach(visit: (row: Row) => void): void;
}

/** A queue that forgets at both ends; what was shifted is given back to memory now and then. */
function createQueue(): Queue {
  const rows: Row[] = [];
  let head = 0;
  return {
    first: () => rows[head],
    shift() {
      head += 1;
      if (head >= 64 && head * 2 >= rows.length) {
        rows.splice(0, head);
        head = 0;
      }
    },
    push: (row) => {
      rows.push(row);
    },
    dropLastWhile(isDropped) {
      while (rows.length > head && isDropped(rows[rows.length - 1])) rows.pop();
    },
    forEach(visit) {
      for (let at = head; at < rows.length; at += 1) visit(rows[at]);
    },
  };
}

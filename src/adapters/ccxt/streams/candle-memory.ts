// Which candle of a stream is new? The same values are told once, and what the stream left out is noticed.
import type { Candle } from '../../../domain/candle.ts';

export interface HeardCandle {
  readonly candle: Candle;
  readonly confirmed: boolean;
}

export interface CandleVerdict {
  readonly isNew: boolean;
  /** Open time of the first candle whose end the stream did not tell, before this one; undefined: none is missing. */
  readonly missingFrom: number | undefined;
}

export interface CandleMemory {
  judge(heard: HeardCandle): CandleVerdict;
}

/** Revisions of so many last candles are recognised. */
const REMEMBERED = 16;
const OLD: CandleVerdict = { isNew: false, missingFrom: undefined };

/**
 * Candles of one symbol and length. A candle that is not closed is old news once it has closed or a later one has begun;
 * other values of a closed candle are a revision and new.
 */
export function createCandleMemory(intervalMs: number): CandleMemory {
  const recent = new Map<number, HeardCandle>();
  let newest: number | undefined;
  return {
    judge(heard) {
      const { openTime } = heard.candle;
      const known = recent.get(openTime);
      if (known !== undefined) {
        if (known.confirmed && !heard.confirmed) return OLD;
        if (known.confirmed === heard.confirmed && isSame(known.candle, heard.candle)) return OLD;
      } else if (newest !== undefined && openTime < newest && !heard.confirmed) return OLD;
      const missingFrom = newest !== undefined && openTime > newest ? missingBefore(openTime, newest) : undefined;
      recent.set(openTime, heard);
      if (recent.size > REMEMBERED) recent.delete(Math.min(...recent.keys()));
      newest = Math.max(newest ?? openTime, openTime);
      return { isNew: true, missingFrom };
    },
  };

  function missingBefore(openTime: number, last: number): number | undefined {
    if (recent.get(last)?.confirmed !== true) return last;
    return openTime > last + intervalMs ? last + intervalMs : undefined;
  }
}

function isSame(a: Candle, b: Candle): boolean {
  return a.open === b.open && a.high === b.high && a.low === b.low && a.close === b.close && a.volume === b.volume;
}

// How much was traded in the last 24 hours? Base units and value of the candles that closed within them.
import { FLAG_FILLED, type Candle } from '../domain/candle.ts';
import { DAY_MS } from '../domain/time.ts';

/** What the candles taken in so far tell of any 24 hours up to the last of them. */
export interface TradedDay {
  /** Takes in a closed candle; candles come in rising time. Filled-in candles traded nothing. */
  update(candle: Candle): void;
  /** Base units traded in (time - 24 h, time]; NaN: no candle closed in them, or a volume is undefined. */
  quantity(time: number): number;
  /** The same in quote currency, every candle valued at its close. */
  value(time: number): number;
}

/** A day of candles of `barMs` in a ring, with nothing in it. Sums are made when asked for, oldest candle first. */
export function createTradedDay(barMs: number): TradedDay {
  const bars = Math.max(1, Math.ceil(DAY_MS / barMs));
  const closeTime = new Float64Array(bars).fill(-Infinity);
  const quantities = new Float64Array(bars);
  const values = new Float64Array(bars);
  let next = 0;

  /** From the oldest candle on, so that a sum does not depend on where the ring stands. */
  const sumOf = (column: Float64Array, time: number): number => {
    let sum = 0;
    let isKnown = false;
    for (let step = 0; step < bars; step += 1) {
      const at = next + step < bars ? next + step : next + step - bars;
      if (closeTime[at] <= time - DAY_MS) continue;
      sum += column[at];
      isKnown = true;
    }
    return isKnown ? sum : NaN;
  };
  return {
    update(candle) {
      const isTraded = (candle.flags & FLAG_FILLED) === 0;
      closeTime[next] = candle.closeTime;
      quantities[next] = isTraded ? candle.volume : 0;
      values[next] = isTraded ? candle.close * candle.volume : 0;
      next = next + 1 === bars ? 0 : next + 1;
    },
    quantity: (time) => sumOf(quantities, time),
    value: (time) => sumOf(values, time),
  };
}

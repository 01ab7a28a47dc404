// What does slippage depend on? A symbol's volatility and traded volume, from candles that have closed already.
import { FLAG_FILLED, FLAG_SEGMENT_START } from '../domain/candle.ts';
import type { Candle } from '../domain/candle.ts';
import { DAY_MS } from '../domain/time.ts';
import { createRealisedVolatility } from '../indicators/realised-volatility.ts';
import { RollingWindow } from '../indicators/rolling-window.ts';
import { createTradedDay } from '../indicators/traded-day.ts';
import type { TradedDay } from '../indicators/traded-day.ts';
import type { SlippageMarket } from './cost-model.ts';

/** The candles of one symbol so far. */
export interface SlippageHistory {
  /** Takes in a finished candle; filled-in bars tell nothing, and after a hole that splits the series volatility starts anew. */
  update(candle: Candle): void;
  /** What is known for an order of `quantity` base units at `time`: nothing of a candle that closes later. */
  market(quantity: number, time: number): SlippageMarket;
}

/** Realised volatility of the last `windowBars` returns and its mean over the last `averageBars` bars; NaN until known. */
export function createSlippageHistory(windowBars: number, averageBars: number): SlippageHistory {
  let realised = createRealisedVolatility(windowBars);
  let window = new RollingWindow(averageBars);
  let traded: TradedDay | undefined;
  let barMs = NaN;
  return {
    update(candle) {
      if (traded === undefined) {
        barMs = candle.closeTime - candle.openTime;
        traded = createTradedDay(barMs);
      }
      traded.update(candle);
      if (candle.flags !== 0) {
        if ((candle.flags & FLAG_SEGMENT_START) !== 0) {
          realised = createRealisedVolatility(windowBars);
          window = new RollingWindow(averageBars);
        }
        if ((candle.flags & FLAG_FILLED) !== 0) return;
      }
      window.push(realised.update(candle.close));
    },
    market: (quantity, time) => ({
      volatility: realised.value,
      averageVolatility: window.mean(),
      dailyVolatility: realised.value * Math.sqrt(DAY_MS / barMs),
      quantity,
      dailyVolume: traded?.quantity(time),
    }),
  };
}

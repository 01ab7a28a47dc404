// How volatile is a symbol against its own average, so that slippage can follow? From closes already known.
import { FLAG_FILLED, FLAG_SEGMENT_START } from '../domain/candle.ts';
import type { Candle } from '../domain/candle.ts';
import { createRealisedVolatility } from '../indicators/realised-volatility.ts';
import { RollingWindow } from '../indicators/rolling-window.ts';

/** Realised volatility of the last `windowBars` returns and its mean over the last `averageBars` bars; NaN until known. */
export interface SlippageVolatility {
  /** Takes in a finished candle; filled-in bars tell nothing, and after a hole that splits the series all starts anew. */
  update(candle: Candle): void;
  volatility(): number;
  average(): number;
}

/** A tracker that has seen nothing. The average is computed only when it is asked for. */
export function createSlippageVolatility(windowBars: number, averageBars: number): SlippageVolatility {
  let realised = createRealisedVolatility(windowBars);
  let window = new RollingWindow(averageBars);
  return {
    update(candle) {
      if (candle.flags !== 0) {
        if ((candle.flags & FLAG_SEGMENT_START) !== 0) {
          realised = createRealisedVolatility(windowBars);
          window = new RollingWindow(averageBars);
        }
        if ((candle.flags & FLAG_FILLED) !== 0) return;
      }
      window.push(realised.update(candle.close));
    },
    volatility: () => realised.value,
    average: () => window.mean(),
  };
}

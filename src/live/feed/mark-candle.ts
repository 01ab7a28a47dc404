// How is a fresh candle marked? Exactly as a stored one is: by itself and the one before it.
import { markSeries, type MarkParams } from '../../domain/candle-quality.ts';
import type { Candle } from '../../domain/candle.ts';

/** The candle with its flags; `before`: the candle of the symbol that came before it, undefined for its first. */
export function markCandle(candle: Candle, before: Candle | undefined, params: MarkParams): Candle {
  const pair = before === undefined ? [candle] : [before, candle];
  const column = (read: (each: Candle) => number): Float64Array => Float64Array.from(pair, read);
  const { flags } = markSeries(
    {
      symbol: '',
      intervalMs: candle.closeTime - candle.openTime,
      length: pair.length,
      openTime: column((each) => each.openTime),
      open: column((each) => each.open),
      high: column((each) => each.high),
      low: column((each) => each.low),
      close: column((each) => each.close),
      volume: column((each) => each.volume),
    },
    params,
  );
  return { ...candle, flags: flags[pair.length - 1] };
}

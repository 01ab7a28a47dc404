// May these values be a candle? Finite, above 0, and the extremes around open and close.
import type { Candle } from '../../../domain/candle.ts';

/** Values as a venue wrote them: decimal texts. */
export interface CandleTexts {
  readonly open: string;
  readonly high: string;
  readonly low: string;
  readonly close: string;
  readonly volume: string;
}

/** Undefined: no market made these values. */
export function candleOf(openTime: number, intervalMs: number, texts: CandleTexts): Candle | undefined {
  const [open, high, low, close, volume] = [texts.open, texts.high, texts.low, texts.close, texts.volume].map(toNumber);
  const isSound =
    openTime % intervalMs === 0 &&
    low > 0 &&
    low <= Math.min(open, close) &&
    high >= Math.max(open, close) &&
    high < Infinity &&
    volume >= 0 &&
    volume < Infinity;
  if (!isSound) return undefined;
  return { openTime, closeTime: openTime + intervalMs, open, high, low, close, volume, flags: 0 };
}

/** An empty text is no 0. */
function toNumber(text: string): number {
  return text.trim() === '' ? NaN : Number(text);
}

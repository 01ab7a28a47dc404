// At which prices do stop and target of a fill rest? On the tick grid, the stop never further and the target never nearer than asked.
import { roundToTick, type Instrument } from './instrument.ts';
import type { Protection } from './order.ts';
import type { Direction } from './side.ts';

/**
 * Prices of stop and target around a fill: `e × (1 + side × target)` and `e × (1 − side × stop)`, rounded to the tick
 * so that the stop is never further from the fill and the target never nearer than asked.
 */
export function protectionPrices(
  instrument: Instrument,
  entry: { readonly direction: Direction; readonly price: number },
  protection: Protection,
): { readonly stopPrice: number; readonly targetPrice: number | undefined } {
  const { direction, price } = entry;
  const rounding = direction === 1 ? 'up' : 'down';
  const { stopFraction, targetFraction } = protection;
  const stop = price * (1 - direction * stopFraction);
  const target = targetFraction === undefined ? undefined : price * (1 + direction * targetFraction);
  return {
    stopPrice: roundToTick(instrument, stop, rounding),
    targetPrice: target === undefined ? undefined : roundToTick(instrument, target, rounding),
  };
}

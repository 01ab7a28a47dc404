// Where does a stop that trails the price belong? Only ever nearer to profit, rounded so as not to be further than asked.
import { roundToTick, type Instrument } from './instrument.ts';
import type { Direction } from './side.ts';

/** The stop that `level` asks for, on the grid; undefined: the one that rests is as near, or nearer. */
export function trailedStop(
  instrument: Instrument,
  { direction, stopPrice }: { readonly direction: Direction; readonly stopPrice: number | undefined },
  level: number,
): number | undefined {
  const stop = roundToTick(instrument, level, direction === 1 ? 'up' : 'down');
  return stopPrice !== undefined && direction * (stop - stopPrice) <= 0 ? undefined : stop;
}

// Which resting exit does one candle touch first? The one rule that labels, matching and shadow trades share.
import type { Direction } from './side.ts';

/** The exits that rest while a position is held. Absolute prices; undefined: there is none. */
export interface RestingExits {
  readonly direction: Direction;
  readonly stopPrice: number | undefined;
  readonly targetPrice: number | undefined;
  readonly liquidationPrice: number | undefined;
}

/** The prices of one bar that decide. */
export interface BarRange {
  readonly open: number;
  readonly high: number;
  readonly low: number;
}

export interface BarExit {
  readonly kind: 'stop' | 'target' | 'liquidation';
  /** Price before slippage: the open when it gapped through a stop, the resting price otherwise. */
  readonly price: number;
  /** `gap`: the bar opened at or through the price. */
  readonly how: 'gap' | 'touch';
  /** Both an adverse exit and the target lay inside the bar after its open: the adverse one was taken as the worse outcome. */
  readonly ambiguous: boolean;
}

/**
 * The exit that `bar` makes, or undefined. Touch is inclusive. Order: gap through liquidation, gap through the stop,
 * gap through the target (filled at the target, no price improvement), then adverse before favourable inside the bar.
 * Of stop and liquidation inside the bar the one nearer to the open counts; equal: liquidation.
 * On the entry bar the position was opened at the bar's open, so no gap can happen.
 */
export function barExit(exits: RestingExits, bar: BarRange, entryBar: boolean): BarExit | undefined {
  const { direction, stopPrice, targetPrice, liquidationPrice } = exits;
  const isAtOrBelow = (price: number, level: number | undefined): boolean =>
    level !== undefined && direction * (price - level) <= 0;
  const isAtOrAbove = (price: number, level: number | undefined): boolean =>
    level !== undefined && direction * (price - level) >= 0;

  if (!entryBar) {
    if (liquidationPrice !== undefined && isAtOrBelow(bar.open, liquidationPrice)) {
      return { kind: 'liquidation', price: liquidationPrice, how: 'gap', ambiguous: false };
    }
    if (isAtOrBelow(bar.open, stopPrice)) return { kind: 'stop', price: bar.open, how: 'gap', ambiguous: false };
    if (targetPrice !== undefined && isAtOrAbove(bar.open, targetPrice)) {
      return { kind: 'target', price: targetPrice, how: 'gap', ambiguous: false };
    }
  }

  const adverse = direction === 1 ? bar.low : bar.high;
  const favourable = direction === 1 ? bar.high : bar.low;
  const targetTouched = isAtOrAbove(favourable, targetPrice);
  const stopTouched = stopPrice !== undefined && isAtOrBelow(adverse, stopPrice);
  const liquidationTouched = liquidationPrice !== undefined && isAtOrBelow(adverse, liquidationPrice);
  if (liquidationTouched && !(stopTouched && direction * (stopPrice - liquidationPrice) > 0)) {
    return { kind: 'liquidation', price: liquidationPrice, how: 'touch', ambiguous: targetTouched };
  }
  if (stopTouched) return { kind: 'stop', price: stopPrice, how: 'touch', ambiguous: targetTouched };
  if (targetPrice !== undefined && targetTouched)
    return { kind: 'target', price: targetPrice, how: 'touch', ambiguous: false };
  return undefined;
}

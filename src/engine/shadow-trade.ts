// How would a trade have gone that the paused guard did not allow? Followed bar by bar by the same exit rule, without money.
import { barExit } from '../domain/bar-exit.ts';
import type { Candle } from '../domain/candle.ts';
import type { EngineParams, ShadowTrade } from './state.ts';

/**
 * Follows `shadow` over one closed candle: opens it at the candle's open if it is new, then tests its exits.
 * Returns its net return as a fraction of the entry when it has ended, undefined while it goes on.
 */
export function advanceShadow(shadow: ShadowTrade, candle: Candle, params: EngineParams): number | undefined {
  const { direction } = shadow;
  const { exits, shadowCosts } = params;
  const entryBar = shadow.entryPrice === undefined;
  const entry = shadow.entryPrice ?? candle.open * (1 + direction * shadowCosts.slippage);
  shadow.entryPrice = entry;
  shadow.barsHeld += 1;
  const exit = barExit(
    {
      direction,
      stopPrice: entry * (1 - direction * exits.stopFraction),
      targetPrice: exits.targetFraction === undefined ? undefined : entry * (1 + direction * exits.targetFraction),
      liquidationPrice: undefined,
    },
    candle,
    entryBar,
  );
  if (exit === undefined && shadow.barsHeld < exits.maxHoldBars) return undefined;
  const price = (exit?.price ?? candle.close) * (1 - direction * shadowCosts.slippage);
  return (direction * (price - entry)) / entry - shadowCosts.fee * (1 + price / entry);
}

// How would a trade have gone that the paused guard did not allow? Followed bar by bar by the same exit rule, without money.
import { barExit } from '../domain/bar-exit.ts';
import { FLAG_FILLED, type Candle } from '../domain/candle.ts';
import { isHeldLongEnough } from './exit-reason.ts';
import type { EngineParams, ShadowTrade } from './state.ts';

/**
 * Follows `shadow` over one closed candle: opens it at the candle's open if it is new, tests its resting exits, and leaves at
 * the open after the close at which it was held long enough or `signalsExit`. Filled candles trade nothing. Returns its net
 * return as a fraction of the entry when it has ended, undefined while it goes on. It pays taker fee and slippage on both
 * sides, the base slippage only, since it has no size; a stop does not trail, no funding is due.
 */
export function advanceShadow(
  shadow: ShadowTrade,
  candle: Candle,
  rules: { readonly params: EngineParams; readonly barMs: number; readonly signalsExit: boolean },
): number | undefined {
  const { direction } = shadow;
  const { exits, shadowCosts } = rules.params;
  if ((candle.flags & FLAG_FILLED) === 0) {
    const exitPrice = shadow.leaving ? candle.open : restingExit(shadow, candle, rules.params);
    if (exitPrice !== undefined && shadow.entry !== undefined) {
      const entry = shadow.entry.price;
      const price = exitPrice * (1 - direction * shadowCosts.slippage);
      return (direction * (price - entry)) / entry - shadowCosts.fee * (1 + price / entry);
    }
  }
  const { entry } = shadow;
  if (entry !== undefined) {
    shadow.leaving ||=
      rules.signalsExit || isHeldLongEnough(entry.time, candle.closeTime, { exits, barMs: rules.barMs });
  }
  return undefined;
}

/** Opens a new shadow trade at the candle's open; the price of the resting exit that the candle makes. */
function restingExit(shadow: ShadowTrade, candle: Candle, { exits, shadowCosts }: EngineParams): number | undefined {
  const { direction } = shadow;
  const entryBar = shadow.entry === undefined;
  shadow.entry ??= { time: candle.openTime, price: candle.open * (1 + direction * shadowCosts.slippage) };
  const entry = shadow.entry.price;
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
  return exit?.price;
}

// When is a simulated position liquidated, and what does that cost? All of its isolated margin, and the venue's fee.
import type { Fill } from '../domain/fill.ts';
import type { Instrument } from '../domain/instrument.ts';
import { bankruptcyPrice, liquidationPriceOfMargin } from '../domain/liquidation-price.ts';
import { exitSide } from '../domain/side.ts';
import { fillOf } from './fill-model.ts';
import { refreshTriggers } from './matching.ts';
import type { HeldPosition } from './matching.ts';

/** Sets the liquidation price that the position's margin allows. The forced close is priced with the liquidation fee. */
export function refreshLiquidation(position: HeldPosition, instrument: Instrument, liquidationFeeBps: number): void {
  const feeRate = liquidationFeeBps / 10_000;
  const { direction, quantity, entryPrice, margin } = position;
  const terms = { direction, quantity, entry: entryPrice, margin, feeRate };
  position.liquidationPrice = liquidationPriceOfMargin(instrument, terms);
  refreshTriggers(position);
}

/**
 * The fill of a liquidation: at the price where the whole isolated margin is gone, off the tick grid, whatever the market
 * traded at; the fee is on the notional there and comes on top. It has no slippage: all of it is profit and loss.
 */
export function liquidationFill(
  position: HeldPosition,
  instrument: Instrument,
  at: { readonly time: number; readonly liquidationFeeBps: number; readonly ambiguous: boolean },
): Fill {
  const { direction, quantity, entryPrice, margin } = position;
  const price = bankruptcyPrice({ direction, quantity, entry: entryPrice, margin });
  return fillOf({
    time: at.time,
    symbol: instrument.symbol,
    clientOrderId: `${position.entryOrderId}:liquidation`,
    side: exitSide(direction),
    quantity,
    price,
    quoted: price,
    feeBps: at.liquidationFeeBps,
    liquidity: 'taker',
    reason: 'liquidation',
    ambiguous: at.ambiguous,
  });
}

// What does trading cost? Slippage of a market order and the fees of the venue, in fractions of the price.

/**
 * How far a market order fills away from the quoted price.
 * `fixed`: always `bps`. `volatility-scaled`: `baseBps` times volatility over its average, the factor kept within its bounds.
 * `square-root`: half the spread plus `coefficient` × daily volatility × √(quantity / daily volume) (Almgren et al. 2005).
 */
export type SlippageModel =
  | { readonly kind: 'fixed'; readonly bps: number }
  | {
      readonly kind: 'volatility-scaled';
      readonly baseBps: number;
      readonly minFactor: number;
      readonly maxFactor: number;
    }
  | { readonly kind: 'square-root'; readonly halfSpreadBps: number; readonly coefficient: number };

/** What is known of the market when the order fills; undefined and NaN mean unknown. */
export interface SlippageMarket {
  /** Realised volatility now and its average, in the same unit. */
  readonly volatility?: number | undefined;
  readonly averageVolatility?: number | undefined;
  /** Standard deviation of daily returns, as a fraction. */
  readonly dailyVolatility?: number | undefined;
  /** Base units of the order, unsigned, and traded per day. */
  readonly quantity?: number | undefined;
  readonly dailyVolume?: number | undefined;
}

/**
 * Slippage as a fraction of the price, positive = cost: a fill is `price × (1 + side × fraction)`.
 * Volatility-scaled: the factor is 1 while volatility or its average is unknown, or the average is 0.
 * @throws RangeError when the square-root model lacks an input
 */
export function slippageFraction(model: SlippageModel, market: SlippageMarket): number {
  if (model.kind === 'fixed') return model.bps / 10_000;
  if (model.kind === 'square-root') {
    return model.halfSpreadBps / 10_000 + model.coefficient * relativeImpact(market);
  }
  return (model.baseBps / 10_000) * volatilityFactor(model, market.volatility, market.averageVolatility);
}

/** Daily volatility × √participation. */
function relativeImpact({ dailyVolatility = NaN, quantity = NaN, dailyVolume = NaN }: SlippageMarket): number {
  if (!(dailyVolatility >= 0 && quantity >= 0 && dailyVolume > 0)) {
    throw new RangeError('square-root slippage needs daily volatility, quantity and daily volume');
  }
  return dailyVolatility * Math.sqrt(quantity / dailyVolume);
}

function volatilityFactor(
  bounds: { readonly minFactor: number; readonly maxFactor: number },
  volatility = NaN,
  average = NaN,
): number {
  const ratio = volatility / average;
  if (!(average > 0) || Number.isNaN(ratio)) return 1;
  return Math.min(bounds.maxFactor, Math.max(bounds.minFactor, ratio));
}

/** The price of a market order that buys (+1) or sells (-1), worse than `price` by `fraction`. */
export function slippedPrice(price: number, side: 1 | -1, fraction: number): number {
  return price * (1 + side * fraction);
}

/** Settings of section `costs`. */
export interface CostParams {
  readonly takerFeeBps: number;
  readonly makerFeeBps: number;
  /** Base slippage of a market order; scaled by volatility within the two factors. */
  readonly slippageBps: number;
  /** Bars of the realised volatility and of its average. */
  readonly slippageWindowBars: number;
  readonly slippageAverageBars: number;
  readonly slippageMinFactor: number;
  readonly slippageMaxFactor: number;
  /** The venue's fee on the notional of a liquidated position. */
  readonly liquidationFeeBps: number;
  /** What a funding stamp without a rate does: charged against the position, or an error. */
  readonly missingFunding: 'charge' | 'fail';
  readonly missingFundingBps: number;
  /** Expected spacing of stamps where no history is stored. */
  readonly fundingIntervalHours: number;
}

/** The slippage model that section `costs` describes. */
export function slippageModelOf(costs: CostParams): SlippageModel {
  return {
    kind: 'volatility-scaled',
    baseBps: costs.slippageBps,
    minFactor: costs.slippageMinFactor,
    maxFactor: costs.slippageMaxFactor,
  };
}

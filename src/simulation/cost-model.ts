// What does trading cost? Slippage of a market order and the fees of the venue, in fractions of the price.

/**
 * How far a market order of any size fills away from the quoted price.
 * `fixed`: always `bps`. `volatility-scaled`: `baseBps` times volatility over its average, the factor kept within its bounds.
 */
export type BaseSlippage =
  | { readonly kind: 'fixed'; readonly bps: number }
  | {
      readonly kind: 'volatility-scaled';
      readonly baseBps: number;
      readonly minFactor: number;
      readonly maxFactor: number;
    };

/**
 * What the size of an order adds: `coefficient` × daily volatility × √(quantity / volume of a day), the square-root law
 * (Almgren, Thum, Hauptmann and Li 2005, "Direct estimation of equity market impact"; coefficients of 0.5 to 1 are found).
 */
export interface SizeImpact {
  readonly coefficient: number;
  /** Slippage, basis points, where volume or volatility is unknown or nothing was traded, unless the base is larger. */
  readonly unknownBps: number;
}

export interface SlippageModel {
  readonly base: BaseSlippage;
  /** Undefined: the size of an order does not matter. */
  readonly impact: SizeImpact | undefined;
}

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
 * Slippage as a fraction of the price, positive = cost: a fill is `price × (1 + side × fraction)`. It is the base plus the
 * impact of the size; where that is unknown, the larger of the base and `unknownBps`. Volatility-scaled: the factor is 1
 * while volatility or its average is unknown, or the average is 0.
 */
export function slippageFraction({ base, impact }: SlippageModel, market: SlippageMarket): number {
  const ofAnySize = baseFraction(base, market);
  if (impact === undefined) return ofAnySize;
  const relative = relativeImpact(market);
  return relative === undefined
    ? Math.max(ofAnySize, impact.unknownBps / 10_000)
    : ofAnySize + impact.coefficient * relative;
}

function baseFraction(base: BaseSlippage, { volatility, averageVolatility }: SlippageMarket): number {
  if (base.kind === 'fixed') return base.bps / 10_000;
  return (base.baseBps / 10_000) * volatilityFactor(base, volatility, averageVolatility);
}

/** Daily volatility × √participation; undefined where a part of it is unknown. */
function relativeImpact({ dailyVolatility = NaN, quantity = NaN, dailyVolume = NaN }: SlippageMarket) {
  if (!(dailyVolatility >= 0 && quantity >= 0 && dailyVolume > 0)) return undefined;
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
  /** Coefficient of the square-root law for the size of an order; 0: size does not matter. */
  readonly impactCoefficient: number;
  /** The venue's fee on the notional of a liquidated position. */
  readonly liquidationFeeBps: number;
  /** What a funding stamp without a rate does: charged against the position, or an error. */
  readonly missingFunding: 'charge' | 'fail';
  readonly missingFundingBps: number;
  /** Expected spacing of stamps where no history is stored. */
  readonly fundingIntervalHours: number;
}

/**
 * The slippage model that section `costs` describes. Where the impact of a size is unknown, the base counts with its
 * largest factor: an order is not cheap because nobody knows what it costs.
 */
export function slippageModelOf(costs: CostParams): SlippageModel {
  const { slippageBps, slippageMinFactor, slippageMaxFactor, impactCoefficient } = costs;
  return {
    base: {
      kind: 'volatility-scaled',
      baseBps: slippageBps,
      minFactor: slippageMinFactor,
      maxFactor: slippageMaxFactor,
    },
    impact:
      impactCoefficient === 0
        ? undefined
        : { coefficient: impactCoefficient, unknownBps: slippageBps * slippageMaxFactor },
  };
}

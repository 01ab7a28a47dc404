// Do volatility targets, Kelly fractions, slippage and risk-based sizes match the reference?
import type { Instrument } from '../../../src/domain/instrument.ts';
import { kellyBinary, kellyContinuous, usedKelly } from '../../../src/portfolio/kelly.ts';
import { riskSize } from '../../../src/portfolio/risk-size.ts';
import { ewmaVolatility, volatilityMultiplier } from '../../../src/portfolio/volatility-target.ts';
import { slippageFraction, slippedPrice } from '../../../src/simulation/cost-model.ts';
import type { SlippageModel } from '../../../src/simulation/cost-model.ts';
import { differences, toleranceOf } from '../format.ts';
import type { TopicRunner } from '../format.ts';

export const run: TopicRunner = ({ kind, input, expected }, file) =>
  differences(evaluate(kind, input), expected, toleranceOf(file));

function evaluate(kind: string | undefined, input: any): object {
  switch (kind) {
    case 'vol_target':
      return {
        multiplier: volatilityMultiplier(input.volatility ?? undefined, {
          target: input.target,
          floor: input.floor,
          maxMultiplier: input.max_multiplier,
        }),
      };
    case 'ewma_vol':
      return {
        annual_vol: ewmaVolatility(input.returns, {
          decay: input['lambda_'],
          seedWindow: input.seed_window,
          periodsPerYear: input.periods_per_year,
        }),
      };
    case 'kelly_binary':
      return kellyOf(kellyBinary(input.win_probability, input.payoff_ratio), input);
    case 'kelly_continuous':
      return kellyOf(kellyContinuous(input.mean, input.std), input);
    case 'slippage':
      return slippageOf(input);
    case 'risk_size':
      return riskSizeOf(input);
    default:
      throw new Error(`unknown kind ${kind}`);
  }
}

function kellyOf(fullKelly: number | undefined, { fraction, cap }: any): object {
  return { full_kelly: fullKelly, used: usedKelly(fullKelly, { fraction, cap }) };
}

function slippageOf(input: any): object {
  const market: Record<string, number> = {};
  for (const [key, value] of Object.entries({
    volatility: input.volatility,
    averageVolatility: input.average_volatility,
    dailyVolatility: input.daily_volatility,
    quantity: input.quantity,
    dailyVolume: input.daily_volume,
  }))
    if (typeof value === 'number') market[key] = value;
  const fraction = slippageFraction(slippageModelOf(input), market);
  return { slippage_fraction: fraction, fill_price: slippedPrice(input.price, input.side, fraction) };
}

function slippageModelOf(input: any): SlippageModel {
  switch (input.model) {
    case 'fixed_bps':
      return { base: { kind: 'fixed', bps: input.bps }, impact: undefined };
    case 'volatility_scaled':
      return {
        base: {
          kind: 'volatility-scaled',
          baseBps: input.base_bps,
          minFactor: input.min_factor,
          maxFactor: input.max_factor,
        },
        impact: undefined,
      };
    case 'square_root':
      return {
        base: { kind: 'fixed', bps: input.half_spread_bps },
        impact: { coefficient: input.coefficient, unknownBps: NaN },
      };
    default:
      throw new Error(`unknown slippage model ${input.model}`);
  }
}

function riskSizeOf(input: any): object {
  const instrument: Instrument = {
    symbol: 'TEST',
    tickSize: 0.01,
    lotSize: input.qty_step,
    minQuantity: input.min_qty,
    maxMarketQuantity: Infinity,
    minNotional: input.min_notional,
    tiers: [],
  };
  const size = riskSize({
    equity: input.equity,
    riskFraction: input.risk_fraction,
    stopFraction: input.stop_fraction,
    multiplier: input.multiplier,
    maxNotionalFraction: input.max_notional_fraction,
    maxLeverage: input.max_leverage,
    price: input.price,
    instrument,
  });
  return { notional_target: size.notionalTarget, quantity: size.quantity };
}

// Which settings does the section `costs` have?
import { z } from 'zod';

const bars = z.int().min(1).max(10_000);
const costBps = z.number().min(0).max(1_000);
const factor = z.number().min(0).max(1_000);

export const costsSchema = z.strictObject({
  taker_fee_bps: costBps.describe('Basis points of the notional, paid on every fill that takes liquidity.'),
  maker_fee_bps: z
    .number()
    .min(-100)
    .max(1_000)
    .describe('Basis points of the notional, paid on every fill that rested in the book. Negative: a rebate.'),
  slippage_bps: costBps.describe('Basis points by which a market order fills worse than the price, before scaling.'),
  slippage_window_bars: bars
    .min(2)
    .describe('Bars of the realised volatility whose ratio to its average scales the slippage.'),
  slippage_average_bars: bars.describe('Bars of the average that this volatility is compared with.'),
  slippage_min_factor: factor.describe('Factor. The scaled slippage is never below this multiple of the base.'),
  slippage_max_factor: factor.describe('Factor. The scaled slippage is never above this multiple of the base.'),
  impact_coefficient: z
    .number()
    .min(0)
    .max(10)
    .describe(
      'Slippage added for the size of an order: this × daily volatility × √(quantity / volume of 24 hours). 0: none.',
    ),
  liquidation_fee_bps: costBps.describe('Basis points of the notional that the venue takes on a liquidated position.'),
  missing_funding: z
    .enum(['charge', 'fail'])
    .describe('What a funding stamp without a rate does: charge `missing_funding_bps`, or fail the run.'),
  missing_funding_bps: costBps.describe(
    'Basis points of the notional charged against the position, whatever its side, when a rate is missing.',
  ),
  funding_interval_hours: z
    .int()
    .min(1)
    .max(24)
    .describe('Hours between funding stamps that are expected where no history is stored at all; must divide 24.'),
});

type CostsSection = z.output<typeof costsSchema>;

export const costsRules = [
  {
    keys: ['slippage_min_factor', 'slippage_max_factor'],
    says: 'slippage_min_factor must not be above slippage_max_factor',
    holds: (section: CostsSection) => section.slippage_min_factor <= section.slippage_max_factor,
  },
  {
    keys: ['funding_interval_hours'],
    says: 'funding_interval_hours must divide 24',
    holds: (section: CostsSection) => 24 % section.funding_interval_hours === 0,
  },
];

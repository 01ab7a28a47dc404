// Which settings does the section `risk` have?
import { z } from 'zod';

const share = z.number().gt(0).max(1);

export const riskSchema = z.strictObject({
  max_leverage: z.number().min(1).max(125).describe('Notional over margin of a position, at most.'),
  base_position_fraction: share.describe('Margin of an ordinary position as a fraction of equity.'),
  max_position_fraction: share.describe('Margin of any position as a fraction of equity, at most.'),
  confidence_threshold: z
    .number()
    .min(0)
    .max(1)
    .describe('0 to 1, on the scale of `model.threshold_scale`. No entry below this confidence.'),
  daily_volatility_target: share.describe('Fraction a day. Positions are sized towards this volatility.'),
  daily_loss_limit: share.describe('Fraction of the equity at the start of the UTC day. A larger loss stops entries.'),
  drawdown_limit: share.describe('Fraction below the peak of equity. A deeper drawdown stops entries for good.'),
  max_open_positions: z.int().min(1).max(1_000).describe('Positions open at once, at most.'),
  cooldown_hours: z
    .number()
    .min(0)
    .max(8_760)
    .describe('Hours without a new entry in a symbol after a losing trade in it.'),
  max_participation: share.describe('Share of what was traded in the last 24 hours that an entry is at most.'),
});

type RiskSection = z.output<typeof riskSchema>;

export const riskRules = [
  {
    keys: ['base_position_fraction', 'max_position_fraction'],
    says: 'base_position_fraction must not be above max_position_fraction',
    holds: (section: RiskSection) => section.base_position_fraction <= section.max_position_fraction,
  },
];

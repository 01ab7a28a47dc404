// Which settings does the section `regime` have?
import { z } from 'zod';

const bars = z.int().min(1).max(10_000);
const adxLevel = z.number().min(0).max(100);
const size = z.number().min(0).max(1);

export const regimeSchema = z.strictObject({
  enabled: z.boolean().describe('Whether the regime filter acts. false: every regime is traded at full size.'),
  sensitivity: z
    .enum(['relaxed', 'standard', 'strict'])
    .describe('Shift of both ADX thresholds: relaxed - 5, standard 0, strict + 5 points.'),
  adx_period: bars.min(2).describe('Bars of the average directional index (Wilder).'),
  adx_enter: adxLevel.describe('Index points, 0 to 100. A trend begins at or above this.'),
  adx_exit: adxLevel.describe('Index points, 0 to 100. A trend under way goes on at or above this.'),
  ema_period: bars.describe('Bars of the exponential moving average that the close is compared with.'),
  atr_period: bars.describe('Bars of the average true range (Wilder).'),
  volatility_window: bars.min(2).describe('Bars of the average that the average true range is compared with.'),
  high_volatility_ratio: z
    .number()
    .min(1)
    .max(100)
    .describe('Ratio of the average true range to its average above which volatility counts as high.'),
  high_volatility_size: size.describe('Fraction of the usual size in high volatility. 0: no entries.'),
  allow_ranging: z.boolean().describe('Whether entries are allowed without a trend.'),
  ranging_size: size.describe('Fraction of the usual size without a trend, where allowed.'),
  confirm_bars: bars.max(1_000).describe('Bars with equal readings that a change of regime needs.'),
});

type RegimeSection = z.output<typeof regimeSchema>;

export const regimeRules = [
  {
    keys: ['adx_exit', 'adx_enter'],
    says: 'adx_exit must not be above adx_enter',
    holds: (section: RegimeSection) => section.adx_exit <= section.adx_enter,
  },
];

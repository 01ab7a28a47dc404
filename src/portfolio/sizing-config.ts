// Which settings does the section `sizing` have?
import { z } from 'zod';

export const sizingSchema = z.strictObject({
  confidence_scaling: z.boolean().describe('Whether size grows with confidence above the threshold.'),
  volatility_target: z
    .boolean()
    .describe('Whether `risk.daily_volatility_target` scales the size. false: every market is traded at full size.'),
  volatility_window_bars: z
    .int()
    .min(2)
    .max(10_000)
    .describe('Bars of the realised volatility that `risk.daily_volatility_target` is held against.'),
  volatility_floor_daily: z
    .number()
    .positive()
    .max(1)
    .describe('Fraction a day. A realised volatility below this counts as this.'),
  volatility_max_multiplier: z
    .number()
    .positive()
    .max(100)
    .describe('Factor. The volatility target never enlarges a position by more than this.'),
});

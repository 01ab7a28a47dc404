// Which settings does the section `features` have?
import { z } from 'zod';

const bars = z.int().min(1).max(10_000);

export const featuresSchema = z.strictObject({
  ema_fast: bars.describe('Bars of the fast exponential moving average.'),
  ema_slow: bars.describe('Bars of the slow exponential moving average.'),
  ema_trend: bars.describe('Bars of the exponential moving average that stands for the trend.'),
  rsi_period: bars.min(2).describe('Bars of the relative strength index (Wilder).'),
  macd_fast: bars.describe("Bars of MACD's fast average."),
  macd_slow: bars.describe("Bars of MACD's slow average."),
  macd_signal: bars.describe("Bars of MACD's signal line."),
  atr_period: bars.describe('Bars of the average true range (Wilder).'),
  atr_average_bars: bars.min(2).describe('Bars of the average that the average true range is compared with.'),
  adx_period: bars.min(2).describe('Bars of the average directional index (Wilder).'),
  bollinger_period: bars.min(2).describe('Bars of the Bollinger bands.'),
  bollinger_width: z.number().positive().max(100).describe('Half-width of the Bollinger bands in standard deviations.'),
  volatility_short_bars: bars.min(2).describe('Bars of the short realised volatility.'),
  volatility_long_bars: bars.min(2).describe('Bars of the long realised volatility.'),
  volume_average_bars: bars.describe('Bars of the average that volume is compared with.'),
  return_hours: z
    .array(z.int().min(1).max(10_000))
    .min(1)
    .meta({ uniqueItems: true })
    .describe('Hours. One past return is a feature for each entry.'),
});

type FeaturesSection = z.output<typeof featuresSchema>;

export const featuresRules = [
  {
    keys: ['ema_fast', 'ema_slow'],
    says: 'ema_fast must be below ema_slow',
    holds: (section: FeaturesSection) => section.ema_fast < section.ema_slow,
  },
  {
    keys: ['macd_fast', 'macd_slow'],
    says: 'macd_fast must be below macd_slow',
    holds: (section: FeaturesSection) => section.macd_fast < section.macd_slow,
  },
  {
    keys: ['volatility_short_bars', 'volatility_long_bars'],
    says: 'volatility_short_bars must be below volatility_long_bars',
    holds: (section: FeaturesSection) => section.volatility_short_bars < section.volatility_long_bars,
  },
];

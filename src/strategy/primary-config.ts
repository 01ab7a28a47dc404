// Which settings does the section `primary` have?
import { z } from 'zod';

const bars = z.int().min(1).max(10_000);
const weight = z.number().min(0).max(1_000);
const level = z.number().gt(0).lt(100);
const enabled = z.boolean();

export const primarySchema = z.strictObject({
  combine: z
    .enum(['voting', 'weighted'])
    .describe('How the signals become one: counted (`min_votes`) or weighted (`min_weight`).'),
  min_votes: z.int().min(1).max(3).describe('Voting: at least so many signals must stand on the winning side.'),
  min_weight: z
    .number()
    .min(0)
    .max(1)
    .describe('Weighted: |sum of signed weights| over the sum of all enabled weights must reach this fraction.'),
  ema: z.strictObject({
    enabled: enabled.describe('Whether the crossing of two exponential moving averages takes part.'),
    fast: bars.describe('Bars of the fast average.'),
    slow: bars.describe('Bars of the slow average.'),
    weight: weight.describe('Weight of this signal when `combine` is weighted.'),
  }),
  rsi: z.strictObject({
    enabled: enabled.describe('Whether the relative strength index takes part.'),
    period: bars.min(2).describe('Bars of the index (Wilder).'),
    oversold: level.describe('Index points, 0 to 100. Below this the signal is long.'),
    overbought: level.describe('Index points, 0 to 100. Above this the signal is short.'),
    weight: weight.describe('Weight of this signal when `combine` is weighted.'),
  }),
  macd: z.strictObject({
    enabled: enabled.describe('Whether MACD takes part.'),
    fast: bars.describe('Bars of the fast average.'),
    slow: bars.describe('Bars of the slow average.'),
    signal: bars.describe('Bars of the signal line.'),
    weight: weight.describe('Weight of this signal when `combine` is weighted.'),
  }),
});

type PrimarySection = z.output<typeof primarySchema>;

const enabledWeights = ({ ema, rsi, macd }: PrimarySection): number[] =>
  [ema, rsi, macd].filter((signal) => signal.enabled).map((signal) => signal.weight);

export const primaryRules = [
  {
    keys: ['ema.fast', 'ema.slow'],
    says: 'ema.fast must be below ema.slow',
    holds: (section: PrimarySection) => section.ema.fast < section.ema.slow,
  },
  {
    keys: ['macd.fast', 'macd.slow'],
    says: 'macd.fast must be below macd.slow',
    holds: (section: PrimarySection) => section.macd.fast < section.macd.slow,
  },
  {
    keys: ['rsi.oversold', 'rsi.overbought'],
    says: 'rsi.oversold must be below rsi.overbought',
    holds: (section: PrimarySection) => section.rsi.oversold < section.rsi.overbought,
  },
  {
    keys: ['ema.enabled', 'rsi.enabled', 'macd.enabled'],
    says: 'at least one signal must be enabled',
    holds: (section: PrimarySection) => enabledWeights(section).length > 0,
  },
  {
    keys: ['min_votes', 'combine', 'ema.enabled', 'rsi.enabled', 'macd.enabled'],
    says: 'min_votes must not be above the number of enabled signals',
    holds: (section: PrimarySection) =>
      section.combine !== 'voting' ||
      enabledWeights(section).length === 0 ||
      section.min_votes <= enabledWeights(section).length,
  },
  {
    keys: ['combine', 'ema.weight', 'rsi.weight', 'macd.weight'],
    says: 'the weights of the enabled signals must not all be 0 when combine is weighted',
    holds: (section: PrimarySection) =>
      section.combine !== 'weighted' ||
      enabledWeights(section).length === 0 ||
      enabledWeights(section).some((value) => value > 0),
  },
];

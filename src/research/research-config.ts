// Which settings do the sections `research` and `targets` have?
import { z } from 'zod';

const listOf = <Entry extends z.ZodType>(entry: Entry) => z.array(entry).min(1).meta({ uniqueItems: true });

export const researchSchema = z.strictObject({
  symbols: listOf(
    z
      .string()
      .regex(/^[A-Z0-9][A-Z0-9._-]*$/)
      .meta({ title: 'symbols such as BTCUSDT' }),
  ).describe('Symbols that the suite runs over.'),
  years: z.number().positive().max(50).describe('Years of history (365 days each) before the end of the data.'),
  risk_levels: listOf(z.string().min(1)).describe('Risk levels (files of config/profiles) that the suite compares.'),
  ensemble_variants: listOf(z.boolean()).describe('Values of `model.ensemble` that the suite compares.'),
  regime_sensitivities: listOf(z.enum(['relaxed', 'standard', 'strict'])).describe(
    'Values of `regime.sensitivity` that the suite compares.',
  ),
  seed: z.int().min(0).max(4_294_967_295).describe('Seed of everything random; the same seed gives the same result.'),
  bootstrap_resamples: z.int().min(100).max(1_000_000).describe('Resamples behind every confidence interval.'),
  ablation: z
    .boolean()
    .describe(
      'Whether the variant of the verdict is also run with one part switched off at a time, with costs doubled and one bar late. Never in a sweep.',
    ),
});

export const targetsSchema = z.strictObject({
  sharpe: z
    .number()
    .nullable()
    .describe('Annualised Sharpe ratio (the cautious one) that a result must exceed. null: no promise.'),
  profit_factor: z
    .number()
    .positive()
    .nullable()
    .describe('Wins over losses, after costs, that a result must exceed. null: no promise.'),
  max_drawdown: z
    .number()
    .gt(0)
    .max(1)
    .nullable()
    .describe('Fraction below the peak of equity that a result must stay below. null: no promise.'),
  trades: z.int().min(0).nullable().describe('Round trips that a result must exceed. null: no promise.'),
});

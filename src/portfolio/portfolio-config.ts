// Which settings does the section `portfolio` have?
import { z } from 'zod';

const multiple = z.number().positive().max(1_000);
const days = z.number().min(1).max(3_650);
const weight = z.number().min(0).max(1_000);
const symbols = z.array(z.string().min(1));

export const portfolioSchema = z.strictObject({
  cross_sectional: z.strictObject({
    enabled: z.boolean().describe('Whether one account trades only the best symbols of its universe.'),
    rebalance_interval_hours: z
      .int()
      .min(1)
      .max(720)
      .describe('Hours between two rebalances, counted from midnight UTC; the first close at or after each decides.'),
    top_k: z.int().min(1).max(1_000).describe('Symbols selected at once, at most; 3 to 5 are recommended.'),
    allocation: z
      .enum(['equal', 'inverse_volatility', 'risk_parity'])
      .describe('How risk is spread over the selected symbols.'),
    score_weights: z.strictObject({
      sharpe: weight.describe('Share of the recent Sharpe ratio in the score.'),
      adx: weight.describe('Share of the strength of the trend in the score.'),
      confidence: weight.describe("Share of the model's recent confidence in the score."),
      volatility: weight.describe('Share of the volatility in the score; lower is better.'),
    }),
    sharpe_lookback_days: days.describe('Days of returns behind Sharpe ratio and volatility.'),
    min_liquidity: z
      .number()
      .min(0)
      .max(1e15)
      .describe('Quote currency that must have been traded in the last 24 hours to be selected. 0: any.'),
    max_symbol_risk: z
      .number()
      .gt(0)
      .max(1)
      .describe("Margin of a symbol's position as a fraction of equity, at most."),
  }),
  selection: z.strictObject({
    include: symbols.describe('Symbols of which alone some are selected. None: all.'),
    exclude: symbols.describe('Symbols that are never selected.'),
    rank_buffer: z
      .int()
      .min(0)
      .max(1_000)
      .describe('Places below the top within which a selected symbol keeps its seat.'),
    normalisation: z.enum(['rank', 'zscore']).describe('How a component is made comparable across symbols.'),
    on_leaving: z
      .enum(['own_exit', 'close'])
      .describe('What becomes of the position of a symbol that is no longer selected.'),
  }),
  rebalancing: z.strictObject({
    no_trade_band: z
      .number()
      .min(0)
      .max(10)
      .describe('Fraction of its new target by which a position may be larger or smaller and is left alone.'),
    increase: z.boolean().describe('Whether a rebalance adds to positions below their target. false: it only reduces.'),
  }),
  limits: z.strictObject({
    max_gross: multiple.describe('Notional of all positions together, as a multiple of equity, at most.'),
    max_net: multiple.describe('Notional of longs less that of shorts, as a multiple of equity, at most.'),
    max_group: multiple.describe('Notional of a group of correlated symbols, as a multiple of equity, at most.'),
    group_correlation: z
      .number()
      .gt(0)
      .max(1)
      .describe('Mean correlation of returns from which two groups of symbols are one.'),
  }),
  covariance: z.strictObject({
    lookback_days: days.describe('Days of returns behind covariances and correlations.'),
    shrinkage: z
      .union([z.number().min(0).max(1), z.literal('auto')])
      .describe(
        'For weights by risk. 0: covariances as measured; 1: as if nothing moved together; auto: what the returns themselves call for.',
      ),
  }),
});

type PortfolioSection = z.output<typeof portfolioSchema>;

export const portfolioRules = [
  {
    keys: ['sharpe', 'adx', 'confidence', 'volatility'].map((name) => `cross_sectional.score_weights.${name}`),
    says: 'at least one of cross_sectional.score_weights must be above 0',
    holds: ({ cross_sectional }: PortfolioSection) =>
      Object.values(cross_sectional.score_weights).some((share) => share > 0),
  },
  {
    keys: ['selection.include', 'selection.exclude'],
    says: 'no symbol may stand in both selection.include and selection.exclude',
    holds: ({ selection }: PortfolioSection) => !selection.include.some((symbol) => selection.exclude.includes(symbol)),
  },
];

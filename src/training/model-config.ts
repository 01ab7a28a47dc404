// Which settings does the section `model` have?
import { z } from 'zod';

const weight = z.number().min(0).max(1);
const penalty = z.number().min(0).max(1e6);
const share = z.number().gt(0).max(1);

export const modelSchema = z.strictObject({
  ensemble: z.boolean().describe('Whether logistic regression joins. false: gradient boosting alone.'),
  boosting_weight: weight.describe('Weight of gradient boosting in the ensemble, relative to the other weight.'),
  logistic_weight: weight.describe('Weight of logistic regression in the ensemble, relative to the other weight.'),
  calibration: z.enum(['platt', 'isotonic']).describe('How scores become probabilities.'),
  validation_fraction: z
    .number()
    .gt(0)
    .lt(1)
    .describe('Fraction of every training window, its last part: calibration and choice, never fitted on.'),
  min_train_samples: z
    .int()
    .min(1)
    .max(10_000_000)
    .describe('Usable labels that a training window needs; with fewer the fold fails with that reason.'),
  sample_weights: z
    .enum(['uniqueness', 'none'])
    .describe('Whether labels that overlap in time count less (average uniqueness), or all the same.'),
  class_weights: z
    .enum(['balanced', 'none'])
    .describe(
      'balanced: the rarer of the two labels counts more in fitting, both alike in sum; probabilities stay true by calibration.',
    ),
  threshold_scale: z
    .enum(['edge', 'probability'])
    .describe('What `risk.confidence_threshold` is compared with: the edge scale, or the plain probability.'),
  leak_alarm_auc: z
    .number()
    .min(0.5)
    .max(1)
    .describe('Area under the ROC curve on validation data. Above this a leak is assumed and reported.'),
  bags: z
    .int()
    .min(1)
    .max(100)
    .describe(
      'Boosting models with samples of their own that are averaged into one, so that less depends on the seed.',
    ),
  boosting: z.strictObject({
    trees: z.int().min(1).max(10_000).describe('Number of trees.'),
    max_depth: z.int().min(1).max(16).describe('Levels of splits in a tree.'),
    learning_rate: share.describe('Factor on every leaf (shrinkage).'),
    lambda: penalty.describe('L2 penalty on leaf values.'),
    alpha: penalty.describe('L1 penalty on leaf values.'),
    gamma: penalty.describe('Least gain that a split must bring.'),
    min_child_weight: penalty.describe('Least sum of hessians on each side of a split.'),
    row_sampling: share.describe('Fraction of the rows that each tree sees.'),
    column_sampling: share.describe('Fraction of the features that each tree sees.'),
    max_bins: z.int().min(2).max(255).describe('Histogram bins per feature.'),
    early_stopping_rounds: z
      .int()
      .min(0)
      .max(10_000)
      .describe('Trees without a better validation loss after which fitting stops. 0: never.'),
  }),
  logistic: z.strictObject({
    inverse_regularization: z
      .number()
      .positive()
      .max(1e9)
      .describe('C of L2 logistic regression on standardised features; smaller means a stronger penalty.'),
  }),
});

type ModelSection = z.output<typeof modelSchema>;

export const modelRules = [
  {
    keys: ['boosting_weight', 'logistic_weight'],
    says: 'boosting_weight and logistic_weight must not both be 0',
    holds: (section: ModelSection) => section.boosting_weight > 0 || section.logistic_weight > 0,
  },
];

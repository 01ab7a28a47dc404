// Which settings does the section `renewal` have?
import { z } from 'zod';

const days = z.int().min(1).max(10_000);
const share = z.number().min(0).max(1);

export const renewalSchema = z.strictObject({
  models_folder: z.string().min(1).describe('Folder of the models; `--models DIR` wins.'),
  keep_backups: z.int().min(1).max(1_000).describe('Backups of the record of models that are kept, the newest.'),
  train_days: days.describe('Days of history that a model that is to trade learns from; `--days N` wins.'),
  min_train_days: days.describe('Days of history without which a symbol is neither trained nor traded.'),
  min_coverage: share.describe('Least share of the candles of that history that must be there.'),
  new_symbols: z
    .enum(['train', 'block'])
    .describe('train: a symbol without a model is trained at the next retraining; block: only when a person asks.'),
  in_bot: z
    .boolean()
    .describe('Whether a bot that knows a folder of history (`--data`, `data.root`) keeps the schedule by itself.'),
  schedule: z.strictObject({
    every_days: days
      .nullable()
      .describe('Days after which models are trained anew. null: by `cron` only, or not at all.'),
    cron: z
      .string()
      .regex(/^\S+(?: \S+){4}$/)
      .meta({ title: 'five fields with blanks between them: minute hour day month weekday' })
      .nullable()
      .describe('Times in UTC at which models are trained anew, as cron says them. null: by `every_days` only.'),
    on_drift: z.boolean().describe('Whether models are trained anew when the watch finds that they no longer fit.'),
    on_guard: z.boolean().describe('Whether models are trained anew when the performance guard pauses trading.'),
    min_hours_between: z
      .number()
      .min(1)
      .max(8_760)
      .describe('Hours that lie between two trainings at least, whatever asks for them.'),
  }),
  gate: z.strictObject({
    days: days.describe('Last days of the history, kept from training: both models trade them, and the trades decide.'),
    min_trades: z.int().min(1).max(1_000_000).describe('Trades that the challenger must make in them.'),
    min_sharpe: z.number().min(-10).max(10).describe('Least Sharpe ratio of the challenger (daily, annualised).'),
    min_profit_factor: z.number().min(0).max(100).describe('Least profit factor of the challenger.'),
    max_drawdown: share.describe('Fraction. Largest drawdown that the challenger may have.'),
    max_chance: z
      .number()
      .gt(0)
      .max(1)
      .describe('How often chance alone may explain the margin over the champion, at most (paired bootstrap of days).'),
    calibration_slack: z
      .number()
      .min(0)
      .max(1)
      .describe('How much worse than the champion the Brier score of the challenger may be.'),
  }),
  shadow_days: z
    .int()
    .min(0)
    .max(365)
    .describe('Days for which a challenger decides beside the champion, without orders, before it may be promoted.'),
  max_flips_per_day: z
    .int()
    .min(0)
    .max(100)
    .describe('Changes of the champion of one symbol that the program makes by itself in 24 hours, at most.'),
});

type RenewalSection = z.output<typeof renewalSchema>;

export const renewalRules = [
  {
    keys: ['min_train_days', 'train_days'],
    says: 'min_train_days must not be above train_days',
    holds: (section: RenewalSection) => section.min_train_days <= section.train_days,
  },
];

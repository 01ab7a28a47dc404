// Which settings does the section `guard` have?
import { z } from 'zod';

const share = z.number().min(0).max(1);
const probability = z.number().gt(0).lt(1);
const trades = z.int().min(1).max(10_000);

export const guardSchema = z.strictObject({
  enabled: z.boolean().describe('Whether the performance guard acts.'),
  win_rate_rule: z
    .enum(['validated', 'fixed'])
    .describe('validated: binomial test against the validated win rate; fixed: the thresholds below.'),
  validated_reduce_p: probability.describe('Probability. Reduce when so few wins had at most this probability.'),
  validated_pause_p: probability.describe('Probability. Pause when so few wins had at most this probability.'),
  validated_recovery_p: probability.describe('Probability. Ease again when so few wins had at least this probability.'),
  validated_min_trades: trades.describe('Closed trades that the binomial test needs.'),
  validated_window_trades: trades.describe('Last closed trades that the binomial test looks at.'),
  window_trades: trades.describe('Fixed rule: last closed trades that are looked at.'),
  min_trades: trades.describe(
    'Closed trades that the fixed rule needs, and that leaving the state REDUCED needs by either rule.',
  ),
  reduced_win_rate: share.describe('Fixed rule: fraction of wins below which the size is reduced.'),
  paused_win_rate: share.describe('Fixed rule: fraction of wins below which entries pause.'),
  recovery_win_rate: share.describe(
    'Fraction of wins from which the guard eases again by the fixed rule, or where no validated win rate is known.',
  ),
  reduced_drawdown: share.describe('Fraction below the peak of equity above which the size is reduced.'),
  paused_drawdown: share.describe('Fraction below the peak of equity above which entries pause.'),
  recovery_drawdown: share.describe('Fraction below the peak of equity under which the guard eases again.'),
  reduced_streak: trades.describe(
    'Losses in a row at which the size is reduced; by the validated rule more where losses are ordinary.',
  ),
  paused_streak: trades.describe(
    'Losses in a row at which entries pause; by the validated rule more where losses are ordinary.',
  ),
  reduced_size: share.describe('Fraction of the usual size in the state REDUCED.'),
  reduced_threshold_add: share.describe('Added to `risk.confidence_threshold` in the state REDUCED.'),
  cooldown_hours: z.number().min(0).max(8_760).describe('Hours that a pause lasts at least.'),
  shadow_min_trades: z
    .int()
    .min(0)
    .max(10_000)
    .describe('Shadow trades (decided, not sent) that a pause needs before it may end.'),
});

type GuardSection = z.output<typeof guardSchema>;

export const guardRules = [
  {
    keys: ['paused_win_rate', 'reduced_win_rate'],
    says: 'paused_win_rate must be below reduced_win_rate',
    holds: (section: GuardSection) => section.paused_win_rate < section.reduced_win_rate,
  },
  {
    keys: ['recovery_win_rate', 'reduced_win_rate'],
    says: 'recovery_win_rate must not be below reduced_win_rate',
    holds: (section: GuardSection) => section.recovery_win_rate >= section.reduced_win_rate,
  },
  {
    keys: ['reduced_drawdown', 'paused_drawdown'],
    says: 'reduced_drawdown must be below paused_drawdown',
    holds: (section: GuardSection) => section.reduced_drawdown < section.paused_drawdown,
  },
  {
    keys: ['recovery_drawdown', 'reduced_drawdown'],
    says: 'recovery_drawdown must not be above reduced_drawdown',
    holds: (section: GuardSection) => section.recovery_drawdown <= section.reduced_drawdown,
  },
  {
    keys: ['reduced_streak', 'paused_streak'],
    says: 'reduced_streak must be below paused_streak',
    holds: (section: GuardSection) => section.reduced_streak < section.paused_streak,
  },
  {
    keys: ['min_trades', 'window_trades'],
    says: 'min_trades must not be above window_trades',
    holds: (section: GuardSection) => section.min_trades <= section.window_trades,
  },
  {
    keys: ['validated_pause_p', 'validated_reduce_p'],
    says: 'validated_pause_p must be below validated_reduce_p',
    holds: (section: GuardSection) => section.validated_pause_p < section.validated_reduce_p,
  },
  {
    keys: ['validated_recovery_p', 'validated_reduce_p'],
    says: 'validated_recovery_p must be above validated_reduce_p',
    holds: (section: GuardSection) => section.validated_recovery_p > section.validated_reduce_p,
  },
  {
    keys: ['validated_min_trades', 'validated_window_trades'],
    says: 'validated_min_trades must not be above validated_window_trades',
    holds: (section: GuardSection) => section.validated_min_trades <= section.validated_window_trades,
  },
];

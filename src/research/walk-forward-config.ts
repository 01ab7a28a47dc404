// Which settings does the section `walk_forward` have?
import { z } from 'zod';

const days = z.int().min(1).max(10_000);

export const walkForwardSchema = z.strictObject({
  train_days: days.describe('Days of every training window.'),
  test_days: days.describe('Days of every test window.'),
  step_days: days.describe('Days from one test window to the next.'),
  embargo_hours: z
    .number()
    .min(0)
    .max(8_760)
    .describe('Hours of extra gap before each test window, on top of the label horizon.'),
  holdout_days: z
    .int()
    .min(0)
    .max(3_650)
    .describe('Last days of the data that no run reads unless it opens the holdout. 0: nothing is held out.'),
  mode: z
    .enum(['rolling', 'anchored'])
    .describe('rolling: the training window moves along; anchored: it always begins at the start of the data.'),
});

type WalkForwardSection = z.output<typeof walkForwardSchema>;

export const walkForwardRules = [
  {
    keys: ['step_days', 'test_days'],
    says: 'step_days must not be below test_days, or days would be counted twice in the joined equity',
    holds: (section: WalkForwardSection) => section.step_days >= section.test_days,
  },
];

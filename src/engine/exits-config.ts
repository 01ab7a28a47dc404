// Which settings does the section `exits` have?
import { z } from 'zod';

const distance = z.number().gt(0).lt(1).nullable();

export const exitsSchema = z.strictObject({
  stop_fraction: distance.describe(
    "Distance of the protective stop as a fraction of the entry fill. null: the labels' stop barrier.",
  ),
  target_fraction: z
    .number()
    .min(0)
    .lt(1)
    .nullable()
    .describe(
      "Distance of the profit target as a fraction of the entry fill. 0: no target; null: the labels' profit barrier.",
    ),
  max_hold_hours: z
    .int()
    .min(1)
    .max(8_760)
    .nullable()
    .describe("Hours after which a position is closed. null: the labels' horizon."),
  trailing_fraction: distance.describe(
    'Distance at which the stop trails the best price since entry, as a fraction. null: it does not trail.',
  ),
  exit_on_opposite_signal: z.boolean().describe('Whether a primary signal against the position closes it.'),
});

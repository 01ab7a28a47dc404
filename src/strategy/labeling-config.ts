// Which settings does the section `labeling` have?
import { z } from 'zod';

const barrier = z.number().positive().max(100);

export const labelingSchema = z.strictObject({
  profit_barrier: barrier.describe(
    'Distance of the profit barrier: fraction of the entry fill, or multiples of ATR / price when `width` is atr.',
  ),
  stop_barrier: barrier.describe('Distance of the stop barrier, in the unit of `profit_barrier`.'),
  width: z.enum(['fixed', 'atr']).describe('Unit of both barriers: fractions, or multiples of ATR / price.'),
  horizon_hours: z.int().min(1).max(8_760).describe('Hours after the entry at which the time barrier stands.'),
  min_net_return: z
    .number()
    .gt(-1)
    .lt(1)
    .describe('Fraction, after fees, slippage and funding. A label is 1 only above this net return.'),
});

type LabelingSection = z.output<typeof labelingSchema>;

export const labelingRules = [
  {
    keys: ['profit_barrier', 'width'],
    says: 'profit_barrier must be below 1 when width is fixed',
    holds: (section: LabelingSection) => section.width === 'atr' || section.profit_barrier < 1,
  },
  {
    keys: ['stop_barrier', 'width'],
    says: 'stop_barrier must be below 1 when width is fixed',
    holds: (section: LabelingSection) => section.width === 'atr' || section.stop_barrier < 1,
  },
];

// Which settings does `live.no_entries` have?
import { z } from 'zod';
import { INSTANT_FORM, WINDOW_FORM } from './window-text.ts';

const minutes = z.number().min(0).max(10_080);

export const noEntriesSchema = z.strictObject({
  windows: z
    .array(
      z
        .string()
        .regex(WINDOW_FORM)
        .meta({ title: 'windows such as 22:00-23:30, Sat 22:00-Sun 02:00 or instant/instant' }),
    )
    .describe('Times in UTC in which nothing is opened: every day, every week, or once. The end is not part of them.'),
  times: z
    .array(z.string().regex(INSTANT_FORM).meta({ title: 'instants such as 2024-06-12T18:00' }))
    .describe('Instants in UTC around which nothing is opened.'),
  minutes_before: minutes.describe('Minutes before each of `times`.'),
  minutes_after: minutes.describe('Minutes after each of `times`.'),
  funding_above: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .describe(
      'Fraction. Nothing is opened around a funding payment whose rate is larger than this, of either sign, or not known; 0: around each; null: funding forbids nothing.',
    ),
  funding_minutes_before: minutes.describe('Minutes before such a payment.'),
  funding_minutes_after: minutes.describe('Minutes after such a payment.'),
});

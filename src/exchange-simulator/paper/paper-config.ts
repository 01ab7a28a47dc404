// Which settings does the section `paper` have?
import { z } from 'zod';

const share = z.number().min(0).max(1);

export const paperSchema = z.strictObject({
  latency_ms: z
    .int()
    .min(0)
    .max(60_000)
    .describe('Milliseconds from sending an order to its arrival in the book; the price it meets is that of then.'),
  participation: share
    .gt(0)
    .describe('Share of what is traded beyond the price of a resting limit order that the order gets.'),
  missed_fills: share.describe(
    'Share of the moments at which a resting limit order would fill that pass it by: others were before it.',
  ),
  prices: z
    .enum(['book', 'last'])
    .describe(
      'book: orders meet the best bid or ask and slip from there, margin counts at the mark price; last: all is the last price, as in research.',
    ),
  stale_seconds: z
    .number()
    .min(1)
    .max(600)
    .describe('Seconds without a word of the venue on a symbol after which nothing is traded at its price.'),
});

// Which rows of the account are ours? Those of USDT perpetuals; they must be readable to the last field, others are left out.
import { z } from 'zod';
import { PERPETUAL } from './tickers.ts';

/** `shape` for rows of USDT perpetuals; undefined for those of anything else. */
export function ownRow<Row>(shape: z.ZodType<Row>): z.ZodType<Row | undefined> {
  return z.looseObject({ symbol: z.string() }).transform((row, context): Row | undefined => {
    if (!PERPETUAL.test(row.symbol)) return undefined;
    const parsed = shape.safeParse(row);
    if (parsed.success) return parsed.data;
    for (const { path, message } of parsed.error.issues) context.addIssue({ code: 'custom', path, message });
    return z.NEVER;
  });
}

// Which settings does the section `universe` have?
import { z } from 'zod';

export const universeSchema = z.strictObject({
  min_listing_age_days: z.number().min(0).max(3_650).describe('Days since its listing before a symbol may be entered.'),
  min_traded_value_24h: z
    .number()
    .min(0)
    .max(1e15)
    .describe('Quote currency that must have been traded in the last 24 hours before an entry. 0: any.'),
});

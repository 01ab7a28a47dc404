// Which settings does the section `account` have?
import { z } from 'zod';

export const accountSchema = z.strictObject({
  initial_equity: z.number().positive().max(1e12).describe('USDT in the account at the start of a simulation.'),
});

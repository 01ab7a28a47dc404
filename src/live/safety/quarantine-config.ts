// Which settings does `live.quarantine` have?
import { z } from 'zod';

const minutes = z.number().min(1).max(43_200);
const count = z.int().min(1).max(100_000);

export const quarantineSchema = z.strictObject({
  on_delisting: z
    .enum(['close', 'freeze'])
    .describe('What happens to a position whose contract is being delisted: it is closed, or left to stop and venue.'),
  delisting_hours: z
    .number()
    .min(0)
    .max(720)
    .describe('Hours before an announced delisting from which on the symbol is in quarantine; 0: from its end on.'),
  missing_closes: count.describe('Closes in a row without a candle of the symbol, while others have theirs.'),
  rejections: count.describe('Orders of one symbol that the venue refused within the window.'),
  rejections_window_minutes: minutes.describe('Minutes that refused orders of a symbol are counted over.'),
  first_minutes: minutes.describe('Minutes that a quarantine for refused orders lasts first.'),
  most_minutes: minutes.describe('Minutes that it lasts at most: each one that follows soon is twice as long.'),
  look_minutes: minutes.describe('Minutes after which the venue is asked again about a symbol in quarantine.'),
});

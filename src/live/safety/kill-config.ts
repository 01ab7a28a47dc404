// Which settings does `live.kill` have?
import { z } from 'zod';

const action = z.enum(['alarm', 'pause', 'kill']);
const minutes = z.number().min(1).max(10_080);
const count = z.int().min(1).max(100_000);

export const killSchema = z.strictObject({
  drawdown: action.describe('What happens when `risk.drawdown_limit` breaks. Entries stop for good in any case.'),
  daily_loss: action.describe(
    'What happens when `risk.daily_loss_limit` breaks. Entries stop for the day in any case.',
  ),
  liquidation: action.describe('What happens when the venue has liquidated a position.'),
  deleverage: action.describe('What happens when the venue has taken from a position to cover a loss of others (ADL).'),
  errors: count.describe('Refusals and unreadable messages of the venue within the window that are too many.'),
  errors_window_minutes: minutes.describe('Minutes that errors are counted over.'),
  errors_action: action.describe('What happens when there are too many errors.'),
  outages_count: z
    .boolean()
    .describe('Whether requests that find no venue count as errors. Stale data blocks entries in any case.'),
  rejections: count.describe('Orders that the venue refused within the window that are too many.'),
  rejections_window_minutes: minutes.describe('Minutes that refused orders are counted over.'),
  rejections_action: action.describe('What happens when too many orders were refused.'),
  protection_failures: count.describe(
    'Positions that had to be closed because no stop could be placed, within 24 hours, that are too many.',
  ),
  protection_action: action.describe('What happens when there were too many such positions.'),
});

// Which settings does `live.watchdog` have?
import { z } from 'zod';

const seconds = z.number().min(0.05).max(3_600);

export const watchdogSchema = z.strictObject({
  enabled: z
    .boolean()
    .describe('Whether the bot starts its watchdog as a process beside it. Off: start perpilot watchdog yourself.'),
  heartbeat_seconds: seconds.describe("Seconds between two words of the bot's loop."),
  silent_seconds: seconds.describe('Seconds without a word after which the bot counts as hanging.'),
  kill_grace_seconds: seconds.describe('Seconds that the bot has to act on the kill switch itself.'),
  on_silence: z
    .enum(['cancel_entries', 'flatten'])
    .describe('For a bot that hangs. cancel_entries: positions stay, each with its stop; flatten: everything goes.'),
  check_seconds: seconds.describe('Seconds between two looks of the watchdog.'),
  again_seconds: seconds.describe("Seconds after which a silent bot's account is looked at again."),
  http_port: z
    .int()
    .min(0)
    .max(65_535)
    .nullable()
    .describe('Port on this machine alone for POST /kill, /pause and /resume; 0: any that is free; null: none.'),
});

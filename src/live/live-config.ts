// Which settings does the section `live` have?
import { z } from 'zod';
import { canarySchema } from './safety/canary-config.ts';
import { killSchema } from './safety/kill-config.ts';
import { quarantineSchema } from './safety/quarantine-config.ts';
import { watchdogSchema } from './safety/watchdog-config.ts';
import { noEntriesSchema } from './session/no-entries-config.ts';
import { instantOf, windowOf } from './session/window-text.ts';

const seconds = z.number().positive().max(86_400);

export const liveSchema = z.strictObject({
  exchange: z.enum(['bybit', 'binance']).describe('Where the bot trades outside of a rehearsal.'),
  instance: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]{0,31}$/)
    .meta({ title: 'a name of small letters, digits and dashes' })
    .describe(
      'Name of this bot: its orders carry a mark made of it and of where it trades. Two bots never share an account.',
    ),
  state_folder: z
    .string()
    .min(1)
    .describe('Folder below which every mode and name has one with journal, models and switches; `--state DIR` wins.'),
  models_folder: z
    .string()
    .min(1)
    .nullable()
    .describe(
      'Folder with single models, one SYMBOL.json each, that a bot begins with as long as nothing was ever recorded in the registry of `renewal.models_folder`. null: it trains its own.',
    ),
  margin_mode: z.enum(['isolated', 'cross']).describe('Margin mode that the account must have, else the start fails.'),
  trigger_by: z.enum(['last', 'mark']).describe('Price that fires stops and targets at the venue.'),
  protection_deadline_seconds: seconds
    .max(60)
    .describe('Seconds. A position that is without its stop for longer is closed at once.'),
  entry_max_age_seconds: seconds.describe('Seconds after its decision until which an entry may still be sent.'),
  entry_orders: z
    .enum(['market', 'limit_then_market'])
    .describe(
      'market: an entry takes at once; limit_then_market: it rests at the touch first, then what is left of it takes.',
    ),
  limit_seconds: seconds.describe('Seconds after the close for which a limit order of an entry rests.'),
  limit_post_only: z.boolean().describe('Whether the limit order of an entry must not take.'),
  max_slippage_bps: z
    .number()
    .gt(0)
    .max(1_000)
    .nullable()
    .describe(
      'Bps. An entry buys no higher above the close of its decision, and sells no lower below it; the rest is given up. null: no cap.',
    ),
  contracts_interval_hours: z
    .number()
    .gt(0)
    .max(168)
    .describe('Hours. Steps, minimums and margin tiers of the contracts are read anew so often.'),
  compare_interval_seconds: seconds.min(1).max(3_600).describe('Seconds. Books and venue are compared so often.'),
  min_liquidation_distance: z
    .number()
    .min(1)
    .max(100)
    .describe('Times the distance of the stop that the liquidation price must lie away from the entry, at least.'),
  limit_tolerance: z
    .number()
    .min(0)
    .max(1)
    .describe('Fraction by which a limit may be exceeded at the price of a fill; more is cut at once.'),
  foreign_positions: z
    .enum(['adopt', 'alarm'])
    .describe(
      'adopt: a position that nobody here opened gets a stop and is looked after; alarm: it is told, and nothing is opened.',
    ),
  adopted_stop: z
    .number()
    .gt(0)
    .max(0.5)
    .describe('Fraction of the entry price: distance of the stop of an adopted position that has none.'),
  feed_grace_seconds: seconds.describe('Seconds after a close for which streams are waited for before REST is asked.'),
  feed_deadline_seconds: seconds.describe('Seconds after a close when it is decided with the candles that are there.'),
  funding_deadline_seconds: seconds.describe('Seconds that a close waits for the funding rate of its own time.'),
  no_entries: noEntriesSchema.describe('When people want nothing to be opened.'),
  canary: canarySchema.describe(
    'Whether the venue still takes what the bot orders, tried by itself on testnet and demo.',
  ),
  watchdog: watchdogSchema.describe('The process that acts when the bot hangs.'),
  kill: killSchema.describe('When the bot throws its own kill switch, or pauses.'),
  quarantine: quarantineSchema.describe('When one symbol is left alone, so that the others go on.'),
});

type LiveSection = z.output<typeof liveSchema>;

export const liveRules = [
  {
    keys: ['feed_grace_seconds', 'feed_deadline_seconds'],
    says: 'feed_grace_seconds must be below feed_deadline_seconds',
    holds: (section: LiveSection) => section.feed_grace_seconds < section.feed_deadline_seconds,
  },
  {
    keys: ['feed_deadline_seconds', 'entry_max_age_seconds'],
    says: 'feed_deadline_seconds must be below entry_max_age_seconds',
    holds: (section: LiveSection) => section.feed_deadline_seconds < section.entry_max_age_seconds,
  },
  {
    keys: ['limit_seconds', 'entry_max_age_seconds', 'entry_orders'],
    says: 'limit_seconds must be below entry_max_age_seconds, or nothing is left of it for the market',
    holds: (section: LiveSection) =>
      section.entry_orders === 'market' || section.limit_seconds < section.entry_max_age_seconds,
  },
  {
    keys: ['no_entries.windows'],
    says: 'each of no_entries.windows must end after it begins, on days that there are',
    holds: ({ no_entries }: LiveSection) => no_entries.windows.every((text) => windowOf(text) !== undefined),
  },
  {
    keys: ['no_entries.times'],
    says: 'no_entries.times must lie on days that there are',
    holds: ({ no_entries }: LiveSection) => no_entries.times.every((text) => instantOf(text) !== undefined),
  },
  {
    keys: ['canary.every_hours', 'canary.max_age_hours'],
    says: 'canary.every_hours must be below canary.max_age_hours, or every canary is too old before the next',
    holds: ({ canary }: LiveSection) => canary.every_hours < canary.max_age_hours,
  },
  {
    keys: ['quarantine.rejections', 'kill.rejections'],
    says: 'quarantine.rejections must be below kill.rejections, or one symbol would stop all of them',
    holds: ({ quarantine, kill }: LiveSection) => quarantine.rejections < kill.rejections,
  },
  {
    keys: ['quarantine.first_minutes', 'quarantine.most_minutes'],
    says: 'quarantine.first_minutes must not exceed quarantine.most_minutes',
    holds: ({ quarantine }: LiveSection) => quarantine.first_minutes <= quarantine.most_minutes,
  },
  {
    keys: ['watchdog.heartbeat_seconds', 'watchdog.silent_seconds'],
    says: 'watchdog.heartbeat_seconds must be below half of watchdog.silent_seconds',
    holds: ({ watchdog }: LiveSection) => watchdog.heartbeat_seconds < watchdog.silent_seconds / 2,
  },
];

// Which settings does the section `operations` have, and which rules do they make?
import { z } from 'zod';
import type { HealthRules } from './judge-health.ts';

const seconds = z.number().min(1).max(86_400);

export const operationsSchema = z.strictObject({
  health_check_interval_seconds: seconds.describe('Seconds. The whole state of health is written to the log so often.'),
  status_interval_seconds: seconds
    .max(30)
    .describe('Seconds. The status file is written anew so often, and at once when the health changes.'),
  silent_seconds: seconds
    .max(45)
    .describe('Seconds without an answer of the main loop, or a new status file, after which the bot is unhealthy.'),
  candle_late_seconds: seconds
    .max(600)
    .describe('Seconds after a close when a missing candle makes the bot unhealthy.'),
  unprotected_seconds: seconds
    .max(55)
    .describe('Seconds without a stop after which a position makes the bot unhealthy.'),
  stream_silent_seconds: seconds.describe('Seconds without a word from the venue that are told as a warning.'),
  clock_offset_ms: z
    .number()
    .positive()
    .max(60_000)
    .describe('Milliseconds between our clock and the venue: a warning.'),
  api_errors_per_hour: z
    .int()
    .min(0)
    .max(100_000)
    .describe('Errors of the venue in an hour up to this are no warning.'),
  disk_free_mb: z.number().min(0).describe('Megabytes of free disk below which there is a warning.'),
  memory_mb: z.number().positive().describe('Megabytes of memory above which there is a warning.'),
  model_age_days: z.number().positive().max(3_650).describe('Days after which a model is told to be old.'),
  http_port: z
    .int()
    .min(0)
    .max(65_535)
    .nullable()
    .describe('Port on this machine alone for /health, /ready and /metrics; 0: any free one; null: none.'),
  log_level: z.enum(['debug', 'info', 'warn', 'error']).describe('The least that is written to the log.'),
  log_max_mb: z
    .number()
    .min(0.01)
    .max(1_024)
    .describe('Megabytes after which a file of the log is closed and compressed.'),
  log_keep_days: z.int().min(1).max(3_650).describe('Days for which files of the log are kept.'),
  log_keep_mb: z
    .number()
    .min(0.1)
    .max(102_400)
    .describe('Megabytes that all files of the log may have; the oldest go first.'),
  backup: z
    .strictObject({
      every_hours: z
        .number()
        .min(0.1)
        .max(720)
        .nullable()
        .describe('Hours between the backups that the bot makes by itself; null: none.'),
      keep: z.int().min(1).max(1_000).describe('So many of the newest backups are kept.'),
      folder: z
        .string()
        .min(1)
        .nullable()
        .describe('Folder of the backups. null: that of the bot with -backups behind.'),
    })
    .describe('Backups that the bot makes by itself while it runs.'),
});

type OperationsSection = z.output<typeof operationsSchema>;

export const operationsRules = [
  {
    keys: ['status_interval_seconds', 'silent_seconds'],
    says: 'status_interval_seconds must be below half of silent_seconds, or every late file is taken for a bot that hangs',
    holds: (section: OperationsSection) => section.status_interval_seconds * 2 < section.silent_seconds,
  },
];

/** The settings that say when the bot is well. */
export interface HealthSettings {
  readonly silentSeconds: number;
  readonly candleLateSeconds: number;
  readonly unprotectedSeconds: number;
  readonly streamSilentSeconds: number;
  readonly clockOffsetMs: number;
  readonly apiErrorsPerHour: number;
  readonly diskFreeMb: number;
  readonly memoryMb: number;
  readonly modelAgeDays: number;
}

const SECOND_MS = 1_000;
const MEGABYTE = 1_048_576;

export function healthRulesOf(settings: HealthSettings): HealthRules {
  return {
    silentMs: settings.silentSeconds * SECOND_MS,
    candleLateMs: settings.candleLateSeconds * SECOND_MS,
    unprotectedMs: settings.unprotectedSeconds * SECOND_MS,
    streamSilentMs: settings.streamSilentSeconds * SECOND_MS,
    clockOffsetMs: settings.clockOffsetMs,
    apiErrors: settings.apiErrorsPerHour,
    diskFreeBytes: settings.diskFreeMb * MEGABYTE,
    memoryBytes: settings.memoryMb * MEGABYTE,
    modelAgeHours: settings.modelAgeDays * 24,
  };
}

// Which settings does `live.canary` have, and which rules do they make?
import { z } from 'zod';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../domain/time.ts';
import type { CanaryRules } from './canary-plan.ts';

export const canarySchema = z.strictObject({
  enabled: z.boolean().describe('Whether a bot on testnet or demo runs the canary by itself. Never with real money.'),
  symbol: z
    .string()
    .regex(/^[A-Z0-9]{2,30}$/)
    .meta({ title: 'a symbol as the venue writes it, such as BTCUSDT' })
    .nullable()
    .describe(
      'Where it orders. null: the most traded contract that the bot does not trade and can afford; else one of its own, while flat.',
    ),
  hour: z.int().min(0).max(23).describe('Hour of the day (UTC) from which every_hours are counted.'),
  every_hours: z.number().min(0.05).max(168).describe('Hours between two canaries.'),
  patience_seconds: z
    .number()
    .min(1)
    .max(86_400)
    .describe('Seconds that the market has to reach a stop or target right beside it.'),
  retry_minutes: z
    .number()
    .min(0.1)
    .max(1_440)
    .describe('Minutes after which one that failed, or could not run, is tried again.'),
  max_age_hours: z
    .number()
    .gt(0)
    .max(8_760)
    .describe('Hours after which the last canary that passed is too old: the health says so.'),
});

/** The settings of `live.canary`, as a session reads them. */
interface CanarySettings {
  readonly enabled: boolean;
  readonly symbol: string | null;
  readonly hour: number;
  readonly everyHours: number;
  readonly patienceSeconds: number;
  readonly retryMinutes: number;
  readonly maxAgeHours: number;
}

/** Undefined: it is not to run by itself, as the settings say, or because `isPlayMoney` is false. */
export function canaryRulesOf(settings: CanarySettings, isPlayMoney: boolean): CanaryRules | undefined {
  if (!settings.enabled || !isPlayMoney) return undefined;
  return {
    symbol: settings.symbol ?? undefined,
    hourMs: settings.hour * HOUR_MS,
    everyMs: settings.everyHours * HOUR_MS,
    patienceMs: settings.patienceSeconds * SECOND_MS,
    retryMs: settings.retryMinutes * MINUTE_MS,
    maxAgeMs: settings.maxAgeHours * HOUR_MS,
  };
}

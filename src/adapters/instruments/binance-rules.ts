// What do the stored Binance USD-M files say of a contract? Steps from one, margin tiers from the other.
import { join } from 'node:path';
import { z } from 'zod';
import type { MarginTier } from '../../domain/instrument.ts';
import { positiveText, finiteText } from './decimal-text.ts';
import { checked, readJson } from './read-json.ts';

const STEPS_FILE = 'binance-usdm-derived-steps.json';
const TIERS_FILE = 'binance-usdm-leverage-tiers-2024-10.json';

const stepsShape = z.object({ symbols: z.record(z.string(), z.unknown()) });
const stepShape = z.object({ price_tick: positiveText, qty_step: positiveText });
const tiersShape = z.record(z.string(), z.unknown());
const tierShape = z.object({
  minNotional: z.number().min(0),
  maxNotional: z.number().positive(),
  maintenanceMarginRate: z.number().positive().max(1),
  maxLeverage: z.number().min(1),
  info: z.object({ cum: finiteText }),
});
const tierListShape = z
  .array(tierShape)
  .min(1)
  .refine((list) => list.every((tier, index) => tier.minNotional === (list[index - 1]?.maxNotional ?? 0)), {
    message: 'the brackets do not follow one another',
  });

export interface BinanceSteps {
  readonly tickSize: number;
  readonly lotSize: number;
}

/** Stored Binance rules, each file read once. */
export interface BinanceRules {
  steps(symbol: string): Promise<BinanceSteps | undefined>;
  tiers(symbol: string): Promise<readonly MarginTier[] | undefined>;
}

/** The rules in `folder`; only the entry asked for is validated. */
export function binanceRules(folder: string): BinanceRules {
  const stepsFile = join(folder, STEPS_FILE);
  const tiersFile = join(folder, TIERS_FILE);
  let allSteps: Promise<z.infer<typeof stepsShape> | undefined> | undefined;
  let allTiers: Promise<z.infer<typeof tiersShape> | undefined> | undefined;
  return {
    async steps(symbol) {
      allSteps ??= readJson(stepsFile, stepsShape);
      const entry = entryOf((await allSteps)?.symbols, symbol);
      if (entry === undefined) return undefined;
      const { price_tick, qty_step } = checked(`${stepsFile} ${symbol}`, entry, stepShape);
      return { tickSize: price_tick, lotSize: qty_step };
    },
    async tiers(symbol) {
      allTiers ??= readJson(tiersFile, tiersShape);
      const key = symbol.replace(/USDT$/, '/USDT:USDT');
      const entry = entryOf(await allTiers, key);
      if (entry === undefined) return undefined;
      return checked(`${tiersFile} ${key}`, entry, tierListShape).map((tier) => ({
        maxNotional: tier.maxNotional,
        maintenanceRate: tier.maintenanceMarginRate,
        deduction: tier.info.cum,
        maxLeverage: tier.maxLeverage,
      }));
    },
  };
}

function entryOf(entries: Readonly<Record<string, unknown>> | undefined, key: string): unknown {
  return entries !== undefined && Object.hasOwn(entries, key) ? entries[key] : undefined;
}

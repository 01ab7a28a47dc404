// What do the stored Bybit v5 replies say of a contract? The linear perpetuals of every instruments-info file.
import { join } from 'node:path';
import { z } from 'zod';
import type { Instrument } from '../../domain/instrument.ts';
import { finiteText, positiveText } from './decimal-text.ts';
import { checked, filesLike, readJson } from './read-json.ts';

const FILES = /^bybit-v5-linear-instruments-info-.*\.json$/;

const envelope = z.object({
  retCode: z.literal(0),
  result: z.object({ list: z.array(z.looseObject({ symbol: z.string(), contractType: z.string() })) }),
});
const contract = z.object({
  symbol: z.string(),
  leverageFilter: z.object({ maxLeverage: finiteText.pipe(z.number().min(1)) }),
  priceFilter: z.object({ tickSize: positiveText }),
  lotSizeFilter: z.object({
    qtyStep: positiveText,
    minOrderQty: positiveText,
    maxMktOrderQty: positiveText.optional(),
    minNotionalValue: finiteText.pipe(z.number().min(0)).optional(),
  }),
});

export interface BybitEntry {
  readonly instrument: Instrument;
  readonly file: string;
}

/** Stored Bybit rules, read once; the first file by name that has a symbol counts. */
export interface BybitRules {
  entry(symbol: string): Promise<BybitEntry | undefined>;
}

interface RawEntry {
  readonly file: string;
  readonly value: unknown;
}

/** The rules in `folder`; only the entry asked for is validated beyond its name. */
export function bybitRules(folder: string): BybitRules {
  let all: Promise<ReadonlyMap<string, RawEntry>> | undefined;
  return {
    async entry(symbol) {
      all ??= readAll(folder);
      const raw = (await all).get(symbol);
      if (raw === undefined) return undefined;
      const parsed = checked(`${join(folder, raw.file)} ${symbol}`, raw.value, contract);
      return { instrument: toInstrument(parsed), file: raw.file };
    },
  };
}

async function readAll(folder: string): Promise<ReadonlyMap<string, RawEntry>> {
  const entries = new Map<string, RawEntry>();
  for (const file of await filesLike(folder, FILES)) {
    const reply = await readJson(join(folder, file), envelope);
    for (const value of reply?.result.list ?? [])
      if (value.contractType === 'LinearPerpetual' && !entries.has(value.symbol))
        entries.set(value.symbol, { file, value });
  }
  return entries;
}

/** One tier without an upper bound: Bybit's lowest bracket asks half of the initial margin at the highest leverage. */
function toInstrument(parsed: z.infer<typeof contract>): Instrument {
  const { symbol, priceFilter, lotSizeFilter, leverageFilter } = parsed;
  const { maxLeverage } = leverageFilter;
  return {
    symbol,
    tickSize: priceFilter.tickSize,
    lotSize: lotSizeFilter.qtyStep,
    minQuantity: lotSizeFilter.minOrderQty,
    maxMarketQuantity: lotSizeFilter.maxMktOrderQty ?? Infinity,
    minNotional: lotSizeFilter.minNotionalValue ?? 5,
    tiers: [{ maxNotional: Infinity, maintenanceRate: 0.5 / maxLeverage, deduction: 0, maxLeverage }],
  };
}

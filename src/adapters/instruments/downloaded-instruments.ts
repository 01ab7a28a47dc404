// How are the contract rules of a download stored and read? As one file of the folder, written whole, the venue named in it.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { isoTime } from '../../domain/iso-time.ts';
import type { InstrumentRecord } from '../../ports/instrument-source.ts';
import type { VenueName } from '../../ports/venue-connection.ts';
import type { VenueInstrument } from '../../ports/venue-market.ts';
import { writeFileAtomically } from '../system/atomic-write.ts';
import { checked, filesLike, readJson } from './read-json.ts';

const FILES = /^downloaded-(bybit|binance)\.json$/;

/** JSON has no infinity: null stands for it. */
const bound = z
  .number()
  .positive()
  .nullable()
  .transform((value) => value ?? Infinity);

const ruleShape = z.object({
  tickSize: z.number().positive(),
  lotSize: z.number().positive(),
  minQuantity: z.number().min(0),
  maxMarketQuantity: bound,
  minNotional: z.number().min(0),
  tiers: z
    .array(
      z.object({
        maxNotional: bound,
        maintenanceRate: z.number().min(0).max(1),
        deduction: z.number(),
        maxLeverage: z.number().min(1),
      }),
    )
    .min(1),
  listedAt: z.number().nullable(),
});

const fileShape = z.object({
  version: z.literal(1),
  venue: z.enum(['bybit', 'binance']),
  downloadedAt: z.number(),
  contracts: z.record(z.string(), z.unknown()),
});

/** Writes `root`/instruments/downloaded-VENUE.json. @throws PerpilotError OUTPUT_UNWRITABLE */
export async function writeDownloadedInstruments(
  root: string,
  download: { readonly venue: VenueName; readonly at: number; readonly instruments: readonly VenueInstrument[] },
): Promise<void> {
  const folder = join(root, 'instruments');
  const contracts = download.instruments
    .toSorted((a, b) => (a.instrument.symbol < b.instrument.symbol ? -1 : 1))
    .map(({ instrument, listedAt, delistingAt, status, fundingIntervalHours }) => {
      const { symbol, ...rules } = instrument;
      const facts = { listedAt: listedAt ?? null, delistingAt: delistingAt ?? null, status, fundingIntervalHours };
      return [symbol, { ...rules, ...facts }] as const;
    });
  const content = {
    version: 1,
    venue: download.venue,
    downloadedAt: download.at,
    contracts: Object.fromEntries(contracts),
  };
  await mkdir(folder, { recursive: true });
  await writeFileAtomically(join(folder, `downloaded-${download.venue}.json`), `${JSON.stringify(content)}\n`);
}

/** Downloaded rules, read once; the first file by name that has a symbol counts. */
export interface DownloadedInstruments {
  /** With the time of its listing. @throws PerpilotError DATA_CORRUPT when a file is not of its shape */
  find(symbol: string): Promise<InstrumentRecord | undefined>;
}

/** The rules in `folder`; only the entry asked for is validated. */
export function downloadedInstruments(folder: string): DownloadedInstruments {
  let all: Promise<readonly StoredFile[]> | undefined;
  return {
    async find(symbol) {
      all ??= readAll(folder);
      const found = (await all).find(({ contracts }) => Object.hasOwn(contracts, symbol));
      if (found === undefined) return undefined;
      const entry = checked(`${found.file} ${symbol}`, found.contracts[symbol], ruleShape);
      const { listedAt, ...rules } = entry;
      const provenance = `downloaded from ${found.venue === 'bybit' ? 'Bybit' : 'Binance USD-M'} at ${isoTime(found.downloadedAt)}`;
      return { instrument: { symbol, ...rules }, provenance, listedAt: listedAt ?? undefined };
    },
  };
}

interface StoredFile {
  readonly file: string;
  readonly venue: VenueName;
  readonly downloadedAt: number;
  readonly contracts: Readonly<Record<string, unknown>>;
}

async function readAll(folder: string): Promise<readonly StoredFile[]> {
  const files: StoredFile[] = [];
  for (const name of await filesLike(folder, FILES)) {
    const file = join(folder, name);
    const content = await readJson(file, fileShape);
    if (content !== undefined) files.push({ file, ...content });
  }
  return files;
}

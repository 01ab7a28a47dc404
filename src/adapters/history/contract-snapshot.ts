// What did a venue list when it was last asked? One small file per venue and environment, replaced as a whole.
import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { InstrumentStatus } from '../../ports/venue-market.ts';
import type { HistoryOrigin } from '../../ports/history-store.ts';
import { readJson } from '../instruments/read-json.ts';
import { writeFileAtomically } from '../system/atomic-write.ts';
import { outputError } from '../system/output-error.ts';

/** What is known of a contract; undefined: the venue does not say. Epoch milliseconds, quote currency. */
export interface SnapshotContract {
  readonly symbol: string;
  readonly quoteCurrency: string;
  readonly status: InstrumentStatus;
  readonly listedAt: number | undefined;
  readonly delistingAt: number | undefined;
  readonly price: number | undefined;
  readonly tradedValue24h: number | undefined;
}

export interface ContractSnapshot {
  /** Our clock and the venue's when it was asked, epoch milliseconds. */
  readonly takenAt: number;
  readonly venueTime: number;
  readonly contracts: readonly SnapshotContract[];
}

const fileShape = z.object({
  version: z.literal(1),
  takenAt: z.number(),
  venueTime: z.number(),
  contracts: z.array(
    z.object({
      symbol: z.string(),
      quoteCurrency: z.string(),
      status: z.enum(['pre-launch', 'trading', 'closing', 'closed']),
      listedAt: z.number().optional(),
      delistingAt: z.number().optional(),
      price: z.number().optional(),
      tradedValue24h: z.number().optional(),
    }),
  ),
});

/** Where snapshots lie unless told otherwise: the user's folder for what can be had again. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>): string {
  const base = env['XDG_CACHE_HOME'] ?? '';
  return join(base === '' ? join(homedir(), '.cache') : base, 'perpilot');
}

/** Undefined: the venue was never asked. A file that cannot be read is as good as none: it can be had again. */
export async function readSnapshot(folder: string, origin: HistoryOrigin): Promise<ContractSnapshot | undefined> {
  const content = await readJson(fileOf(folder, origin), fileShape).catch(() => undefined);
  if (content === undefined) return undefined;
  const contracts = content.contracts.map((entry) => ({
    symbol: entry.symbol,
    quoteCurrency: entry.quoteCurrency,
    status: entry.status,
    listedAt: entry.listedAt,
    delistingAt: entry.delistingAt,
    price: entry.price,
    tradedValue24h: entry.tradedValue24h,
  }));
  return { takenAt: content.takenAt, venueTime: content.venueTime, contracts };
}

/** @throws PerpilotError OUTPUT_UNWRITABLE */
export async function writeSnapshot(folder: string, origin: HistoryOrigin, snapshot: ContractSnapshot): Promise<void> {
  const file = fileOf(folder, origin);
  try {
    await mkdir(folder, { recursive: true });
  } catch (error) {
    throw outputError(folder, error);
  }
  await writeFileAtomically(file, `${JSON.stringify({ version: 1, ...snapshot })}\n`);
}

function fileOf(folder: string, { venue, environment, imitated }: HistoryOrigin): string {
  return join(folder, `contracts-${venue}-${imitated ? 'local' : environment}.json`);
}

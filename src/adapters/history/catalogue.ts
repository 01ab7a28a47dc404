// What was downloaded into a folder, and from where? One small file beside the data, replaced as a whole.
import { join } from 'node:path';
import { z } from 'zod';
import { PerpilotError } from '../../domain/errors.ts';
import { seriesOfName, type HistorySeries } from '../../domain/history-series.ts';
import type { HistoryOrigin, SeriesRecord } from '../../ports/history-store.ts';
import { readJson } from '../instruments/read-json.ts';
import { writeFileAtomically } from '../system/atomic-write.ts';

export type CatalogueEntry = SeriesRecord & { readonly series: HistorySeries };

export interface CatalogueContent {
  readonly origin: HistoryOrigin;
  /** By name: `candles/BTCUSDT-1h`. */
  readonly series: ReadonlyMap<string, CatalogueEntry>;
}

const NAME = 'downloads.json';

const spanFields = { from: z.number(), until: z.number() };
const fileShape = z.object({
  version: z.literal(1),
  venue: z.enum(['bybit', 'binance']),
  environment: z.enum(['testnet', 'demo', 'live']),
  imitated: z.boolean(),
  series: z.record(
    z.string(),
    z.object({
      ...spanFields,
      rows: z.int().min(0),
      gaps: z.array(z.object({ ...spanFields, seenAt: z.number() })),
    }),
  ),
});

/** Undefined: nothing was downloaded into `root` yet. @throws PerpilotError DATA_CORRUPT */
export async function readCatalogue(root: string): Promise<CatalogueContent | undefined> {
  const file = join(root, NAME);
  const content = await readJson(file, fileShape);
  if (content === undefined) return undefined;
  const { venue, environment, imitated } = content;
  const series = Object.entries(content.series).map(([name, { from, until, rows, gaps }]) => {
    const entry = { series: seriesOf(name, file), covered: { from, until }, rows, gaps };
    return [name, entry] as const;
  });
  return { origin: { venue, environment, imitated }, series: new Map(series) };
}

/** @throws PerpilotError OUTPUT_UNWRITABLE */
export async function writeCatalogue(root: string, { origin, series }: CatalogueContent): Promise<void> {
  const entries = [...series]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { covered, rows, gaps }]) => [name, { ...covered, rows, gaps }] as const);
  const content = { version: 1, ...origin, series: Object.fromEntries(entries) };
  await writeFileAtomically(join(root, NAME), `${JSON.stringify(content, null, 2)}\n`);
}

function seriesOf(name: string, file: string): HistorySeries {
  const series = seriesOfName(name);
  if (series !== undefined) return series;
  throw new PerpilotError('DATA_CORRUPT', [{ message: `${file}: ${name} names no series`, where: file }]);
}

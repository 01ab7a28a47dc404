// Since when is a contract listed? The onboard times of the stored Binance USD-M files.
import { join } from 'node:path';
import { z } from 'zod';
import { checked, filesLike, readJson } from './read-json.ts';

const FILES = /^binance-usdm-listing-dates-.*\.json$/;

const fileShape = z.object({ coins: z.record(z.string(), z.unknown()) });
const coinShape = z.object({ onboard: z.int().positive() });

/** Stored listing times, read once; the first file by name that has a symbol counts. */
export interface ListingDates {
  /** Epoch milliseconds; undefined: no file tells. @throws PerpilotError DATA_CORRUPT when a file is not of its shape */
  listedAt(symbol: string): Promise<number | undefined>;
}

/** The listing times in `folder`; only the entry asked for is validated. */
export function listingDates(folder: string): ListingDates {
  let all: Promise<readonly DatedFile[]> | undefined;
  return {
    async listedAt(symbol) {
      all ??= readAll(folder);
      const found = (await all).find(({ coins }) => Object.hasOwn(coins, symbol));
      return found === undefined
        ? undefined
        : checked(`${found.file} ${symbol}`, found.coins[symbol], coinShape).onboard;
    },
  };
}

interface DatedFile {
  readonly file: string;
  readonly coins: Readonly<Record<string, unknown>>;
}

async function readAll(folder: string): Promise<readonly DatedFile[]> {
  const files: DatedFile[] = [];
  for (const name of await filesLike(folder, FILES)) {
    const file = join(folder, name);
    const content = await readJson(file, fileShape);
    if (content !== undefined) files.push({ file, coins: content.coins });
  }
  return files;
}

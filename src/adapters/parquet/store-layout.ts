// Which files does a data folder hold, and what are they called? candles/ and mark/SYMBOL-INTERVAL.parquet, funding/SYMBOL.parquet.
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { PerpilotError } from '../../domain/errors.ts';
import { INTERVAL_NAMES, parseInterval } from '../../domain/time.ts';

/** The only names that ever become part of a path. */
const SYMBOL = /^[A-Z0-9-]{2,40}$/;

export interface CandleFile {
  readonly file: string;
  readonly name: string;
  /** The part of the name before the interval. */
  readonly symbol: string;
  readonly interval: string;
  readonly intervalMs: number;
  /** False: the name before the interval is no symbol (such as `BTCUSDT-spot`), the file is never offered for use. */
  readonly isSymbol: boolean;
}

export interface FundingFile {
  readonly file: string;
  readonly name: string;
  readonly symbol: string;
  readonly isSymbol: boolean;
}

export interface StoreListing {
  readonly candles: readonly CandleFile[];
  readonly funding: readonly FundingFile[];
  /** Names of files in the two folders that are nothing of the kind. */
  readonly others: readonly string[];
}

export function isSymbolName(symbol: string): boolean {
  return SYMBOL.test(symbol);
}

/** Milliseconds of a known interval name; undefined for any other text. */
export function intervalOf(interval: string): number | undefined {
  return INTERVAL_NAMES.includes(interval) ? parseInterval(interval) : undefined;
}

/** The file of these candles; undefined when the names cannot be names. The file need not exist. */
export function candleFile(root: string, symbol: string, interval: string): string | undefined {
  return fileOfCandles(join(resolve(root), 'candles'), symbol, interval);
}

/** The file of the candles of the mark price. The file need not exist. */
export function markFile(root: string, symbol: string, interval: string): string | undefined {
  return fileOfCandles(join(resolve(root), 'mark'), symbol, interval);
}

function fileOfCandles(folder: string, symbol: string, interval: string): string | undefined {
  if (!isSymbolName(symbol) || intervalOf(interval) === undefined) return undefined;
  return join(folder, `${symbol}-${interval}.parquet`);
}

/** The file of this funding history; undefined when the name cannot be one. The file need not exist. */
export function fundingFile(root: string, symbol: string): string | undefined {
  return isSymbolName(symbol) ? join(resolve(root), 'funding', `${symbol}.parquet`) : undefined;
}

/** Whether something is stored at `file`. */
export async function isStored(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

/**
 * Everything stored in `root`, sorted by name.
 * @throws PerpilotError DATA_MISSING when there is no folder `candles` in it
 */
export async function listStore(root: string): Promise<StoreListing> {
  const base = resolve(root);
  const names = await namesIn(join(base, 'candles'));
  if (names === undefined) {
    const message = `${base} holds no folder candles/`;
    const hint = 'a data folder holds candles/<SYMBOL>-<interval>.parquet and funding/<SYMBOL>.parquet';
    throw new PerpilotError('DATA_MISSING', [{ message, where: base, hint }]);
  }
  const candles: CandleFile[] = [];
  const funding: FundingFile[] = [];
  const others: string[] = [];
  for (const name of names) {
    const parts = /^(.+)-([^-]+)\.parquet$/.exec(name);
    const intervalMs = parts === null ? undefined : intervalOf(parts[2]);
    if (parts === null || intervalMs === undefined) others.push(`candles/${name}`);
    else {
      const [, symbol, interval] = parts;
      const file = join(base, 'candles', name);
      candles.push({ file, name: `candles/${name}`, symbol, interval, intervalMs, isSymbol: isSymbolName(symbol) });
    }
  }
  for (const name of (await namesIn(join(base, 'funding'))) ?? []) {
    const symbol = /^(.+)\.parquet$/.exec(name)?.[1];
    if (symbol === undefined) others.push(`funding/${name}`);
    else
      funding.push({
        file: join(base, 'funding', name),
        name: `funding/${name}`,
        symbol,
        isSymbol: isSymbolName(symbol),
      });
  }
  return { candles, funding, others };
}

async function namesIn(folder: string): Promise<readonly string[] | undefined> {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith('.')).sort();
  } catch {
    return undefined;
  }
}

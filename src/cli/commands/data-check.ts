// Is the stored market data fit for use? `perpilot data check`: reports, marks, never repairs.
import { resolve } from 'node:path';
import { listStore } from '../../adapters/parquet/store-layout.ts';
import type { StoreListing } from '../../adapters/parquet/store-layout.ts';
import type { CandleQualityParams } from '../../domain/candle-quality.ts';
import { PerpilotError } from '../../domain/errors.ts';
import type { Problem } from '../../domain/errors.ts';
import { nearestNames } from '../../domain/nearest-name.ts';
import { INTERVAL_NAMES } from '../../domain/time.ts';
import { reportFiles } from './data-check-files.ts';
import { countOf, reportJson, reportLines } from './data-check-report.ts';

export interface DataCheckOptions {
  readonly dataRoot: string;
  /** Only these symbols; all when absent. */
  readonly symbols?: readonly string[];
  /** Only candles of this interval; all when absent. */
  readonly interval?: string;
  readonly json: boolean;
  readonly params: CandleQualityParams;
}

/**
 * Checks the files of a data folder and prints the report line by line to `out`; the exit code is 1 when a file has an error.
 * @throws PerpilotError DATA_MISSING for a folder, symbol or interval without files, ARGUMENT_INVALID for an unknown interval
 */
export async function runDataCheck(options: DataCheckOptions, out: (line: string) => void): Promise<number> {
  const root = resolve(options.dataRoot);
  const listing = chosen(await listStore(root), options, root);
  const files = await reportFiles(root, listing, options.params);
  const report = { root, files, ignored: listing.others };
  if (options.json) out(reportJson(report));
  else for (const line of reportLines(report)) out(line);
  return countOf(files, 'error') > 0 ? 1 : 0;
}

function chosen(listing: StoreListing, options: DataCheckOptions, root: string): StoreListing {
  const { symbols, interval } = options;
  const problems = [...unknownInterval(listing, interval), ...unknownSymbols(listing, symbols)];
  if (problems.length > 0) throw new PerpilotError('DATA_MISSING', problems);
  const isWanted = (symbol: string): boolean => symbols === undefined || symbols.includes(symbol);
  const candles = listing.candles.filter(
    (file) => isWanted(file.symbol) && (interval === undefined || file.interval === interval),
  );
  const funding = listing.funding.filter((file) => isWanted(file.symbol));
  if (candles.length + funding.length === 0)
    throw new PerpilotError('DATA_MISSING', [{ message: `${root} holds no such files`, where: root }]);
  return { candles, funding, others: symbols === undefined ? listing.others : [] };
}

function unknownInterval(listing: StoreListing, interval: string | undefined): readonly Problem[] {
  if (interval === undefined) return [];
  if (!INTERVAL_NAMES.includes(interval))
    throw new PerpilotError('ARGUMENT_INVALID', [
      { message: `${interval} is no interval`, where: '--interval', hint: `one of ${INTERVAL_NAMES.join(', ')}` },
    ]);
  const stored = new Set(listing.candles.map((file) => file.interval));
  if (stored.has(interval)) return [];
  const hint = `stored are ${INTERVAL_NAMES.filter((name) => stored.has(name)).join(', ') || 'no candles'}`;
  return [{ message: `no candles of ${interval} are stored`, where: '--interval', hint }];
}

function unknownSymbols(listing: StoreListing, symbols: readonly string[] | undefined): readonly Problem[] {
  const stored = [...new Set([...listing.candles, ...listing.funding].map((file) => file.symbol))];
  return (symbols ?? [])
    .filter((symbol) => !stored.includes(symbol))
    .map((symbol) => {
      const near = nearestNames(symbol, stored);
      const hint =
        near.length > 0 ? `did you mean ${near.join(', ')}?` : `stored are ${stored.slice(0, 20).join(', ')}`;
      return { message: `no data of ${symbol} are stored`, where: '--symbols', hint };
    });
}

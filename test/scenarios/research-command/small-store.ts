// On which stored data do the command's tests run? A small folder of Parquet files with good, short and damaged symbols.
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { writeCandles, writeFunding } from '../../../src/adapters/parquet/series-writer.ts';
import { sliceSeries } from '../../../src/domain/candle.ts';
import { createPlantedEdge } from '../../../src/simulation/embedded-market/null-markets.ts';

export const DAYS = 125;

/** Settings under which a run over the small store takes about a second; 125 days are 4 folds. */
export const QUICK = [
  'model.boosting.trees=10',
  'model.bags=1',
  'model.min_train_samples=100',
  'research.bootstrap_resamples=100',
  'research.ensemble_variants=[true]',
  'research.regime_sensitivities=[standard]',
  'walk_forward.train_days=45',
  'walk_forward.test_days=20',
  'walk_forward.step_days=20',
  'walk_forward.holdout_days=0',
].flatMap((setting) => ['--set', setting]);

/**
 * GOODUSDT and FINEUSDT have candles and funding, SHORTUSDT has 20 days, BADUSDT is no Parquet file, HOLEUSDT holds a price
 * that is no number.
 */
export async function writeSmallStore(root: string, seed = 1): Promise<void> {
  for (const [index, symbol] of ['GOODUSDT', 'FINEUSDT'].entries()) {
    const { candles, funding } = createPlantedEdge({ symbol, seed: seed + index, bars: DAYS * 24 });
    await writeCandles(root, candles);
    await writeFunding(root, funding);
  }
  const { candles } = createPlantedEdge({ symbol: 'SHORTUSDT', seed: 3, bars: DAYS * 24 });
  await writeCandles(root, sliceSeries(candles, (DAYS - 20) * 24, DAYS * 24));
  mkdirSync(join(root, 'candles'), { recursive: true });
  writeFileSync(join(root, 'candles', 'BADUSDT-1h.parquet'), 'this is no Parquet file');
  const holed = { ...candles, symbol: 'HOLEUSDT', close: candles.close.slice() };
  holed.close[1_000] = NaN;
  await writeCandles(root, holed);
}

/** Every file and folder below `root` with its size: equal listings, nothing was changed. */
export function listing(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return `${relative(root, path)} ${entry.isFile() ? statSync(path).size : 'folder'}`;
    })
    .sort();
}

// Which symbols does a command take? Those that are named, or with `all` every one that has candles, dead and young ones too.
import { PerpilotError } from '../domain/errors.ts';
import type { MarketDataSource } from '../ports/market-data-source.ts';
import { symbolsWithCandles } from './decision-candles.ts';

/** The word that stands for every symbol. No symbol is called so: theirs are capital letters. */
const ALL = 'all';

export interface ChosenSymbols {
  readonly symbols: readonly string[];
  /** Nobody has named them one by one. */
  readonly isAll: boolean;
}

/**
 * The symbols that `words` (of `--symbols`) mean.
 * @throws PerpilotError ARGUMENT_INVALID for words beside `all`; DATA_MISSING when all are none
 */
export async function chosenSymbols(
  words: readonly string[],
  source: MarketDataSource,
  interval: string,
): Promise<ChosenSymbols> {
  if (!words.includes(ALL)) return { symbols: words, isAll: false };
  if (words.length > 1) {
    const problem = { message: `${ALL} stands for every symbol: name no other beside it`, where: '--symbols' };
    throw new PerpilotError('ARGUMENT_INVALID', [problem]);
  }
  const symbols = await symbolsWithCandles(source, interval);
  if (symbols.length > 0) return { symbols, isAll: true };
  const message = `no symbol has candles of ${interval} in ${source.describe()}`;
  throw new PerpilotError('DATA_MISSING', [{ message, where: '--symbols' }]);
}

// On which markets and with which settings does a check of the decisions run? Options, settings and data, all problems at once.
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { loadConfig, type LoadedConfig } from '../config/load-config.ts';
import type { Config } from '../config/schema.ts';
import { firstBarAtOrAfter, sliceSeries } from '../domain/candle.ts';
import { PerpilotError, type Problem } from '../domain/errors.ts';
import { YEAR_MS } from '../domain/time.ts';
import type { MarketDataSource } from '../ports/market-data-source.ts';
import type { SymbolMarket } from '../research/market.ts';
import type { VariantSettings } from '../research/settings.ts';
import { addConfigOptions, addRiskLevelOption, configRequestOf, type ConfigOptions } from './arguments.ts';
import { chosenSymbols } from './chosen-symbols.ts';
import { symbolsWithCandles } from './decision-candles.ts';
import { loadMarkets, openEmbedded, openStore } from './compose-markets.ts';
import { settingsOf } from './compose-variants.ts';
import { refuseUnusableWords, wordsOf } from './research-options.ts';
import { createProblemCollector } from './research-problems.ts';

export interface CheckOptions extends ConfigOptions {
  readonly symbols?: readonly string[];
  readonly data?: string;
  readonly embedded: boolean;
  readonly seed?: string;
  readonly json: boolean;
}

/** What the option that says how often is called, and what it may say. */
export interface CountOption {
  readonly name: string;
  readonly text: string | undefined;
  readonly most: number;
}

/** A check that can begin. */
export interface CheckRequest {
  /** At least one; candles of the last `research.years` of each. */
  readonly markets: readonly SymbolMarket[];
  readonly settings: VariantSettings;
  /** What the settings were made from. */
  readonly resolved: LoadedConfig['resolved'];
  readonly config: Config;
  readonly seed: number;
  readonly count: number;
  readonly synthetic: boolean;
}

/**
 * Adds the check `name` below `parent`, with what every check of the decisions understands. An option belongs to the
 * command it stands behind: else the parent would take those of the same name for its own.
 */
export function addCheck(parent: Command, name: string): Command {
  for (let above: Command | null = parent; above !== null; above = above.parent) above.enablePositionalOptions();
  return addRiskLevelOption(addConfigOptions(parent.command(name)))
    .option('--symbols <names...>', 'symbols, with blanks or commas between them (default: research.symbols)')
    .option('-d, --data <dir>', 'folder with candles/, funding/ and instruments/ (default: data.root)')
    .option('--embedded', 'the synthetic market inside the package instead of stored data', false)
    .option('--seed <number>', 'seed of everything random (default: research.seed)')
    .option('--json', 'one JSON object', false);
}

/** @throws PerpilotError with every problem of options, settings and data */
export async function prepareCheck(
  options: CheckOptions,
  { count, signal }: { readonly count: CountOption; readonly signal: AbortSignal },
): Promise<CheckRequest> {
  const found = createProblemCollector();
  if (options.embedded && options.data !== undefined) {
    const problem = { message: '--embedded and --data cannot be given together', where: '--embedded' };
    found.add(new PerpilotError('ARGUMENT_INVALID', [problem]));
  }
  const times = found.attempt(() => wholeNumber({ ...count, least: 1 }));
  const named = wordsOf(options.symbols);
  if (named !== undefined) found.attempt(() => refuseUnusableWords('--symbols', named));
  const loaded = found.attempt(() => loadConfig(configRequestOf(options)));
  const settings = loaded && found.attempt(() => settingsOf(options.riskLevel ?? 'none', loaded));
  const seed = found.attempt(() =>
    options.seed === undefined
      ? loaded?.config.research.seed
      : wholeNumber({ name: '--seed', text: options.seed, least: 0, most: 4_294_967_295 }),
  );
  found.throwIfAny();
  if (loaded === undefined || settings === undefined || times === undefined || seed === undefined) {
    throw new PerpilotError('INVARIANT_BROKEN', 'a part of the request is missing without a reason');
  }
  const { config } = loaded;
  const source = await openSource(options, { config, seed });
  const { interval } = config.data;
  const symbols =
    named === undefined
      ? source.synthetic
        ? await symbolsWithCandles(source, interval)
        : config.research.symbols
      : (await chosenSymbols(named, source, interval)).symbols;
  const { markets, failure } = await loadMarkets({ source, symbols, data: config.data, signal });
  if (failure !== undefined) throw failure;
  const recent = markets.map((market) => lastYears(market, config.research.years));
  return {
    markets: recent,
    settings,
    resolved: loaded.resolved,
    config,
    seed,
    count: times,
    synthetic: source.synthetic,
  };
}

/** @throws PerpilotError DATA_TOO_SHORT naming every market with fewer than `bars` candles */
export function refuseShortMarkets(markets: readonly SymbolMarket[], bars: number): void {
  const problems = markets
    .filter(({ series }) => series.length < bars)
    .map(({ symbol, series }): Problem => ({
      message: `${symbol}: ${series.length} candles, the check needs ${bars}`,
      hint: 'store more history, or ask for more of it with --set research.years=3',
    }));
  if (problems.length > 0) throw new PerpilotError('DATA_TOO_SHORT', problems);
}

function wholeNumber(rule: CountOption & { readonly least: number }): number {
  const { name, text, least, most } = rule;
  const value = Number(text);
  if (text !== undefined && text.trim() !== '' && Number.isInteger(value) && value >= least && value <= most) {
    return value;
  }
  throw new PerpilotError('ARGUMENT_INVALID', [
    { message: `${name} ${text}: a whole number from ${least} to ${most} is needed`, where: name },
  ]);
}

/** The source that the options choose. @throws PerpilotError ARGUMENT_INVALID when none is given */
export async function openSource(
  options: Pick<CheckOptions, 'embedded' | 'data'>,
  { config, seed }: { readonly config: Config; readonly seed: number },
): Promise<MarketDataSource> {
  if (options.embedded) return openEmbedded(seed, config.data);
  const root = options.data ?? config.data.root;
  if (root !== null) return openStore(resolve(root), config.data);
  throw new PerpilotError('ARGUMENT_INVALID', [
    {
      message: 'no data folder is given',
      where: '--data',
      hint: 'give --data DIR, set data.root in a file for --config, or try --embedded for the synthetic market',
    },
  ]);
}

/** The candles of the last `years` of a market; they share their memory with all of them. */
function lastYears(market: SymbolMarket, years: number): SymbolMarket {
  const { series } = market;
  const end = series.openTime[series.length - 1] + series.intervalMs;
  const from = firstBarAtOrAfter(series, end - years * YEAR_MS);
  return { ...market, series: sliceSeries(series, from, series.length) };
}

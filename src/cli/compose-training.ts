// What does a training begin with? Settings, markets, a moment that nothing later is looked at, and the rules for history.
import { loadConfig } from '../config/load-config.ts';
import type { Config } from '../config/schema.ts';
import { PerpilotError } from '../domain/errors.ts';
import { isoTime } from '../domain/iso-time.ts';
import { parseInterval } from '../domain/time.ts';
import { strategyOf } from '../research/jobs.ts';
import type { SymbolMarket } from '../research/market.ts';
import type { RenewalGround } from '../renewal/renewal-ground.ts';
import { configRequestOf, type ConfigOptions } from './arguments.ts';
import { openSource } from './check-request.ts';
import { chosenSymbols } from './chosen-symbols.ts';
import { loadMarkets } from './compose-markets.ts';
import { settingsOf } from './compose-variants.ts';
import { renewalTerms } from './renewal-terms.ts';
import { refuseUnusableWords, wordsOf } from './research-options.ts';

export interface TrainingOptions extends ConfigOptions {
  readonly symbols?: readonly string[];
  readonly data?: string;
  readonly embedded: boolean;
  readonly until?: number;
  readonly seed?: number;
}

/** Everything that trainings and judgements of models need of the world. */
export interface TrainingGround extends RenewalGround {
  readonly config: Config;
  readonly synthetic: boolean;
  /** The symbols were named one by one. */
  readonly isNamed: boolean;
}

/** @throws PerpilotError with what is wrong with options, settings and data */
export async function composeTraining(options: TrainingOptions, signal: AbortSignal): Promise<TrainingGround> {
  const loaded = loadConfig(configRequestOf(options));
  const { config } = loaded;
  if (options.embedded && options.data !== undefined) {
    const problem = { message: '--embedded and --data cannot be given together', where: '--embedded' };
    throw new PerpilotError('ARGUMENT_INVALID', [problem]);
  }
  const seed = options.seed ?? config.research.seed;
  const source = await openSource(options, { config, seed });
  const words = wordsOf(options.symbols) ?? (source.synthetic ? ['all'] : config.discovery.symbols);
  refuseUnusableWords('--symbols', words);
  const { symbols, isAll } = await chosenSymbols(words, source, config.data.interval);
  const { markets, failure } = await loadMarkets({ source, symbols, data: config.data, signal });
  if (failure !== undefined) throw failure;
  const barMs = parseInterval(config.data.interval) ?? NaN;
  const settings = { ...settingsOf(options.riskLevel ?? 'default', loaded), portfolio: config.portfolio };
  return {
    config,
    markets,
    settings,
    strategy: strategyOf(settings, barMs),
    until: momentOf(markets, options.until),
    ...renewalTerms(config, seed),
    isNamed: options.symbols !== undefined && !isAll,
    synthetic: source.synthetic,
  };
}

/** The last close of any market; an earlier moment where one is asked for. */
function momentOf(markets: readonly SymbolMarket[], asked: number | undefined): number {
  const last = Math.max(...markets.map(({ series }) => (series.openTime.at(-1) ?? 0) + series.intervalMs));
  if (asked === undefined || asked <= last) return asked ?? last;
  throw new PerpilotError('DATA_TOO_SHORT', [
    { message: `the candles end at ${isoTime(last)} UTC, before ${isoTime(asked)} UTC`, where: '--until' },
  ]);
}

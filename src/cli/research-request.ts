// What exactly shall a research run do? Options, settings, data and output checked together, all problems at once.
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assertWritableFolder } from '../adapters/system/atomic-write.ts';
import { PerpilotError, type ErrorCode, type Problem } from '../domain/errors.ts';
import { loadConfig } from '../config/load-config.ts';
import type { Config } from '../config/schema.ts';
import { variantOf } from '../config/variant.ts';
import type { MarketDataSource } from '../ports/market-data-source.ts';
import type { SymbolMarket } from '../research/market.ts';
import { configRequestOf, type ConfigOptions } from './arguments.ts';
import { loadMarkets, openEmbedded, openStore } from './compose-markets.ts';
import { composeVariants, loadLevels, settingsOf, variantName, type ComposedVariant } from './compose-variants.ts';
import { readManifest, type Manifest } from './manifest.ts';

/** Docs of the project, wherever the command is called from. */
const PROJECT_DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));

export interface ResearchOptions extends ConfigOptions {
  readonly symbols?: readonly string[];
  readonly years?: string;
  readonly riskLevels?: readonly string[];
  readonly data?: string;
  readonly out?: string;
  readonly jobs?: string;
  readonly seed?: string;
  readonly embedded: boolean;
  readonly fromManifest?: string;
  readonly json: boolean;
}

/** A run that can begin. */
export interface ResearchRequest {
  readonly source: MarketDataSource;
  readonly dataRoot: string | undefined;
  readonly markets: readonly SymbolMarket[];
  readonly variants: readonly ComposedVariant[];
  readonly headlineVariant: string;
  readonly config: Config;
  readonly years: number;
  readonly seed: number;
  readonly jobs: number;
  readonly out: string;
  /** The run that is done again; undefined: a new one. */
  readonly repeats: Manifest | undefined;
}

/** @throws PerpilotError with every problem of options, settings, output folder and data */
export async function prepareResearch(options: ResearchOptions): Promise<ResearchRequest> {
  const found = collector();
  const repeats = found.attempt(() =>
    options.fromManifest === undefined ? undefined : readManifest(options.fromManifest),
  );
  const base = found.attempt(() => loadConfig({ file: options.config, overrides: options.set }));
  const research = base?.config.research;
  const riskLevels = wordsOf(options.riskLevels) ?? research?.riskLevels ?? [];
  const numbers = found.attempt(() => readNumbers(options, repeats, research));
  found.attempt(() => refuseTwice('--risk-levels', riskLevels));
  const variants = found.attempt(() => variantsOf(options, repeats, riskLevels));
  const out = resolve(options.out ?? PROJECT_DOCS);
  await found.attemptAsync(() => assertWritableFolder(out));

  const config =
    variants?.[0] === undefined ? base?.config : variantOf(variants[0].resolved, {}).config;
  const dataRoot = rootOf(options, repeats, config);
  const source = await found.attemptAsync(() =>
    openSource({ options, repeats, config, dataRoot, seed: numbers?.seed ?? 1 }),
  );
  const symbols = await wantedSymbols({ options, repeats, source, config });
  found.attempt(() => refuseTwice('--symbols', symbols));
  const markets =
    source === undefined || config === undefined
      ? undefined
      : await found.attemptAsync(() => loadMarkets({ source, symbols: [...new Set(symbols)], data: config.data }));
  found.throwIfAny();
  if (
    base === undefined ||
    config === undefined ||
    source === undefined ||
    markets === undefined ||
    variants === undefined ||
    numbers === undefined
  ) {
    throw new PerpilotError('INVARIANT_BROKEN', 'a part of the request is missing without a reason');
  }
  if (repeats !== undefined) refuseOtherData(repeats, markets);
  const headlineVariant = repeats?.headlineVariant ?? headlineOf(base.config);
  return { source, dataRoot, markets, variants, headlineVariant, config, out, repeats, ...numbers };
}

/** The variant of the settings as they stand; the first of the compared ones where that is not among them. */
function headlineOf(config: Config): string {
  const { ensembleVariants, regimeSensitivities } = config.research;
  const ensemble = ensembleVariants.includes(config.model.ensemble) ? config.model.ensemble : ensembleVariants[0];
  const sensitivity = regimeSensitivities.includes(config.regime.sensitivity)
    ? config.regime.sensitivity
    : regimeSensitivities[0];
  return variantName({ ...config, model: { ...config.model, ensemble }, regime: { ...config.regime, sensitivity } });
}

function variantsOf(
  options: ResearchOptions,
  repeats: Manifest | undefined,
  riskLevels: readonly string[],
): ComposedVariant[] {
  if (repeats === undefined) return composeVariants(riskLevels, loadLevels(configRequestOf(options), riskLevels));
  return repeats.variants.map(({ riskLevel, config }) => {
    const loaded = variantOf(config, {});
    return { settings: settingsOf(riskLevel, loaded), resolved: loaded.resolved };
  });
}

interface Numbers {
  readonly years: number;
  readonly seed: number;
  readonly jobs: number;
}

function readNumbers(
  options: ResearchOptions,
  repeats: Manifest | undefined,
  research: Config['research'] | undefined,
): Numbers {
  const problems: Problem[] = [];
  const read = (
    name: string,
    text: string | undefined,
    rule: { otherwise: number; isRight: (value: number) => boolean; says: string },
  ): number => {
    if (text === undefined) return rule.otherwise;
    const value = Number(text);
    if (text.trim() === '' || !rule.isRight(value))
      problems.push({ message: `${name} ${text}: ${rule.says}`, where: name });
    return value;
  };
  const cores = Math.min(availableParallelism(), 8);
  const numbers = {
    years: read('--years', options.years, {
      otherwise: repeats?.years ?? research?.years ?? 2,
      isRight: (value) => value > 0 && value <= 50,
      says: 'a number above 0 and at most 50 is needed',
    }),
    seed: read('--seed', options.seed, {
      otherwise: repeats?.seed ?? research?.seed ?? 1,
      isRight: (value) => Number.isInteger(value) && value >= 0 && value <= 4_294_967_295,
      says: 'a whole number from 0 to 4294967295 is needed',
    }),
    jobs: read('--jobs', options.jobs, {
      otherwise: cores,
      isRight: (value) => Number.isInteger(value) && value >= 1 && value <= 256,
      says: 'a whole number from 1 to 256 is needed',
    }),
  };
  if (problems.length > 0) throw new PerpilotError('ARGUMENT_INVALID', problems);
  return numbers;
}

function rootOf(
  options: ResearchOptions,
  repeats: Manifest | undefined,
  config: Config | undefined,
): string | undefined {
  const root = options.data ?? repeats?.dataRoot ?? config?.data.root ?? undefined;
  return root === undefined ? undefined : resolve(root);
}

interface SourceChoice {
  readonly options: ResearchOptions;
  readonly repeats: Manifest | undefined;
  readonly config: Config | undefined;
  readonly dataRoot: string | undefined;
  readonly seed: number;
}

async function openSource({
  options,
  repeats,
  config,
  dataRoot,
  seed,
}: SourceChoice): Promise<MarketDataSource | undefined> {
  if (config === undefined) return undefined;
  if (options.embedded || repeats?.source === 'embedded') return openEmbedded(seed, config.data);
  if (dataRoot !== undefined) return openStore(dataRoot, config.data);
  throw new PerpilotError('ARGUMENT_INVALID', [
    {
      message: 'no data folder is given',
      where: '--data',
      hint: 'give --data DIR, set data.root in a file for --config, or try --embedded for the synthetic market',
    },
  ]);
}

interface SymbolChoice {
  readonly options: ResearchOptions;
  readonly repeats: Manifest | undefined;
  readonly source: MarketDataSource | undefined;
  readonly config: Config | undefined;
}

async function wantedSymbols({ options, repeats, source, config }: SymbolChoice): Promise<readonly string[]> {
  const named = wordsOf(options.symbols);
  if (named !== undefined) return named;
  if (repeats !== undefined) return repeats.symbols.map(({ symbol }) => symbol);
  if (source?.synthetic === true && config !== undefined) return source.symbols(config.data.interval);
  return config?.research.symbols ?? [];
}

/** Words given one by one or with commas between them. */
function wordsOf(words: readonly string[] | undefined): readonly string[] | undefined {
  return words
    ?.flatMap((word) => word.split(','))
    .map((word) => word.trim())
    .filter((word) => word !== '');
}

function refuseTwice(name: string, words: readonly string[]): void {
  const twice = [...new Set(words.filter((word, index) => words.indexOf(word) !== index))];
  if (twice.length > 0) {
    throw new PerpilotError(
      'ARGUMENT_INVALID',
      twice.map((word) => ({ message: `${word} is named twice`, where: name })),
    );
  }
}

function refuseOtherData(repeats: Manifest, markets: readonly SymbolMarket[]): void {
  const problems = repeats.symbols.flatMap(({ symbol, dataHash }): Problem[] => {
    const now = markets.find((market) => market.symbol === symbol)?.dataHash;
    if (now === dataHash) return [];
    return [
      {
        message: `${symbol}: the data is not what the run was made from (${dataHash.slice(0, 16)}, now ${now?.slice(0, 16) ?? 'absent'})`,
      },
    ];
  });
  if (problems.length > 0) throw new PerpilotError('MANIFEST_MISMATCH', problems);
}

/** Gathers the problems of several steps, so that a person sees them together. */
function collector(): {
  attempt: <Value>(action: () => Value) => Value | undefined;
  attemptAsync: <Value>(action: () => Promise<Value>) => Promise<Value | undefined>;
  throwIfAny: () => void;
} {
  const problems = new Map<string, Problem>();
  let code: ErrorCode | undefined;
  const keep = (error: unknown): undefined => {
    if (!(error instanceof PerpilotError) || error.code === 'INVARIANT_BROKEN') throw error;
    code ??= error.code;
    for (const problem of error.problems) problems.set(`${problem.where} ${problem.message}`, problem);
    return undefined;
  };
  return {
    attempt: (action) => {
      try {
        return action();
      } catch (error) {
        return keep(error);
      }
    },
    attemptAsync: async (action) => {
      try {
        return await action();
      } catch (error) {
        return keep(error);
      }
    },
    throwIfAny: () => {
      if (code !== undefined) throw new PerpilotError(code, [...problems.values()]);
    },
  };
}

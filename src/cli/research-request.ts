// What exactly shall a research run do? Options, settings, data and output checked together, all problems at once.
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { InterruptGuard } from '../adapters/system/interrupt-guard.ts';
import { PerpilotError, type Problem } from '../domain/errors.ts';
import { loadConfig } from '../config/load-config.ts';
import type { Config } from '../config/schema.ts';
import { variantOf } from '../config/variant.ts';
import type { MarketDataSource } from '../ports/market-data-source.ts';
import type { SymbolMarket } from '../research/market.ts';
import { holdoutOf, type Holdout } from '../research/holdout.ts';
import type { LeftOut } from '../research/result-file.ts';
import { gridCombinations, overlap, readDimensions, sampleCombinations, type SweepRecord } from '../research/sweep.ts';
import { configRequestOf } from './arguments.ts';
import { chosenSymbols, type ChosenSymbols } from './chosen-symbols.ts';
import { symbolsWithCandles } from './decision-candles.ts';
import { loadMarkets, openEmbedded, openStore } from './compose-markets.ts';
import { composePortfolio, composeSweptPortfolio, withSelection } from './compose-portfolio.ts';
import { composeSweep } from './compose-sweep.ts';
import {
  composeVariants,
  loadLevels,
  refuseOtherRuns,
  settingsOf,
  variantName,
  type ComposedVariant,
} from './compose-variants.ts';
import { readManifest, type Manifest } from './manifest.ts';
import {
  readNumbers,
  readPortfolioWish,
  readSampleSize,
  refuseContradictions,
  refuseUnusableWords,
  wordsOf,
  type PortfolioWish,
  type ResearchOptions,
  type RunNumbers,
} from './research-options.ts';
import { reserveFolders, type TakeBack } from './research-output.ts';
import { createProblemCollector } from './research-problems.ts';
import { usableMarkets } from './usable-markets.ts';

/** Docs of the project, wherever the command is called from. */
const PROJECT_DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));

/** Invented results never stand where published ones do unless somebody says so. */
const SYNTHETIC_OUT = fileURLToPath(new URL('../../runs/embedded/', import.meta.url));

/** Without it the portfolio layer does nothing. */
const SELECTION = 'portfolio.cross_sectional.enabled';

/** A run that can begin. */
export interface ResearchRequest extends RunNumbers {
  readonly source: MarketDataSource;
  readonly dataRoot: string | undefined;
  readonly markets: readonly SymbolMarket[];
  /** Symbols that `all` means, but that have too little history for one fold. */
  readonly leftOut: readonly LeftOut[];
  readonly variants: readonly ComposedVariant[];
  readonly headlineVariant: string;
  /** Accounts over all symbols that are compared; none unless asked for. */
  readonly portfolios: readonly ComposedVariant[];
  /** The variants are trained for the accounts, and no symbol is traded by itself. */
  readonly isPortfolioOnly: boolean;
  /** The sweep that the variants make; undefined: none. */
  readonly sweep: SweepRecord | undefined;
  readonly config: Config;
  readonly holdout: Holdout;
  /** Why the holdout is opened; undefined: it stays shut, and the markets end where it begins. */
  readonly openingReason: string | undefined;
  readonly out: string;
  /** Folder of the trial log and of the holdout openings. */
  readonly ledger: string;
  /** Removes the folders that were made for `out` and `ledger`, where they stayed empty. */
  readonly takeBackOutput: TakeBack;
  /** The run that is done again; undefined: a new one. */
  readonly repeats: Manifest | undefined;
}

/** @throws PerpilotError with every problem of options, settings, output folder and data; nothing is left behind then */
export async function prepareResearch(options: ResearchOptions, interrupt: InterruptGuard): Promise<ResearchRequest> {
  const out = resolve(options.out ?? (options.embedded ? SYNTHETIC_OUT : PROJECT_DOCS));
  const ledger = resolve(options.ledger ?? out);
  const found = createProblemCollector();
  const takeBackOutput = await found.attemptAsync(() => reserveFolders([...new Set([out, ledger])]));
  if (takeBackOutput !== undefined) interrupt.onInterrupt(takeBackOutput);
  try {
    found.attempt(() => refuseContradictions(options));
    const repeats = found.attempt(() =>
      options.fromManifest === undefined ? undefined : readManifest(options.fromManifest),
    );
    const chosen = await choose({ options, repeats, signal: interrupt.signal }, found);
    found.throwIfAny();
    if (chosen === undefined || takeBackOutput === undefined) {
      throw new PerpilotError('INVARIANT_BROKEN', 'a part of the request is missing without a reason');
    }
    if (repeats !== undefined) refuseOtherData(repeats, chosen.markets);
    return { ...chosen, out, ledger, takeBackOutput, repeats };
  } catch (error) {
    takeBackOutput?.();
    throw error;
  }
}

interface Wish {
  readonly options: ResearchOptions;
  readonly repeats: Manifest | undefined;
  readonly signal: AbortSignal;
}

type Choice = Omit<ResearchRequest, 'out' | 'ledger' | 'takeBackOutput' | 'repeats'>;

/** Settings, numbers and data; undefined when one of them is missing, which `found` knows then. */
async function choose(wish: Wish, found: ReturnType<typeof createProblemCollector>): Promise<Choice | undefined> {
  const { options, repeats } = wish;
  const base = found.attempt(() => loadConfig({ file: options.config, overrides: options.set }));
  const riskLevels = wordsOf(options.riskLevels) ?? base?.config.research.riskLevels ?? [];
  if (options.riskLevels !== undefined) found.attempt(() => refuseUnusableWords('--risk-levels', riskLevels));
  const portfolio = found.attempt(() => portfolioWishOf(wish));
  const composed = found.attempt(() => composedOf({ ...wish, portfolio }, [...new Set(riskLevels)]));
  const variants = composed?.variants;
  // With settings that cannot be used the shipped ones still tell where the data lie, so that their problems are named too.
  const config =
    variants?.[0] === undefined ? (base ?? loadConfig()).config : variantOf(variants[0].resolved, {}).config;
  const otherwise = { years: 1, seed: 1, ...base?.config.research, ...repeats };
  const numbers = found.attempt(() => readNumbers(options, otherwise));
  const dataRoot = rootOf(wish, config);
  const source = await found.attemptAsync(() => openSource(wish, { config, dataRoot, seed: numbers?.seed ?? 1 }));
  if (source === undefined) return undefined;

  const wanted = await found.attemptAsync(() => wantedSymbols(wish, source, config));
  if (wanted !== undefined && options.symbols !== undefined) {
    found.attempt(() => refuseUnusableWords('--symbols', wanted.symbols));
  }
  const { data } = config;
  const { markets: whole, failure } = await loadMarkets({
    source,
    symbols: [...new Set(wanted?.symbols)],
    data,
    signal: wish.signal,
  });
  found.add(failure);
  if (numbers === undefined || base === undefined || composed === undefined || variants === undefined) return undefined;
  const openingReason = options.openHoldout ?? repeats?.holdout?.reason;
  const holdout = holdoutOf(whole, config.walkForward.holdoutDays);
  const usable = found.attempt(() =>
    usableMarkets(whole, {
      holdout,
      isOpened: openingReason !== undefined,
      walkForward: config.walkForward,
      years: numbers.years,
      leaveOutShort: wanted?.isAll ?? false,
    }),
  );
  const headlineVariant = composed.headlineVariant ?? headlineOf(base.config);
  return {
    source,
    dataRoot,
    ...(usable ?? { markets: [], leftOut: [] }),
    ...withAccounts(composed, { headlineVariant, portfolio }),
    headlineVariant,
    sweep: composed.sweep,
    config,
    holdout,
    openingReason,
    ...numbers,
  };
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

interface Composed {
  readonly variants: readonly ComposedVariant[];
  /** Undefined: the variant of the settings as they stand. */
  readonly headlineVariant: string | undefined;
  readonly sweep: SweepRecord | undefined;
}

function portfolioWishOf({ options, repeats }: Wish): PortfolioWish {
  const wished = readPortfolioWish(options.portfolio);
  if (repeats?.portfolio === undefined) return wished;
  return repeats.portfolio === true ? 'beside' : repeats.portfolio;
}

/** Where only accounts are wanted, the variants are those whose models they trade with. */
function withAccounts(
  { variants, sweep }: Composed,
  { headlineVariant, portfolio }: { readonly headlineVariant: string; readonly portfolio: PortfolioWish | undefined },
): Pick<ResearchRequest, 'variants' | 'portfolios' | 'isPortfolioOnly'> {
  const isPortfolioOnly = portfolio === 'only';
  if (portfolio === undefined || portfolio === 'none') return { variants, portfolios: [], isPortfolioOnly };
  if (sweep !== undefined) return { variants, portfolios: composeSweptPortfolio(variants), isPortfolioOnly };
  const portfolios = composePortfolio(variants, headlineVariant);
  const headline = variants.filter(({ settings }) => settings.variant === headlineVariant);
  return { variants: isPortfolioOnly ? headline : variants, portfolios, isPortfolioOnly };
}

function composedOf(
  { options, repeats, portfolio }: Wish & { readonly portfolio: PortfolioWish | undefined },
  riskLevels: readonly string[],
): Composed {
  if (repeats !== undefined) {
    const variants = repeats.variants.map(({ riskLevel, variant, config }) => {
      const loaded = variantOf(config, {});
      return { settings: { ...settingsOf(riskLevel, loaded), variant }, resolved: loaded.resolved };
    });
    return { variants, headlineVariant: repeats.headlineVariant, sweep: repeats.sweep };
  }
  const plain = loadLevels(configRequestOf(options), riskLevels);
  if (options.sweep === undefined) {
    return { variants: composeVariants(riskLevels, plain), headlineVariant: undefined, sweep: undefined };
  }
  // What is swept of the selection would change nothing while nothing is selected.
  const isSaid = options.set?.some((text) => overlap(text.split('=')[0].trim(), SELECTION)) ?? false;
  const levels = portfolio === 'only' && !isSaid ? plain.map(withSelection) : plain;
  refuseOtherRuns(riskLevels, levels);
  const dimensions = readDimensions(options.sweep);
  const combinations =
    options.sweepSample === undefined
      ? gridCombinations(dimensions)
      : sampleCombinations(dimensions, readSampleSize(options.sweepSample), options.seed ?? 'sweep');
  const swept = composeSweep({ riskLevels, levels, fixed: options.set ?? [], dimensions, combinations });
  return { variants: swept.variants, headlineVariant: swept.headlineVariant, sweep: swept.record };
}

function rootOf({ options, repeats }: Wish, config: Config | undefined): string | undefined {
  const root = options.data ?? repeats?.dataRoot ?? config?.data.root ?? undefined;
  return root === undefined ? undefined : resolve(root);
}

async function openSource(
  { options, repeats }: Wish,
  from: { readonly config: Config | undefined; readonly dataRoot: string | undefined; readonly seed: number },
): Promise<MarketDataSource | undefined> {
  const { config, dataRoot, seed } = from;
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

async function wantedSymbols(
  { options, repeats }: Wish,
  source: MarketDataSource,
  config: Config,
): Promise<ChosenSymbols> {
  const { interval } = config.data;
  const named = wordsOf(options.symbols);
  if (named !== undefined) return chosenSymbols(named, source, interval);
  if (repeats !== undefined) return { symbols: repeats.symbols.map(({ symbol }) => symbol), isAll: false };
  const symbols = source.synthetic ? await symbolsWithCandles(source, interval) : config.research.symbols;
  return { symbols, isAll: false };
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

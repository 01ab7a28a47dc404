// How can a run be done again? Everything it was made from: code, settings, data, seed, and what came out.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { PerpilotError } from '../domain/errors.ts';
import { hashOf } from '../config/hash.ts';
import type { Holdout } from '../research/holdout.ts';
import type { SymbolMarket } from '../research/market.ts';
import type { ResearchResult } from '../research/result-file.ts';
import type { SweepRecord } from '../research/sweep.ts';
import type { ComposedVariant } from './compose-variants.ts';
import { configSchema, type DeepReadonly } from '../config/schema.ts';

const manifestSchema = z.strictObject({
  schema: z.literal('perpilot-manifest-1'),
  runId: z.string(),
  createdAt: z.string(),
  codeVersion: z.string(),
  runtime: z.string(),
  seed: z.number(),
  years: z.number(),
  source: z.enum(['store', 'embedded']),
  dataRoot: z.string().nullable(),
  symbols: z.array(z.strictObject({ symbol: z.string(), dataHash: z.string() })),
  headlineVariant: z.string(),
  variants: z.array(
    z.strictObject({ riskLevel: z.string(), variant: z.string(), configHash: z.string(), config: configSchema }),
  ),
  /** The holdout that the run opened; missing: it stayed shut. */
  holdout: z
    .strictObject({ from: z.number(), to: z.number(), reason: z.string(), openedAt: z.string().optional() })
    .optional(),
  /** Missing: each symbol was traded by itself only. */
  portfolio: z.union([z.literal(true), z.literal('only')]).optional(),
  sweep: z
    .strictObject({
      dimensions: z.array(z.strictObject({ key: z.string(), values: z.array(z.string()) })),
      places: z.record(z.string(), z.array(z.number())),
    })
    .optional(),
  tradeHash: z.string(),
});

/** A run's manifest as it is stored. */
export type Manifest = DeepReadonly<z.output<typeof manifestSchema>>;

/** What of a run's request goes into its manifest. */
export interface RunFacts {
  readonly seed: number;
  readonly years: number;
  readonly dataRoot: string | undefined;
  readonly headlineVariant: string;
  readonly sweep?: SweepRecord | undefined;
  readonly holdout?: Holdout | undefined;
  readonly openingReason?: string | undefined;
  /** When the holdout was opened, epoch milliseconds. */
  readonly openedAt?: number | undefined;
  readonly markets: readonly SymbolMarket[];
  readonly variants: readonly ComposedVariant[];
  readonly portfolios?: readonly ComposedVariant[];
  readonly isPortfolioOnly?: boolean;
}

/** The record of a run that has ended. */
export function manifestOf(request: RunFacts, result: ResearchResult): Manifest {
  const { seed, years, markets, variants } = request;
  return {
    schema: 'perpilot-manifest-1',
    runId: runIdOf(request, result.codeVersion),
    createdAt: new Date().toISOString(),
    codeVersion: result.codeVersion,
    runtime: `node ${process.versions.node}`,
    seed,
    years,
    source: result.synthetic ? 'embedded' : 'store',
    dataRoot: request.dataRoot ?? null,
    symbols: markets.map(({ symbol, dataHash }) => ({ symbol, dataHash })),
    headlineVariant: request.headlineVariant,
    variants: variants.map(({ settings, resolved }) => ({
      riskLevel: settings.riskLevel,
      variant: settings.variant,
      configHash: settings.configHash,
      config: resolved,
    })),
    holdout: openedHoldout(request),
    ...(hasPortfolios(request) ? { portfolio: request.isPortfolioOnly === true ? 'only' : true } : {}),
    sweep: request.sweep,
    tradeHash: result.tradeHash,
  };
}

function hasPortfolios({ portfolios = [] }: RunFacts): boolean {
  return portfolios.length > 0;
}

function openedHoldout({ holdout, openingReason, openedAt }: RunFacts): Manifest['holdout'] {
  if (holdout === undefined || openingReason === undefined) return undefined;
  const opened = { ...holdout, reason: openingReason };
  return openedAt === undefined ? opened : { ...opened, openedAt: new Date(openedAt).toISOString() };
}

/** @throws PerpilotError MANIFEST_MISMATCH when a repeated run traded otherwise than recorded */
export function refuseOtherTrades(recorded: Manifest, result: ResearchResult): void {
  if (recorded.tradeHash === result.tradeHash) return;
  const code =
    recorded.codeVersion === result.codeVersion
      ? 'with the same code'
      : `code then ${recorded.codeVersion}, now ${result.codeVersion}`;
  throw new PerpilotError(
    'MANIFEST_MISMATCH',
    `other trades than recorded (${recorded.tradeHash.slice(0, 16)}, now ${result.tradeHash.slice(0, 16)}), ${code}`,
  );
}

/** Equal for runs of equal code, settings, data and seed; ablations change no configuration, but what the folder holds. */
export function runIdOf(request: RunFacts, codeVersion: string): string {
  const { seed, years, markets, variants, isPortfolioOnly = false } = request;
  const dataHashes = markets.map((market) => market.dataHash);
  const configHashes = variants.map(({ settings }) => settings.configHash);
  const isAblated = variants.some(({ resolved }) => resolved.research.ablation);
  const facts = {
    codeVersion,
    seed,
    years,
    dataHashes,
    configHashes,
    isAblated,
    ...(hasPortfolios(request) ? { hasPortfolios: true } : {}),
    ...(isPortfolioOnly ? { isPortfolioOnly } : {}),
  };
  return `research-${hashOf(facts).slice(0, 12)}`;
}

/** @throws PerpilotError CONFIG_MISSING or CONFIG_INVALID when the file is no manifest */
export function readManifest(path: string): Manifest {
  const parsed = manifestSchema.safeParse(parseJson(path));
  if (parsed.success) return parsed.data;
  throw new PerpilotError(
    'CONFIG_INVALID',
    parsed.error.issues.map((issue) => ({
      message: `${issue.path.join('.') || 'manifest'}: ${issue.message}`,
      where: path,
    })),
  );
}

function parseJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'it is not JSON' : 'it cannot be read';
    throw new PerpilotError('CONFIG_MISSING', [
      { message: `no manifest from ${path}: ${reason}`, where: '--from-manifest' },
    ]);
  }
}

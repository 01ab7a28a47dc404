// How can a run be done again? Everything it was made from: code, settings, data, seed, and what came out.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { PerpilotError } from '../domain/errors.ts';
import { hashOf } from '../config/hash.ts';
import { configSchema, type ConfigTree, type DeepReadonly } from '../config/schema.ts';

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
  tradeHash: z.string(),
});

/** A run's manifest as it is stored. */
export type Manifest = DeepReadonly<z.output<typeof manifestSchema>>;

/** Equal for runs of equal code, settings, data and seed. */
export function runIdOf(parts: {
  readonly codeVersion: string;
  readonly seed: number;
  readonly years: number;
  readonly dataHashes: readonly string[];
  readonly configs: readonly DeepReadonly<ConfigTree>[];
}): string {
  return `research-${hashOf(parts).slice(0, 12)}`;
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

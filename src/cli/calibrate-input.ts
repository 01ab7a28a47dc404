// Which runs are calibrated? The run folders that are named or lie inside the named folders, each checked.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { hashOf } from '../config/hash.ts';
import { PerpilotError, type Problem } from '../domain/errors.ts';
import { RESULT_SCHEMA } from '../research/result-file.ts';
import {
  flatSettings,
  isCalibrated,
  type CalibrationRow,
  type CalibrationRun,
  type ShippedLevel,
} from '../research/calibrate-run.ts';

const figure = z.number().optional();

const gateBasisSchema = z.object({
  sharpe: z.number(),
  observations: z.number(),
  skew: z.number(),
  kurtosis: z.number(),
  varianceByChance: z.number(),
});

/** What a calibration reads of result.json; figures without a value are missing there. */
const resultSchema = z.object({
  schema: z.literal(RESULT_SCHEMA),
  synthetic: z.boolean(),
  codeVersion: z.string(),
  seed: z.number(),
  symbols: z.array(z.object({ symbol: z.string(), dataHash: z.string() })),
  rows: z.array(
    z.object({
      symbol: z.string(),
      riskLevel: z.string(),
      variant: z.string(),
      configHash: z.string(),
      from: z.number(),
      to: z.number(),
      initialEquity: z.number(),
      finalEquity: z.number(),
      figures: z.object({ sharpe: figure, trades: z.number() }),
      folds: z.array(z.object({ status: z.enum(['reported', 'failed']), netPnl: z.number().optional() })),
      verdict: z.object({
        checks: z.array(z.object({ name: z.string(), value: figure })),
        survival: z.object({ survives: z.boolean() }),
      }),
    }),
  ),
  selection: z.object({
    rows: z.array(
      z.object({
        symbol: z.string(),
        riskLevel: z.string(),
        variant: z.string(),
        gateBasis: z.object({ value: gateBasisSchema.optional() }),
      }),
    ),
  }),
  models: z.object({ leakAlarms: z.array(z.unknown()) }),
  tradeHash: z.string(),
});

/**
 * What a calibration reads of manifest.json. The configurations are taken as they are: an older run may lack settings of
 * sections that no calibration touches.
 */
const manifestSchema = z.object({
  schema: z.literal('perpilot-manifest-1'),
  runId: z.string(),
  codeVersion: z.string(),
  variants: z.array(z.object({ configHash: z.string(), config: z.record(z.string(), z.unknown()) })),
  sweep: z
    .object({
      dimensions: z.array(z.object({ key: z.string(), values: z.array(z.string()) })),
      places: z.record(z.string(), z.array(z.number())),
    })
    .optional(),
  tradeHash: z.string(),
});

type StoredManifest = z.output<typeof manifestSchema>;
type StoredResult = z.output<typeof resultSchema>;

/**
 * All runs of the folders.
 * @throws PerpilotError ARGUMENT_INVALID with every problem of every folder: no run in it, other schemas, files that do
 * not belong together, synthetic and market runs mixed
 */
export function readCalibrationRuns(folders: readonly string[]): CalibrationRun[] {
  const problems: Problem[] = [];
  const paths = new Set<string>();
  for (const folder of folders) {
    const found = runFoldersIn(folder);
    if (found.length === 0) problems.push(noRun(folder));
    for (const path of found) paths.add(resolve(path));
  }
  const runs = [...paths].flatMap((path) => {
    const read = readRun(path);
    problems.push(...read.problems);
    return read.run === undefined ? [] : [{ path, run: read.run }];
  });
  const synthetic = runs.filter(({ run }) => run.synthetic);
  if (synthetic.length > 0 && synthetic.length < runs.length) {
    problems.push({
      message: `synthetic runs and runs of market data cannot be calibrated together: ${synthetic.map(({ path }) => path).join(', ')} ${synthetic.length === 1 ? 'is' : 'are'} synthetic`,
      where: 'RUN_FOLDER',
    });
  }
  if (problems.length > 0) throw new PerpilotError('ARGUMENT_INVALID', problems);
  return runs.map(({ run }) => run);
}

/** The folder itself, or all runs in its `runs/`. */
function runFoldersIn(folder: string): string[] {
  if (isRun(folder)) return [folder];
  const inside = join(folder, 'runs');
  if (!existsSync(inside)) return [];
  return entriesOf(inside)
    .map((name) => join(inside, name))
    .filter(isRun)
    .sort();
}

const isRun = (folder: string): boolean =>
  existsSync(join(folder, 'manifest.json')) || existsSync(join(folder, 'result.json'));

function entriesOf(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => !name.startsWith('.'));
  } catch {
    // A file of that name, or a folder that may not be read, holds no runs.
    return [];
  }
}

function noRun(folder: string): Problem {
  const message = existsSync(folder) ? `${folder} holds no run` : `${folder} does not exist`;
  return { message, where: 'RUN_FOLDER', hint: 'give OUT/runs/ID, or the folder OUT that a research run wrote to' };
}

interface ReadRun {
  readonly run: CalibrationRun | undefined;
  readonly problems: readonly Problem[];
}

function readRun(path: string): ReadRun {
  const problems: Problem[] = [];
  const manifest = readJson(join(path, 'manifest.json'), manifestSchema, problems);
  const result = readJson(join(path, 'result.json'), resultSchema, problems);
  if (manifest === undefined || result === undefined) return { run: undefined, problems };
  const odd = mismatchesOf(manifest, result).map((message) => ({ message, where: path }));
  return odd.length > 0 ? { run: undefined, problems: odd } : { run: runOf(manifest, result), problems: [] };
}

/** A result of this program, whatever its version. */
const OLDER_FORM = z.object({ schema: z.string().startsWith('perpilot-research-') });

/** More problems than this of one file say no more. */
const MOST_ISSUES = 5;

/** The content of the file; undefined, with the problems, when it is none of the schema. */
function readJson<Value>(path: string, schema: z.ZodType<Value>, problems: Problem[]): Value | undefined {
  let stored: unknown;
  try {
    stored = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'it is not JSON' : 'it cannot be read';
    problems.push({ message: `${path} is no part of a run: ${reason}`, where: path });
    return undefined;
  }
  const parsed = schema.safeParse(stored);
  if (parsed.success) return parsed.data;
  const older = OLDER_FORM.safeParse(stored).data?.schema;
  if (older !== undefined && older !== RESULT_SCHEMA) {
    const message = `${path} was written by another version (${older}, this one reads ${RESULT_SCHEMA})`;
    problems.push({ message, where: path, hint: 'make the run again' });
    return undefined;
  }
  for (const issue of parsed.error.issues.slice(0, MOST_ISSUES)) {
    problems.push({ message: `${issue.path.join('.') || 'the file'}: ${issue.message}`, where: path });
  }
  return undefined;
}

function mismatchesOf(manifest: StoredManifest, result: StoredResult): string[] {
  const hashes = new Set(manifest.variants.map(({ configHash }) => configHash));
  const symbols = new Set(result.symbols.map(({ symbol }) => symbol));
  const isOf = manifest.tradeHash === result.tradeHash && manifest.codeVersion === result.codeVersion;
  return [
    ...(isOf ? [] : ['manifest.json and result.json are of different runs']),
    ...(result.rows.every(({ configHash }) => hashes.has(configHash))
      ? []
      : ['rows without a configuration in the manifest']),
    ...(result.rows.every((row) => selectedOf(result, row) !== undefined) ? [] : ['rows without a selection']),
    ...(result.rows.every(({ symbol }) => symbols.has(symbol))
      ? []
      : ['rows of symbols that the result does not describe']),
    ...manifest.variants
      .filter(({ config, configHash }) => hashOf(config) !== configHash)
      .map(({ configHash }) => `the configuration ${configHash} is not the one that its hash was made of`),
  ];
}

function runOf(manifest: StoredManifest, result: StoredResult): CalibrationRun {
  const dataHashes = new Map(result.symbols.map(({ symbol, dataHash }) => [symbol, dataHash]));
  return {
    id: manifest.runId,
    codeVersion: result.codeVersion,
    synthetic: result.synthetic,
    seed: result.seed,
    rows: result.rows.map((row) => ({
      ...rowOf(row, dataHashes.get(row.symbol) ?? ''),
      gateBasis: selectedOf(result, row)?.gateBasis.value,
    })),
    settings: new Map(manifest.variants.map(({ configHash, config }) => [configHash, flatSettings(config)])),
    sweep: manifest.sweep,
    leakSuspected: result.models.leakAlarms.length > 0,
  };
}

function selectedOf(
  { selection }: StoredResult,
  row: StoredResult['rows'][number],
): StoredResult['selection']['rows'][number] | undefined {
  return selection.rows.find(
    ({ symbol, riskLevel, variant }) => symbol === row.symbol && riskLevel === row.riskLevel && variant === row.variant,
  );
}

function rowOf(row: StoredResult['rows'][number], dataHash: string): Omit<CalibrationRow, 'gateBasis'> {
  const { symbol, riskLevel, variant, configHash, from, to, figures, folds, verdict } = row;
  const judged = (name: string): number | undefined => verdict.checks.find((check) => check.name === name)?.value;
  return {
    symbol,
    riskLevel,
    variant,
    configHash,
    dataHash,
    from,
    to,
    netPnl: row.finalEquity - row.initialEquity,
    sharpe: figures.sharpe,
    survives: verdict.survival.survives,
    trades: figures.trades,
    folds: {
      planned: folds.length,
      won: folds.filter(({ status, netPnl }) => status === 'reported' && netPnl !== undefined && netPnl > 0).length,
      failed: folds.filter(({ status }) => status === 'failed').length,
    },
    judged: {
      sharpe: judged('sharpe'),
      profitFactor: judged('profitFactor'),
      maxDrawdown: judged('maxDrawdown'),
      trades: judged('trades'),
    },
  };
}

/** @throws PerpilotError ARGUMENT_INVALID naming the settings of runs that there are no longer */
export function refuseGoneSettings(runs: readonly CalibrationRun[], [level]: readonly ShippedLevel[]): void {
  const problems = runs.flatMap(({ id, settings }) => {
    const names = new Set([...settings.values()].flatMap((each) => Object.keys(each)));
    const gone = [...names].filter((name) => isCalibrated(name) && !Object.hasOwn(level.settings, name));
    if (gone.length === 0) return [];
    const message = `${id} was made with settings that there are no longer: ${gone.join(', ')}`;
    return [{ message, where: 'RUN_FOLDER', hint: 'make the run again' }];
  });
  if (problems.length > 0) throw new PerpilotError('ARGUMENT_INVALID', problems);
}

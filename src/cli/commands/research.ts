// Would this have made money? The research suite as a command.
import type { Command } from 'commander';
import { codeVersion } from '../../adapters/system/code-version.ts';
import { createWorkerPool } from '../../adapters/system/worker-pool.ts';
import { PerpilotError } from '../../domain/errors.ts';
import type { JobRunner } from '../../ports/job-runner.ts';
import type { ResearchContext, ResearchTask, ResearchTaskResult } from '../../research/jobs.ts';
import { makeResult, type ResearchResult } from '../../research/result-file.ts';
import { planSuite, runSuite, type SuiteInput, type SuiteResult } from '../../research/suite.ts';
import { addConfigOptions, examples } from '../arguments.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { runIdOf, type Manifest } from '../manifest.ts';
import { createProgress, durationText } from '../progress.ts';
import { prepareResearch, type ResearchOptions, type ResearchRequest } from '../research-request.ts';
import { answerJson, answerLines } from '../research-answer.ts';
import { writeRun } from '../run-folder.ts';

export function registerResearch(program: Command, context: CliContext): void {
  addConfigOptions(program.command('research'))
    .description('walk-forward research over symbols, years and risk levels, models trained inside every fold')
    .option('--symbols <names...>', 'symbols, with blanks or commas between them (default: research.symbols)')
    .option(
      '--years <number>',
      'years of history before the end of the data, training included (default: research.years)',
    )
    .option('--risk-levels <levels...>', 'risk levels to compare (default: research.risk_levels)')
    .option('-d, --data <dir>', 'folder with candles/, funding/ and instruments/ (default: data.root)')
    .option('--embedded', 'the synthetic market inside the package instead of stored data', false)
    .option('-o, --out <dir>', "where table, summary and run folder go (default: the project's docs/)")
    .option('-j, --jobs <number>', 'threads (default: one per core, at most 8)')
    .option('--seed <number>', 'seed of everything random (default: research.seed)')
    .option('--from-manifest <file>', 'do a recorded run again and compare its trades')
    .option('--json', 'one JSON object', false)
    .addHelpText(
      'after',
      examples(
        'research --data ./data --symbols BTCUSDT ETHUSDT --years 2 --risk-levels conservative moderate aggressive',
        'research --embedded --out ./runs/trial',
        'research --data ./data --set labeling.profit_barrier=0.03 --out ./runs/wider',
        'research --data ./data --from-manifest ./docs/runs/research-0123456789ab/manifest.json --out ./runs/again',
      ),
    )
    .action((options: ResearchOptions) => research(options, context));
}

async function research(options: ResearchOptions, context: CliContext): Promise<void> {
  const startedAt = performance.now();
  const request = await prepareResearch(options);
  const input = suiteInput(request);
  planSuite(input);
  const suite = await runOnThreads(request, input, context);
  const result = makeResult({ suite, variants: input.variants, about: aboutOf(request) });
  const manifest = manifestOf(request, result);
  const written = await writeRun({ manifest, result, suite }, request.out, context.interrupt);
  const seconds = durationText(performance.now() - startedAt);
  if (options.json) context.out(answerJson(result, written));
  else for (const line of answerLines(result, written, seconds)) context.out(line);
  if (request.repeats !== undefined) compareTrades(request.repeats, result);
  if (result.failedFolds.length > 0 || result.models.leakAlarms.length > 0) context.finish(EXIT.NEGATIVE);
}

function suiteInput({ markets, variants, config, years }: ResearchRequest): SuiteInput {
  return { markets, variants: variants.map(({ settings }) => settings), walkForward: config.walkForward, years };
}

async function runOnThreads(
  request: ResearchRequest,
  input: SuiteInput,
  { stderr, interrupt }: CliContext,
): Promise<SuiteResult> {
  const shared: ResearchContext = {
    markets: request.markets,
    seed: String(request.seed),
    embargoHours: request.config.walkForward.embargoHours,
    resamples: request.config.research.bootstrapResamples,
  };
  const pool = createWorkerPool<ResearchTask, ResearchTaskResult>({
    module: new URL('../research-worker.ts', import.meta.url),
    threads: request.jobs,
    shared,
  });
  let progress: ReturnType<typeof createProgress> | undefined;
  try {
    return await untilInterrupted(interrupt.signal, () =>
      runSuite(input, pool, (done, total) => {
        progress ??= createProgress({ stream: stderr, label: 'research', total });
        if (done > 0) progress.advance();
      }),
    );
  } finally {
    await closeQuietly(pool);
    progress?.done();
  }
}

/** The result of `action`, or the reason of `signal` as soon as that is aborted. */
async function untilInterrupted<Value>(signal: AbortSignal, action: () => Promise<Value>): Promise<Value> {
  signal.throwIfAborted();
  return new Promise<Value>((resolve, reject) => {
    const onAbort = (): void =>
      reject(signal.reason instanceof Error ? signal.reason : new PerpilotError('INTERRUPTED', 'stopped'));
    signal.addEventListener('abort', onAbort, { once: true });
    action()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', onAbort));
  });
}

async function closeQuietly(pool: JobRunner<ResearchTask, ResearchTaskResult>): Promise<void> {
  await pool.close();
}

function aboutOf(request: ResearchRequest): Parameters<typeof makeResult>[0]['about'] {
  const { source, config, years, seed, headlineVariant } = request;
  return {
    source: source.synthetic ? source.describe() : 'Stored candles',
    synthetic: source.synthetic,
    codeVersion: codeVersion(),
    seed,
    interval: config.data.interval,
    years,
    walkForward: config.walkForward,
    headlineVariant,
    symbols: request.markets.map(({ symbol, dataHash, provenance, series, funding }) => ({
      symbol,
      dataHash,
      provenance,
      firstCandle: series.openTime[0],
      lastClose: series.openTime[series.length - 1] + series.intervalMs,
      candles: series.length,
      fundingStamps: funding?.length ?? 0,
    })),
  };
}

function manifestOf(request: ResearchRequest, result: ResearchResult): Manifest {
  const { seed, years, markets, variants } = request;
  const configs = variants.map(({ resolved }) => resolved);
  return {
    schema: 'perpilot-manifest-1',
    runId: runIdOf({
      codeVersion: result.codeVersion,
      seed,
      years,
      dataHashes: markets.map((market) => market.dataHash),
      configs,
    }),
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
    tradeHash: result.tradeHash,
  };
}

function compareTrades(recorded: Manifest, result: ResearchResult): void {
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

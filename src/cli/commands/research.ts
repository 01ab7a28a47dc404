// Would this have made money? The research suite as a command.
import { availableParallelism } from 'node:os';
import type { Command } from 'commander';
import { codeVersion } from '../../adapters/system/code-version.ts';
import { createWorkerPool } from '../../adapters/system/worker-pool.ts';
import { PerpilotError } from '../../domain/errors.ts';
import type { ResearchContext, ResearchTask, ResearchTaskResult } from '../../research/jobs.ts';
import { collectReport } from '../../research/html/collect-report.ts';
import { reportHtml } from '../../research/html/report-html.ts';
import type { SensitivityMap } from '../../research/html/report-data.ts';
import { makeResult, type ResearchResult } from '../../research/result-file.ts';
import { earlierOpenings, type HoldoutOpening } from '../../research/holdout.ts';
import { forecastText, refuseTooLarge } from '../../research/forecast.ts';
import { createResumingRunner } from '../../research/resuming-runner.ts';
import { heatMaps, pointsOf } from '../../research/sensitivity.ts';
import { suiteWorkOf } from '../../research/suite-work.ts';
import { runSuite, type SuiteInput, type SuiteResult } from '../../research/suite.ts';
import { createTaskParts } from '../../research/task-key.ts';
import { addConfigOptions, collect, examples } from '../arguments.ts';
import { composeAblation } from '../compose-ablation.ts';
import { composeAccountStresses } from '../compose-portfolio.ts';
import type { CliContext } from '../context.ts';
import { registerLookahead } from './research-lookahead.ts';
import { registerWarmup } from './research-warmup.ts';
import { openingsIn, recordOpening } from '../holdout-ledger.ts';
import { manifestOf, refuseOtherTrades, runIdOf } from '../manifest.ts';
import { probe } from '../probe.ts';
import { createProgress, durationText } from '../progress.ts';
import { recordTrials } from '../record-trials.ts';
import { answerJson, answerLines, exitCodeOfResult } from '../research-answer.ts';
import { modelFiles } from '../research-models.ts';
import type { ResearchOptions } from '../research-options.ts';
import { prepareResearch, type ResearchRequest } from '../research-request.ts';
import { writeRun } from '../run-folder.ts';
import { hasTasks, openTaskFolder } from '../task-folder.ts';

export function registerResearch(program: Command, context: CliContext): void {
  const command = addConfigOptions(program.command('research'))
    .description('walk-forward research over symbols, years and risk levels, models trained inside every fold')
    .option(
      '--symbols <names...>',
      'symbols, with blanks or commas between them; all: every symbol with candles, delisted and late ones too (default: research.symbols)',
    )
    .option(
      '--years <number>',
      'years of history before the end of the data, training included (default: research.years)',
    )
    .option('--risk-levels <levels...>', 'risk levels to compare (default: research.risk_levels)')
    .option('-d, --data <dir>', 'folder with candles/, funding/ and instruments/ (default: data.root)')
    .option('--embedded', 'the synthetic market inside the package instead of stored data', false)
    .option(
      '-o, --out <dir>',
      "where table, summary and run folder go (default: the project's docs/, with --embedded its runs/embedded/)",
    )
    .option(
      '--ledger <dir>',
      'folder of the trial log and of the holdout openings; runs that share it count each other (default: --out)',
    )
    .option('-j, --jobs <number>', 'threads (default: one per core, at most 8)')
    .option('--seed <number>', 'seed of everything random (default: research.seed)')
    .option('--from-manifest <file>', 'do a recorded run again and compare its trades')
    .option(
      '--sweep <key=values>',
      'compare values of a setting, as `key=a,b,c` or `key=0.01..0.05/5`; may be given again',
      collect,
    )
    .option('--sweep-sample <number>', 'so many combinations of the sweep, drawn by the seed, instead of all')
    .option('--resume <dir>', 'keep finished work there, and go on with what an interrupted run has kept')
    .option(
      '--open-holdout <reason>',
      'read the last walk_forward.holdout_days too; the opening is written down with the reason',
    )
    .option('--again', 'open the holdout although it was opened before', false)
    .option(
      '--portfolio [only]',
      'also trade all symbols with one account: without selection, and the best of them with each allocation; only: nothing but these accounts, with --sweep one for each combination',
    )
    .option('--json', 'one JSON object', false)
    .addHelpText(
      'after',
      examples(
        'research --data ./data --symbols BTCUSDT ETHUSDT --years 2 --risk-levels conservative moderate aggressive',
        'research --data ./data --symbols all --years 3 --out ./runs/all',
        'research --data ./data --symbols all --portfolio --out ./runs/portfolio',
        'research --data ./data --symbols all --portfolio only --sweep portfolio.cross_sectional.top_k=2,3,5 --out ./runs/seats',
        'research --embedded --out ./runs/trial',
        'research --data ./data --set labeling.profit_barrier=0.03 --out ./runs/wider',
        'research --data ./data --from-manifest ./docs/runs/research-0123456789ab/manifest.json --out ./runs/again',
      ),
    )
    .action((options: ResearchOptions) => research(options, context));
  registerLookahead(command, context);
  registerWarmup(command, context);
}

async function research(options: ResearchOptions, context: CliContext): Promise<void> {
  const request = await prepareResearch(options, context.interrupt);
  try {
    await runAndAnswer(request, options, context);
  } finally {
    request.takeBackOutput();
  }
}

async function runAndAnswer(
  request: ResearchRequest,
  { json, resume, again }: ResearchOptions,
  context: CliContext,
): Promise<void> {
  const startedAt = performance.now();
  const startedAtDate = Date.now();
  for (const { symbol, reason } of request.leftOut) context.stderr.write(`left out ${symbol}: ${reason}\n`);
  const input = suiteInput(request);
  if (request.openingReason !== undefined) {
    const opening = { runId: runIdOf(request, codeVersion()), openedAt: startedAtDate, reason: request.openingReason };
    await recordOpening(
      { ...request, ...opening, again: again === true || request.repeats !== undefined },
      request.ledger,
    );
  }
  const suite = await runOnThreads(request, input, { ...context, resume });
  const openings = await openingsIn(request.ledger);
  const about = aboutOf(request, openings);
  const trials = await recordTrials(
    {
      ...request,
      variants: request.isPortfolioOnly ? [] : request.variants,
      suite,
      ablations: input.ablations,
      runId: runIdOf(request, about.codeVersion),
      codeVersion: about.codeVersion,
      evaluatedAt: startedAtDate,
    },
    request.ledger,
  );
  const { bootstrapResamples: resamples } = request.config.research;
  const result = makeResult({ suite, variants: input.variants, about, trials, resamples });
  const manifest = manifestOf({ ...request, openedAt: startedAtDate }, result);
  const headline = input.variants.filter((settings) => settings.variant === request.headlineVariant);
  const models = modelFiles({ suite, markets: request.markets, headline, codeVersion: result.codeVersion });
  const html = reportHtml(
    collectReport({
      result,
      suite,
      markets: request.markets,
      variants: input.variants,
      currency: 'USDT',
      more: {
        runId: manifest.runId,
        settings: manifest.variants,
        holdoutOpenings: openings,
        sensitivity: sensitivityOf(result),
      },
    }),
  );
  const written = await writeRun({ manifest, result, suite, models, html }, request.out, context.interrupt);
  if (json) context.out(answerJson(result, written));
  else for (const line of answerLines(result, written, durationText(performance.now() - startedAt))) context.out(line);
  if (request.repeats !== undefined) refuseOtherTrades(request.repeats, result);
  context.finish(exitCodeOfResult(result));
}

function holdoutOf(
  { holdout, openingReason, markets }: ResearchRequest,
  openings: readonly HoldoutOpening[],
): Pick<ResearchResult, 'holdout'> {
  if (holdout.from >= holdout.to) return {};
  const own = markets.flatMap((market) => earlierOpenings(openings, market, holdout));
  const looks = new Set(own.map(({ runId, openedAt }) => `${runId} ${openedAt}`)).size;
  return { holdout: { ...holdout, opened: openingReason !== undefined, openings: looks } };
}

/** Heat maps of a sweep, one set per risk level. */
function sensitivityOf({ sweep, rows }: ResearchResult): readonly SensitivityMap[] {
  if (sweep === undefined) return [];
  return [...Map.groupBy(rows, ({ riskLevel }) => riskLevel)].flatMap(([riskLevel, own]) =>
    heatMaps(sweep.dimensions, pointsOf(own, sweep)).map((map) => ({ ...map, title: riskLevel })),
  );
}

/** The variants of a sweep are a study of their own: what its parts earn is not asked there. */
function suiteInput(request: ResearchRequest): SuiteInput {
  const { markets, variants, portfolios, isPortfolioOnly, headlineVariant, config, years, sweep } = request;
  const isAblated = config.research.ablation && sweep === undefined;
  return {
    ablations: isAblated && !isPortfolioOnly ? composeAblation(variants, headlineVariant) : [],
    accountStresses: isAblated ? composeAccountStresses(portfolios) : [],
    markets,
    variants: variants.map(({ settings }) => settings),
    portfolios: portfolios.map(({ settings }) => settings),
    isPortfolioOnly,
    headlineVariant,
    walkForward: config.walkForward,
    years,
  };
}

async function runOnThreads(
  request: ResearchRequest,
  input: SuiteInput,
  { stderr, interrupt, resume }: CliContext & { readonly resume: string | undefined },
): Promise<SuiteResult> {
  const machine = { threads: request.jobs, cores: availableParallelism(), freeBytes: process.availableMemory() };
  const residentBytes = process.memoryUsage().rss;
  const shared: ResearchContext = {
    markets: request.markets,
    seed: String(request.seed),
    embargoHours: request.config.walkForward.embargoHours,
  };
  const pool = createWorkerPool<ResearchTask, ResearchTaskResult>({
    module: new URL('../research-worker.ts', import.meta.url),
    threads: request.jobs,
    shared,
  });
  let progress: ReturnType<typeof createProgress> | undefined;
  try {
    return await untilInterrupted(interrupt.signal, async () => {
      const isResumed = resume !== undefined && hasTasks(resume);
      if (request.sweep !== undefined || (resume !== undefined && !isResumed)) {
        const threads = Math.min(machine.threads, machine.cores);
        const figures = await probe(input, { runner: pool, now: () => performance.now(), threads, residentBytes });
        const forecast = refuseTooLarge(suiteWorkOf(input), figures, machine);
        stderr.write(`${forecastText(forecast, machine.threads)}\n`);
      }
      const version = codeVersion();
      const runner =
        resume === undefined
          ? pool
          : createResumingRunner(
              pool,
              await openTaskFolder(resume, { codeVersion: version, symbols: request.markets }, interrupt),
              createTaskParts(version, shared),
            );
      return runSuite(input, runner, (done, total) => {
        progress ??= createProgress({ stream: stderr, label: 'research', total });
        if (done > 0) progress.advance();
      });
    });
  } finally {
    await pool.close();
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

function aboutOf(
  request: ResearchRequest,
  openings: readonly HoldoutOpening[],
): Parameters<typeof makeResult>[0]['about'] {
  const { source, config, years, seed, headlineVariant, sweep } = request;
  return {
    source: source.synthetic ? source.describe() : 'Stored candles',
    synthetic: source.synthetic,
    codeVersion: codeVersion(),
    seed,
    interval: config.data.interval,
    years,
    walkForward: config.walkForward,
    headlineVariant,
    ...(sweep === undefined ? {} : { sweep }),
    ...(request.leftOut.length === 0 ? {} : { leftOut: request.leftOut }),
    ...holdoutOf(request, openings),
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

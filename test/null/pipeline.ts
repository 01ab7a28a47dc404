// Does the whole research recommend noise, and does it find what is there? `npm run null -- --seeds 200` exits with 1 when it errs.
// `--costs shipped` runs the noise with costs, `--edge` only the planted edges; without either: noise without costs, then edges.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { createWorkerPool } from '../../src/adapters/system/worker-pool.ts';
import type { JobRunner } from '../../src/ports/job-runner.ts';
import type { Noise } from './pipeline-markets.ts';
import type { NullCosts, NullReport, NullTask } from './pipeline-run.ts';
import {
  brokenPromises,
  falseFinds,
  isPraised,
  LEAST_FOUND,
  LEAST_TRADES,
  medianOf,
  MOST_PAID,
  POWER_HEAD,
  powerLine,
  powerOf,
  shareLines,
  tradesOf,
} from './pipeline-table.ts';

/** Twelve test windows after the first training window: with fewer the median row makes too few trades to be judged. */
const NOISE_DAYS = 540;
/** Six test windows. */
const EDGE_DAYS = 360;
const NOISES: readonly Noise[] = ['walk', 'flipped'];
/** Standard deviations of drift per hour; the last is the clear one that must be found. */
const EDGES = [0.06, 0.1, 0.15, 0.25];
const NOISE_SEEDS = '200';
const EDGE_SEEDS = '20';

type SeedRunner = JobRunner<NullTask, NullReport>;

async function noiseProblems(runner: SeedRunner, costs: NullCosts, seeds: number): Promise<string[]> {
  const tasks = Array.from({ length: seeds }, (_, seed): NullTask => {
    return { seed, days: NOISE_DAYS, costs, market: NOISES[seed % NOISES.length] };
  });
  const reports = await runner.run(tasks, () => undefined);
  const shares = falseFinds(reports);
  const trades = medianOf(tradesOf(reports));
  const cpu = medianOf(reports.map(({ cpuSeconds }) => cpuSeconds));
  console.log(
    `noise, ${costs === 'none' ? 'no costs: nothing has an edge, and nothing loses one' : 'shipped costs'}: ${seeds} seeds × ${reports[0].rows.length} rows, ${NOISE_DAYS} days of hourly candles`,
  );
  console.log(
    `  median trades of a row ${trades}, failed folds ${sum(reports, 'failedFolds')}, ${cpu.toFixed(1)} s of CPU per seed`,
  );
  for (const line of shareLines(shares)) console.log(line);
  const praised = reports.filter(isPraised).map(({ seed }) => seed);
  if (praised.length > 0) console.log(`  seeds in which any row or level has an edge: ${praised.join(', ')}`);
  const paid = Math.max(...reports.flatMap(({ rows }) => rows.map((row) => row.paid)));
  const idle = costs === 'none' && !(trades > LEAST_TRADES);
  return [
    ...brokenPromises(shares),
    ...(costs === 'none' && paid > MOST_PAID ? [`a row paid ${paid}: noise has less than no edge then`] : []),
    ...(idle ? [`the median row has ${trades} trades: too few for the test to mean anything`] : []),
  ].map((problem) => `${costs === 'none' ? 'no' : 'shipped'} costs: ${problem}`);
}

async function edgeProblems(runner: SeedRunner, seeds: number): Promise<string[]> {
  const tasks = EDGES.flatMap((market) =>
    Array.from({ length: seeds }, (_, seed): NullTask => ({ seed, days: EDGE_DAYS, costs: 'shipped', market })),
  );
  const reports = await runner.run(tasks, () => undefined);
  const powers = EDGES.map((size, at) => powerOf(size, reports.slice(at * seeds, (at + 1) * seeds)));
  console.log(`planted edge, shipped costs: ${seeds} seeds each; drift in standard deviations of an hour`);
  console.log(POWER_HEAD);
  for (const power of powers) console.log(powerLine(power));
  const clear = powers[powers.length - 1];
  const found = clear.recommended / clear.runs >= LEAST_FOUND;
  return found ? [] : [`an edge of ${clear.size} was recommended in ${clear.recommended} of ${clear.runs} runs only`];
}

const sum = (reports: readonly NullReport[], key: 'failedFolds'): number =>
  reports.reduce((total, report) => total + report[key], 0);

function whole(text: string, name: string): number {
  const value = Number(text);
  if (!(Number.isInteger(value) && value >= 1))
    throw new Error(`--${name} must be a whole number from 1 on, not ${text}`);
  return value;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string' },
      jobs: { type: 'string', default: String(Math.min(2, availableParallelism())) },
      costs: { type: 'string' },
      edge: { type: 'boolean', default: false },
    },
  });
  const { costs, edge } = values;
  if (costs !== undefined && costs !== 'none' && costs !== 'shipped') {
    throw new Error('--costs must be none or shipped');
  }
  const seeds = whole(values.seeds ?? (edge ? EDGE_SEEDS : NOISE_SEEDS), 'seeds');
  const startedAt = performance.now();
  const runner: SeedRunner = createWorkerPool<NullTask, NullReport>({
    module: new URL('pipeline-worker.ts', import.meta.url),
    threads: whole(values.jobs, 'jobs'),
    shared: undefined,
  });
  const problems: string[] = [];
  try {
    if (!edge) problems.push(...(await noiseProblems(runner, costs ?? 'none', seeds)));
    if (costs === undefined) problems.push(...(await edgeProblems(runner, edge ? seeds : Number(EDGE_SEEDS))));
  } finally {
    await runner.close();
  }
  for (const problem of problems) console.log(`FAILED ${problem}`);
  console.log(
    `${problems.length === 0 ? 'passed' : 'failed'} in ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`,
  );
  if (problems.length > 0) process.exitCode = 1;
}

await main();

// How long does the whole research command take, report included, and with how much memory? Medians of cold processes with two threads.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchRow } from './bench-row.ts';

const MAIN = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const DATA = process.env['PERPILOT_DATA'] ?? fileURLToPath(new URL('../../shared/data', import.meta.url));
const RUNS = 3;
const JOBS = 2;
/** 1 GB. */
const MOST_MEGABYTES = 1_000;

interface Suite {
  readonly name: string;
  readonly years: number;
  readonly riskLevels: readonly string[];
  /** Symbols of the stored candles, and of the embedded market where there are none. */
  readonly stored: readonly string[];
  readonly embedded: readonly string[];
  readonly mostSeconds: number;
  readonly mostMegabytes?: number;
}

const SUITES: readonly Suite[] = [
  {
    name: '3 symbols × 2 years × 3 levels',
    years: 2,
    riskLevels: ['conservative', 'moderate', 'aggressive'],
    stored: ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'],
    embedded: ['ALPHAUSDT', 'BRAVOUSDT', 'CHARLIEUSDT'],
    mostSeconds: 60,
    mostMegabytes: MOST_MEGABYTES,
  },
  {
    name: '4 symbols × 3 years × 2 levels',
    years: 3,
    riskLevels: ['conservative', 'moderate'],
    stored: ['BTCUSDT', 'ETHUSDT', 'BNBUSDT', 'SOLUSDT'],
    embedded: ['ALPHAUSDT', 'BRAVOUSDT', 'CHARLIEUSDT', 'DELTAUSDT'],
    mostSeconds: 90,
    mostMegabytes: MOST_MEGABYTES,
  },
  {
    name: 'finest detail, 2 symbols × 3 years × 3 levels',
    years: 3,
    riskLevels: ['conservative', 'moderate', 'aggressive'],
    // The two symbols whose 1-minute candles are stored: FILUSDT for most of the span, BTCUSDT for a month.
    stored: ['BTCUSDT', 'FILUSDT'],
    // The one contract with 5-minute candles, and another.
    embedded: ['ALPHAUSDT', 'BRAVOUSDT'],
    mostSeconds: 3_600,
  },
];

interface Measured {
  readonly seconds: number;
  /** Of all threads together: what the time would be on one core that nobody else uses. */
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const suite of SUITES) rows.push(...(await rowsOf(suite)));
  return rows;
}

async function rowsOf(suite: Suite): Promise<BenchRow[]> {
  const isStored = existsSync(DATA);
  const source = isStored
    ? ['--data', DATA, '--symbols', ...suite.stored]
    : ['--embedded', '--symbols', ...suite.embedded];
  const span = ['--years', String(suite.years), '--risk-levels', ...suite.riskLevels, '--jobs', String(JOBS)];
  const runs: Measured[] = [];
  for (let index = 0; index < RUNS; index += 1) runs.push(await measure(['research', ...source, ...span]));
  const name = `research, ${suite.name}`;
  const cpu = median(runs.map((each) => each.cpuSeconds));
  const note = `${isStored ? 'stored candles' : 'EMBEDDED market'}, ${JOBS} threads, median of ${RUNS}; ${cpu.toFixed(0)} s of CPU`;
  const { mostSeconds, mostMegabytes } = suite;
  return [
    { name: `${name}: time`, median: median(runs.map((each) => each.seconds)), unit: 's', limit: mostSeconds, note },
    {
      name: `${name}: peak`,
      median: median(runs.map((each) => each.peakMegabytes)),
      unit: 'MB',
      ...(mostMegabytes === undefined ? {} : { limit: mostMegabytes }),
      note,
    },
  ];
}

/**
 * What the kernel knows of the process, which all of its threads share, printed as it ends: its largest size in KiB, and the
 * time of its cores in microseconds.
 */
const REPORT_USAGE = `process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  process.stderr.write('usage ' + maxRSS + ' ' + (userCPUTime + systemCPUTime) + '\\n');
})`;

function measure(args: readonly string[]): Promise<Measured> {
  const out = mkdtempSync(join(tmpdir(), 'perpilot-bench-'));
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(REPORT_USAGE)}`, MAIN, ...args, '--out', out],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      rmSync(out, { recursive: true, force: true });
      // A thread that ends by itself prints it too: the last is the one of the whole run.
      const usage = Array.from(log.matchAll(/usage (\d+) (\d+)/g))
        .at(-1)
        ?.slice(1)
        .map(Number);
      if (code !== 0 || usage === undefined) {
        reject(new Error(`the research command ended with ${code}: ${log}`));
        return;
      }
      const [kibibytes, microseconds] = usage;
      const seconds = (performance.now() - startedAt) / 1_000;
      resolve({ seconds, cpuSeconds: microseconds / 1e6, peakMegabytes: (kibibytes * 1_024) / 1e6 });
    });
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

if (import.meta.main) for (const row of await run()) console.log(row);

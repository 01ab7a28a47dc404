// How long does the whole research command take, report included, and with how much memory? Medians of cold processes with two threads.
import type { BenchRow } from './bench-row.ts';
import { DATA, hasStoredCandles, measure, median, type Measured } from './measured-command.ts';

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

export async function run(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const suite of SUITES) rows.push(...(await rowsOf(suite)));
  return rows;
}

async function rowsOf(suite: Suite): Promise<BenchRow[]> {
  const isStored = hasStoredCandles();
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

if (import.meta.main) for (const row of await run()) console.log(row);

// How long do accounts over all symbols take, report included: with their models trained, and with those of a finished run? Medians of cold processes.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BenchRow } from './bench-row.ts';
import { DATA, hasStoredCandles, measure, median, type Measured } from './measured-command.ts';

const RUNS = 3;
const JOBS = 2;
/** Of four accounts: without selection, and with each allocation. */
const MOST_SECONDS = 30;

/** Three years of hours, and nothing but the accounts: what its parts and stresses do is another question. */
const SPAN = ['--years', '3', '--risk-levels', 'moderate', '--portfolio', 'only', '--jobs', String(JOBS)];
const NO_STRESS = ['--set', 'research.ablation=false'];

export async function run(): Promise<BenchRow[]> {
  const isStored = hasStoredCandles();
  const source = isStored ? ['--data', DATA, '--symbols', 'all'] : ['--embedded'];
  const command = ['research', ...source, ...SPAN, ...NO_STRESS];
  const tasks = mkdtempSync(join(tmpdir(), 'perpilot-bench-tasks-'));
  try {
    const trained = await measured(() => measure(command));
    await measure([...command, '--resume', tasks]);
    // Another number of seats each time: else the accounts would be taken from the folder too.
    let seats = 3;
    const again = await measured(() => {
      seats += 1;
      return measure([...command, '--resume', tasks, '--set', `portfolio.cross_sectional.top_k=${seats}`]);
    });
    const market = isStored ? 'stored candles, all symbols' : 'EMBEDDED market';
    return [
      ...rowsOf('accounts over all symbols, models trained', trained, market),
      ...rowsOf('accounts over all symbols, models of a finished run', again, market, MOST_SECONDS),
    ];
  } finally {
    rmSync(tasks, { recursive: true, force: true });
  }
}

async function measured(once: () => Promise<Measured>): Promise<Measured[]> {
  const runs: Measured[] = [];
  for (let index = 0; index < RUNS; index += 1) runs.push(await once());
  return runs;
}

function rowsOf(name: string, runs: readonly Measured[], market: string, mostSeconds?: number): BenchRow[] {
  const cpu = median(runs.map(({ cpuSeconds }) => cpuSeconds));
  const note = `${market}, ${JOBS} threads, median of ${RUNS}; ${cpu.toFixed(0)} s of CPU`;
  return [
    {
      name: `${name}: time`,
      median: median(runs.map(({ seconds }) => seconds)),
      unit: 's',
      ...(mostSeconds === undefined ? {} : { limit: mostSeconds }),
      note,
    },
    { name: `${name}: peak`, median: median(runs.map(({ peakMegabytes }) => peakMegabytes)), unit: 'MB', note },
  ];
}

if (import.meta.main) for (const row of await run()) console.log(row);

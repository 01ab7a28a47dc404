// How long does the whole research command take, cold, and with how much memory? Median of three processes.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchRow } from './bench-row.ts';

const MAIN = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const DATA = process.env['PERPILOT_DATA'] ?? fileURLToPath(new URL('../../shared/data', import.meta.url));
const RUNS = 3;

interface Measured {
  readonly seconds: number;
  readonly peakMegabytes: number;
}

export async function run(): Promise<BenchRow[]> {
  const stored = existsSync(DATA);
  const data = stored
    ? ['--data', DATA, '--symbols', 'BTCUSDT', 'ETHUSDT', '--years', '2']
    : ['--embedded', '--symbols', 'ALPHAUSDT', 'BRAVOUSDT', '--years', '2'];
  const runs: Measured[] = [];
  for (let index = 0; index < RUNS; index += 1) runs.push(await measure(['research', ...data]));
  const name = `research, 2 symbols × 2 years × 18 variants, ${stored ? 'stored' : 'embedded'}`;
  return [
    { name: `${name}: wall time`, median: median(runs.map((each) => each.seconds)), unit: 's' },
    { name: `${name}: peak memory`, median: median(runs.map((each) => each.peakMegabytes)), unit: 'MB' },
  ];
}

function measure(args: readonly string[]): Promise<Measured> {
  const out = mkdtempSync(join(tmpdir(), 'perpilot-bench-'));
  const startedAt = performance.now();
  const report = `process.on('exit', () => process.stderr.write('peak ' + process.resourceUsage().maxRSS + '\\n'))`;
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(report)}`, MAIN, ...args, '--out', out],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      rmSync(out, { recursive: true, force: true });
      const peak = /peak (\d+)/.exec(log)?.[1];
      if (code !== 0 || peak === undefined) reject(new Error(`the research command ended with ${code}: ${log}`));
      else resolve({ seconds: (performance.now() - startedAt) / 1_000, peakMegabytes: Number(peak) / 1_024 });
    });
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

if (import.meta.main) for (const row of await run()) console.log(row);

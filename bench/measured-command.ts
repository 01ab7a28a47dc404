// How long does a command take as a process of its own, on all of its threads together, and with how much memory?
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));

/** Folder of stored candles; it may be absent. */
export const DATA = process.env['PERPILOT_DATA'] ?? fileURLToPath(new URL('../../shared/data', import.meta.url));

export const hasStoredCandles = (): boolean => existsSync(DATA);

export interface Measured {
  readonly seconds: number;
  /** Of all threads together: what the time would be on one core that nobody else uses. */
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

/**
 * What the kernel knows of the process, which all of its threads share, printed as it ends: its largest size in KiB, and the
 * time of its cores in microseconds.
 */
const REPORT_USAGE = `process.on('exit', () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  process.stderr.write('usage ' + maxRSS + ' ' + (userCPUTime + systemCPUTime) + '\\n');
})`;

/** Runs `perpilot ARGS --out DIR`, or with another option for its folder, in a cold process; its output is thrown away. */
export function measure(args: readonly string[], folderOption = '--out'): Promise<Measured> {
  const out = mkdtempSync(join(tmpdir(), 'perpilot-bench-'));
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(REPORT_USAGE)}`, MAIN, ...args, folderOption, out],
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
      // A run whose folds failed answers too, with exit code 1.
      if ((code !== 0 && code !== 1) || usage === undefined) {
        reject(new Error(`the command ended with ${code}: ${log}`));
        return;
      }
      const [kibibytes, microseconds] = usage;
      const seconds = (performance.now() - startedAt) / 1_000;
      resolve({ seconds, cpuSeconds: microseconds / 1e6, peakMegabytes: (kibibytes * 1_024) / 1e6 });
    });
  });
}

/** The middle one of an odd number of values. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1];
}

// What is left of a download that is killed? All that came, and the next call completes it: killed at random moments, the same bytes.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRandom } from '../../../src/domain/random.ts';
import { YEAR_MS } from '../../../src/domain/time.ts';
import { expectSame, openDownloadedVenue, type DownloadedVenue } from './downloaded-venue.ts';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
/** PERPILOT_KILLS makes it longer. */
const KILLS = Number(process.env['PERPILOT_KILLS'] ?? 20);

let root: string;
const children: ChildProcess[] = [];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'perpilot-kills-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) if (child.exitCode === null) child.kill('SIGKILL');
  await rm(root, { recursive: true, force: true });
});

interface Call {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command; `begun` is given the process. */
async function call(args: readonly string[], begun: (child: ChildProcess) => void = () => undefined): Promise<Call> {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let [out, err] = ['', ''];
  child.stdout.on('data', (text) => (out += String(text)));
  child.stderr.on('data', (text) => (err += String(text)));
  begun(child);
  await once(child, 'close');
  return { exitCode: child.exitCode, signal: child.signalCode, out, err };
}

const nothing = (): void => undefined;
const isPage = ([page]: readonly [string, number]): boolean => /kline|funding/.test(page);

const downloadArgs = (venue: DownloadedVenue, years: string): readonly string[] =>
  ['data', 'download', '--symbols', ...venue.symbols, '--years', years, '--data', root, '--base-url', venue.url].concat(
    '--json',
  );

describe('a download of three years × four symbols × 1 h', () => {
  it(`killed with SIGKILL at ${KILLS} random moments and resumed equals the source bit for bit`, async () => {
    const random = createRandom('kills');
    /** Requests that the next kill waits for, and what it does then. */
    let left = Infinity;
    let kill = nothing;
    const pages = new Map<string, number>();
    await using venue = await openDownloadedVenue(({ path, query }) => {
      if (!path.endsWith('/time')) {
        const page = `${path} ${query.get('symbol')} ${query.get('start') ?? query.get('startTime')}`;
        pages.set(page, (pages.get(page) ?? 0) + 1);
        left -= 1;
        if (left === 0) setTimeout(() => kill(), random.next() * 60);
      }
      return { kind: 'pass' };
    });
    const args = downloadArgs(venue, '3');
    let killed = 0;
    while (killed < KILLS) {
      // Sometimes while it starts, mostly between its pages, sometimes while it stores a series.
      left = 4 + random.below(18);
      const { signal, exitCode, err } = await call(args, (child) => {
        kill = () => void child.kill('SIGKILL');
        if (killed % 7 === 3) setTimeout(() => child.kill('SIGKILL'), 200 + random.next() * 1_500);
      });
      if (signal === null) {
        expect([exitCode, err]).toEqual([0, err]);
        // It was faster than all kills: from here on, what is stored is carried on by nothing.
        break;
      }
      killed += 1;
    }
    left = Infinity;
    // What a kill leaves while the folder is tried and its lock is taken; a download that was whole has no folder any more.
    await mkdir(join(root, '.download'), { recursive: true });
    for (const name of ['.probe.0badcafe.tmp', 'lock.0badcafe']) await writeFile(join(root, '.download', name), '');
    const last = await call(args);
    expect([last.exitCode, last.err.includes('error')]).toEqual([0, false]);
    expect(await expectSame(root, venue, { from: venue.from })).toBeGreaterThan(venue.leastRows);
    expect(killed).toBe(KILLS);
    expect(existsSync(join(root, '.download'))).toBe(false);
    const answer = JSON.parse(last.out);
    expect(answer.failed).toEqual([]);
    expect(answer.series).toHaveLength(12);
    // What was under way when it was killed is asked for again, nothing else: four pages at once.
    const again = [...pages].filter(isPage).reduce((sum, [, times]) => sum + times - 1, 0);
    expect(again).toBeLessThanOrEqual(4 * (KILLS + 1) + 8);
    expect([...pages].filter(isPage).length).toBeGreaterThan(200);
  }, 600_000);

  it('stopped by Ctrl-C says so, leaves no half file, and goes on', async () => {
    let interrupt = nothing;
    let count = 0;
    await using venue = await openDownloadedVenue(({ path }) => {
      if (!path.endsWith('/time')) count += 1;
      if (count === 20) interrupt();
      // A second one would end it at once.
      if (count >= 20) interrupt = nothing;
      return { kind: 'pass', delayMs: 20 };
    });
    const args = downloadArgs(venue, '0.5');
    const stopped = await call(args, (child) => {
      interrupt = () => void child.kill('SIGINT');
    });
    expect(stopped.exitCode).toBe(130);
    expect(JSON.parse(stopped.out)).toMatchObject({ error: { code: 'INTERRUPTED' } });
    const whole = await call(args);
    expect(whole.exitCode).toBe(0);
    const from = venue.until - YEAR_MS / 2;
    expect(await expectSame(root, venue, { from })).toBeGreaterThan(venue.leastRows / 7);
    const catalogue = JSON.parse(await readFile(join(root, 'downloads.json'), 'utf8'));
    expect(Object.keys(catalogue.series)).toHaveLength(12);
  }, 300_000);
});

// Does the command do a whole run, do it again to the byte, and stop when it is told to?
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.ts';
import { HOUR_MS } from '../../../src/domain/time.ts';
import { strategyOf } from '../../../src/research/jobs.ts';
import { reportCsv } from '../../../src/research/report-csv.ts';
import { reportMarkdown } from '../../../src/research/report-markdown.ts';
import { settingsOf } from '../../../src/cli/compose-variants.ts';
import { artefactFromText } from '../../../src/training/model-artefact.ts';
import { listing, QUICK, writeSmallStore } from './small-store.ts';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'perpilot-run-'));
const store = join(folder, 'store');
const other = join(folder, 'other-store');
const first = join(folder, 'first');

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the command in a process of its own; `onProgress` is called with it once work has begun. */
function perpilot(
  args: readonly string[],
  onProgress?: (kill: (signal: NodeJS.Signals) => void) => void,
): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, 'research', ...args], { cwd: folder });
  let out = '';
  let err = '';
  let begun = false;
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
    if (begun || !err.includes('research: 0 of')) return;
    begun = true;
    onProgress?.((signal) => child.kill(signal));
  });
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

/** Of the history no more than two folds need. */
const SPAN = ['--years', '0.24'];
const wanted = ['--symbols', 'GOODUSDT', '--risk-levels', 'moderate', 'aggressive', '--jobs', '2', ...SPAN, ...QUICK];
const textOf = (...path: readonly string[]): string => readFileSync(join(...path), 'utf8');
const runFolder = (out: string): string => join(out, 'runs', readdirSync(join(out, 'runs'))[0]);

let ended: Ended;
beforeAll(async () => {
  await writeSmallStore(store);
  await writeSmallStore(other, 50);
  ended = await perpilot(['--data', store, '--out', first, ...wanted]);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a whole run', () => {
  it('ends well, answers on standard output and reports progress in plain lines on the other', () => {
    expect(ended.code).toBe(0);
    expect(ended.out).toMatch(/^moderate: .+\naggressive: .+\n\n\| Symbol/);
    expect(ended.out).toContain(`Run:     ${runFolder(first)}`);
    expect(ended.err).toMatch(
      /^research: 0 of \d+\n(research: \d+ of \d+, \d+ %, .* left\n)+research: (\d+) of \2 in /,
    );
    for (const code of ['\u001B', '\r']) expect(ended.out + ended.err).not.toContain(code);
  });

  it('leaves table, summary, trial log and run folder, and nothing else', () => {
    expect(readdirSync(first).sort()).toEqual([
      'PHASE8_RESEARCH_RESULTS.csv',
      'PHASE8_RESEARCH_SUMMARY.md',
      'runs',
      'trials.jsonl',
      'trials.jsonl.head',
    ]);
    const run = readdirSync(runFolder(first));
    for (const name of [
      'manifest.json',
      'result.json',
      'trades.csv',
      'equity.csv',
      'folds.csv',
      'ablation.csv',
      'models',
      'models.json',
    ]) {
      expect(run).toContain(name);
    }
    expect(readdirSync(join(first, 'runs'))).toHaveLength(1);
  });

  it('has table and summary that are made from its result file', () => {
    const result = JSON.parse(textOf(runFolder(first), 'result.json'));
    expect(textOf(first, 'PHASE8_RESEARCH_RESULTS.csv')).toBe(reportCsv(result));
    expect(textOf(first, 'PHASE8_RESEARCH_SUMMARY.md')).toBe(reportMarkdown(result));
    expect(textOf(runFolder(first), 'PHASE8_RESEARCH_RESULTS.csv')).toBe(reportCsv(result));
  });

  it('holds every model of the headline variant, ready to be loaded', () => {
    const run = runFolder(first);
    const manifest = JSON.parse(textOf(run, 'manifest.json'));
    const settings = settingsOf('moderate', loadConfig({ overrides: QUICK.filter((each) => each !== '--set') }));
    const strategy = strategyOf(settings, HOUR_MS);
    const expected = { schemaHash: strategy.schemaHash, featureNames: strategy.rowNames };
    const names = readdirSync(join(run, 'models')).sort();
    expect(names).toEqual([0, 1].map((fold) => `GOODUSDT-fold-${fold}.json`));
    const cards: unknown = JSON.parse(textOf(run, 'models.json'));
    for (const name of names) {
      const artefact = artefactFromText(textOf(run, 'models', name), expected);
      expect(cards).toContainEqual(JSON.parse(JSON.stringify(artefact.card)));
      expect(artefact.provenance).toEqual({
        dataHash: manifest.symbols[0].dataHash,
        configHash: manifest.variants[0].configHash,
        codeVersion: manifest.codeVersion,
      });
    }
  });
});

describe('what every part earns', () => {
  const one = wanted.filter((each) => each !== 'aggressive');

  it('is left out where the settings say so and in every sweep, whose trials it counts all the same', async () => {
    const without = ['--set', 'research.ablation=false'];
    const sweep = ['--sweep', 'guard.enabled=true,false'];
    const runs = await Promise.all(
      [without, sweep].map(async (more, at) => {
        const out = join(folder, `plain-${at}`);
        const { code } = await perpilot(['--data', store, '--out', out, ...one, '--jobs', '1', ...more]);
        return { code, out };
      }),
    );
    for (const { code, out } of runs) {
      expect(code).toBe(0);
      expect(readdirSync(runFolder(out))).not.toContain('ablation.csv');
      expect(JSON.parse(textOf(runFolder(out), 'result.json'))).toMatchObject({ ablation: [] });
    }
    const hashes = (out: string): string[] =>
      JSON.parse(textOf(runFolder(out), 'manifest.json')).variants.map(
        (each: { configHash: string }) => each.configHash,
      );
    expect(hashes(first)).toContain(hashes(runs[0].out)[0]);
    const recorded = textOf(first, 'trials.jsonl');
    expect(JSON.parse(textOf(runFolder(runs[1].out), 'result.json')).rows).toHaveLength(2);
    for (const { configHash } of JSON.parse(textOf(runFolder(runs[1].out), 'result.json')).rows) {
      expect(recorded).toContain(configHash);
    }
  });
});

describe('a run done again', () => {
  it('gives the same bytes, with another number of threads, into the same place', async () => {
    const files = ['PHASE8_RESEARCH_RESULTS.csv', 'PHASE8_RESEARCH_SUMMARY.md'];
    const before = files.map((name) => textOf(first, name));
    const trades = textOf(runFolder(first), 'trades.csv');
    const again = await perpilot(['--data', store, '--out', first, ...wanted, '--jobs', '1', '--json']);
    expect(again.code).toBe(0);
    expect(files.map((name) => textOf(first, name))).toEqual(before);
    expect(textOf(runFolder(first), 'trades.csv')).toBe(trades);
    expect(readdirSync(join(first, 'runs'))).toHaveLength(1);
    expect(JSON.parse(again.out)).toMatchObject({ synthetic: false, folder: runFolder(first), failedFolds: [] });
  });

  it('from its manifest gives the same trade hash in another process', async () => {
    const manifest = join(runFolder(first), 'manifest.json');
    const again = join(folder, 'again');
    const { code, out } = await perpilot(['--from-manifest', manifest, '--out', again]);
    expect(code).toBe(0);
    expect(out).toContain(JSON.parse(textOf(manifest)).tradeHash.slice(0, 16));
    expect(textOf(again, 'PHASE8_RESEARCH_RESULTS.csv')).toBe(textOf(first, 'PHASE8_RESEARCH_RESULTS.csv'));
  });

  it('from its manifest on other data is refused, with nothing written', async () => {
    const manifest = join(runFolder(first), 'manifest.json');
    const before = listing(folder);
    const { code, err } = await perpilot([
      '--from-manifest',
      manifest,
      '--data',
      other,
      '--out',
      join(folder, 'never'),
    ]);
    expect(code).toBe(1);
    expect(err).toMatch(/error MANIFEST_MISMATCH[^]*GOODUSDT: the data is not what the run was made from/);
    expect(listing(folder)).toEqual(before);
  });
});

describe('a run that fails in part', () => {
  it('reports every fold that failed, publishes, and says so in its exit code', async () => {
    const out = join(folder, 'failed');
    const args = [
      '--data',
      store,
      '--out',
      out,
      '--symbols',
      'FINEUSDT',
      '--risk-levels',
      'moderate',
      ...SPAN,
      ...QUICK,
    ];
    const set = ['--set', 'labeling.horizon_hours=720', '--set', 'research.ablation=false'];
    const { code, out: answer } = await perpilot([...args, '--jobs', '1', ...set]);
    expect(code).toBe(1);
    expect(answer).toMatch(/FAILED FOLD FINEUSDT 0: /);
    expect(textOf(out, 'PHASE8_RESEARCH_SUMMARY.md')).toMatch(/\*\*\d folds? failed;\*\*/);
  });
});

describe('Ctrl-C in the middle', () => {
  it('ends promptly with 130 and leaves everything as it was', async () => {
    const before = listing(folder);
    const slow = ['--set', 'model.boosting.trees=2000', '--set', 'model.boosting.max_depth=6'];
    const quick = QUICK.filter(
      (each, at) => each !== 'model.boosting.trees=10' && QUICK[at + 1] !== 'model.boosting.trees=10',
    );
    let stoppedAt = NaN;
    const { code, err, out } = await perpilot(
      ['--data', store, '--out', join(folder, 'stopped', 'deep'), '--symbols', 'GOODUSDT', ...quick, ...slow],
      (kill) => {
        stoppedAt = performance.now();
        kill('SIGINT');
      },
    );
    expect(code).toBe(130);
    expect(performance.now() - stoppedAt).toBeLessThan(4_000);
    expect(err).toContain('SIGINT: stopping');
    expect(err).toContain('error INTERRUPTED');
    expect(out).toBe('');
    expect(listing(folder)).toEqual(before);
  });
});

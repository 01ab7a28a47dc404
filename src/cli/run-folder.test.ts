// Does a run's folder appear whole or not at all, and does it hold the models that were traded with?
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  marketOf,
  resultOf,
  runSmall,
  variantsOf,
  type SmallRun,
} from '../../test/scenarios/research/small-research.ts';
import { createInterruptGuard } from '../adapters/system/interrupt-guard.ts';
import { loadConfig } from '../config/load-config.ts';
import { createPlantedEdge } from '../simulation/embedded-market/null-markets.ts';
import { manifestOf } from './manifest.ts';
import { modelFiles } from './research-models.ts';
import { writeRun, type FinishedRun } from './run-folder.ts';

const { candles, funding } = createPlantedEdge({ symbol: 'AUSDT', seed: 1, bars: 105 * 24 });
const market = marketOf(candles, funding);
const run: SmallRun = { markets: [market], variants: variantsOf(['moderate', 'aggressive']) };
let finished: FinishedRun;
let out: string;

beforeAll(async () => {
  const { suite } = await runSmall(run);
  const result = resultOf(run, suite);
  const { resolved } = loadConfig();
  const variants = run.variants.map((settings) => ({ settings, resolved }));
  const facts = { seed: 1, years: 10, dataRoot: undefined, headlineVariant: 'ensemble/standard', variants };
  const models = modelFiles({ suite, markets: run.markets, headline: run.variants, codeVersion: 'test' });
  finished = {
    manifest: manifestOf({ ...facts, markets: run.markets }, result),
    result,
    suite,
    models,
    html: '<!doctype html>',
  };
});
beforeEach(() => {
  out = mkdtempSync(join(tmpdir(), 'perpilot-run-folder-'));
});
afterEach(() => rmSync(out, { recursive: true }));

const everything = (): string[] => (readdirSync(out, { recursive: true }) as string[]).sort();

describe('writeRun', () => {
  it('writes all files of the run, table and summary, and replaces an older run of the same id', async () => {
    const guard = createInterruptGuard();
    const written = await writeRun(finished, out, guard);
    const before = everything();
    writeFileSync(join(written.folder, 'stale'), 'of an older run');
    expect(await writeRun(finished, out, guard)).toEqual(written);
    expect(everything()).toEqual(before);
    expect(guard.cleanUp()).toEqual([]);
    expect(everything()).toEqual(before);
    for (const path of [written.csv, written.summary]) expect(readFileSync(path, 'utf8').length).toBeGreaterThan(100);
  });

  it('leaves nothing behind when it is interrupted before the folder is whole', async () => {
    const guard = createInterruptGuard();
    guard.interrupt();
    await expect(writeRun(finished, out, guard)).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(everything()).toEqual([]);
  });

  it('leaves the older run when the new one cannot be written', async () => {
    const guard = createInterruptGuard();
    const { folder } = await writeRun(finished, out, guard);
    const before = everything();
    const impossible = { ...finished, models: [{ path: `models/${'n'.repeat(300)}.json`, text: () => '' }] };
    await expect(writeRun(impossible, out, guard)).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    expect(everything()).toEqual(before);
    expect(existsSync(join(folder, 'manifest.json'))).toBe(true);
  });

  it('says what is in the way', async () => {
    writeFileSync(join(out, 'runs'), 'a file');
    await expect(writeRun(finished, out, createInterruptGuard())).rejects.toMatchObject({
      code: 'OUTPUT_UNWRITABLE',
      problems: [expect.objectContaining({ message: expect.stringContaining('a file is in the way') })],
    });
    rmSync(join(out, 'runs'));
    mkdirSync(join(out, 'PHASE8_RESEARCH_RESULTS.csv'));
    await expect(writeRun(finished, out, createInterruptGuard())).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  });
});

describe('modelFiles', () => {
  it('has one file per trained fold, shared by the risk levels', () => {
    const names = finished.models.map(({ path }) => path);
    const { folds } = finished.suite.models[0];
    expect(names).toEqual(folds.map(({ window }) => `models/AUSDT-fold-${window.index}.json`));
  });

  it('has files of their own for a level that learnt otherwise', async () => {
    const [moderate, aggressive] = run.variants;
    const own = { ...aggressive, labeling: { ...aggressive.labeling, profitBarrier: 0.03 } };
    const { suite } = await runSmall({ ...run, variants: [moderate, own] });
    const headline = [moderate, own];
    const names = modelFiles({ suite, markets: run.markets, headline, codeVersion: 'test' }).map(({ path }) => path);
    const folds = suite.models[0].folds.map(({ window }) => window.index);
    expect(names).toEqual([
      ...folds.map((fold) => `models/AUSDT-fold-${fold}.json`),
      ...folds.map((fold) => `models/AUSDT-fold-${fold}-aggressive.json`),
    ]);
  });
});

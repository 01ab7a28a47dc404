// Does the command find, propose and write defaults, all of them or none, and refuse what it cannot judge?
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createInterruptGuard } from '../../../src/adapters/system/interrupt-guard.ts';
import { writeAllOrNone, type ConfigPlaces } from '../../../src/cli/calibrate-apply.ts';
import { registerCalibrate } from '../../../src/cli/commands/calibrate.ts';
import { manifestOf } from '../../../src/cli/manifest.ts';
import { errorJson, exitCodeOfError } from '../../../src/cli/print-error.ts';
import { writeRun } from '../../../src/cli/run-folder.ts';
import { DEFAULT_CONFIG_FILE, loadConfig, type LoadedConfig } from '../../../src/config/load-config.ts';
import { variantOf } from '../../../src/config/variant.ts';
import { DAY_MS } from '../../../src/domain/time.ts';
import { RESULT_SCHEMA } from '../../../src/research/result-file.ts';
import { createPlantedEdge } from '../../../src/simulation/embedded-market/null-markets.ts';
import { HEADLINE, marketOf, QUICK, runSmall, variantsOf } from '../research/small-research.ts';
import { BARRIERS, FROM, gateBasisOf, KEY, LOSS, PEAK, PLATEAU } from './invented-runs.ts';

const root = mkdtempSync(join(tmpdir(), 'perpilot-calibrate-'));
afterAll(() => rmSync(root, { recursive: true }));

let folder: string;
let places: ConfigPlaces;
let docs: string;
beforeEach(() => {
  folder = mkdtempSync(join(root, 'case-'));
  cpSync(dirname(DEFAULT_CONFIG_FILE), join(folder, 'config'), { recursive: true });
  places = { file: join(folder, 'config', 'config.yaml'), profilesDir: join(folder, 'config', 'profiles') };
  docs = join(folder, 'docs');
});

const DOCUMENT = 'PHASE11_VALIDATION_AND_DEFAULTS.md';
const documentText = (): string => readFileSync(join(docs, DOCUMENT), 'utf8');

async function calibrate(...args: readonly string[]) {
  const out: string[] = [];
  let err = '';
  let code: number = 0;
  const program = new Command('perpilot').exitOverride().configureOutput({ writeErr: () => undefined });
  const context = {
    out: (line: string) => void out.push(line),
    stderr: { write: (text: string) => (err += text), isTTY: false },
    env: {},
    interrupt: createInterruptGuard(),
    finish: (exitCode: number) => (code = exitCode),
  };
  registerCalibrate(program, context, places);
  try {
    await program.parseAsync(['calibrate', ...args], { from: 'user' });
  } catch (error) {
    return { code: exitCodeOfError(error), out, err, text: errorJson(error) };
  }
  return { code, out, err, text: out.join('\n') };
}

/** Every file below the folder with its text. */
const snapshot = (of: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(of, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort()
      .map((path) => [path, readFileSync(path, 'utf8')]),
  );

interface StoredRun {
  readonly id?: string;
  readonly riskLevels?: readonly string[];
  readonly sharpes?: Readonly<Record<string, readonly number[]>>;
  readonly synthetic?: boolean;
  readonly codeVersion?: string;
}

const loaded = new Map<string, LoadedConfig>();
function loadedWith(riskLevel: string, value: string): LoadedConfig {
  const name = `${riskLevel} ${value}`;
  const config = loaded.get(name) ?? loadConfig({ riskLevel, overrides: [`${KEY}=${value}`] });
  loaded.set(name, config);
  return config;
}

const PLATEAUS = { AUSDT: PLATEAU, BUSDT: PLATEAU };

/** A run folder as the research command leaves it, as far as a calibration reads it; returns the folder above `runs/`. */
function store(name: string, run: StoredRun = {}): string {
  const {
    id = `research-${name}`,
    riskLevels = ['moderate'],
    sharpes = PLATEAUS,
    synthetic = false,
    codeVersion = 'test',
  } = run;
  const variants = riskLevels.flatMap((riskLevel) =>
    BARRIERS.map((value, at) => {
      const { hash, resolved } = loadedWith(riskLevel, value);
      return { riskLevel, variant: `profit_barrier=${value}`, configHash: hash, config: resolved, at };
    }),
  );
  const rows = Object.entries(sharpes).flatMap(([symbol, values]) =>
    variants.map(({ riskLevel, variant, configHash, at }) => ({
      symbol,
      riskLevel,
      variant,
      configHash,
      from: FROM,
      to: FROM + 730 * DAY_MS,
      initialEquity: 100_000,
      finalEquity: 100_000 + values[at] * 1000,
      figures: { sharpe: values[at], trades: 100 },
      folds: Array.from({ length: 24 }, (_, fold) => ({ status: 'reported', netPnl: fold < 16 ? 10 : -10 })),
      verdict: {
        survival: { survives: values[at] > 1 },
        checks: [
          { name: 'sharpe', value: values[at] },
          { name: 'profitFactor', value: 2 },
          { name: 'maxDrawdown', value: 0.05 },
          { name: 'trades', value: 100 },
        ],
      },
    })),
  );
  const sweep = {
    dimensions: [{ key: KEY, values: BARRIERS }],
    places: Object.fromEntries(variants.map(({ configHash, at }) => [configHash, [at]])),
  };
  const shared = { codeVersion, seed: 1, sweep, tradeHash: 'trades' };
  const manifest = {
    schema: 'perpilot-manifest-1',
    runId: id,
    variants: variants.map(({ at: _at, ...variant }) => variant),
    ...shared,
  };
  const symbols = Object.keys(sharpes).map((symbol) => ({ symbol, dataHash: `data of ${symbol}` }));
  const result = {
    schema: RESULT_SCHEMA,
    synthetic,
    symbols,
    rows,
    selection: {
      rows: rows.map(({ symbol, riskLevel, variant, figures }) => ({
        symbol,
        riskLevel,
        variant,
        gateBasis: { value: gateBasisOf(figures.sharpe) },
      })),
    },
    models: { leakAlarms: [] },
    ...shared,
  };
  const at = join(folder, name, 'runs', id);
  mkdirSync(at, { recursive: true });
  writeFileSync(join(at, 'manifest.json'), JSON.stringify(manifest));
  writeFileSync(join(at, 'result.json'), JSON.stringify(result));
  return join(folder, name);
}

/** Where a file of a stored run lies. */
const file = (run: string, name: string): string => join(run, 'runs', readdirSync(join(run, 'runs'))[0], name);

const filesWith = (last: string) => [
  { path: join(folder, 'old'), text: 'new' },
  { path: join(folder, 'fresh'), text: 'new' },
  { path: join(folder, last), text: 'new' },
];

describe('perpilot calibrate', () => {
  it('proposes what is robust and writes nothing unasked', async () => {
    const run = store('plateau');
    const before = snapshot(folder);
    const { code, text } = await calibrate(run);
    expect(code).toBe(0);
    expect(text.split('\n')[0]).toBe('Robust for moderate: one setting is proposed.');
    expect(text).toContain('-labeling.profit_barrier: 0.02\n+labeling.profit_barrier: 0.025');
    const json = JSON.parse((await calibrate(join(run, 'runs', 'research-plateau'), '--json')).text);
    expect(json).toMatchObject({
      schema: 'perpilot-calibration-1',
      trials: 10,
      changes: [{ file: 'config/profiles/moderate.yaml', key: KEY, from: 0.02, to: 0.025 }],
      written: [],
    });
    expect(snapshot(folder)).toEqual(before);
  });

  it('writes the profile with its comments, and the document; the next load has the new value and only that', async () => {
    const run = store('plateau');
    const profile = join(places.profilesDir, 'moderate.yaml');
    const before = snapshot(dirname(places.file));
    const { code, text } = await calibrate(run, '--apply', '--out', docs);
    expect(code).toBe(0);
    expect(text).toContain(`Written: ${profile}`);
    expect(snapshot(dirname(places.file))).toEqual({
      ...before,
      [profile]: `${before[profile]}\nlabeling:\n  profit_barrier: 0.025\n`,
    });
    const now = loadConfig({ ...places, riskLevel: 'moderate' }).resolved;
    expect(now).toEqual(loadConfig({ riskLevel: 'moderate', overrides: [`${KEY}=0.025`] }).resolved);
    expect(documentText()).toContain('Written to the configuration:');
    expect(documentText()).toMatch(/`labeling\.profit_barrier` +\| 0\.02 +\| 0\.02 +\| 0\.025 +\|/);
    const again = await calibrate(run, '--apply', '--out', docs);
    expect(again.text).toContain('what is in force already');
    expect(readdirSync(docs)).toEqual([DOCUMENT]);
  });

  it('writes config.yaml where all risk levels agree', async () => {
    const run = store('all', { riskLevels: ['aggressive', 'conservative', 'moderate'] });
    const before = snapshot(dirname(places.file));
    await calibrate(run, '--apply', '--out', docs);
    const line = /^ {2}profit_barrier: 0\.02( .*)$/m;
    expect(before[places.file]).toMatch(line);
    expect(snapshot(dirname(places.file))).toEqual({
      ...before,
      [places.file]: before[places.file].replace(line, '  profit_barrier: 0.025$1'),
    });
  });

  it.each([
    ['a lucky peak', { AUSDT: PEAK, BUSDT: PEAK }],
    ['a winner in one symbol only', { AUSDT: PLATEAU, BUSDT: LOSS }],
    ['one symbol', { AUSDT: PLATEAU }],
  ])('answers with exit code 0 that nothing is robust for %s, and writes only the document', async (_, sharpes) => {
    const run = store('nothing', { sharpes });
    const before = snapshot(dirname(places.file));
    const { code, out } = await calibrate(run, '--apply', '--out', docs);
    expect({ code, first: out[0] }).toEqual({
      code: 0,
      first: 'Nothing robust was found: the configuration stays as it is.',
    });
    expect(snapshot(dirname(places.file))).toEqual(before);
    expect(documentText()).toContain('Nothing robust was found');
  });

  it('says of a real synthetic run that no market made it, and refuses to apply it', async () => {
    const { candles, funding } = createPlantedEdge({ symbol: 'AUSDT', seed: 1, bars: 105 * 24 });
    const market = marketOf(candles, funding);
    const small = { markets: [market], variants: variantsOf(['moderate']) };
    const { suite, result } = await runSmall(small);
    const { resolved } = variantOf(loadConfig({ riskLevel: 'moderate', overrides: QUICK }).resolved, {
      model: { ensemble: true },
      regime: { sensitivity: 'standard' },
    });
    const variants = small.variants.map((settings) => ({ settings, resolved }));
    const facts = { seed: 1, years: 10, dataRoot: undefined, headlineVariant: HEADLINE, variants, markets: [market] };
    const manifest = manifestOf(facts, result);
    const run = join(folder, 'small');
    await writeRun({ manifest, result, suite, models: [], html: '' }, run, createInterruptGuard());
    const seen = await calibrate(run);
    expect(seen.code).toBe(0);
    expect(seen.out[0]).toMatch(/^Synthetic runs: no market made these numbers/);
    const before = snapshot(folder);
    const refused = await calibrate(run, '--apply', '--out', docs);
    expect(refused.code).toBe(2);
    expect(refused.text).toContain('no market made them');
    expect(snapshot(folder)).toEqual(before);
    expect(existsSync(docs)).toBe(false);
  });

  it('warns of mixed code versions, and goes on', async () => {
    const [one, other] = [store('one'), store('other', { codeVersion: 'newer' })];
    const { code, text } = await calibrate(one, other);
    expect(code).toBe(0);
    expect(text).toContain('Warning: runs of different code versions are mixed: test, newer');
    expect((await calibrate(one, other, '--json')).err).toContain('different code versions');
  });

  it('refuses bad input with all problems at once', async () => {
    const good = store('good');
    const foreign = store('foreign');
    const old = store('old');
    const changed = store('changed');
    const made = store('made', { synthetic: true });
    writeFileSync(file(foreign, 'result.json'), '{"schema":"something else"}');
    const older = readFileSync(file(old, 'result.json'), 'utf8');
    writeFileSync(file(old, 'result.json'), older.replace(RESULT_SCHEMA, 'perpilot-research-1'));
    writeFileSync(file(foreign, 'manifest.json'), '{');
    const text = readFileSync(file(changed, 'manifest.json'), 'utf8');
    writeFileSync(file(changed, 'manifest.json'), text.replace('"max_leverage":3', '"max_leverage":30'));
    const before = snapshot(folder);
    const refused = await calibrate(
      good,
      foreign,
      old,
      changed,
      made,
      join(folder, 'none'),
      docs,
      places.profilesDir,
      '--apply',
    );
    expect(refused.code).toBe(2);
    for (const part of [
      'none does not exist',
      'profiles holds no run',
      'it is not JSON',
      `was written by another version (perpilot-research-1, this one reads ${RESULT_SCHEMA})`,
      'schema: Invalid input',
      'is not the one that its hash was made of',
      'synthetic runs and runs of market data cannot be calibrated together',
    ]) {
      expect(refused.text).toContain(part);
    }
    expect(snapshot(folder)).toEqual(before);
  });
});

describe('writing defaults', () => {
  it('writes nothing at all when the document cannot be written', async () => {
    const run = store('all', { riskLevels: ['aggressive', 'conservative', 'moderate'] });
    mkdirSync(join(docs, DOCUMENT), { recursive: true });
    const before = snapshot(folder);
    const { code, text } = await calibrate(run, '--apply', '--out', docs);
    expect(code).toBe(2);
    expect(text).toContain('OUTPUT_UNWRITABLE');
    expect(snapshot(folder)).toEqual(before);
  });

  it('gives back what was written when a later file cannot be', async () => {
    writeFileSync(join(folder, 'old'), 'old');
    const before = snapshot(folder);
    const writing = writeAllOrNone(filesWith('n'.repeat(300)), createInterruptGuard());
    await expect(writing).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    expect(snapshot(folder)).toEqual(before);
    await writeAllOrNone(filesWith('last'), createInterruptGuard());
    expect(Object.keys(snapshot(folder))).toHaveLength(Object.keys(before).length + 2);
    expect(readFileSync(join(folder, 'old'), 'utf8')).toBe('new');
  });

  it.each([1, 2, 3])('gives back what was written when it is interrupted before file %i', async (at) => {
    writeFileSync(join(folder, 'old'), 'old');
    const before = snapshot(folder);
    const guard = createInterruptGuard();
    let asked = 0;
    const throwIfAborted = (): void => {
      asked += 1;
      if (asked === at) guard.interrupt();
      guard.signal.throwIfAborted();
    };
    const writing = writeAllOrNone(filesWith('last'), { ...guard, signal: { throwIfAborted } as AbortSignal });
    await expect(writing).rejects.toMatchObject({ code: 'INTERRUPTED' });
    expect(snapshot(folder)).toEqual(before);
    expect(guard.cleanUp()).toEqual([]);
    expect(snapshot(folder)).toEqual(before);
  });
});

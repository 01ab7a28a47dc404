// Does `--portfolio only` make accounts and nothing else, sweep them, take kept models, and do a recorded run again?
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInterruptGuard } from '../../../src/adapters/system/interrupt-guard.ts';
import { main } from '../../../src/cli/main.ts';
import { QUICK, writeSmallStore } from './small-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'perpilot-portfolio-'));
const store = join(folder, 'store');
const tasks = join(folder, 'tasks');
const SYMBOLS = ['--data', store, '--symbols', 'GOODUSDT', 'FINEUSDT', '--risk-levels', 'moderate'];
const SETTINGS = [...QUICK, '--set', 'portfolio.cross_sectional.min_liquidity=0', '--set', 'research.ablation=false'];

interface Ended {
  readonly code: number;
  readonly text: string;
  readonly err: string;
}

async function research(out: string, args: readonly string[]): Promise<Ended> {
  let text = '';
  let err = '';
  const code = await main(['research', ...args, '--out', join(folder, out), '--jobs', '1'], {
    stdout: { write: (more) => (text += more) },
    stderr: { write: (more) => (err += more) },
    env: {},
    interrupt: createInterruptGuard(),
  });
  return { code, text, err };
}

const runOf = (out: string): string => join(folder, out, 'runs', readdirSync(join(folder, out, 'runs'))[0]);
const resultOf = (out: string) => JSON.parse(readFileSync(join(runOf(out), 'result.json'), 'utf8'));
const rowsOf = (out: string): string[][] =>
  resultOf(out).rows.map(({ symbol, variant }: { symbol: string; variant: string }) => [symbol, variant]);
/** Names of kept tasks. */
const kept = (): string[] => readdirSync(tasks).filter((name) => name !== 'run.json');

beforeAll(async () => {
  await writeSmallStore(store);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('nothing but accounts over all symbols', () => {
  it('has their rows, its models and its own id, and trades as beside the symbols', async () => {
    const only = await research('only', [...SYMBOLS, ...SETTINGS, '--portfolio', 'only', '--resume', tasks]);
    expect(only.code, only.text + only.err).toBe(0);
    expect(only.text).toContain('| portfolio/risk_parity ');
    expect(rowsOf('only')).toEqual(
      ['off', 'equal', 'inverse_volatility', 'risk_parity'].map((name) => ['PORTFOLIO', `portfolio/${name}`]),
    );
    const models = readdirSync(join(runOf('only'), 'models'));
    expect(models).toHaveLength(resultOf('only').models.models);
    const beside = await research('beside', [...SYMBOLS, ...SETTINGS, '--portfolio']);
    expect(beside.code, beside.text + beside.err).toBe(0);
    expect(readdirSync(join(runOf('beside'), 'models'))).toEqual(models);
    expect(runOf('beside').slice(-12)).not.toBe(runOf('only').slice(-12));
    const figures = (out: string): unknown[] =>
      resultOf(out)
        .rows.filter(({ symbol }: { symbol: string }) => symbol === 'PORTFOLIO')
        .map(({ variant, figures: own, costs }: Record<string, unknown>) => [variant, own, costs]);
    expect(figures('only')).toEqual(figures('beside'));
    expect(
      readFileSync(join(folder, 'only', 'trials.jsonl'), 'utf8')
        .trim()
        .split('\n'),
    ).toHaveLength(4);
  });

  it('takes the models that an earlier run has kept: nothing is trained again, whatever the accounts are', async () => {
    const before = kept();
    const more = ['--set', 'portfolio.cross_sectional.top_k=1'];
    const again = await research('again', [...SYMBOLS, ...SETTINGS, ...more, '--portfolio', 'only', '--resume', tasks]);
    expect(again.code, again.text + again.err).toBe(0);
    expect(again.err).not.toContain('threads');
    const added = kept().filter((name) => !before.includes(name));
    const kinds = added.map((name) => JSON.parse(readFileSync(join(tasks, name), 'utf8')).value.kind);
    expect(kinds).toEqual(['portfolio', 'portfolio']);
    expect(resultOf('again').models).toEqual(resultOf('only').models);
  });

  it('makes an account of every combination of a sweep, and says how the setting moved it', async () => {
    const sweep = ['--portfolio', 'only', '--sweep', 'portfolio.cross_sectional.top_k=1,2'];
    const swept = await research('swept', [...SYMBOLS, ...SETTINGS, ...sweep]);
    expect(swept.code, swept.text + swept.err).toBe(0);
    expect(rowsOf('swept')).toEqual([
      ['PORTFOLIO', 'base'],
      ['PORTFOLIO', 'top_k=1'],
      ['PORTFOLIO', 'top_k=2'],
    ]);
    const { rows, trials } = resultOf('swept');
    expect(trials.recorded).toBe(3);
    for (const row of rows) expect(row.portfolio.rebalances).toBeGreaterThan(10);
    const [none, one, two] = rows;
    expect(one.portfolio.contributions).not.toEqual(two.portfolio.contributions);
    expect(none.portfolio.contributions).toEqual(two.portfolio.contributions);
    const summary = readFileSync(join(folder, 'swept', 'PHASE8_RESEARCH_SUMMARY.md'), 'utf8');
    expect(summary).toContain('## Sensitivity');
    expect(summary).toMatch(/\| `portfolio.cross_sectional.top_k` \| +2 \|/);
    expect(summary).toContain('the best of 3 accounts is ');
  });

  it('is done again from its manifest with the same trades', async () => {
    for (const out of ['only', 'swept']) {
      const again = await research(`${out}-again`, ['--from-manifest', join(runOf(out), 'manifest.json')]);
      expect(again.code, again.text + again.err).toBe(0);
      expect(rowsOf(`${out}-again`)).toEqual(rowsOf(out));
      expect(resultOf(`${out}-again`).tradeHash).toBe(resultOf(out).tradeHash);
    }
  });

  it('is refused beside a sweep, with the way that works, and with another word', async () => {
    const sweep = ['--sweep', 'portfolio.cross_sectional.top_k=1,2'];
    const beside = await research('refused', [...SYMBOLS, ...SETTINGS, ...sweep, '--portfolio']);
    expect([beside.code, beside.err]).toEqual([2, expect.stringContaining('--portfolio only makes every combination')]);
    const other = await research('refused', [...SYMBOLS, ...SETTINGS, '--portfolio', 'alone']);
    expect([other.code, other.err]).toEqual([
      2,
      expect.stringContaining('--portfolio alone: nothing or the word only'),
    ]);
  });
});

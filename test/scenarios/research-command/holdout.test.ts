// Does the command keep the holdout shut, write every opening down, and show in red that it was opened again?
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInterruptGuard } from '../../../src/adapters/system/interrupt-guard.ts';
import { main } from '../../../src/cli/main.ts';
import { DAY_MS } from '../../../src/domain/time.ts';
import { QUICK, writeSmallStore } from './small-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'perpilot-holdout-'));
const store = join(folder, 'store');
const ledger = join(folder, 'ledger');
const HELD_OUT = QUICK.map((word) => (word === 'walk_forward.holdout_days=0' ? 'walk_forward.holdout_days=20' : word));

interface Ended {
  readonly code: number;
  readonly err: string;
}

async function research(out: string, ...more: readonly string[]): Promise<Ended> {
  const wanted = ['--symbols', 'GOODUSDT', '--risk-levels', 'moderate', '--set', 'research.ablation=false'];
  const places = ['--data', store, '--out', join(folder, out), '--ledger', ledger];
  let err = '';
  const code = await main(['research', ...places, ...wanted, ...HELD_OUT, ...more], {
    stdout: { write: () => true },
    stderr: { write: (text) => (err += text) },
    env: {},
    interrupt: createInterruptGuard(),
  });
  return { code, err };
}

/** The text of a file of the run that `out` holds. */
function fileOf(out: string, name: string): string {
  const runs = join(folder, out, 'runs');
  return readFileSync(join(runs, readdirSync(runs)[0], name), 'utf8');
}

interface Stored {
  readonly rows: readonly { readonly to: number }[];
  readonly holdout: { readonly from: number; readonly to: number; readonly opened: boolean; readonly openings: number };
}
const resultOf = (out: string): Stored => JSON.parse(fileOf(out, 'result.json')) as Stored;

const endings: Ended[] = [];
beforeAll(async () => {
  await writeSmallStore(store);
  endings.push(await research('shut'));
  endings.push(await research('opened', '--open-holdout', 'the end of the study'));
  endings.push(await research('refused', '--open-holdout', 'once more'));
  endings.push(await research('again', '--open-holdout', 'once more', '--again'));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

describe('the holdout', () => {
  it('is not read by a run that does not ask for it', () => {
    expect(endings[0].code).toBe(0);
    const { rows, holdout } = resultOf('shut');
    expect(holdout).toMatchObject({ opened: false, openings: 0 });
    expect(holdout.to - holdout.from).toBeGreaterThanOrEqual(20 * DAY_MS);
    for (const { to } of rows) expect(to).toBeLessThanOrEqual(holdout.from);
    expect(JSON.parse(fileOf('shut', 'manifest.json'))).not.toHaveProperty('holdout');
  });

  it('is opened with a reason, which ledger and manifest keep with date and configuration', () => {
    expect(endings[1].code).toBe(0);
    const { rows, holdout } = resultOf('opened');
    expect(holdout).toMatchObject({ opened: true, openings: 1 });
    expect(rows.some(({ to }) => to > holdout.from)).toBe(true);
    const manifest = JSON.parse(fileOf('opened', 'manifest.json')) as {
      readonly holdout: { readonly reason: string; readonly openedAt: string };
      readonly variants: readonly { readonly configHash: string }[];
    };
    expect(manifest.holdout.reason).toBe('the end of the study');
    const [line] = readFileSync(join(ledger, 'holdout-openings.jsonl'), 'utf8').split('\n');
    expect(line).toContain('the end of the study');
    expect(line).toContain(manifest.variants[0].configHash);
    expect(line).toContain(String(Date.parse(manifest.holdout.openedAt)));
  });

  it('is not opened a second time by mistake: nothing is run and nothing is written', () => {
    expect(endings[2].code).toBe(2);
    expect(endings[2].err).toMatch(/--again/);
    expect(readdirSync(folder)).not.toContain('refused');
  });

  it('is opened again on demand, and every report says so, the page in red', () => {
    expect(endings[3].code).toBe(0);
    expect(resultOf('again').holdout).toMatchObject({ opened: true, openings: 2 });
    expect(fileOf('again', 'PHASE8_RESEARCH_SUMMARY.md')).toMatch(/opened again: 2 openings so far/);
    const page = fileOf('again', 'report.html');
    const [, section] = page.split('<section id="holdout"');
    expect(section.split('</section>')[0]).toMatch(/class="[^"]*spent/);
    expect(page).toMatch(/\.spent[^{]*\{[^}]*color/);
  });
});

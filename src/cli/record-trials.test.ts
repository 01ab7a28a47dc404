// Is every configuration that a run evaluates written down once, as that of the settings that would be given for it?
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  composedOf,
  HEADLINE,
  marketOf,
  runSmall,
  type SmallRun,
} from '../../test/scenarios/research/small-research.ts';
import { hashOf } from '../config/hash.ts';
import type { SuiteResult } from '../research/suite.ts';
import type { Trial, TrialCount } from '../research/trial-log.ts';
import { createPlantedEdge } from '../simulation/embedded-market/null-markets.ts';
import { composeAblation } from './compose-ablation.ts';
import { recordTrials, TRIAL_FILE } from './record-trials.ts';

const both = ['research.ensemble_variants=[true, false]'];
const composed = composedOf(['moderate'], both);
const { candles, funding } = createPlantedEdge({ symbol: 'AUSDT', seed: 4, bars: 85 * 24 });
const run: SmallRun = {
  markets: [marketOf(candles, funding)],
  variants: composed.map(({ settings }) => settings),
  ablations: composeAblation(composed, HEADLINE),
};
const folder = mkdtempSync(join(tmpdir(), 'perpilot-trials-'));
afterAll(() => rmSync(folder, { recursive: true }));

let suite: SuiteResult;
let count: TrialCount;
let trials: Trial[];
const record = async (seed: number): Promise<TrialCount> =>
  recordTrials(
    {
      suite,
      markets: run.markets,
      variants: composed,
      ablations: run.ablations,
      runId: 'run',
      codeVersion: 'test',
      seed,
      evaluatedAt: 0,
    },
    folder,
  );

beforeAll(async () => {
  ({ suite } = await runSmall(run));
  count = await record(1);
  trials = readFileSync(join(folder, TRIAL_FILE), 'utf8')
    .trimEnd()
    .split('\n')
    .flatMap((line) => trialIn(JSON.parse(line)));
});

/** Wherever the chain keeps what was appended. */
function trialIn(value: unknown): Trial[] {
  if (typeof value !== 'object' || value === null) return [];
  return 'configHash' in value ? [value as Trial] : Object.values(value).flatMap(trialIn);
}

describe('the trials of a run', () => {
  it('hold every part that a setting switches off under the hashes of a run with --set', () => {
    const settings = [
      'regime.enabled=false',
      'guard.enabled=false',
      'sizing.confidence_scaling=false',
      'sizing.volatility_target=false',
      'risk.cooldown_hours=0',
      'exits.target_fraction=0',
    ];
    for (const said of settings) {
      const own = composedOf(['moderate'], [...both, said]).find(({ settings }) => settings.variant === HEADLINE);
      const found = trials.filter(({ configHash }) => configHash === own?.settings.configHash);
      expect(found, said).toHaveLength(1);
      expect(found[0]).toMatchObject({ riskLevel: 'moderate', variant: HEADLINE, settingsHash: hashOf(own?.settings) });
    }
  });

  it('are the variants, those parts and the baseline without a meta-model: no stress, and no variant twice', () => {
    expect(trials).toHaveLength(2 + 6 + 1);
    expect(new Set(trials.map(({ configHash }) => configHash)).size).toBe(trials.length);
    expect(trials.every(({ settingsHash }) => settingsHash !== 'unknown')).toBe(true);
    expect(suite.ablations.map(({ part }) => part)).toContain('costs doubled');
    expect(count.trials).toBe(trials.length);
  });

  it('count once however often they are evaluated, other seeds as another look', async () => {
    const again = await record(1);
    expect([again.trials, again.looks, again.evaluations]).toEqual([9, 9, 18]);
    const other = await record(2);
    expect([other.trials, other.looks]).toEqual([9, 18]);
  });
});

// Does a bot train its models by itself only where it is told to and can, and what does it hear of a training that fails?
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createModelFiles } from '../adapters/model-files/model-files.ts';
import { loadConfig } from '../config/load-config.ts';
import { botPlan } from './bot-plan.ts';
import { observationOf, renewalOf } from './bot-renewal.ts';
import { createRetrainChild } from './retrain-child.ts';

const nowhere = join(tmpdir(), 'perpilot-never');
const job = createRetrainChild({
  models: nowhere,
  data: nowhere,
  symbols: ['BTCUSDT'],
  update: false,
  isReplayed: false,
});

function sourceWith(set: readonly string[], given: typeof job | undefined) {
  const { loaded, settings, strategy, barMs } = botPlan(loadConfig({ overrides: set }), undefined, undefined);
  const kept = { of: () => expect.fail('no model'), textOf: () => expect.fail('no model') };
  return renewalOf({
    renewal: loaded.config.renewal,
    strategy,
    store: createModelFiles({ folder: nowhere, keepBackups: 1 }),
    observation: observationOf({ symbols: ['BTCUSDT'], settings, barMs, kept }),
    bot: 'a-bot',
    job: given,
  });
}

describe('renewal.in_bot', () => {
  it('is kept where somebody can train, and off when it is off', () => {
    expect(sourceWith([], job).retraining?.rules.everyDays).toBe(30);
    expect(sourceWith(['renewal.in_bot=false'], job).retraining).toBeUndefined();
    expect(sourceWith([], undefined).retraining).toBeUndefined();
    expect(() => sourceWith(['renewal.schedule.cron=99 * * * *'], job)).toThrow('renewal.schedule.cron');
  });
});

describe('a training in a process of its own', () => {
  it('that fails says why', { timeout: 60_000 }, async () => {
    await expect(job.run({ causes: ['age'], now: 0 })).rejects.toThrow(/perpilot-never/);
  });
});

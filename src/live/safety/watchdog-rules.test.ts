import { expect, it } from 'vitest';
import { loadConfig } from '../../config/load-config.ts';
import { watchdogRulesOf } from './watchdog-rules.ts';

const rulesWith = (...overrides: readonly string[]) => watchdogRulesOf(loadConfig({ overrides }).config.live.watchdog);
const SHIPPED = { silentMs: 30_000, killGraceMs: 5_000, onSilence: 'cancel_entries', tickMs: 1_000, againMs: 30_000 };

it('the shipped settings keep positions with their stops', () => {
  expect(rulesWith()).toEqual(SHIPPED);
});

it.each([
  ['silent_seconds=60', { silentMs: 60_000 }],
  ['kill_grace_seconds=2', { killGraceMs: 2_000 }],
  ['on_silence=flatten', { onSilence: 'flatten' }],
  ['check_seconds=0.5', { tickMs: 500 }],
  ['again_seconds=10', { againMs: 10_000 }],
])('live.watchdog.%s moves one rule', (setting, change) => {
  expect(rulesWith(`live.watchdog.${setting}`)).toEqual({ ...SHIPPED, ...change });
});

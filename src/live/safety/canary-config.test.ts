import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../config/load-config.ts';
import { HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import { canaryRulesOf } from './canary-config.ts';

const rulesWith = (...overrides: readonly string[]) =>
  canaryRulesOf(loadConfig({ overrides }).config.live.canary, true);

const SHIPPED = {
  symbol: undefined,
  hourMs: 3 * HOUR_MS,
  everyMs: 24 * HOUR_MS,
  patienceMs: 5 * MINUTE_MS,
  retryMs: 15 * MINUTE_MS,
  maxAgeMs: 49 * HOUR_MS,
};

describe('the rules of the canary', () => {
  it('are those of the shipped settings', () => expect(rulesWith()).toEqual(SHIPPED));

  it('are none with real money, nor where it is switched off', () => {
    expect(canaryRulesOf(loadConfig().config.live.canary, false)).toBeUndefined();
    expect(rulesWith('live.canary.enabled=false')).toBeUndefined();
  });

  it.each([
    ['symbol=ETHUSDT', { symbol: 'ETHUSDT' }],
    ['hour=7', { hourMs: 7 * HOUR_MS }],
    ['every_hours=6', { everyMs: 6 * HOUR_MS }],
    ['patience_seconds=60', { patienceMs: MINUTE_MS }],
    ['retry_minutes=45', { retryMs: 45 * MINUTE_MS }],
    ['max_age_hours=30', { maxAgeMs: 30 * HOUR_MS }],
  ])('follow live.canary.%s, which moves nothing else', (setting, change) =>
    expect(rulesWith(`live.canary.${setting}`)).toEqual({ ...SHIPPED, ...change }),
  );
});

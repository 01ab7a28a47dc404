import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../config/load-config.ts';
import { DEFAULT_RULES } from './default-rules.ts';
import { sessionRulesOf } from './session-rules.ts';

const rulesWith = (...overrides: readonly string[]) => sessionRulesOf(loadConfig({ overrides }).config.live);
const { entries, entryWindows, exposure, feed, orders } = DEFAULT_RULES;

describe('the rules of a session', () => {
  it('are the ordinary ones under the shipped settings', () => {
    expect(rulesWith()).toEqual(DEFAULT_RULES);
  });

  it.each([
    ['trigger_by=mark', { triggerBy: 'mark' }],
    ['protection_deadline_seconds=2.5', { protectionDeadlineMs: 2_500 }],
    ['entry_max_age_seconds=30', { orders: { ...orders, entryMaxAgeMs: 30_000 } }],
    ['entry_orders=limit_then_market', { entries: { ...entries, orders: 'limit-then-market' } }],
    ['limit_seconds=30', { entries: { ...entries, restMs: 30_000 } }],
    ['limit_post_only=true', { entries: { ...entries, postOnly: true } }],
    ['max_slippage_bps=15', { entries: { ...entries, maxSlippageBps: 15 } }],
    ['contracts_interval_hours=6', { contractsEveryMs: 21_600_000 }],
    ['compare_interval_seconds=10', { compareEveryMs: 10_000 }],
    ['min_liquidation_distance=3', { exposure: { ...exposure, minLiquidationDistance: 3 } }],
    ['limit_tolerance=0.1', { exposure: { ...exposure, limitTolerance: 0.1 } }],
    ['foreign_positions=alarm', { foreignPositions: 'alarm' }],
    ['adopted_stop=0.05', { adoptedStopFraction: 0.05 }],
    ['feed_grace_seconds=3', { feed: { ...feed, graceMs: 3_000 } }],
    ['feed_deadline_seconds=40', { feed: { ...feed, deadlineMs: 40_000 } }],
    ['funding_deadline_seconds=1', { fundingDeadlineMs: 1_000 }],
  ])('follow live.%s, which moves nothing else', (setting, change) => {
    expect(rulesWith(`live.${setting}`)).toEqual({ ...DEFAULT_RULES, ...change });
  });

  it.each([
    [
      'windows=[22:00-23:00]',
      { windows: [{ kind: 'repeated', from: 79_200_000, lengthMs: 3_600_000, everyMs: 86_400_000 }] },
    ],
    ['times=[2024-06-12T18:00]', { times: [Date.UTC(2024, 5, 12, 18)] }],
    ['minutes_before=1', { beforeMs: 60_000 }],
    ['minutes_after=2', { afterMs: 120_000 }],
    ['funding_above=0.001', { fundingAbove: 0.001 }],
    ['funding_minutes_before=3', { fundingBeforeMs: 180_000 }],
    ['funding_minutes_after=4', { fundingAfterMs: 240_000 }],
  ])('follow live.no_entries.%s, which moves nothing else', (setting, change) => {
    const rules = { ...DEFAULT_RULES, entryWindows: { ...entryWindows, ...change } };
    expect(rulesWith(`live.no_entries.${setting}`)).toEqual(rules);
  });

  it.each([
    ['drawdown=alarm', { drawdown: 'alarm' }],
    ['daily_loss=kill', { dailyLoss: 'kill' }],
    ['liquidation=pause', { liquidation: 'pause' }],
    ['deleverage=kill', { deleverage: 'kill' }],
    ['errors=7', { errors: 7 }],
    ['errors_window_minutes=3', { errorsWindowMinutes: 3 }],
    ['errors_action=pause', { errorsAction: 'pause' }],
    ['outages_count=true', { outagesCount: true }],
    ['rejections=4', { rejections: 4 }],
    ['rejections_window_minutes=9', { rejectionsWindowMinutes: 9 }],
    ['rejections_action=kill', { rejectionsAction: 'kill' }],
    ['protection_failures=1', { protectionFailures: 1 }],
    ['protection_action=pause', { protectionAction: 'pause' }],
  ])('follow live.kill.%s, which moves nothing else', (setting, change) => {
    const kill = { ...DEFAULT_RULES.kill, ...change };
    expect(rulesWith(`live.kill.${setting}`)).toEqual({ ...DEFAULT_RULES, kill });
  });

  it.each([
    ['on_delisting=freeze', { onDelisting: 'freeze' }],
    ['delisting_hours=0', { delistingHours: 0 }],
    ['missing_closes=5', { missingCloses: 5 }],
    ['rejections=2', { rejections: 2 }],
    ['rejections_window_minutes=9', { rejectionsWindowMinutes: 9 }],
    ['first_minutes=3', { firstMinutes: 3 }],
    ['most_minutes=2000', { mostMinutes: 2_000 }],
    ['look_minutes=1', { lookMinutes: 1 }],
  ])('follow live.quarantine.%s, which moves nothing else', (setting, change) => {
    const quarantine = { ...DEFAULT_RULES.quarantine, ...change };
    expect(rulesWith(`live.quarantine.${setting}`)).toEqual({ ...DEFAULT_RULES, quarantine });
  });
});

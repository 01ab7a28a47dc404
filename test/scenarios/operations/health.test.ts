// O4: is everything that is wrong found, told with its mend, and nothing told of a bot that is well?
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../../../src/config/load-config.ts';
import { judgeHealth, statusOf } from '../../../src/live/status/judge-health.ts';
import { healthRulesOf } from '../../../src/live/status/operations-config.ts';
import { isReady, viewStatus } from '../../../src/live/status/read-status.ts';
import type { StatusFacts } from '../../../src/live/status/status-document.ts';
import { statusLines } from '../../../src/cli/status-lines.ts';
import { BAR, FACTS, NOW, SYMBOL } from './status-facts.ts';

const rulesWith = (...overrides: readonly string[]) => healthRulesOf(loadConfig({ overrides }).config.operations);
const RULES = rulesWith();
const codes = (facts: Partial<StatusFacts>, later = 0) => {
  const { health, issues, warnings } = judgeHealth({ ...FACTS, ...facts }, RULES, NOW + later);
  return { health, issues: issues.map(({ code }) => code), warnings: warnings.map(({ code }) => code) };
};
const held = (change: object) => ({
  symbols: [{ ...SYMBOL, position: SYMBOL.position === null ? null : { ...SYMBOL.position, ...change } }],
});

describe('a bot that is well', () => {
  it('is healthy, without a word', () => expect(codes({})).toEqual({ health: 'HEALTHY', issues: [], warnings: [] }));
});

describe('what makes a bot unhealthy', () => {
  it.each<[string, Partial<StatusFacts>]>([
    ['loop-hangs', { loopAt: NOW - 41_000 }],
    ['close-late', { nextClose: NOW - 46_000 }],
    ['candle-stale', { symbols: [{ ...SYMBOL, lastClose: NOW - BAR - 46_000 }] }],
    ['unprotected', held({ unprotectedSeconds: 11 })],
    ['unprotected', held({ stopPrice: null })],
    ['killed', { latches: [{ name: 'kill', reason: 'x', at: NOW }] }],
    ['drawdown-halt', { halted: true }],
    ['journal-unwritable', { durable: false }],
  ])('%s', (code, facts) => expect(codes(facts)).toMatchObject({ health: 'UNHEALTHY', issues: [code] }));

  it('is told of a bot that hangs by the age of its file, within 60 seconds', () => {
    expect(codes({}, 39_000).health).toBe('HEALTHY');
    expect(codes({}, 41_000)).toMatchObject({ health: 'UNHEALTHY', issues: ['status-stale'] });
  });

  it.each(['silent_seconds=46', 'unprotected_seconds=56'])('cannot be set to come later than that: %s', (setting) =>
    expect(() => loadConfig({ overrides: [`operations.${setting}`] })).toThrow(),
  );

  it('is not a start that catches up with closes it missed', () => {
    const started = { startedAt: NOW - 45_000, nextClose: NOW - 2 * BAR };
    expect(codes(started).health).toBe('HEALTHY');
    expect(codes(started, 1).issues).toEqual(['close-late']);
  });

  it('holds just up to its limit', () => {
    expect(codes({ loopAt: NOW - 40_000 }).health).toBe('HEALTHY');
    expect(codes({ symbols: [{ ...SYMBOL, lastClose: NOW - BAR - 45_000 }] }).health).toBe('HEALTHY');
    expect(codes(held({ unprotectedSeconds: 10 })).health).toBe('HEALTHY');
  });
});

describe('what makes a bot degraded', () => {
  it.each<[string, Partial<StatusFacts>]>([
    ['guard', { guard: 'REDUCED' }],
    ['paused', { latches: [{ name: 'pause', reason: 'x', at: NOW }] }],
    ['entries-blocked', { blocks: [{ reason: 'reconciliation', symbols: null }] }],
    ['clock-offset', { clockOffsetMs: -501 }],
    ['stream-silent', { streamAgeSeconds: 121 }],
    ['api-errors', { apiErrorsInWindow: 21 }],
    ['disk-low', { machine: { ...FACTS.machine, diskFreeBytes: 1_000_000 } }],
    ['memory-high', { machine: { ...FACTS.machine, memoryBytes: 3e9 } }],
    ['no-model', { symbols: [{ ...SYMBOL, modelId: null }] }],
    ['quarantined', { symbols: [{ ...SYMBOL, quarantine: ['data'], lastClose: NOW - 9 * BAR }] }],
    ['model-old', { symbols: [{ ...SYMBOL, modelAgeHours: 46 * 24 }] }],
  ])('%s', (code, facts) => expect(codes(facts)).toEqual({ health: 'DEGRADED', issues: [], warnings: [code] }));
});

describe('the settings of health', () => {
  it.each([
    ['silent_seconds=39', { silentMs: 39_000 }],
    ['candle_late_seconds=30', { candleLateMs: 30_000 }],
    ['unprotected_seconds=5', { unprotectedMs: 5_000 }],
    ['stream_silent_seconds=60', { streamSilentMs: 60_000 }],
    ['clock_offset_ms=100', { clockOffsetMs: 100 }],
    ['api_errors_per_hour=3', { apiErrors: 3 }],
    ['disk_free_mb=10', { diskFreeBytes: 10_485_760 }],
    ['memory_mb=1', { memoryBytes: 1_048_576 }],
    ['model_age_days=2', { modelAgeHours: 48 }],
  ])('%s moves one rule', (setting, change) =>
    expect(rulesWith(`operations.${setting}`)).toEqual({ ...RULES, ...change }),
  );
});

describe('a status file', () => {
  const text = JSON.stringify(statusOf(FACTS, RULES));

  it('comes back as it was written', () =>
    expect(viewStatus(text, RULES, NOW)).toEqual({ kind: 'status', document: statusOf(FACTS, RULES), ageMs: 0 }));

  it.each(['', '{', 'null', text.slice(0, -20), text.replace('"version":1', '"version":2')])(
    'that is damaged or of another version is told as such: %#',
    (damaged) => expect(viewStatus(damaged, RULES, NOW).kind).toBe('unreadable'),
  );

  it('that is not there is told as such', () => expect(viewStatus(undefined, RULES, NOW).kind).toBe('missing'));

  it('may have fields that this version does not know', () =>
    expect(viewStatus(text.replace('{', '{"later":1,'), RULES, NOW).kind).toBe('status'));

  it.each<[string, boolean, Partial<StatusFacts>]>([
    ['well', true, {}],
    ['degraded', true, { guard: 'REDUCED' }],
    ['blocked for one symbol', true, { blocks: [{ reason: 'delisted', symbols: ['BTCUSDT'] }] }],
    ['blocked', false, { blocks: [{ reason: 'reconciliation', symbols: null }] }],
    ['paused', false, { latches: [{ name: 'pause', reason: 'x', at: NOW }] }],
    ['unhealthy', false, { durable: false }],
  ])('of a bot that is %s says ready: %s', (_name, ready, facts) =>
    expect(isReady(viewStatus(JSON.stringify(statusOf({ ...FACTS, ...facts }, RULES)), RULES, NOW))).toBe(ready),
  );

  it('is shown to people: health, mend, position with its stop, model', () => {
    const view = viewStatus(JSON.stringify(statusOf({ ...FACTS, ...held({ stopPrice: null }) }, RULES)), RULES, NOW);
    const shown = statusLines(view, false).join('\n');
    for (const words of ['UNHEALTHY', 'perpilot flatten', 'long 0.5', 'NONE', 'abcdef012345', 'up 10h']) {
      expect(shown).toContain(words);
    }
    expect(statusLines(view, true)[0]).toContain('[31m');
  });
});

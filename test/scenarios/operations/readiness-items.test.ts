// O3: is every item of the checklist judged by what it says, signed only where no machine knows, and in the document?
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { createInterruptGuard } from '../../../src/adapters/system/interrupt-guard.ts';
import { botPlan } from '../../../src/cli/bot-plan.ts';
import { checksOf, type Check } from '../../../src/cli/doctor/check.ts';
import { main } from '../../../src/cli/main.ts';
import { READINESS_ITEMS } from '../../../src/cli/readiness/items.ts';
import { judgeItems, readinessMarkdown } from '../../../src/cli/readiness/judge-readiness.ts';
import type { ReadinessFacts } from '../../../src/cli/readiness/judgement.ts';
import type { Signature } from '../../../src/cli/readiness/signatures.ts';
import type { Validation } from '../../../src/cli/readiness/validation.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { DAY_MS } from '../../../src/domain/time.ts';
import { judgeReadiness } from '../../../src/live/start/readiness-report.ts';

const NOW = Date.UTC(2026, 5, 1, 12);
const { ok, warning, failed, unknown } = checksOf('machine');
const IDS = [
  'runtime',
  'memory',
  'time-sync',
  'clock',
  'folder',
  'rights',
  'settings',
  'keys',
  'env-file',
  'key',
  'account',
  'market',
  'alerts',
];
const GOOD: readonly Check[] = [ok('system', 'linux 6 on x64'), ...IDS.map((id) => ok(id, `${id} is well`))];
const VALIDATION: Validation = {
  folder: 'state/testnet',
  mode: 'testnet',
  from: NOW - 16 * DAY_MS,
  until: NOW - DAY_MS,
  days: 15,
  coverage: 1,
  trades: 20,
  changed: [],
  replayFault: undefined,
  grave: [],
  withoutModel: [],
};
const drill = (name: 'kill' | 'restore', passed = true) => ({
  drill: name,
  passed,
  steps: [{ step: 'flat', passed, says: 'seen', tookMs: 1 }],
});
const BY_PERSON = ['restart', 'key-addresses', 'money', 'dashboard', 'runbook'];
const signature = (item: string, on = '2026-05-20'): Signature => ({ item, by: 'Ada', on, note: '' });
const SIGNED = BY_PERSON.map((item) => signature(item));

interface Harm {
  readonly check?: Check;
  readonly without?: string;
  readonly validation?: Partial<Validation> | string;
  readonly settings?: readonly string[];
  readonly drills?: ReadinessFacts['drills'];
  readonly env?: Readonly<Record<string, string>>;
  readonly latencyMs?: number;
  readonly diskFreeMb?: number;
}

function judge(harm: Harm = {}, signatures: readonly Signature[] = SIGNED) {
  const { check, without, validation = {}, settings = [], latencyMs = 50, diskFreeMb = 20_000 } = harm;
  const loaded = loadConfig({ riskLevel: 'conservative', overrides: settings });
  const others = GOOD.filter(({ id }) => id !== check?.id && id !== without);
  const facts: ReadinessFacts = {
    examination: {
      checks: check === undefined ? others : [...others, check],
      loaded,
      plan: botPlan(loaded, undefined, undefined),
      folder: 'state/live',
      key: { key: 'k', secret: 's' },
      account: 'a'.repeat(16),
      now: NOW,
      latencyMs,
      diskFreeMb,
    },
    validation: typeof validation === 'string' ? validation : { ...VALIDATION, ...validation },
    drills: harm.drills ?? { kill: drill('kill'), restore: drill('restore') },
    env: harm.env ?? { PERPILOT_DEAD_MAN_URL: 'https://example.org' },
  };
  const judged = judgeItems(facts, signatures, NOW);
  const bad = judged.lines.filter(({ result }) => result === 'failed').map(({ id }) => id);
  return { judged, bad, loaded };
}

describe('the checklist', () => {
  it('passes where everything holds and is signed, in the form that the live mode takes', () => {
    const { judged, bad } = judge();
    expect(bad).toEqual([]);
    const { account, configHash, codeVersion } = judged.report;
    expect(judgeReadiness(JSON.stringify(judged.report), { account, configHash, codeVersion, now: NOW })).toEqual([]);
    expect(readinessMarkdown(judged)).toMatch(/^# Readiness: passed/);
  });

  it.each<[string, Harm, readonly string[]]>([
    ['an old runtime', { check: failed('runtime', 'old', 'new') }, ['runtime']],
    ['a clock that nobody keeps', { check: warning('time-sync', 'no', 'chrony') }, ['clock-kept']],
    ['a clock that is off', { check: failed('clock', 'off', 'chrony') }, ['clock-offset']],
    ['9 GB of disk', { diskFreeMb: 9 * 1_024 }, ['disk']],
    ['a slow exchange', { latencyMs: 1_001 }, ['latency']],
    ['a folder that others read', { check: warning('rights', 'open', 'chmod') }, ['folder']],
    ['an .env that others read', { check: failed('env-file', 'open', 'chmod') }, ['keys']],
    ['a key that may withdraw', { check: failed('key', 'withdraws', 'x') }, ['key-rights']],
    ['a key that was not looked at', { without: 'key' }, ['key-rights']],
    ['hedge mode', { check: failed('account', 'hedge', 'x') }, ['account']],
    ['no channel', { check: warning('alerts', 'none', 'x') }, ['alerts']],
    ['paper instead of testnet', { validation: { mode: 'paper' } }, ['testnet-mode']],
    ['13 days', { validation: { days: 13.9 } }, ['testnet-days']],
    ['two weeks of long ago', { validation: { until: NOW - 8 * DAY_MS } }, ['testnet-days']],
    ['holes', { validation: { coverage: 0.94 } }, ['testnet-coverage']],
    ['nine trades', { validation: { trades: 9 } }, ['testnet-trades']],
    ['other settings', { validation: { changed: ['risk.max_leverage: 2 was'] } }, ['testnet-settings']],
    ['another replay', { validation: { replayFault: 'differs' } }, ['testnet-replay']],
    ['a lost stop', { validation: { grave: ['1 × emergency-close'] } }, ['testnet-incidents']],
    ['a symbol without a model', { validation: { withoutModel: ['BTCUSDT'] } }, ['testnet-models']],
    ['no guard', { settings: ['guard.enabled=false'] }, ['guard']],
    ['no regime filter', { settings: ['regime.enabled=false'] }, ['regime']],
    ['a drawdown that only alarms', { settings: ['live.kill.drawdown=alarm'] }, ['drawdown']],
    ['no watchdog', { settings: ['live.watchdog.enabled=false'] }, ['watchdog']],
    [
      'a kill that did not end flat',
      { drills: { kill: drill('kill', false), restore: drill('restore') } },
      ['kill-exercised'],
    ],
    ['no restore', { drills: { kill: drill('kill') } }, ['restore-exercised']],
    ['no daily word', { settings: ['alerts.daily_hour=null'] }, ['daily-word']],
    ['no retraining', { settings: ['renewal.schedule.every_days=null'] }, ['retraining']],
    ['rare looks', { settings: ['operations.health_check_interval_seconds=301'] }, ['health-checks']],
    ['no backups', { settings: ['operations.backup.every_hours=null'] }, ['backups']],
  ])('fails because of %s, whatever is signed', (_name, harm, expected) => {
    const everything = READINESS_ITEMS.map(({ id }) => signature(id));
    const { judged, bad } = judge(harm, everything);
    expect(bad).toEqual(expected);
    expect(judged.report.result).toBe('failed');
  });

  it('without a validated bot fails in all that it would have shown', () => {
    const { bad } = judge({ validation: 'there is none' });
    expect(bad).toEqual(
      READINESS_ITEMS.filter(({ section, id }) => section === 'validation' || id === 'status-file').map(({ id }) => id),
    );
  });

  it.each<[string, Harm, string]>([
    ['who keeps the clock', { check: unknown('time-sync', 'cannot be asked') }, 'clock-kept'],
    ['whether somebody outside watches', { env: {} }, 'dead-man'],
    ['whether more than conservative is meant', { settings: ['risk.max_leverage=3'] }, 'conservative-first'],
  ])('has %s signed where a machine cannot know it', (_name, harm, id) => {
    expect(judge(harm).bad).toEqual([id]);
    expect(judge(harm, [...SIGNED, signature(id)]).bad).toEqual([]);
  });

  it.each(BY_PERSON)('does not pass without a name under %s, nor with an old one or one of tomorrow', (id) => {
    const others = SIGNED.filter(({ item }) => item !== id);
    for (const given of [[], [signature(id, '2026-02-28')], [signature(id, '2026-06-03')]])
      expect(judge({}, [...others, ...given]).bad).toEqual([id]);
  });
});

const run = async (...words: readonly string[]) => {
  let out = '';
  const stdout = { write: (text: string) => void (out += text) };
  const code = await main(['readiness', ...words], {
    stdout,
    stderr: stdout,
    env: {},
    interrupt: createInterruptGuard(),
  });
  return { code, out };
};

describe('perpilot readiness sign', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sign-'));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  it('keeps one name an item, with the day, and knows its items', async () => {
    const place = ['--state', folder];
    expect((await run('sign', 'runbook', '--by', 'Ada', ...place)).code).toBe(0);
    expect((await run('sign', 'runbook', '--by', 'Grace', '--note', 'drilled', ...place)).code).toBe(0);
    const kept = JSON.parse(readFileSync(join(folder, 'readiness-signatures.json'), 'utf8'));
    expect(kept).toEqual([
      { item: 'runbook', by: 'Grace', on: new Date().toISOString().slice(0, 10), note: 'drilled' },
    ]);
    expect(await run('sign', 'runbok', '--by', 'Ada', ...place)).toMatchObject({
      code: 2,
      out: expect.stringContaining('runbook'),
    });
    expect((await run('sign', 'runbook', ...place)).code).toBe(2);
  });
});

describe('docs/PRODUCTION_READINESS_CHECKLIST.md', () => {
  it('has every item, in its words, once, and no other', () => {
    const text = readFileSync(new URL('../../../docs/PRODUCTION_READINESS_CHECKLIST.md', import.meta.url), 'utf8');
    const rows = [...text.matchAll(/^\| `([a-z-]+)` \| (.*?) \| /gm)].map(([, id, what]) => ({ id, what }));
    expect(rows).toEqual(READINESS_ITEMS.map(({ id, what }) => ({ id, what })));
  });
});

// O3, L18: does a bot that was validated on a test site for two weeks, and whose checklist is executed and signed, get to real money, and no other?
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInterruptGuard } from '../../../src/adapters/system/interrupt-guard.ts';
import { CONFIRMATION } from '../../../src/cli/bot-modes.ts';
import { main } from '../../../src/cli/main.ts';
import { simulatorCredentials } from '../../../src/cli/simulator-options.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { statusOf } from '../../../src/live/status/judge-health.ts';
import { healthRulesOf } from '../../../src/live/status/operations-config.ts';
import { LIVELY, openExchange, startBot } from '../live/bot-process.ts';
import { fakeHttp } from './fake-servers.ts';
import { FACTS } from './status-facts.ts';

const { key, secret } = simulatorCredentials({}).credentials;
const MORE_WORDS = ['--set', 'alerts.channels=[ntfy]'];
const SETTINGS = [...[...LIVELY, 'live.canary.enabled=false'].flatMap((setting) => ['--set', setting]), ...MORE_WORDS];
const SYMBOLS = ['--symbols', 'ALPHAUSDT', 'BRAVOUSDT'];
const SIGNED = [
  'restart',
  'key-addresses',
  'money',
  'conservative-first',
  'dashboard',
  'runbook',
  'clock-kept',
  'dead-man',
];

let home: string;
let validated: string;
/** Market time at the end of the two weeks. */
let until: number;
let hook: Awaited<ReturnType<typeof fakeHttp>>;
const env = (): Record<string, string> => ({
  PERPILOT_LIVE_KEY: key,
  PERPILOT_LIVE_SECRET: secret,
  PERPILOT_NTFY_URL: `${hook.url}/topic`,
  [CONFIRMATION.name]: CONFIRMATION.value,
});

/** Fifteen days of a bot on an exchange of its own; the status that it leaves says that it was a test site. */
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'readiness-'));
  validated = join(home, 'testnet');
  hook = await fakeHttp(() => ({ status: 200 }));
  const span = ['--embedded', ...SYMBOLS, '--from', '2023-09-01', '--days', '15'];
  const ran = await perpilot(['bot', ...span, '--out', validated, '--json', ...SETTINGS]);
  expect(ran.code).toBe(0);
  until = (JSON.parse(ran.out.trim().split('\n').at(-1) ?? '') as { readonly until: number }).until;
  mkdirSync(join(validated, 'logs'));
  const status = statusOf({ ...FACTS, mode: 'testnet', symbols: [] }, healthRulesOf(loadConfig().config.operations));
  writeFileSync(join(validated, 'logs', 'bot_status.json'), JSON.stringify(status));
}, 240_000);

afterAll(async () => {
  await hook.close();
  rmSync(home, { recursive: true, force: true });
});

async function perpilot(words: readonly string[], more: Readonly<Record<string, string>> = {}) {
  let out = '';
  const stdout = { write: (text: string) => void (out += text) };
  const stderr = { write: () => undefined };
  const code = await main(words, { stdout, stderr, env: { ...env(), ...more }, interrupt: createInterruptGuard() });
  return { code, out };
}

interface Line {
  readonly id: string;
  readonly result: string;
  readonly says: string;
}

const failed = (out: string): readonly string[] =>
  (JSON.parse(out).lines as readonly Line[]).filter(({ result }) => result === 'failed').map(({ id }) => id);

describe('perpilot readiness', () => {
  it('passes when everything holds and is signed; the live bot starts on it, and on no other settings', async () => {
    await using exchange = await openExchange('bybit', until);
    const state = join(home, 'live');
    mkdirSync(state, { mode: 0o700 });
    const place = ['--state', state, '--validation', validated, '--base-url', exchange.url];
    const words = ['readiness', ...place, ...SYMBOLS, ...SETTINGS, '--json'];
    const first = await perpilot(words);
    expect(first.code).toBe(1);
    expect(failed(first.out).toSorted()).toEqual(SIGNED.toSorted());
    const refused = startBot({ url: exchange.url, state, mode: 'live', more: MORE_WORDS, env: env() });
    expect(await refused.exit).toBe(2);
    expect(refused.stderr()).toContain('READINESS_FAILED');

    for (const item of SIGNED)
      expect((await perpilot(['readiness', 'sign', item, '--by', 'Ada', '--state', state])).code).toBe(0);
    const second = await perpilot(words);
    expect(failed(second.out)).toEqual([]);
    expect(second.code).toBe(0);
    expect(hook.seen.length).toBeGreaterThan(0);
    const reports = readdirSync(join(state, 'readiness')).filter((name) => name.endsWith('.md'));
    const markdown = readFileSync(join(state, 'readiness', reports.toSorted().at(-1) ?? ''), 'utf8');
    expect(markdown).toMatch(/^# Readiness: passed\n/);
    expect(markdown).toContain('| runbook |');
    expect(markdown).toContain('signed by Ada on');
    for (const name of readdirSync(join(state, 'readiness')))
      expect(readFileSync(join(state, 'readiness', name), 'utf8')).not.toContain(secret);

    const bot = startBot({ url: exchange.url, state, mode: 'live', more: MORE_WORDS, env: env() });
    await bot.line(({ event }) => event === 'started');
    const shown = JSON.parse(readFileSync(join(state, 'logs', 'bot_status.json'), 'utf8'));
    expect(shown).toMatchObject({ mode: 'live', clockOffsetMs: expect.any(Number) });
    bot.child.kill('SIGTERM');
    expect(await bot.exit).toBe(130);
    const other = startBot({
      url: exchange.url,
      state,
      mode: 'live',
      more: [...MORE_WORDS, '--set', 'risk.cooldown_hours=3'],
      env: env(),
    });
    expect(await other.exit).toBe(2);
    expect(other.stderr()).toContain('READINESS_FOREIGN');
  }, 240_000);
});

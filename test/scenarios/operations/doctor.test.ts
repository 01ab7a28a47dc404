// O3: does the doctor find what is wrong, say it in one sentence with the mend, and never need or touch more than it looks at?
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { lockInstance } from '../../../src/adapters/sqlite/instance-lock.ts';
import { openJournal } from '../../../src/adapters/sqlite/journal.ts';
import { createInterruptGuard } from '../../../src/adapters/system/interrupt-guard.ts';
import { runtimeCheck, spaceCheck } from '../../../src/cli/doctor/machine-checks.ts';
import { main } from '../../../src/cli/main.ts';
import { simulatorCredentials } from '../../../src/cli/simulator-options.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { statusOf } from '../../../src/live/status/judge-health.ts';
import { healthRulesOf } from '../../../src/live/status/operations-config.ts';
import { openExchange, type BotExchange } from '../live/bot-process.ts';
import { fakeHttp } from './fake-servers.ts';
import { FACTS, SYMBOL } from './status-facts.ts';

const RULES = healthRulesOf(loadConfig({}).config.operations);
const { key, secret } = simulatorCredentials({}).credentials;
const KEYS = { PERPILOT_TESTNET_KEY: key, PERPILOT_TESTNET_SECRET: secret };

interface Found {
  readonly id: string;
  readonly result: string;
  readonly says: string;
  readonly mend: string | null;
}

interface Harm {
  readonly more?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function botFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'));
  folders.push(folder);
  chmodSync(folder, 0o700);
  return folder;
}

async function doctor(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  let out = '';
  const stdout = { write: (text: string) => void (out += text) };
  const stderr = { write: () => undefined };
  const code = await main(['doctor', ...words, '--json'], { stdout, stderr, env, interrupt: createInterruptGuard() });
  const { checks } = JSON.parse(out) as { readonly checks: readonly Found[] };
  const named = (id: string): Found => {
    const all = checks.filter((check) => check.id === id);
    return all.find(({ result }) => result !== 'ok') ?? all[0];
  };
  return { code, checks, named, out };
}

const offline = (folder: string, more: readonly string[] = [], env = {}) =>
  doctor(['--state', folder, '--offline', ...more], env);

function writeStatus(folder: string, more: object): void {
  mkdirSync(join(folder, 'logs'), { recursive: true });
  const now = Date.now();
  const alive = { ...FACTS, symbols: [], writtenAt: now, loopAt: now, nextClose: now + 1e6, ...more };
  writeFileSync(join(folder, 'logs', 'bot_status.json'), JSON.stringify(statusOf(alive, RULES)));
}

describe('a machine and settings', () => {
  it('with nothing wrong pass, and nothing is left behind', async () => {
    const folder = botFolder();
    const { code, checks } = await offline(folder);
    expect(checks.filter(({ result }) => result === 'failed')).toEqual([]);
    expect(code).toBe(0);
    expect(readdirSync(folder)).toEqual([]);
    expect((await offline(folder, ['--strict'])).code).toBe(1);
  });

  it.each<[string, (folder: string) => Harm | Promise<Harm>, string, RegExp]>([
    ['an .env that everyone can read', openEnv, 'env-file', /^chmod 600 /],
    ['a setting that there is not', () => ({ more: ['-s', 'live.exchnge=bybit'] }), 'settings', /live\.exchange/],
    ['a missing key', () => ({ more: ['--mode', 'testnet'] }), 'keys', /set both variables/],
    ['a channel without its secret', () => ({ more: ['-s', 'alerts.channels=[ntfy]'] }), 'alerts', /PERPILOT_NTFY_URL/],
    ['a token that everyone can read', openToken, 'rights', /^chmod 600 /],
    ['a kill switch that is set', (folder) => set(folder, 'KILL'), 'switches', /resume .* --confirm/],
    ['a journal with a flipped byte', flippedJournal, 'journal', /backup/],
    ['a status that hangs', hangingBot, 'status-stale', /perpilot status/],
    ['a status that is damaged', damagedStatus, 'status-unreadable', /rights/],
    ['an alert that no channel took', lostAlert, 'last-alert', /alerts test/],
    ['a model that is not there', lostModel, 'models', /restore/],
  ])('%s is found, said in one sentence, with its mend', async (_name, harm, id, mend) => {
    const folder = botFolder();
    const { more = [], env = {} } = await harm(folder);
    const found = await offline(folder, more, env);
    release();
    release = () => undefined;
    expect(found.named(id)).toMatchObject({ result: 'failed', mend: expect.stringMatching(mend) });
    expect(found.named(id).says).not.toContain('\n');
    expect(found.code).toBe(1);
  });

  it('are judged by what they have', () => {
    expect(runtimeCheck('22.1.0').result).toBe('failed');
    expect(runtimeCheck('24.0.0').result).toBe('ok');
    expect([null, 50, 500, 5_000].map((mb) => spaceCheck(mb === null ? null : mb * 1_048_576, 1_024).result)).toEqual([
      'unknown',
      'failed',
      'warning',
      'ok',
    ]);
  });

  it('with a folder that cannot be written are found to be so, as a file stands in its place', async () => {
    const folder = botFolder();
    writeFileSync(join(folder, 'file'), '');
    // The nearest folder above is asked, so only a folder that refuses is a fault.
    expect((await offline(join(folder, 'file', 'bot'))).named('folder').result).toBe('ok');
    expect((await offline('/proc/perpilot')).named('folder').result).toBe('failed');
  });

  it('send an alert where they are asked to, and tell what the channel said', async () => {
    const broken = await fakeHttp(() => ({ status: 500 }));
    const env = { PERPILOT_NTFY_URL: broken.url };
    const words = ['--send-alert', '-s', 'alerts.channels=[ntfy]'];
    const found = await offline(botFolder(), words, env);
    await broken.close();
    expect(found.named('alerts')).toMatchObject({ result: 'failed', says: expect.stringContaining('500') });
  });
});

describe('a bot that runs', () => {
  it('is looked at and keeps its lock', async () => {
    const folder = botFolder();
    const lock = lockInstance(join(folder, 'lock.sqlite'), 'this');
    writeStatus(folder, { guard: 'REDUCED' });
    const found = await offline(folder);
    expect(found.named('bot').says).toContain(`process ${process.pid}`);
    expect(found.named('guard')).toMatchObject({ result: 'warning' });
    expect(found.named('data')).toMatchObject({ result: 'ok' });
    expect(() => lockInstance(join(folder, 'lock.sqlite'), 'this')).toThrow('another perpilot');
    lock.release();
    expect((await offline(folder)).named('bot').says).toBe('no bot runs here now');
  });
});

describe('an exchange', () => {
  let exchange: BotExchange;
  beforeAll(async () => {
    exchange = await openExchange('bybit');
  });
  afterAll(() => exchange[Symbol.asyncDispose]());
  const asked = (env: Record<string, string>, more: readonly string[] = []) => {
    const words = ['--mode', 'testnet', '--base-url', exchange.url, '--symbols', 'ALPHAUSDT', ...more];
    return doctor(['--state', botFolder(), ...words], env);
  };

  it('that is well passes, with latency, clock, candles, key and account', async () => {
    const { named, code } = await asked(KEYS);
    for (const id of ['network', 'clock', 'market', 'key', 'account'])
      expect(named(id)).toMatchObject({ result: 'ok' });
    expect(code).toBe(0);
  });

  it('that does not know the key says so, and no secret is in the answer', async () => {
    const { named, out, code } = await asked({ ...KEYS, PERPILOT_TESTNET_SECRET: 'planted-secret-0123456789' });
    expect(named('key')).toMatchObject({ result: 'failed', says: expect.stringMatching(/^[A-Z_]+: /) });
    expect(out).not.toContain('planted-secret-0123456789');
    expect(code).toBe(1);
  });

  it('where the leverage of a position is too high says so', async () => {
    const { named } = await asked(KEYS, ['-s', 'live.margin_mode=cross']);
    expect(named('account')).toMatchObject({ result: 'failed', says: expect.stringContaining('MARGIN_MODE_WRONG') });
  });

  it('that is not there is told of, and the rest is looked at all the same', async () => {
    const nowhere = ['--base-url', 'http://127.0.0.1:9', '--mode', 'testnet', '--state', botFolder()];
    const { named, code } = await doctor(nowhere, KEYS);
    expect(named('network')).toMatchObject({ result: 'failed', mend: expect.stringContaining('firewall') });
    expect(named('disk').result).toBe('ok');
    expect(code).toBe(1);
  });
});

let release: () => void = () => undefined;

function openEnv(folder: string) {
  writeFileSync(join(folder, '.env'), 'PERPILOT_TESTNET_KEY=k\n', { mode: 0o644 });
  return { env: { PERPILOT_ENV_FILE: join(folder, '.env') } };
}
function openToken(folder: string) {
  writeFileSync(join(folder, 'control-token'), 't', { mode: 0o644 });
  return {};
}
function set(folder: string, name: string) {
  writeFileSync(join(folder, name), '');
  return {};
}
async function flippedJournal(folder: string) {
  const file = join(folder, 'journal.sqlite');
  const journal = await openJournal({ file, now: () => 0 });
  journal.commit(
    [1, 2, 3].map((eventTime) => ({ stream: 'incident', key: '', eventTime, receivedTime: 0, payload: '{"a":1}' })),
  );
  journal.close();
  const content = readFileSync(file, 'latin1');
  writeFileSync(file, content.replace('{"a":1}', '{"a":2}'), 'latin1');
  return {};
}
function hangingBot(folder: string) {
  release = lockInstance(join(folder, 'lock.sqlite'), 'this').release;
  writeStatus(folder, { writtenAt: Date.now() - 100_000 });
  return {};
}
function damagedStatus(folder: string) {
  hangingBot(folder);
  writeFileSync(join(folder, 'logs', 'bot_status.json'), '{');
  return {};
}
function lostAlert(folder: string) {
  hangingBot(folder);
  writeStatus(folder, { lastAlert: { kind: 'health', channel: null, time: Date.now() } });
  return {};
}
function lostModel(folder: string) {
  writeStatus(folder, { symbols: [{ ...SYMBOL, modelId: 'gone' }] });
  return {};
}

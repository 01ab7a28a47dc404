// O1: does somebody get from nothing to the files of a bot by a few answers or options, with keys that nobody else can read?
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { parseEnv } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { askPerson } from '../../../src/adapters/system/ask-person.ts';
import { createInterruptGuard } from '../../../src/adapters/system/interrupt-guard.ts';
import type { InitWishes } from '../../../src/cli/init/init-names.ts';
import { askWishes } from '../../../src/cli/init/wishes.ts';
import { writeInitFiles } from '../../../src/cli/init/write-files.ts';
import { main } from '../../../src/cli/main.ts';
import { loadConfig } from '../../../src/config/load-config.ts';

const SECRET = 'planted-secret-0123456789';
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'init-'));
  folders.push(folder);
  return folder;
}

async function perpilot(words: readonly string[], env: Readonly<Record<string, string>> = {}) {
  let out = '';
  const stdout = { write: (text: string) => void (out += text) };
  const code = await main(words, { stdout, stderr: stdout, env, interrupt: createInterruptGuard() });
  return { code, out };
}

describe('perpilot init --yes', () => {
  it('writes settings that load and an .env of mode 600, and says what is next; the doctor takes both', async () => {
    const dir = newFolder();
    const words = ['--mode', 'testnet', '--symbols', 'BTCUSDT,SOLUSDT', '--channels', 'ntfy', '--dir', dir];
    const env = { PERPILOT_TESTNET_KEY: 'the-key', PERPILOT_NTFY_URL: `https://ntfy.example/${SECRET}` };
    const { code, out } = await perpilot(['init', '--yes', ...words], env);
    expect(code).toBe(0);
    expect(out).not.toContain(SECRET);
    expect(out).toContain('fill in PERPILOT_TESTNET_SECRET');
    const { config } = loadConfig({ file: join(dir, 'perpilot.yaml') });
    expect(config.discovery.symbols).toEqual(['BTCUSDT', 'SOLUSDT']);
    expect(config.alerts.channels).toEqual(['ntfy']);
    expect(statSync(join(dir, '.env')).mode & 0o777).toBe(0o600);
    const written = parseEnv(readFileSync(join(dir, '.env'), 'utf8'));
    expect(written).toEqual({ ...env, PERPILOT_TESTNET_SECRET: '' });
    expect(readFileSync(join(dir, 'perpilot.yaml'), 'utf8')).not.toContain(SECRET);
    const next = /next: perpilot (doctor .*)/.exec(out)?.[1].split(' ') ?? [];
    const looked = await perpilot([...next, '--offline', '--state', join(dir, 'state'), '--json'], {
      PERPILOT_ENV_FILE: join(dir, '.env'),
    });
    const { checks } = JSON.parse(looked.out) as { checks: readonly { id: string; result: string }[] };
    expect(checks.find(({ id }) => id === 'settings')?.result).toBe('ok');
    expect(checks.find(({ id }) => id === 'env-file')?.result).toBe('ok');
  });

  it('overwrites nothing in silence, and keeps what it was told to replace', async () => {
    const dir = newFolder();
    writeFileSync(join(dir, '.env'), 'PERPILOT_A=mine\n', { mode: 0o644 });
    const refused = await perpilot(['init', '--yes', '--dir', dir]);
    expect(refused).toMatchObject({ code: 2, out: expect.stringContaining('--force') });
    expect(readdirSync(dir)).toEqual(['.env']);
    expect((await perpilot(['init', '--yes', '--force', '--dir', dir])).code).toBe(0);
    expect(readFileSync(join(dir, '.env.before-init'), 'utf8')).toBe('PERPILOT_A=mine\n');
    expect(statSync(join(dir, '.env')).mode & 0o777).toBe(0o600);
  });

  it.each([
    [['--symbols', 'btc'], 'no symbol'],
    [['--channels', 'pigeon'], 'no channel'],
    [['--channels', 'email'], 'email'],
    [['--mode', 'moon'], 'Allowed choices'],
  ])('refuses %j and writes nothing', async (words, says) => {
    const dir = newFolder();
    const { code, out } = await perpilot(['init', '--yes', '--dir', dir, ...words]);
    expect(code).toBe(2);
    expect(out).toContain(says);
    expect(readdirSync(dir)).toEqual([]);
  });

  it.each(["it's", 'say "hi"', 'a b#c', `$HOME\\n`, '=x='])('keeps the secret %j as it is', (secret) => {
    const folder = newFolder();
    writeInitFiles({ folder, wishes: WISHES, variables: new Map([['PERPILOT_X', secret]]), force: false });
    expect(parseEnv(readFileSync(join(folder, '.env'), 'utf8'))).toEqual({ PERPILOT_X: secret });
  });

  it('without a terminal and without --yes asks for one of them', async () => {
    if (process.stdin.isTTY) return;
    const dir = newFolder();
    expect(await perpilot(['init', '--dir', dir])).toMatchObject({ code: 2, out: expect.stringContaining('--yes') });
    expect(existsSync(join(dir, '.env'))).toBe(false);
  });
});

const WISHES: InitWishes = {
  exchange: 'bybit',
  mode: 'paper',
  profile: 'conservative',
  symbols: ['BTCUSDT'],
  channels: [],
  telegramChat: undefined,
  emailTo: undefined,
  emailHost: undefined,
};

/** What a terminal does not show. */
// oxlint-disable-next-line no-control-regex
const CODES = /\u001b\[[\d;]*[A-Z]/gi;

describe('the questions', () => {
  it('are asked in order, take Enter for what is the default, ask again, and do not show a secret', async () => {
    const input = new PassThrough();
    let shown = '';
    const output = { write: (text: string) => void (shown += text) };
    const person = askPerson({ input, output, signal: new AbortController().signal });
    const answers = ['binance', 'moon', 'testnet', '', 'BTCUSDT, SOLUSDT', 'telegram', '-100', SECRET];
    const asked = /(Exchange|Mode|Risk level|Symbols|Alerts by|Number|PERPILOT_X)[^\n]*: $/;
    const timer = setInterval(() => {
      if (!asked.test(shown.replaceAll(CODES, ''))) return;
      const answer = answers.shift();
      shown += '\n';
      if (answer !== undefined) input.write(`${answer}\n`);
    }, 1);
    const wishes = await askWishes(person, WISHES);
    expect(await person.askSecret('PERPILOT_X')).toBe(SECRET);
    clearInterval(timer);
    person.leave();
    expect(wishes).toMatchObject({
      exchange: 'binance',
      mode: 'testnet',
      profile: 'conservative',
      symbols: ['BTCUSDT', 'SOLUSDT'],
      channels: ['telegram'],
      telegramChat: '-100',
    });
    expect(shown).not.toContain(SECRET);
    expect(shown.match(/Mode \(/g)?.length).toBeGreaterThanOrEqual(2);
  });
});

// Does the log turn by size and day, stay within its bounds, lose nothing silently, and keep every secret to itself? (O7, O8)
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { createLog } from '../../../src/adapters/logging/create-log.ts';
import { createRedactor, secretsOf } from '../../../src/adapters/logging/redact.ts';
import { logFiles } from '../../../src/adapters/logging/rotating-file.ts';
import { LogTail, storedLines } from '../../../src/cli/follow-log.ts';
import { isWanted, logEntryOf, logText } from '../../../src/cli/log-lines.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 2, 1);
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});
function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  folders.push(folder);
  return join(folder, 'logs');
}
function logIn(folder: string, time: { now: number }, more: object = {}) {
  return createLog({
    folder,
    maxBytes: 4_000,
    keepDays: 3,
    keepBytes: 40_000,
    now: () => time.now,
    level: 'info',
    secrets: [],
    base: { bot: 't' },
    ...more,
  });
}
const numbers = (folder: string): number[] =>
  [...storedLines(folder)].map((line) => Number(logEntryOf(line)?.facts['n']));

describe('the files of the log', () => {
  it('turn by size and by day; closed ones are compressed, every line stands in them once and in order', async () => {
    const folder = newFolder();
    const time = { now: START };
    const log = logIn(folder, time, { keepDays: 30, keepBytes: 1e9 });
    for (let n = 0; n < 300; n += 1) {
      log.log('info', 'a line', { n });
      time.now += DAY / 100;
    }
    await log.close();
    expect(numbers(folder)).toEqual(Array.from({ length: 300 }, (_, n) => n));
    const names = logFiles(folder);
    expect(names).toContain('bot_2026-03-01.0001.log.gz');
    expect(names.at(-1)).toBe('bot_2026-03-03.log');
    expect(names.filter((name) => !name.endsWith('.gz'))).toEqual(['bot_2026-03-03.log']);
    for (const name of names) {
      const content = readFileSync(join(folder, name));
      expect((name.endsWith('.gz') ? gunzipSync(content) : content).length).toBeLessThanOrEqual(4_000);
    }
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(statSync(join(folder, names[0])).mode & 0o077).toBe(0);
  });

  it('stay within their days and bytes over many days', async () => {
    const folder = newFolder();
    const time = { now: START };
    const log = logIn(folder, time);
    for (let n = 0; n < 3_000; n += 1) {
      log.log('info', 'a line', { n, noise: String(Math.sin(n)).repeat(3) });
      time.now += DAY / 100;
      if (n % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await log.close();
    const bytes = logFiles(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
    expect(bytes).toBeLessThanOrEqual(44_000);
    const days = new Set(logFiles(folder).map((name) => name.slice(4, 14)));
    expect(days.size).toBeLessThanOrEqual(4);
    expect(numbers(folder).at(-1)).toBe(2_999);
  });

  it('go on where the last life left off, past a line that it did not finish', async () => {
    const folder = newFolder();
    const time = { now: START };
    const first = logIn(folder, time);
    first.log('info', 'a line', { n: 1 });
    await first.close();
    const [name] = logFiles(folder);
    writeFileSync(join(folder, name), '{"level":"info","ti', { flag: 'a' });
    const second = logIn(folder, time);
    second.log('info', 'a line', { n: 2 });
    second.log('info', 'a line', { n: 3 });
    await second.close();
    expect([...storedLines(folder)].flatMap((line) => logEntryOf(line)?.facts['n'] ?? [])).toEqual([1, 3]);
  });

  it('that cannot be written harm nobody, and the lost lines are counted afterwards', async () => {
    const folder = newFolder();
    writeFileSync(folder, 'a file where the folder should be');
    const log = logIn(folder, { now: START });
    for (let n = 0; n < 5; n += 1) log.log('error', 'a line', { n });
    rmSync(folder);
    log.log('info', 'again', { n: 5 });
    await log.close();
    const messages = [...storedLines(folder)].map((line) => logEntryOf(line)?.message);
    expect(messages).toEqual(['5 lines were lost: the disk refused them', 'again']);
  });
});

describe('secrets', () => {
  const SECRETS = ['planted+key/with=signs', 'a "quoted" secret', 'https://example.org/hook/abcdef123456'];

  it('stand in no line, in whatever form and wherever they were put', async () => {
    const folder = newFolder();
    const log = logIn(folder, { now: START }, { secrets: SECRETS, maxBytes: 1e6 });
    for (const secret of SECRETS) {
      log.log('info', `said ${secret}`, {
        secret,
        deep: { list: [secret, { url: `x?key=${encodeURIComponent(secret)}` }] },
      });
      log.log('error', 'failed', { error: new Error(`no: ${secret}`), map: new Map([[secret, 1n]]) });
      log.log('warn', Buffer.from(secret).toString('base64'), { hex: Buffer.from(secret).toString('hex') });
    }
    await log.close();
    const text = [...storedLines(folder)].join('\n');
    for (const secret of SECRETS) {
      const forms = [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)];
      for (const form of [...forms, Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('hex')]) {
        expect(text).not.toContain(form);
      }
    }
    expect([...storedLines(folder)].every((line) => logEntryOf(line) !== undefined)).toBe(true);
  });

  it('that nobody knows of are found by their name or their shape', () => {
    const redact = createRedactor([]);
    for (const text of [
      '{"apiKey":"abc123secret","x":1}',
      'apiSecret=abc123secret&x=1',
      'X-BAPI-SIGN: abc123secret',
      'signature=abc123secret',
      '{"password":"abc123secret"}',
      'https://discord.com/api/webhooks/1/abc123secret',
      'redis://user:abc123secret@host:6379',
      'bot123456789:abc123secret_abc123secret-abc',
    ]) {
      expect(redact(text)).not.toContain('abc123secret');
    }
    expect(redact('{"symbol":"BTCUSDT","key":"order 17"}')).toContain('order 17');
  });

  it('leave every line valid JSON', () =>
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('apiKey', 'token', 'x', 'url'), fc.string()), (facts) => {
        expect(() => JSON.parse(createRedactor(SECRETS)(JSON.stringify(facts)))).not.toThrow();
      }),
    ));

  it('of the environment are those whose names say so', () => {
    const env = {
      BYBIT_API_KEY: 'kkkkkkkk',
      BYBIT_API_SECRET: 'ssssssss',
      PERPILOT_NTFY_URL: 'https://n/x',
      HOME: '/root',
    };
    expect(secretsOf(env)).toEqual(['kkkkkkkk', 'ssssssss', 'https://n/x']);
  });
});

describe('the view of the log', () => {
  const line = JSON.stringify({ level: 'warn', time: START, bot: 't', symbol: 'BTCUSDT', n: 1, msg: 'late' });

  it('chooses by level, symbol and time', () => {
    const entry = logEntryOf(line);
    if (entry === undefined) throw new Error('no entry');
    const all = { level: 'debug', symbol: undefined, since: undefined } as const;
    expect(isWanted(entry, all)).toBe(true);
    expect(isWanted(entry, { ...all, level: 'error' })).toBe(false);
    expect(isWanted(entry, { ...all, symbol: 'ETHUSDT' })).toBe(false);
    expect(isWanted(entry, { ...all, symbol: 'BTCUSDT', since: START })).toBe(true);
    expect(isWanted(entry, { ...all, since: START + 1 })).toBe(false);
    expect(logText(entry, false)).toBe('2026-03-01 00:00  warn   late  symbol=BTCUSDT n=1');
  });

  it('follows across files that turn', async () => {
    const folder = newFolder();
    const time = { now: START };
    const log = logIn(folder, time, { maxBytes: 300, keepBytes: 1e6 });
    log.log('info', 'before');
    const tail = new LogTail(folder);
    expect(tail.newLines()).toEqual([]);
    const seen: unknown[] = [];
    for (let n = 0; n < 20; n += 1) {
      log.log('info', 'a line', { n });
      // Not asked after every line: what a file got before it turned counts as well.
      if (n % 3 !== 2) continue;
      for (const each of tail.newLines()) seen.push(logEntryOf(each)?.facts['n']);
    }
    for (const each of tail.newLines()) seen.push(logEntryOf(each)?.facts['n']);
    tail.close();
    await log.close();
    expect(seen).toEqual(Array.from({ length: 20 }, (_, n) => n));
  });
});

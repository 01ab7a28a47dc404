// Does the command start, say where it listens, end cleanly, and say what is wrong with its options?
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { createInterruptGuard } from '../../adapters/system/interrupt-guard.ts';
import { main } from '../main.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

interface Listening {
  readonly httpUrl: string;
  readonly key?: string;
  readonly symbols: readonly string[];
  readonly from: number;
}

/** Runs the command in this process; `listening` is called with its first line and may end it. */
async function simulator(
  line: string,
  { env = {}, listening = (_line: string, _stop: () => void): void => undefined } = {},
) {
  let out = '';
  let err = '';
  const interrupt = createInterruptGuard();
  const write = (text: string): void => {
    const isFirst = out === '';
    out += text;
    if (isFirst) listening(text, () => interrupt.interrupt());
  };
  const code = await main(['exchange-simulator', ...line.split(' ').filter((word) => word !== '')], {
    stdout: { write },
    stderr: { write: (text) => (err += text) },
    env,
    interrupt,
  });
  return { code, out, err };
}

describe('perpilot exchange-simulator', () => {
  it('listens, answers and ends when it is told to by the control API', async () => {
    let facts: unknown;
    const { code, err } = await simulator('--embedded --symbols ALPHAUSDT,BRAVOUSDT --speed lockstep --json', {
      listening: (text) => {
        const { httpUrl, symbols, from } = JSON.parse(text) as Listening;
        void (async () => {
          const reply = await fetch(`${httpUrl}/v5/market/tickers?category=linear`);
          const { result } = (await reply.json()) as { result: { list: unknown[] } };
          const now = (await (await fetch(`${httpUrl}/control/now`)).json()) as { now: number };
          facts = [result.list.length, symbols, now.now === from];
          await fetch(`${httpUrl}/control/shutdown`, { method: 'POST' });
        })();
      },
    });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(facts).toEqual([2, ['ALPHAUSDT', 'BRAVOUSDT'], true]);
  });

  it('says where it is in words, and ends with an interruption', async () => {
    const { code, out } = await simulator('--embedded --symbols ALPHAUSDT --from 2023-02-01T12:30 --speed 60', {
      listening: (_text, stop) => stop(),
    });
    expect(code).toBe(130);
    expect(out).toMatch(/bybit at http:\/\/127\.0\.0\.1:\d+ and ws:\/\/127\.0\.0\.1:\d+, control at/);
    expect(out).toContain('market time 2023-02-01 12:00 UTC, 60 times real time');
    expect(out).toContain('key simulator-key, secret simulator-secret');
  });

  it('speaks the protocol of Binance as well', async () => {
    let status = 0;
    const { code } = await simulator('--embedded --symbols ALPHAUSDT --exchange binance --speed lockstep --json', {
      listening: (text, stop) => {
        const { httpUrl } = JSON.parse(text) as Listening;
        void (async () => {
          ({ status } = await fetch(`${httpUrl}/fapi/v1/time`));
          stop();
        })();
      },
    });
    expect([code, status]).toEqual([130, 200]);
  });

  it('does not print a secret that it was given', async () => {
    const env = { PERPILOT_SIMULATOR_KEY: 'my-key', PERPILOT_SIMULATOR_SECRET: 'my-secret' };
    const line = '--embedded --symbols ALPHAUSDT --speed lockstep';
    const words = await simulator(line, { env, listening: (_text, stop) => stop() });
    const json = await simulator(`${line} --json`, { env, listening: (_text, stop) => stop() });
    expect(words.out + words.err + json.out + json.err).not.toMatch(/my-key|my-secret/);
    expect(words.out).toContain('from the environment');
  });

  it.each([
    ['--embedded --speed fast', 'lockstep, or how many times as fast'],
    ['--embedded --speed 0', 'lockstep, or how many times as fast'],
    ['--embedded --port 70000', 'a port from 0 to 65535'],
    ['--embedded --exchange kraken', 'Allowed choices are bybit, binance'],
    ['--embedded --deposit -1', 'a number above 0'],
    ['--embedded --interval 7m', 'Write one of 1m'],
    ['--embedded --from 2024-13-01', 'Write a time in UTC'],
    ['--embedded --seed x', 'Write a whole number'],
    ['--embedded --symbols ALPHAUSDT --from 2009-01-01', 'lies before the stored candles'],
    ['--embedded --symbols ALPHAUSDT --from 2090-01-01', 'lies behind the stored candles'],
    ['--embedded --symbols ALPHAUSDT --from 2023-03-01 --until 2023-02-01', 'is not after'],
    ['--embedded --symbols ALPHAUSDT --until 2090-01-01', 'lies behind the stored candles'],
    ['--embedded --symbols ALPHUSDT', 'did you mean ALPHAUSDT'],
    ['--embedded --data ./data', 'cannot be given together'],
    ['--data ./data', 'no symbols are given'],
    ['--symbols BTCUSDT', 'no data folder is given'],
    ['--symbols BTCUSDT --data ./nowhere', 'holds no folder candles/'],
    ['--embedded --symbols ALPHAUSDT --faults nowhere.yaml', 'nowhere.yaml'],
  ])('refuses "%s" and says what would be right', async (line, words) => {
    const { code, out, err } = await simulator(line, { listening: (_text, stop) => stop() });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.replaceAll(/\s+/g, ' ')).toContain(words);
  });

  it.each([
    ['faults: [', 'not valid YAML'],
    ['nonsense: 1', 'a fault script has no nonsense'],
    ['just words', 'no fault script'],
  ])('refuses the fault script "%s" with its file', async (script, words) => {
    const folder = mkdtempSync(join(tmpdir(), 'faults-'));
    const file = join(folder, 'faults.yaml');
    writeFileSync(file, script);
    const { code, err } = await simulator(`--embedded --symbols ALPHAUSDT --faults ${file}`);
    rmSync(folder, { recursive: true });
    expect(code).toBe(2);
    expect(err).toContain('faults.yaml');
    expect(err).toContain(words);
  });

  it('refuses a key without its secret, and a port that is taken', async () => {
    const half = await simulator('--embedded', { env: { PERPILOT_SIMULATOR_KEY: 'a' } });
    expect(half).toMatchObject({ code: 2, err: expect.stringContaining('go together') });
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    const taken = await simulator(`--embedded --symbols ALPHAUSDT --port ${port}`);
    expect(taken).toMatchObject({ code: 2, err: expect.stringContaining(`port ${port} is in use`) });
    other.close();
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('as a process of its own it ends with %s at once', async (signal) => {
    const words = ['exchange-simulator', '--embedded', '--symbols', 'ALPHAUSDT', '--speed', '1', '--json'];
    const child = spawn(process.execPath, [MAIN, ...words], { stdio: ['ignore', 'pipe', 'ignore'] });
    const exit = once(child, 'exit');
    await once(createInterface(child.stdout), 'line');
    const before = performance.now();
    child.kill(signal);
    expect(await exit).toEqual([130, null]);
    expect(performance.now() - before).toBeLessThan(3_000);
  });
});

// How is a bot frozen in a test? An exchange here, the bot and its watchdog as processes beside it, signals between them.
import { fork, spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createSystemClock } from '../../../src/adapters/system/system-clock.ts';
import type { SimulatedExchange } from '../../../src/exchange-simulator/core/exchange.ts';
import { startSimulator, type RunningSimulator } from '../../../src/exchange-simulator/start-simulator.ts';
import { createBinanceCodec } from '../../../src/exchange-simulator/venues/binance/binance-codec.ts';
import { createBybitCodec } from '../../../src/exchange-simulator/venues/bybit/bybit-codec.ts';
import type { VenueName } from '../../../src/ports/venue-connection.ts';
import { exchangeOf } from '../exchange-simulator/both-venues.ts';
import { DEPOSIT, HOUR, KEY, safetyMarket } from './safety-market.ts';

export interface BotWord {
  readonly wallet: string;
  readonly held: readonly { readonly symbol: string; readonly quantity: number }[];
  readonly blocks: readonly string[];
}

export interface FrozenGround extends AsyncDisposable {
  readonly exchange: SimulatedExchange;
  readonly running: RunningSimulator;
  readonly folder: string;
  readonly bot: ChildProcess;
  /** Lets the bot run to so many hours after the beginning. */
  run(hour: number): Promise<BotWord>;
  /** Starts a command of perpilot on this account. */
  perpilot(...words: readonly string[]): Command;
  /** What stands in a file of the bot's folder; undefined: nothing. */
  file(name: string): unknown;
}

export interface Command {
  readonly ended: Promise<{ readonly code: number | null; readonly text: string }>;
  readonly process: ChildProcess;
}

export async function frozenGround(venue: VenueName): Promise<FrozenGround> {
  const folder = mkdtempSync(join(tmpdir(), 'perpilot-safety-'));
  const exchange = exchangeOf(safetyMarket(), { deposit: DEPOSIT });
  const start = exchange.now;
  const running = await startSimulator({
    exchange,
    createCodec: (world) => (venue === 'bybit' ? createBybitCodec(world) : createBinanceCodec(world)),
    credentials: {
      ...KEY,
      environment: 'testnet',
      readOnly: false,
      mayWithdraw: false,
      expiresAt: undefined,
      allowedAddresses: undefined,
      foreignKeys: [],
    },
    clock: createSystemClock(),
    speed: 'lockstep',
    port: 0,
    limits: false,
    report: (problem) => {
      throw problem;
    },
  });
  const children: ChildProcess[] = [];
  const bot = fork(new URL('bot-process.ts', import.meta.url), [venue, running.httpUrl, running.webSocketUrl, folder], {
    execArgv: [],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  children.push(bot);
  await wordOf(bot);
  return {
    exchange,
    running,
    folder,
    bot,
    async run(hour) {
      bot.send({ to: start + hour * HOUR });
      return (await wordOf(bot)) as BotWord;
    },
    perpilot(...words) {
      const child = spawn(
        process.execPath,
        [MAIN, ...words, '--exchange', venue, '--environment', 'testnet', '--base-url', running.httpUrl],
        { env: { ...process.env, PERPILOT_TESTNET_KEY: KEY.key, PERPILOT_TESTNET_SECRET: KEY.secret } },
      );
      children.push(child);
      let text = '';
      child.stdout.on('data', (part: Buffer) => (text += String(part)));
      child.stderr.on('data', (part: Buffer) => (text += String(part)));
      const ended = new Promise<{ code: number | null; text: string }>((resolve) => {
        child.on('close', (code) => resolve({ code, text }));
      });
      return { ended, process: child };
    },
    file(name) {
      try {
        return JSON.parse(readFileSync(join(folder, name), 'utf8'));
      } catch {
        return undefined;
      }
    },
    async [Symbol.asyncDispose]() {
      for (const child of children) child.kill('SIGKILL');
      await running.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const MAIN = new URL('../../../src/cli/main.ts', import.meta.url).pathname;

function wordOf(bot: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const over = (code: number | null): void => reject(new Error(`the bot ended with ${code}`));
    bot.once('exit', over);
    bot.once('message', (word) => {
      bot.off('exit', over);
      resolve(word);
    });
  });
}

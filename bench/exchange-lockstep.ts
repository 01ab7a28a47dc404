// How many candles a second come from the exchange simulator through ccxt in lock-step, and how fast does it start?
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { WebSocket } from 'ws';
import { ccxtClient } from '../test/contract/ccxt-driver.ts';
import type { BenchRow } from './bench-row.ts';

const MAIN = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url));
const DATA = process.env['PERPILOT_DATA'] ?? fileURLToPath(new URL('../../shared/data/', import.meta.url));
const ROUNDS = 3;
const STEPS = 1_500;
const HOUR = 3_600_000;

interface Started {
  readonly httpUrl: string;
  readonly webSocketUrl: string;
  readonly symbols: readonly string[];
  readonly startMs: number;
  readonly stop: () => Promise<void>;
}

/** The command in a process of its own, as soon as it says that it listens. */
async function start(words: readonly string[]): Promise<Started> {
  const before = performance.now();
  const child = spawn(process.execPath, [MAIN, 'exchange-simulator', ...words, '--speed', 'lockstep', '--json'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const [line] = await Promise.race([
    new Promise<string[]>((resolve) => createInterface(child.stdout).once('line', (text: string) => resolve([text]))),
    ended.then(() => Promise.reject(new Error('the simulator ended before it listened'))),
  ]);
  const startMs = performance.now() - before;
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  return { ...(JSON.parse(line) as Omit<Started, 'startMs' | 'stop'>), startMs, stop };
}

/** Steps of the control API; each resolves when the simulator has written everything that the step made. */
async function stepper(webSocketUrl: string): Promise<{ step: () => Promise<number>; close: () => void }> {
  const socket = new WebSocket(`${webSocketUrl}/control`);
  await new Promise((resolve) => socket.once('open', resolve));
  let told: ((now: number) => void) | undefined;
  socket.on('message', (data: Buffer) =>
    told?.((JSON.parse(data.toString()) as { result: { now: number } }).result.now),
  );
  const step = (): Promise<number> => {
    const { promise, resolve } = Promise.withResolvers<number>();
    told = resolve;
    socket.send('{"op":"advance","closes":1}');
    return promise;
  };
  return { step, close: () => socket.close() };
}

/** Microseconds per candle: at each close the client waits until watchOHLCV has brought it for every symbol. */
async function lockstep(): Promise<number> {
  const server = await start(['--embedded', '--no-limits']);
  const client = await ccxtClient(server, {});
  const symbols = server.symbols.slice(0, 4).map((symbol) => symbol.replace(/USDT$/, '/USDT:USDT'));
  const { step, close } = await stepper(server.webSocketUrl);
  const reached = async (symbol: string, openTime: number): Promise<void> => {
    for (;;) {
      const rows: number[][] = await client.watchOHLCV(symbol, '1h');
      if (rows[rows.length - 1][0] >= openTime) return;
    }
  };
  // The first watch of a symbol subscribes; a step gives it something to return.
  const subscribed = symbols.map((symbol) => reached(symbol, 0));
  await new Promise((resolve) => setTimeout(resolve, 500));
  let openTime = await step();
  await Promise.all(subscribed);
  const before = performance.now();
  for (let count = 0; count < STEPS; count += 1) {
    const waiting = symbols.map((symbol) => reached(symbol, openTime + HOUR));
    openTime = await step();
    await Promise.all(waiting);
  }
  const microseconds = ((performance.now() - before) * 1_000) / (STEPS * symbols.length);
  close();
  await client.close();
  await server.stop();
  return microseconds;
}

async function startUp(): Promise<number> {
  const symbols = 'BTCUSDT,ETHUSDT,SOLUSDT,XRPUSDT';
  const server = await start(['--data', DATA, '--symbols', symbols, '--from', '2024-03-01']);
  await server.stop();
  return server.startMs;
}

async function medianOf(measure: () => Promise<number>): Promise<number> {
  const values: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) values.push(await measure());
  return values.toSorted((a, b) => a - b)[ROUNDS >> 1];
}

export async function run(): Promise<BenchRow[]> {
  const perCandle = await medianOf(lockstep);
  const rows: BenchRow[] = [
    {
      name: 'exchange simulator: lock-step candle through ccxt watchOHLCV',
      median: perCandle,
      unit: 'µs',
      limit: 500,
      note: `four symbols, ${Math.round(1e6 / perCandle).toLocaleString('en-GB')} candles a second`,
    },
  ];
  if (existsSync(DATA)) {
    const note = 'command to listening, four symbols with finer candles';
    const name = 'exchange simulator: start-up on stored data';
    rows.push({ name, median: await medianOf(startUp), unit: 'ms', limit: 2_000, note });
  }
  return rows;
}

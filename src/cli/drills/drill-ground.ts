// On what is an incident drilled? A real bot as a process of its own, on an exchange on this machine, with a position that has its stop.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { floorToLot } from '../../domain/instrument.ts';
import { PerpilotError } from '../../domain/errors.ts';
import type { VenueName } from '../../ports/venue-connection.ts';
import { openBotVenue } from '../bot-venue.ts';
import { composeSimulator } from '../compose-simulator.ts';
import { simulatorCredentials } from '../simulator-options.ts';
import { MAIN } from '../this-program.ts';

export const DRILL_SYMBOL = 'ALPHAUSDT';
const FROM = Date.UTC(2023, 8, 1, 12);
/** Quote currency. */
const POSITION_VALUE = 1_000;
const LOOK_MS = 50;
const PATIENCE_MS = 90_000;

/** By these the models are there after a second, and what is wrong is told soon. */
const SETTINGS = [
  'walk_forward.train_days=60',
  'model.min_train_samples=20',
  'model.boosting.trees=10',
  'model.bags=1',
  'live.compare_interval_seconds=2',
  'live.canary.enabled=false',
];

export const OPERATIONS_OF_DRILL: readonly string[] = [
  'operations.status_interval_seconds=1',
  'operations.stream_silent_seconds=3',
];

export interface DrillBot {
  /** The line that it began with. */
  readonly started: Readonly<Record<string, unknown>>;
  /** Ends it as a service would be ended; resolves with the milliseconds that it took. */
  readonly stop: () => Promise<number>;
}

export interface HeldAtVenue {
  readonly symbol: string;
  readonly quantity: number;
  readonly stopPrice: number | null;
}

export interface DrillGround extends AsyncDisposable {
  /** Folder of the bot. */
  readonly folder: string;
  /** What the exchange holds, asked beside the bot's own way. */
  readonly positions: () => Promise<readonly HeldAtVenue[]>;
  readonly openOrders: () => Promise<readonly unknown[]>;
  readonly control: (operation: string, body?: object) => Promise<unknown>;
  /** Where the bot finds its keys; `secret` replaces the right one. */
  readonly writeKeys: (secret?: string) => void;
  /** Starts the bot and waits until it trades. @throws PerpilotError when it ends instead */
  readonly startBot: (folder?: string) => Promise<DrillBot>;
  /** Another command of this program, as a process. */
  readonly perpilot: (...words: readonly string[]) => Promise<{ readonly code: number; readonly out: string }>;
  /** Somebody buys by hand; the bot takes it up and gives it a stop. */
  readonly buyByHand: () => Promise<void>;
}

/** Opens exchange and folder; everything goes when it is disposed of. */
export async function openDrillGround(exchange: VenueName): Promise<DrillGround> {
  await using resources = new AsyncDisposableStack();
  const home = mkdtempSync(join(tmpdir(), 'perpilot-drill-'));
  resources.defer(() => rmSync(home, { recursive: true, force: true, maxRetries: 5 }));
  const { credentials } = simulatorCredentials({});
  const { running } = await openSimulator(exchange);
  resources.defer(() => running.close());
  const url = running.httpUrl;
  const control = async (operation: string, body: object = {}): Promise<unknown> => {
    const reply = await fetch(`${url}/control/${operation}`, { method: 'POST', body: JSON.stringify(body) });
    return reply.json();
  };
  const keysFile = join(home, '.env');
  const writeKeys = (secret = credentials.secret): void => {
    const lines = [`PERPILOT_TESTNET_KEY=${credentials.key}`, `PERPILOT_TESTNET_SECRET=${secret}`, ''];
    writeFileSync(keysFile, lines.join('\n'), { mode: 0o600 });
  };
  writeKeys();
  const env = { PATH: process.env['PATH'], HOME: home, PERPILOT_ENV_FILE: keysFile };
  const folder = join(home, 'bot');
  const children = new Set<ChildProcess>();
  resources.defer(() => endAll(children));
  const place: Place = { exchange, url, env, home, children };
  const owned = resources.move();
  return {
    folder,
    control,
    writeKeys,
    positions: async () => (await control('positions')) as readonly HeldAtVenue[],
    openOrders: async () => ((await control('orders', { state: 'open' })) as { open: readonly unknown[] }).open,
    startBot: (of = folder) => startBot(place, of),
    perpilot: (...words) => perpilot(place, words),
    buyByHand: () => buyByHand(place, credentials),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Waits until `isSo`. @throws PerpilotError DRILL_FAILED when it does not come to be */
export async function until(what: string, isSo: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + PATIENCE_MS;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw drillFailed(`${what}: not within ${PATIENCE_MS / 1_000} s`);
    await pause(LOOK_MS);
  }
}

export function drillFailed(message: string): PerpilotError {
  return new PerpilotError('DRILL_FAILED', message);
}

interface Place {
  readonly exchange: VenueName;
  readonly url: string;
  readonly env: NodeJS.ProcessEnv;
  readonly home: string;
  readonly children: Set<ChildProcess>;
}

function openSimulator(exchange: VenueName) {
  return composeSimulator({
    options: {
      exchange,
      embedded: true,
      symbols: [DRILL_SYMBOL],
      from: FROM,
      speed: 1,
      port: 0,
      deposit: 100_000,
      leverage: 2,
      marginMode: 'isolated',
      serverClock: 'wall',
      limits: false,
      json: true,
    },
    credentials: simulatorCredentials({}).credentials,
    signal: new AbortController().signal,
    report: () => undefined,
  });
}

async function startBot({ exchange, url, env, home, children }: Place, folder: string): Promise<DrillBot> {
  const settings = [...SETTINGS, ...OPERATIONS_OF_DRILL, `live.exchange=${exchange}`].flatMap((setting) => [
    '--set',
    setting,
  ]);
  const words = ['bot', '--json', '--mode', 'testnet', '--base-url', url, '--state', folder, '--symbols', DRILL_SYMBOL];
  const child = spawn(process.execPath, [MAIN, ...words, ...settings], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env,
    cwd: home,
  });
  children.add(child);
  const ended = once(child, 'close').then(() => children.delete(child));
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const { promise, resolve } = Promise.withResolvers<Readonly<Record<string, unknown>>>();
  createInterface(child.stdout).on('line', (text) => {
    const line = JSON.parse(text) as Readonly<Record<string, unknown>>;
    if (line['event'] === 'started') resolve(line);
  });
  const started = await Promise.race([promise, ended]);
  if (typeof started === 'boolean') throw drillFailed(`the bot did not start: ${said.trim()}`);
  const stop = async (): Promise<number> => {
    const began = performance.now();
    child.kill('SIGTERM');
    await ended;
    return performance.now() - began;
  };
  return { started, stop };
}

function perpilot(
  { env, home }: Place,
  words: readonly string[],
): Promise<{ readonly code: number; readonly out: string }> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [MAIN, ...words], { env, cwd: home }, (_error, stdout, stderr) =>
      resolve({ code: child.exitCode ?? -1, out: `${stdout}${stderr}` }),
    );
  });
}

async function buyByHand({ exchange, url }: Place, key: { readonly key: string; readonly secret: string }) {
  const venue = await openBotVenue({
    venue: exchange,
    environment: 'testnet',
    key,
    baseUrl: url,
    notice: () => undefined,
  });
  try {
    const listed = await venue.connection.market.instruments();
    const instrument = listed.find((each) => each.instrument.symbol === DRILL_SYMBOL)?.instrument;
    const price = (await venue.connection.market.tickers()).find(({ symbol }) => symbol === DRILL_SYMBOL)?.lastPrice;
    if (instrument === undefined || price === undefined) throw drillFailed(`${DRILL_SYMBOL} is not listed`);
    await venue.connection.account.place({
      clientOrderId: 'bought-by-hand',
      symbol: DRILL_SYMBOL,
      side: 'buy',
      quantity: floorToLot(instrument, POSITION_VALUE / price),
      reduceOnly: false,
      type: 'market',
      safety: false,
    });
  } finally {
    await venue.close();
  }
}

async function endAll(children: Set<ChildProcess>): Promise<void> {
  await Promise.all(
    [...children].map(async (child) => {
      const ended = once(child, 'close');
      child.kill('SIGTERM');
      await ended;
    }),
  );
}

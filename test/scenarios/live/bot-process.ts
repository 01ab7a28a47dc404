// How is a whole bot watched? As a process of its own, line by line, on an exchange of this test whose market moves when it is told to.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { composeSimulator, type ComposedSimulator } from '../../../src/cli/compose-simulator.ts';
import { simulatorCredentials } from '../../../src/cli/simulator-options.ts';
import type { VenueName } from '../../../src/ports/venue-connection.ts';

const MAIN = fileURLToPath(new URL('../../../src/cli/main.ts', import.meta.url));

export type BotLine = { readonly event: string } & Readonly<Record<string, any>>;

export interface RunningBot {
  readonly child: ChildProcess;
  readonly lines: readonly BotLine[];
  readonly stderr: () => string;
  /** The first line from index `from` on that fits; throws when the process ends without one. */
  line(fits: (line: BotLine) => boolean, from?: number): Promise<BotLine>;
  /** Resolves with the exit code. */
  readonly exit: Promise<number | null>;
}

export interface BotExchange extends AsyncDisposable {
  readonly url: string;
  /** An operation of the control API, and what it answers. */
  control(operation: string, body?: object): Promise<any>;
  /** Moves to the end of the running candle and a little on, so that what was ordered there is executed. */
  close(): Promise<number>;
}

/** The embedded market in lock-step, some months in. */
export async function openExchange(exchange: VenueName, from = Date.UTC(2023, 8, 1, 12)): Promise<BotExchange> {
  const bugs: unknown[] = [];
  const { signal } = new AbortController();
  const composed: ComposedSimulator = await composeSimulator({
    options: {
      exchange,
      embedded: true,
      symbols: ['ALPHAUSDT', 'BRAVOUSDT'],
      from,
      speed: 'lockstep',
      port: 0,
      deposit: 100_000,
      leverage: 3,
      marginMode: 'isolated',
      serverClock: 'wall',
      limits: false,
      json: true,
    },
    credentials: simulatorCredentials({}).credentials,
    signal,
    report: (problem) => bugs.push(problem),
  });
  const { httpUrl } = composed.running;
  const control = async (operation: string, body: object = {}): Promise<any> => {
    const reply = await fetch(`${httpUrl}/control/${operation}`, { method: 'POST', body: JSON.stringify(body) });
    return reply.json();
  };
  return {
    url: httpUrl,
    control,
    close: async () => {
      const { now } = await control('advance', { closes: 1 });
      return now;
    },
    async [Symbol.asyncDispose]() {
      await composed.running.close();
      if (bugs.length > 0) throw new Error(`bugs of the simulator: ${bugs.map(String).join('; ')}`);
    },
  };
}

/** Settings by which something is traded soon, and models are there after a second. */
export const LIVELY = [
  'risk.confidence_threshold=0',
  'risk.base_position_fraction=0.1',
  'exits.max_hold_hours=4',
  'walk_forward.train_days=60',
  'model.min_train_samples=20',
  'model.boosting.trees=10',
  'model.bags=1',
];

export interface BotCall {
  readonly url: string;
  readonly state: string;
  readonly exchange?: VenueName;
  /** Whether it runs the canary by itself. Default: no. */
  readonly canary?: boolean;
  readonly mode?: 'testnet' | 'live';
  readonly more?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

export function startBot(call: BotCall): RunningBot {
  const { url, state, exchange = 'bybit', mode = 'testnet', more = [], env = {} } = call;
  // The market of these exchanges stands still where nobody moves it.
  const canary = `live.canary.enabled=${String(call.canary ?? false)}`;
  const settings = [...LIVELY, canary, `live.exchange=${exchange}`].flatMap((setting) => ['--set', setting]);
  const words = ['bot', '--json', '--mode', mode, '--base-url', url, '--state', state];
  const symbols = ['--symbols', 'ALPHAUSDT', 'BRAVOUSDT'];
  const { key, secret } = simulatorCredentials({}).credentials;
  const child = spawn(process.execPath, [MAIN, ...words, ...symbols, ...settings, ...more], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, PERPILOT_TESTNET_KEY: key, PERPILOT_TESTNET_SECRET: secret, ...env },
  });
  return watch(child);
}

function watch(child: ChildProcess): RunningBot {
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error('no pipes');
  const lines: BotLine[] = [];
  let said = '';
  let wakers: (() => void)[] = [];
  const life = { ended: false };
  const wake = (): void => {
    for (const each of wakers) each();
    wakers = [];
  };
  stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  createInterface(stdout).on('line', (text) => {
    lines.push(JSON.parse(text));
    wake();
  });
  const exit = once(child, 'close').then(([code]) => {
    life.ended = true;
    wake();
    return code as number | null;
  });
  return {
    child,
    lines,
    stderr: () => said,
    exit,
    async line(fits, from = 0) {
      for (let at = from; ; at += 1) {
        while (at >= lines.length && !life.ended) await new Promise<void>((resolve) => wakers.push(resolve));
        if (at >= lines.length) throw new Error(`the bot has ended without the line: ${said}`);
        if (fits(lines[at])) return lines[at];
      }
    },
  };
}

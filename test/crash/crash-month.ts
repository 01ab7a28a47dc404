// How does one simulated month go in which the bot is killed again and again? Exchange and watch here, the bot in processes of its own.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { toExactJson } from '../../src/domain/exact-json.ts';
import { createRandom, type Random } from '../../src/domain/random.ts';
import type { SimulatedExchange } from '../../src/exchange-simulator/core/exchange.ts';
import { startSimulator, type RunningSimulator } from '../../src/exchange-simulator/start-simulator.ts';
import { createBinanceCodec } from '../../src/exchange-simulator/venues/binance/binance-codec.ts';
import { createBybitCodec } from '../../src/exchange-simulator/venues/bybit/bybit-codec.ts';
import { exchangeOf } from '../scenarios/exchange-simulator/both-venues.ts';
import { crashFaults, type CrashFaults } from './crash-faults.ts';
import { crashMarket, DEPOSIT } from './crash-market.ts';
import { watchExchange, type BotBooks, type CrashWatch } from './crash-watch.ts';

const HOUR = 3_600_000;
/** The books may be behind for so long: lost messages are found by the next comparison, and time moves by hours. */
const UNSURE_MS = 3 * HOUR;
const LONGEST_OUTAGE_MS = { bybit: 3 * HOUR, binance: 1_000 } as const;
const LONGEST_LIFE_MS = 600_000;
const CREDENTIALS = {
  key: 'crash-key',
  secret: 'crash-secret',
  environment: 'testnet',
  readOnly: false,
  mayWithdraw: false,
  expiresAt: undefined,
  allowedAddresses: undefined,
  foreignKeys: [],
} as const;

export interface MonthSetup {
  readonly seed: number;
  /** The bot is killed so often, then lives to the end. */
  readonly kills: number;
  readonly hours: number;
  readonly venue: 'bybit' | 'binance';
  /** Journal of the bot. */
  readonly journal: string;
  /** Where compiled modules are remembered between lives. */
  readonly cache: string;
  /** A way in which the bot is broken on purpose. */
  readonly mutant?: string | undefined;
  readonly longestLifeMs?: number | undefined;
  readonly report: (line: string) => void;
}

export interface Month {
  readonly kills: Readonly<Record<KillKind, number>>;
  readonly orders: number;
  readonly executions: number;
  readonly faults: number;
  readonly longestUnprotectedMs: number;
  readonly broken: readonly string[];
}

export type KillKind = 'commit' | 'request' | 'instant';

/** What the bot tells with every step of the market. Undefined: it knows that it does not know all. */
interface Step {
  readonly time: number | null;
  readonly books?: BotBooks;
}

export async function crashMonth(setup: MonthSetup): Promise<Month> {
  const { seed, venue } = setup;
  const market = crashMarket(seed, setup.hours);
  const symbols = market.instruments.map(({ symbol }) => symbol);
  const exchange = exchangeOf(market, { deposit: DEPOSIT, touches: seed % 2 === 0 ? 'close' : 'path', seed });
  const random = createRandom(`crash/${seed}`);
  const watch = watchExchange(exchange, symbols);
  const until = exchange.now + setup.hours * HOUR;
  const clock = createSystemClock();
  const wire = random.fork('wire');
  const faults = crashFaults({ exchange, venue, random: wire, symbols, until, now: () => clock.now() });
  const running = await startSimulator({
    exchange,
    createCodec: venue === 'bybit' ? createBybitCodec : createBinanceCodec,
    credentials: CREDENTIALS,
    clock,
    speed: 'lockstep',
    port: 0,
    limits: false,
    faults,
    report: (problem) => watch.note(`a bug in the simulator: ${String(problem)}`),
  });
  const hello = { instruments: market.instruments, begin: exchange.now, until };
  const pace = await servePace({ exchange, running, watch, hello });
  const words = ['--seed', String(seed), '--venue', venue, '--journal', setup.journal, '--rest', running.httpUrl];
  words.push('--stream', running.webSocketUrl, '--pace', pace.url);
  if (setup.mutant !== undefined) words.push('--mutant', setup.mutant);
  const kills = await livesOf({ setup, words, random, exchange, running, faults, watch, pace });
  await running.close();
  pace.close();
  const { orders, executions, longestUnprotectedMs, broken } = watch;
  return { kills, orders, executions, faults: faults.log().length, longestUnprotectedMs, broken };
}

interface Ground {
  readonly setup: MonthSetup;
  readonly words: readonly string[];
  readonly random: Random;
  readonly exchange: SimulatedExchange;
  readonly running: RunningSimulator;
  readonly faults: CrashFaults;
  readonly watch: CrashWatch;
  readonly pace: { readonly died: () => void };
}

/** Life after life; returns how often it was killed. */
async function livesOf(ground: Ground): Promise<Record<KillKind, number>> {
  const { setup, words, random, exchange, running, faults, watch, pace } = ground;
  const kills: Record<KillKind, number> = { commit: 0, request: 0, instant: 0 };
  for (let deaths = 0; watch.broken.length === 0;) {
    const isLast = deaths >= setup.kills;
    if (isLast) faults.calm();
    const plan = isLast ? undefined : deathPlan(random);
    const resumes = isLast || random.next() < 0.5 ? ['--resume'] : [];
    const death = await live([...words, ...resumes, ...(plan?.words ?? [])], {
      cache: setup.cache,
      killAfterMs: plan?.afterMs,
    });
    pace.died();
    if (death.kind === 'failed') watch.note(`the bot ended with ${death.code}: ${death.text.slice(-900)}`);
    if (death.kind !== 'killed') return kills;
    deaths += 1;
    kills[plan?.kind ?? 'instant'] += 1;
    setup.report(`seed ${setup.seed}: death ${deaths} at ${new Date(exchange.now).toISOString()}, ${plan?.kind}`);
    // Until somebody starts it again the market goes on without it.
    if (random.next() < 0.2)
      await running.advance(
        Math.min(exchange.now + random.below(LONGEST_OUTAGE_MS[setup.venue]), exchange.nextClose()),
      );
  }
  return kills;
}

interface DeathPlan {
  readonly kind: KillKind;
  readonly words: readonly string[];
  readonly afterMs: number | undefined;
}

/** At a commit, at a request that changes something, or at a random instant, which may lie in the start itself. */
function deathPlan(random: Random): DeathPlan {
  const draw = random.next();
  if (draw >= 0.7) return { kind: 'instant', words: [], afterMs: 100 + random.below(900) };
  const kind = draw < 0.45 ? 'commit' : 'request';
  const at = 1 + random.below(kind === 'commit' ? 70 : 10);
  const when = ['before', 'during', 'after'][random.below(3)];
  return { kind, words: ['--die-at', `${kind}:${at}:${when}`], afterMs: undefined };
}

type Death =
  | { readonly kind: 'killed' }
  | { readonly kind: 'ended' }
  | { readonly kind: 'failed'; readonly code: number; readonly text: string };

/** One life of the bot, in a process of its own. */
export function live(
  words: readonly string[],
  {
    cache,
    killAfterMs,
    longestMs = LONGEST_LIFE_MS,
  }: {
    readonly cache: string;
    readonly killAfterMs?: number | undefined;
    /** A life that comes to no end in this time hangs. */
    readonly longestMs?: number | undefined;
  },
): Promise<Death> {
  const file = fileURLToPath(new URL('bot-process.ts', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file, ...words], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  });
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  let hangs = false;
  const deadline = setTimeout(() => {
    hangs = true;
    child.kill('SIGKILL');
  }, longestMs);
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      clearTimeout(deadline);
      if (hangs) resolve({ kind: 'failed', code: -1, text: `it had come to no end after ${longestMs} ms ${text}` });
      else if (signal === 'SIGKILL') resolve({ kind: 'killed' });
      else resolve(code === 0 ? { kind: 'ended' } : { kind: 'failed', code: code ?? -1, text });
    });
  });
}

interface PaceParts {
  readonly exchange: SimulatedExchange;
  readonly running: RunningSimulator;
  readonly watch: CrashWatch;
  readonly hello: object;
}

/** The door through which the bot moves the market and says what it has. */
async function servePace({ exchange, running, watch, hello }: PaceParts) {
  let unsureSince: number | undefined;
  const state = () => ({ time: exchange.now, executions: watch.executions, ended: exchange.ended });
  const compare = (books: BotBooks | undefined): void => {
    if (books !== undefined) {
      unsureSince = undefined;
      watch.compare(books);
      return;
    }
    unsureSince ??= exchange.now;
    const apart = exchange.now - unsureSince;
    if (apart > UNSURE_MS) watch.note(`books and exchange were apart for ${apart} ms`);
  };
  const answer = async (path: string, body: string): Promise<string> => {
    if (path === '/hello') return toExactJson({ ...hello, ...state() });
    const { time, books } = JSON.parse(body) as Step;
    watch.look();
    if (path === '/end' && books === undefined) watch.note('the bot does not come to rest at the end');
    else compare(books);
    if (path === '/step') await running.advance(Math.min(time ?? Infinity, exchange.nextClose()));
    watch.look();
    return toExactJson(state());
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      void answer(request.url ?? '', Buffer.concat(chunks).toString()).then((text) => response.end(text));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    /** What the dead one did not know, nobody can be asked about. */
    died: () => {
      unsureSince = undefined;
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

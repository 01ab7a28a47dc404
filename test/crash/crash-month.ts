// How does one simulated month go in which the bot is killed again and again? Exchange and watch here, the bot in processes of its own.
import { openJournal } from '../../src/adapters/sqlite/journal.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { createRandom, type Random } from '../../src/domain/random.ts';
import type { SimulatedExchange } from '../../src/exchange-simulator/core/exchange.ts';
import { startSimulator, type RunningSimulator } from '../../src/exchange-simulator/start-simulator.ts';
import { createBinanceCodec } from '../../src/exchange-simulator/venues/binance/binance-codec.ts';
import { createBybitCodec } from '../../src/exchange-simulator/venues/bybit/bybit-codec.ts';
import { exchangeOf } from '../scenarios/exchange-simulator/both-venues.ts';
import { watchDisk } from './crash-disk.ts';
import { crashFaults, type CrashFaults } from './crash-faults.ts';
import { closeProblems, executionProblems, replayProblems, unwrittenOrders } from './crash-judge.ts';
import { deathPlan, live, type DeathPlan, type KillKind } from './crash-life.ts';
import { crashMarket, crashSetup, DEPOSIT, habitsOf } from './crash-market.ts';
import { servePace, type Pace } from './crash-pace.ts';
import { watchExchange, type CrashWatch } from './crash-watch.ts';

const HOUR = 3_600_000;
const LONGEST_OUTAGE_MS = { bybit: 3 * HOUR, binance: 1_000 } as const;
/** Somebody throws a switch at this share of the steps, where switches are on. */
const THROWN = 0.015;
const MOST_FAILED_STARTS = 20;
/** Whoever hangs and has known so little for so long has lost its way. */
const MANY_STEPS = 1_000;
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

export type Venue = 'bybit' | 'binance';

export interface MonthSetup {
  readonly seed: number;
  /** The bot is killed so often, then lives to the end. */
  readonly kills: number;
  readonly hours: number;
  readonly venue: Venue;
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
  /** Kills after which books and exchange were compared before the next one. */
  readonly comparedAfter: number;
  readonly orders: number;
  readonly executions: number;
  readonly faults: number;
  readonly longestUnprotectedMs: number;
  readonly broken: readonly string[];
}

export async function crashMonth(setup: MonthSetup): Promise<Month> {
  const { seed, venue, journal } = setup;
  const market = crashMarket(seed, setup.hours);
  const symbols = market.instruments.map(({ symbol }) => symbol);
  const exchange = exchangeOf(market, { deposit: DEPOSIT, touches: seed % 2 === 0 ? 'close' : 'path', seed });
  const random = createRandom(`crash/${seed}`);
  const disk = watchDisk(journal);
  const watch = watchExchange(exchange, symbols, disk.isWritten);
  const begin = exchange.now;
  const until = begin + setup.hours * HOUR;
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
  const hand = random.fork('hand');
  const throws = () => {
    if (!habitsOf(seed).switches || !faults.wild || hand.next() >= THROWN) return undefined;
    return hand.next() < 0.5 ? 'kill' : 'pause';
  };
  const hello = { instruments: market.instruments, begin, until };
  const pace = await servePace({ exchange, running, watch, hello, journal, throws });
  const lives = await livesOf({ setup, until, random, exchange, running, faults, watch, pace });
  await running.close();
  pace.close();
  disk.close();
  // A broken one has said enough.
  if (watch.broken.length === 0)
    for (const problem of await judged({ setup, exchange, begin, until })) watch.note(problem);
  const { orders, executions, longestUnprotectedMs, broken } = watch;
  return { ...lives, orders, executions, faults: faults.log().length, longestUnprotectedMs, broken };
}

/** The journal when all is over: every step again, every close, order and execution once. */
async function judged({
  setup,
  exchange,
  begin,
  until,
}: {
  readonly setup: MonthSetup;
  readonly exchange: SimulatedExchange;
  readonly begin: number;
  readonly until: number;
}): Promise<string[]> {
  const journal = await openJournal({ file: setup.journal, now: () => 0, readOnly: true });
  const instruments = crashMarket(setup.seed, setup.hours).instruments;
  try {
    return [
      ...replayProblems(journal, crashSetup(setup.seed, instruments), { wallet: exchange.ledger.wallet }),
      ...closeProblems(journal, { begin, end: until, barMs: HOUR, backfill: true }),
      ...unwrittenOrders(exchange, journal),
      ...executionProblems(exchange, journal),
    ];
  } finally {
    journal.close();
  }
}

interface Ground {
  readonly setup: MonthSetup;
  readonly until: number;
  readonly random: Random;
  readonly exchange: SimulatedExchange;
  readonly running: RunningSimulator;
  readonly faults: CrashFaults;
  readonly watch: CrashWatch;
  readonly pace: Pace;
}

/** Life after life; returns how often it was killed. */
async function livesOf(ground: Ground): Promise<Pick<Month, 'kills' | 'comparedAfter'>> {
  const { setup, until, random, exchange, running, faults, watch, pace } = ground;
  const kills: Record<KillKind, number> = { commit: 0, request: 0, instant: 0 };
  const words = ['--seed', String(setup.seed), '--venue', setup.venue, '--journal', setup.journal];
  words.push('--rest', running.httpUrl, '--stream', running.webSocketUrl, '--pace', pace.url);
  if (setup.mutant !== undefined) words.push('--mutant', setup.mutant);
  let comparedAfter = 0;
  let failedStarts = 0;
  for (let deaths = 0; watch.broken.length === 0;) {
    const left = setup.kills - deaths;
    if (left === 0) faults.calm();
    const plan = left === 0 ? undefined : deathPlan(random, { now: exchange.now, until, left });
    if (plan === undefined || random.next() < 0.5) pace.resume();
    const comparedBefore = watch.compared;
    const death = await live([...words, ...(plan?.words ?? [])], {
      cache: setup.cache,
      kills: plan === undefined ? [] : killsOf(plan, pace),
      longestMs: setup.longestLifeMs,
    });
    if (death.kind === 'hung' && pace.unsureSteps() > MANY_STEPS)
      watch.note(`books and exchange were apart for ${pace.unsureSteps()} steps of the market, without an end`);
    pace.died();
    if (deaths > 0 && watch.compared > comparedBefore) comparedAfter += 1;
    if (death.kind === 'failed') watch.note(`the bot ended with ${death.code}: ${death.text.slice(-900)}`);
    if (death.kind === 'hung') watch.note(`the bot hung: ${death.text.slice(-900)}`);
    failedStarts = death.kind === 'not-started' ? failedStarts + 1 : 0;
    if (death.kind === 'not-started' && failedStarts < MOST_FAILED_STARTS) continue;
    if (death.kind === 'not-started') watch.note(`the bot does not start: ${death.text.slice(-900)}`);
    if (death.kind !== 'killed') break;
    deaths += 1;
    kills[plan === undefined || death.byHand ? 'instant' : plan.kind] += 1;
    setup.report(`seed ${setup.seed}: death ${deaths} at ${new Date(exchange.now).toISOString()}, ${plan?.kind}`);
    // Until somebody starts it again the market goes on without it.
    const outage = random.next() < 0.2 ? random.below(LONGEST_OUTAGE_MS[setup.venue]) : 0;
    if (outage > 0) await running.advance(Math.min(exchange.now + outage, exchange.nextClose()));
  }
  return { kills, comparedAfter };
}

const killsOf = ({ from, by, afterMs }: DeathPlan, pace: Pace) => [
  { due: pace.reached(by), afterMs: 0 },
  ...(afterMs === undefined ? [] : [{ due: pace.reached(from), afterMs }]),
];

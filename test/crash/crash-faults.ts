// What goes wrong while the bot is being killed? Lost answers and messages by chance, and rows of the catalogue of faults by a script, all by the seed.
import type { Random } from '../../src/domain/random.ts';
import type { SimulatedExchange } from '../../src/exchange-simulator/core/exchange.ts';
import { createFaultPipeline, type Injection } from '../../src/exchange-simulator/faults/create-fault-pipeline.ts';
import type { FaultPipeline, HttpFate, RequestView } from '../../src/exchange-simulator/faults/fault-pipeline.ts';
import { randomScript } from '../../src/exchange-simulator/faults/random-script.ts';

/**
 * Rows of the catalogue that leave to the bot what it is asked to keep: replies lost and broken, streams that drop, stall, lie
 * and repeat, partial fills and thin books, stops that gap or trigger unseen, races, ADL. Not among them are those in which
 * the venue takes a stop away, the account is used by others, or the venue is shut.
 */
const ROWS = [2, 3, 4, 5, 6, 8, 9, 10, 11, 14, 15, 16, 17, 18, 19, 20, 21, 24, 25, 26, 27, 28, 31, 37, 42, 43, 47];
const PER_DAY = 4;

export interface CrashFaults extends FaultPipeline {
  /** They are going on. */
  readonly wild: boolean;
  /** Ends all faults. */
  calm(): void;
  log(): readonly Injection[];
}

export interface CrashFaultSetup {
  readonly exchange: SimulatedExchange;
  readonly venue: 'bybit' | 'binance';
  readonly random: Random;
  readonly symbols: readonly string[];
  readonly until: number;
  readonly now: () => number;
}

export function crashFaults({ exchange, venue, random, symbols, until, now }: CrashFaultSetup): CrashFaults {
  const from = exchange.now;
  const span = { from, until, symbols, rows: ROWS, intensity: PER_DAY, longestMs: 3_600_000, longestWallMs: 60 };
  const script = randomScript(random.below(2 ** 31), span);
  const scripted = createFaultPipeline({ script, exchange, venue, clock: { now } });
  let wild = true;
  const chance = (share: number): boolean => wild && random.next() < share;
  return {
    ...scripted,
    // Methods of a class are not its own properties.
    request: (view) => (wild ? (lost(view, { random, chance }) ?? scripted.request(view)) : scripted.request(view)),
    frame: (view) => {
      if (['ack', 'auth', 'pong'].includes(view.topic)) return scripted.frame(view);
      if (chance(0.03)) return [];
      const sends = scripted.frame(view);
      return chance(0.05) ? [...sends, ...sends] : sends;
    },
    clientFrame: (view) => scripted.clientFrame(view),
    dropsConnection: (view) => scripted.dropsConnection(view) || chance(0.002),
    isDead: (view) => scripted.isDead(view),
    clockOffsetMs: () => scripted.clockOffsetMs(),
    orderLagMs: () => scripted.orderLagMs(),
    unasked: (view) => scripted.unasked(view),
    nextTime: () => scripted.nextTime(),
    onTime: (time) => scripted.onTime(time),
    log: () => scripted.log(),
    get wild() {
      return wild;
    },
    calm() {
      wild = false;
      scripted.clear();
    },
  };
}

/** Every tenth request of the account or the market is lost on one of its ways. */
function lost(
  { path }: RequestView,
  { random, chance }: { readonly random: Random; readonly chance: (share: number) => boolean },
): HttpFate | undefined {
  if (path.endsWith('/time')) return undefined;
  if (chance(0.03)) return { kind: 'reset', commit: random.next() < 0.5 };
  if (chance(0.03)) {
    const commit = random.next() < 0.5;
    return { kind: 'replace', commit, status: 502, contentType: 'text/html', body: '<html>bad gateway</html>' };
  }
  if (chance(0.02)) return { kind: 'truncate', commit: random.next() < 0.5 };
  return chance(0.02) ? { kind: 'refuse', commit: random.next() < 0.5, refusal: 'server-error' } : undefined;
}

// On which venue are the rows of the catalogue tried? The simulator with a fault script behind a real port, the connector on it.
import { createSystemClock } from '../../../src/adapters/system/system-clock.ts';
import type { ConnectorNotice } from '../../../src/adapters/ccxt/notice.ts';
import { createVenueConnection, type VenueConnectionOptions } from '../../../src/adapters/ccxt/venue-connection.ts';
import { VenueError } from '../../../src/domain/venue-error.ts';
import type { SimulatedExchange } from '../../../src/exchange-simulator/core/exchange.ts';
import {
  createFaultPipeline,
  type ScriptedFaults,
} from '../../../src/exchange-simulator/faults/create-fault-pipeline.ts';
import { startSimulator, type RunningSimulator } from '../../../src/exchange-simulator/start-simulator.ts';
import { createBinanceCodec } from '../../../src/exchange-simulator/venues/binance/binance-codec.ts';
import { createBybitCodec } from '../../../src/exchange-simulator/venues/bybit/bybit-codec.ts';
import type { VenueCodec } from '../../../src/exchange-simulator/venues/venue-codec.ts';
import type { OrderRequest } from '../../../src/ports/venue-account.ts';
import type { VenueConnection, VenueName } from '../../../src/ports/venue-connection.ts';
import type { StreamEvent, StreamSubscription, StreamTopic } from '../../../src/ports/venue-streams.ts';
import { exchangeOver, type Prices } from '../exchange-market.ts';
import { HOUR, START, SYMBOL } from '../simulated-market.ts';

/** Two days around 100, never far from it. */
export const CALM: readonly Prices[] = Array.from({ length: 48 }, () => [100, 101, 99, 100] as const);

export const KEY = 'fault-key-0123456789';
export const SECRET = 'fault-secret-abcdefghijkl';
/** Short back-off, so that a test about it takes no time. */
const QUICK = { firstBackOffMs: 5, longestBackOffMs: 20 };
const QUICK_STREAMS = { ...QUICK, balanceEveryMs: 10 };

export const ACCOUNT_TOPICS: readonly StreamTopic[] = [
  { kind: 'orders' },
  { kind: 'executions' },
  { kind: 'positions' },
  { kind: 'balance' },
];

export interface HeardStream {
  readonly events: StreamEvent[];
  readonly subscription: StreamSubscription;
  /** Events of one kind, so far. */
  of<Kind extends StreamEvent['kind']>(kind: Kind): readonly Extract<StreamEvent, { readonly kind: Kind }>[];
}

export interface ScriptedVenue extends AsyncDisposable {
  readonly exchange: SimulatedExchange;
  readonly running: RunningSimulator;
  readonly faults: ScriptedFaults;
  readonly connection: VenueConnection;
  readonly notices: readonly ConnectorNotice[];
  /** The fault, as a script writes it, is in force from now on; all that it made was written to the clients. */
  strike(fault: object): Promise<void>;
  /** Lets market time run to so many hours after the beginning. */
  advance(hour: number): Promise<void>;
  connect(more?: Partial<VenueConnectionOptions>): Promise<VenueConnection>;
  /** Subscribes, and resolves when every topic is live. */
  hear(topics?: readonly StreamTopic[], connection?: VenueConnection): Promise<HeardStream>;
}

export interface ScriptedVenueSetup {
  readonly venue?: VenueName;
  readonly exchange?: SimulatedExchange;
  readonly faults?: readonly object[];
  /** Whether the venue's rate limits are enforced, and kept to. */
  readonly limits?: boolean;
  readonly connection?: Partial<VenueConnectionOptions>;
  readonly onNotice?: (notice: ConnectorNotice) => void;
  /** What stands between the venue's own words and the client. */
  readonly codec?: (codec: VenueCodec) => VenueCodec;
}

export async function scriptedVenue(setup: ScriptedVenueSetup = {}): Promise<ScriptedVenue> {
  const { venue = 'bybit', exchange = exchangeOver(CALM), limits = false, codec = (own) => own } = setup;
  const clock = createSystemClock();
  const faults = createFaultPipeline({ script: { seed: 7, faults: [] }, exchange, clock, venue });
  const add = (fault: object): void => {
    const added = faults.add(fault);
    if ('problems' in added) throw new Error(added.problems.join('; '));
  };
  for (const fault of setup.faults ?? []) add(fault);
  const bugs: unknown[] = [];
  const running = await startSimulator({
    exchange,
    createCodec: (world) => codec(venue === 'bybit' ? createBybitCodec(world) : createBinanceCodec(world)),
    credentials: {
      key: KEY,
      secret: SECRET,
      environment: 'testnet',
      readOnly: false,
      mayWithdraw: false,
      expiresAt: undefined,
      allowedAddresses: undefined,
      foreignKeys: [],
    },
    clock,
    speed: 'lockstep',
    port: 0,
    faults,
    limits,
    report: (problem) => bugs.push(problem),
  });
  const notices: ConnectorNotice[] = [];
  const closing: (() => Promise<void>)[] = [];
  const connect = async (more: Partial<VenueConnectionOptions> = {}): Promise<VenueConnection> => {
    const connection = await createVenueConnection({
      venue,
      environment: 'testnet',
      credentials: { key: KEY, secret: SECRET },
      baseUrls: { rest: running.httpUrl, stream: running.webSocketUrl },
      clock,
      random: () => 0.5,
      marketTime: () => Promise.resolve(exchange.now),
      limited: limits,
      budgetFolder: 'none',
      timing: QUICK,
      streamTiming: QUICK_STREAMS,
      notice(notice) {
        notices.push(notice);
        setup.onNotice?.(notice);
      },
      ...setup.connection,
      ...more,
    });
    closing.push(() => connection.close());
    return connection;
  };
  const connection = await connect().catch(async (error: unknown) => {
    await running.close();
    throw error;
  });
  return {
    exchange,
    running,
    faults,
    connection,
    notices,
    connect,
    async strike(fault) {
      add(fault);
      await running.advance(exchange.now);
    },
    advance: (hour) => running.advance(START + hour * HOUR),
    async hear(topics = ACCOUNT_TOPICS, by = connection) {
      const events: StreamEvent[] = [];
      const subscription = by.streams.subscribe(topics, (event) => events.push(event));
      closing.unshift(() => subscription.close());
      await until(() => [...subscription.states().values()].every((state) => state === 'live'));
      return {
        events,
        subscription,
        of: (kind) =>
          events.filter((event): event is Extract<StreamEvent, { kind: typeof kind }> => event.kind === kind),
      };
    },
    async [Symbol.asyncDispose]() {
      for (const close of closing) await close();
      faults.stop();
      await running.close();
      if (bugs.length > 0) throw new Error(`bugs of the simulator: ${bugs.map(String).join('; ')}`);
    },
  };
}

/** Resolves as soon as it is so; the test's own time limit is the limit. */
export async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 2));
}

/** A market order to buy 1; `more` overrides. */
export function entryOf(clientOrderId: string, more: Partial<OrderRequest> = {}): OrderRequest {
  const order = { clientOrderId, symbol: SYMBOL, side: 'buy', quantity: 1, reduceOnly: false } as const;
  return { ...order, type: 'market', safety: false, ...more };
}

/** What it failed with; fails the test when it did not, or not as the venue fails. */
export async function failureOf(asked: Promise<unknown>): Promise<VenueError> {
  const outcome = await asked.then(
    (value) => new Error(`no failure, but ${JSON.stringify(value)}`),
    (error: unknown) => error,
  );
  if (outcome instanceof VenueError) return outcome;
  throw outcome;
}

// Which venue do the connector's scenarios talk to? The exchange simulator behind a real port, with faults written in the test.
import { createSystemClock } from '../../../src/adapters/system/system-clock.ts';
import { createVenueConnection, type VenueConnectionOptions } from '../../../src/adapters/ccxt/venue-connection.ts';
import type { ConnectorNotice } from '../../../src/adapters/ccxt/notice.ts';
import { createSimulatedExchange } from '../../../src/exchange-simulator/core/create-simulated-exchange.ts';
import type { ExchangeSetup, SimulatedExchange } from '../../../src/exchange-simulator/core/exchange.ts';
import {
  NO_FAULTS,
  type FaultPipeline,
  type HttpFate,
  type RequestView,
} from '../../../src/exchange-simulator/faults/fault-pipeline.ts';
import { startSimulator, type RunningSimulator } from '../../../src/exchange-simulator/start-simulator.ts';
import { createBinanceCodec } from '../../../src/exchange-simulator/venues/binance/binance-codec.ts';
import { createBybitCodec } from '../../../src/exchange-simulator/venues/bybit/bybit-codec.ts';
import type { Credentials } from '../../../src/exchange-simulator/venues/venue-codec.ts';
import type { VenueConnection, VenueName } from '../../../src/ports/venue-connection.ts';
import { contractTape } from '../../contract/bybit-server.ts';
import { COSTS, START } from '../simulated-market.ts';

export const KEY = 'scenario-key-0123456789';
export const SECRET = 'scenario-secret-abcdefghijkl';
export const OTHER_KEY = 'key-of-the-live-site-1';

export interface LocalVenue extends AsyncDisposable {
  readonly exchange: SimulatedExchange;
  readonly running: RunningSimulator;
  readonly connection: VenueConnection;
  readonly notices: readonly ConnectorNotice[];
  /** Requests that arrived, as `METHOD /path`. */
  readonly requests: readonly string[];
  /** What the next requests that fit suffer; the first rule that fits is used up. */
  fail(rule: FaultRule): void;
  /** Forgets the rules that are left. */
  heal(): void;
  /** Milliseconds that the server's clock is ahead. */
  setServerClock(aheadMs: number): void;
  /** Orders are not found for so long. */
  setOrderLag(ms: number): void;
  connect(more?: Partial<VenueConnectionOptions>): Promise<VenueConnection>;
}

export interface FaultRule {
  readonly path: RegExp;
  readonly method?: string | undefined;
  readonly times?: number | undefined;
  readonly fate: HttpFate;
}

export interface LocalVenueSetup {
  readonly venue?: VenueName | undefined;
  readonly exchange?: Partial<ExchangeSetup> | undefined;
  readonly credentials?: Partial<Credentials> | undefined;
  readonly limits?: boolean | undefined;
  readonly connection?: Partial<VenueConnectionOptions> | undefined;
}

/** Short waits, so that a test about them takes no time. */
export const QUICK = { readDeadlineMs: 250, writeDeadlineMs: 250, firstBackOffMs: 5, longestBackOffMs: 20 };

export async function openVenue(setup: LocalVenueSetup = {}): Promise<LocalVenue> {
  const { venue = 'bybit' } = setup;
  const exchange = createSimulatedExchange({
    tape: contractTape(),
    from: START,
    until: undefined,
    costs: COSTS,
    deposit: 10_000,
    marginMode: 'isolated',
    positionMode: 'one-way',
    defaultLeverage: 5,
    seed: 7,
    ...setup.exchange,
  });
  const rules: { rule: FaultRule; left: number }[] = [];
  const requests: string[] = [];
  const clocks = { aheadMs: 0, orderLagMs: 0 };
  const fateOf = ({ method, path }: RequestView): HttpFate => {
    requests.push(`${method} ${path}`);
    const found = rules.find(
      ({ rule, left }) => left > 0 && rule.path.test(path) && (rule.method ?? method) === method,
    );
    if (found === undefined) return { kind: 'pass' };
    found.left -= 1;
    return found.rule.fate;
  };
  const faults: FaultPipeline = {
    ...NO_FAULTS,
    request: fateOf,
    clockOffsetMs: () => clocks.aheadMs,
    orderLagMs: () => clocks.orderLagMs,
  };
  const bugs: unknown[] = [];
  const running = await startSimulator({
    exchange,
    createCodec: (world) => (venue === 'bybit' ? createBybitCodec(world) : createBinanceCodec(world)),
    credentials: {
      key: KEY,
      secret: SECRET,
      environment: 'testnet',
      readOnly: false,
      mayWithdraw: false,
      expiresAt: undefined,
      allowedAddresses: undefined,
      foreignKeys: [OTHER_KEY],
      ...setup.credentials,
    },
    clock: createSystemClock(),
    speed: 'lockstep',
    port: 0,
    faults,
    limits: setup.limits ?? false,
    report: (problem) => bugs.push(problem),
  });
  const notices: ConnectorNotice[] = [];
  const open: VenueConnection[] = [];
  const connect = async (more: Partial<VenueConnectionOptions> = {}): Promise<VenueConnection> => {
    const connection = await createVenueConnection({
      venue,
      environment: 'testnet',
      credentials: { key: KEY, secret: SECRET },
      baseUrls: { rest: running.httpUrl, stream: running.webSocketUrl },
      clock: createSystemClock(),
      random: () => 0.5,
      marketTime: () => Promise.resolve(exchange.now),
      limited: setup.limits ?? false,
      budgetFolder: 'none',
      timing: QUICK,
      notice: (notice) => notices.push(notice),
      ...setup.connection,
      ...more,
    });
    open.push(connection);
    return connection;
  };
  const connection = await connect().catch(async (error: unknown) => {
    await running.close();
    throw error;
  });
  return {
    exchange,
    running,
    connection,
    notices,
    requests,
    fail: (rule) => rules.push({ rule, left: rule.times ?? 1 }),
    heal: () => {
      rules.length = 0;
    },
    setServerClock: (aheadMs) => {
      clocks.aheadMs = aheadMs;
    },
    setOrderLag: (ms) => {
      clocks.orderLagMs = ms;
    },
    connect,
    async [Symbol.asyncDispose]() {
      await Promise.all(open.map((each) => each.close()));
      await running.close();
      if (bugs.length > 0) throw new Error(`bugs of the simulator: ${bugs.map(String).join('; ')}`);
    },
  };
}

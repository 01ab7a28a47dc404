// Which simulated Bybit do the contract tests talk to? A small market whose hours are written down, behind a real port.
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { createSimulatedExchange } from '../../src/exchange-simulator/core/create-simulated-exchange.ts';
import type { ExchangeSetup, MarketTape, SimulatedExchange } from '../../src/exchange-simulator/core/exchange.ts';
import {
  startSimulator,
  type RunningSimulator,
  type SimulatorSetup,
} from '../../src/exchange-simulator/start-simulator.ts';
import { createBybitCodec } from '../../src/exchange-simulator/venues/bybit/bybit-codec.ts';
import type { Credentials, VenueCodec } from '../../src/exchange-simulator/venues/venue-codec.ts';
import { hours, tapeSymbol, type Prices } from '../scenarios/exchange-market.ts';
import { COSTS, fundingEvery, HOUR, seriesOf, START } from '../scenarios/simulated-market.ts';

export const CREDENTIALS: Credentials = {
  key: 'contract-key',
  secret: 'contract-secret',
  environment: 'testnet',
  readOnly: false,
  mayWithdraw: false,
  expiresAt: undefined,
  allowedAddresses: undefined,
  foreignKeys: ['live-key'],
};

/** An hour that stands at a price. */
const flat = (price: number): Prices => [price, price, price, price];
const repeat = (count: number, prices: Prices): Prices[] => Array.from({ length: count }, () => prices);

/** What each symbol does, hour by hour. */
const MARKET: Readonly<Record<string, readonly Prices[]>> = {
  // It rises a little, and in the twelfth hour it falls through 95.
  AAAUSDT: [...repeat(11, [100, 101, 99, 100.5]), [100, 100.5, 90, 92], ...repeat(36, [92, 93, 91, 92.3])],
  // It stands; what moves an account in it is funding.
  BBBUSDT: repeat(48, [50, 50.5, 49.5, 50]),
  // In the tenth hour it collapses.
  CCCUSDT: [...repeat(9, flat(100)), [100, 100, 70, 75], ...repeat(38, flat(75))],
  // It is delisted in a test.
  DDDUSDT: repeat(48, [10, 10.2, 9.9, 10.1]),
};

export function contractTape(): MarketTape {
  const symbols = Object.entries(MARKET).map(([symbol, prices]) =>
    tapeSymbol(seriesOf(hours(prices)), { symbol, funding: { ...fundingEvery(8 * HOUR, 0.0003), symbol } }),
  );
  return { symbols };
}

export interface SimulatedBybit extends RunningSimulator {
  readonly exchange: SimulatedExchange;
  /** Every topic that a client asked for, on any connection. */
  readonly subscribed: readonly string[];
  /** Bugs that the server reported. */
  readonly bugs: readonly unknown[];
}

/** The contract tests' market behind a server; `more` overrides. */
export function startBybit(
  more: { readonly exchange?: Partial<ExchangeSetup>; readonly server?: Partial<SimulatorSetup> } = {},
): Promise<SimulatedBybit> {
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
    ...more.exchange,
  });
  return serveBybit(exchange, more.server);
}

/** A server in lock-step without rate limits before any exchange; `more` overrides. */
export async function serveBybit(
  exchange: SimulatedExchange,
  more: Partial<SimulatorSetup> = {},
): Promise<SimulatedBybit> {
  const bugs: unknown[] = [];
  const subscribed: string[] = [];
  const running = await startSimulator({
    exchange,
    createCodec: (world) => listeningCodec(createBybitCodec(world), subscribed),
    credentials: CREDENTIALS,
    clock: createSystemClock(),
    speed: 'lockstep',
    port: 0,
    limits: false,
    report: (problem) => bugs.push(problem),
    ...more,
  });
  return { ...running, exchange, subscribed, bugs };
}

/** The same codec; what clients subscribe to is noted once it has been dealt with. */
function listeningCodec(codec: VenueCodec, subscribed: string[]): VenueCodec {
  return {
    ...codec,
    connect(connection) {
      const session = codec.connect(connection);
      return {
        hear: (event) => session.hear(event),
        sample: () => session.sample?.(),
        closed: () => session.closed(),
        receive(text) {
          session.receive(text);
          if (text.includes('"subscribe"')) subscribed.push(...(JSON.parse(text) as { args: string[] }).args);
        },
      };
    },
  };
}

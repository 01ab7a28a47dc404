// Which simulated Binance do the contract tests talk to? The same small market as Bybit's, behind a real port, and two ways to it.
import { createHmac } from 'node:crypto';
import type { Atoms } from '../../src/domain/money.ts';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { createSimulatedExchange } from '../../src/exchange-simulator/core/create-simulated-exchange.ts';
import type { ExchangeSetup, SimulatedExchange } from '../../src/exchange-simulator/core/exchange.ts';
import {
  startSimulator,
  type RunningSimulator,
  type SimulatorSetup,
} from '../../src/exchange-simulator/start-simulator.ts';
import { createBinanceCodec } from '../../src/exchange-simulator/venues/binance/binance-codec.ts';
import type { VenueCodec } from '../../src/exchange-simulator/venues/venue-codec.ts';
import { COSTS, START } from '../scenarios/simulated-market.ts';
import { contractTape, CREDENTIALS } from './bybit-server.ts';

export interface SimulatedBinance extends RunningSimulator {
  readonly exchange: SimulatedExchange;
  /** Streams that clients have asked for, on any connection, once they were dealt with. */
  readonly subscribed: readonly string[];
  /** Bugs that the server reported. */
  readonly bugs: readonly unknown[];
}

/** A server in lock-step without rate limits; `more` overrides. */
export function startBinance(
  more: { readonly exchange?: Partial<ExchangeSetup>; readonly server?: Partial<SimulatorSetup> } = {},
): Promise<SimulatedBinance> {
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
  return serveBinance(exchange, more.server);
}

/** The same before any exchange. */
export async function serveBinance(
  exchange: SimulatedExchange,
  more: Partial<SimulatorSetup> = {},
): Promise<SimulatedBinance> {
  const bugs: unknown[] = [];
  const subscribed: string[] = [];
  const running = await startSimulator({
    exchange,
    createCodec: (world) => listeningCodec(createBinanceCodec(world), subscribed),
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
      if (connection.query.has('listenKey')) subscribed.push('account');
      return {
        hear: (event) => session.hear(event),
        sample: () => session.sample?.(),
        closed: () => session.closed(),
        receive(text) {
          session.receive(text);
          if (text.includes('"SUBSCRIBE"')) subscribed.push(...(JSON.parse(text) as { params: string[] }).params);
        },
      };
    },
  };
}

interface Target {
  readonly httpUrl: string;
  readonly webSocketUrl: string;
}

/** A ccxt.pro client whose requests go to the simulator. Its REST addresses stay the venue's: the classes of its errors follow from them. */
export async function ccxtBinance({ httpUrl, webSocketUrl }: Target, keys: object, more: object = {}): Promise<any> {
  const file = new URL('./src/pro/binanceusdm.js', import.meta.resolve('ccxt'));
  const { default: Binance } = (await import(file.href)) as { default: new (options: object) => any };
  const client = new Binance({
    ...keys,
    enableRateLimit: false,
    urls: { api: { ws: { future: `${webSocketUrl}/ws` } } },
    options: { fetchCurrencies: false, fetchMargins: false, warnOnFetchOpenOrdersWithoutSymbol: false },
    ...more,
  });
  client.fetchIsNative = false;
  client.fetchImplementation = (url: string, { method, headers, body, signal }: any) =>
    fetch(url.replace(/^https:\/\/[^/]+/, httpUrl), { method, headers, body, signal });
  await client.loadHttpProxyAgent();
  await client.loadMarkets();
  return client;
}

export type RawParams = Readonly<Record<string, string | number>>;

/** The venue's interface in a few lines: nothing of any client library is in between. */
export function rawBinance({ httpUrl }: Target, { key, secret }: { readonly key: string; readonly secret: string }) {
  return async (method: string, path: string, params: RawParams = {}): Promise<any> => {
    const fields = Object.entries({ ...params, timestamp: Date.now() }).map(([name, value]) => `${name}=${value}`);
    const text = fields.join('&');
    const whole = `${text}&signature=${createHmac('sha256', secret).update(text).digest('hex')}`;
    const reply = await fetch(`${httpUrl}${path}?${whole}`, { method, headers: { 'X-MBX-APIKEY': key } });
    return reply.json();
  };
}

/** ccxt's name of a symbol. */
export const unified = (symbol: string): string => symbol.replace(/^(\w+)USDT$/, '$1/USDT:USDT');

/** What a text of money says, in atoms. */
export function atomsOf(text: string): Atoms {
  const [whole, fraction = ''] = text.replace('-', '').split('.');
  const atoms = BigInt(whole + fraction.padEnd(12, '0'));
  return text.startsWith('-') ? -atoms : atoms;
}

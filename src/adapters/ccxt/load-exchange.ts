// Where does ccxt come from? One exchange's file of the package, loaded when a connection is made, and typed as narrowly as it is used.
import { z } from 'zod';
import type { VenueName } from '../../ports/venue-connection.ts';

export type WireMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';
export type WireParams = Readonly<Record<string, string | number | boolean>>;

/** What a request is made with by ccxt. */
export interface FetchParams {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  readonly signal: AbortSignal;
}

/** What ccxt needs of a response. */
export interface FetchedResponse {
  readonly status: number;
  readonly statusText: string;
  readonly headers: { forEach(visit: (value: string, name: string) => void): void };
  text(): Promise<string>;
}

/** The part of a ccxt exchange that is used here. Some of its members are replaced. */
export interface CcxtExchange {
  fetchIsNative: boolean;
  fetchImplementation: (url: string, params: FetchParams) => Promise<FetchedResponse>;
  parseJson: (text: string) => unknown;
  nonce: () => number;
  setSandboxMode(enabled: boolean): void;
  enableDemoTrading(enabled: boolean): void;
  /** Signs, sends and reads one request. Fails with an error of ccxt's own, whose text may hold a signature. */
  request(path: string, api: string, method: WireMethod, params: WireParams): Promise<unknown>;
}

export type ExchangeClass = new (config: Readonly<Record<string, unknown>>) => CcxtExchange;

/** ccxt's own name for the futures of the venue. */
const NAMES: Readonly<Record<VenueName, string>> = { bybit: 'bybit', binance: 'binanceusdm' };

const isClass = (value: unknown): value is ExchangeClass => typeof value === 'function';
const singleModule = z.object({ default: z.custom<ExchangeClass>(isClass) });
const wholeModule = z.object({ default: z.record(z.string(), z.unknown()) });

/** The class of the venue: from its own file, which loads in a third of the time, else from the whole package. */
export async function loadExchangeClass(venue: VenueName): Promise<ExchangeClass> {
  const name = NAMES[venue];
  const file = new URL(`./src/${name}.js`, import.meta.resolve('ccxt'));
  const single = await import(file.href).catch(() => undefined);
  const found = singleModule.safeParse(single);
  if (found.success) return found.data.default;
  const whole = wholeModule.parse(await import('ccxt'));
  return z.custom<ExchangeClass>(isClass).parse(whole.default[name]);
}

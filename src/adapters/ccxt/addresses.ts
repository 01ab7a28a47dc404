// Where are a venue's streams, and may a local exchange stand in for it? Addresses by environment.
import { PerpilotError } from '../../domain/errors.ts';
import type { VenueEnvironment, VenueName } from '../../ports/venue-connection.ts';
import type { StreamAddresses } from './streams/stream-client.ts';

/** A local exchange: origins without a path, on this machine only. */
export interface BaseUrls {
  /** Such as `http://127.0.0.1:8080`. */
  readonly rest: string;
  /** Such as `ws://127.0.0.1:8080`. */
  readonly stream: string;
}

const PATHS: Readonly<Record<VenueName, StreamAddresses>> = {
  bybit: { public: '/v5/public/linear', private: '/v5/private' },
  binance: { public: '/market/ws', private: '/private/ws' },
};

/** Public data of Bybit's demo is that of the live market. */
const ORIGINS: Readonly<Record<VenueName, Readonly<Record<VenueEnvironment, StreamAddresses>>>> = {
  bybit: {
    live: { public: 'wss://stream.bybit.com', private: 'wss://stream.bybit.com' },
    testnet: { public: 'wss://stream-testnet.bybit.com', private: 'wss://stream-testnet.bybit.com' },
    demo: { public: 'wss://stream.bybit.com', private: 'wss://stream-demo.bybit.com' },
  },
  binance: {
    live: { public: 'wss://fstream.binance.com', private: 'wss://fstream.binance.com' },
    testnet: { public: 'wss://fstream.binancefuture.com', private: 'wss://fstream.binancefuture.com' },
    demo: { public: 'wss://fstream.binancefuture.com', private: 'wss://fstream.binancefuture.com' },
  },
};

export function streamAddresses(
  venue: VenueName,
  environment: VenueEnvironment,
  baseUrls: BaseUrls | undefined,
): StreamAddresses {
  const paths = PATHS[venue];
  const origins = ORIGINS[venue][environment];
  const publicOrigin = baseUrls?.stream ?? origins.public;
  const privateOrigin = baseUrls?.stream ?? origins.private;
  return { public: publicOrigin + paths.public, private: privateOrigin + paths.private };
}

const LOOPBACK = /^(127(\.\d{1,3}){3}|localhost|\[::1\])$/;

/** @throws PerpilotError ARGUMENT_INVALID for anything but an origin on this machine: keys are sent there */
export function assertLocal({ rest, stream }: BaseUrls): void {
  const wrong = [
    [rest, 'http:'],
    [stream, 'ws:'],
  ].filter(([text, protocol]) => !isLocalOrigin(text, protocol));
  if (wrong.length === 0) return;
  const problems = wrong.map(([text]) => ({
    message: `${text} is no address of an exchange on this machine`,
    hint: 'use http://127.0.0.1:PORT and ws://127.0.0.1:PORT',
  }));
  throw new PerpilotError('ARGUMENT_INVALID', problems);
}

function isLocalOrigin(text: string, protocol: string): boolean {
  const url = URL.parse(text);
  const isBare = url !== null && (url.pathname === '/' || url.pathname === '') && !text.endsWith('/');
  return isBare && url.protocol === protocol && LOOPBACK.test(url.hostname) && url.username === '' && url.search === '';
}

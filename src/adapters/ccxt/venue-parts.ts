// What differs between the venues? Dialect, limits, market and account of each, under one shape.
import type { VenueAccount } from '../../ports/venue-account.ts';
import type { VenueEnvironment, VenueName } from '../../ports/venue-connection.ts';
import type { VenueMarket } from '../../ports/venue-market.ts';
import type { Clock } from '../../ports/clock.ts';
import { createBinanceAccount } from './binance/account.ts';
import { binanceDialect } from './binance/dialect.ts';
import { createListenKeys } from './binance/listen-keys.ts';
import { binanceTime, createBinanceMarket } from './binance/market.ts';
import { BINANCE_LIMITS } from './binance/requests.ts';
import type { Limit } from './budget/ledger.ts';
import { createBybitAccount } from './bybit/account.ts';
import { bybitDialect } from './bybit/dialect.ts';
import { bybitTime, createBybitMarket } from './bybit/market.ts';
import { BYBIT_LIMITS } from './bybit/requests.ts';
import type { MarketTime } from './market-time.ts';
import type { Dialect } from './reading.ts';
import type { ListenKeys } from './streams/stream-client.ts';
import type { VenueClient } from './venue-client.ts';

export interface ConnectionFacts {
  readonly client: VenueClient;
  readonly time: MarketTime;
  readonly clock: Clock;
  readonly environment: VenueEnvironment;
  readonly hasKey: boolean;
}

export interface VenueParts {
  readonly dialect: Dialect;
  readonly limits: readonly Limit[];
  readonly attachesProtection: boolean;
  /** The venue's own clock, epoch milliseconds. */
  askTime(client: VenueClient): Promise<number>;
  createMarket(facts: ConnectionFacts): VenueMarket;
  createAccount(facts: ConnectionFacts): VenueAccount;
  createListenKeys?(client: VenueClient): ListenKeys;
}

const BYBIT: VenueParts = {
  dialect: bybitDialect,
  limits: BYBIT_LIMITS,
  attachesProtection: true,
  askTime: bybitTime,
  createMarket: ({ client, time }) => createBybitMarket(client, time),
  createAccount: ({ client, time }) => createBybitAccount(client, time),
};

const BINANCE: VenueParts = {
  dialect: binanceDialect,
  limits: BINANCE_LIMITS,
  attachesProtection: false,
  askTime: binanceTime,
  createMarket: ({ client, time, hasKey }) => createBinanceMarket(client, time, hasKey),
  createAccount: createBinanceAccount,
  createListenKeys,
};

const PARTS: Readonly<Record<VenueName, VenueParts>> = { bybit: BYBIT, binance: BINANCE };

export const venueParts = (venue: VenueName): VenueParts => PARTS[venue];

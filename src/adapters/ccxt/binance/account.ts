// What does Binance do for one account? The port's questions and orders, handed to the USD-M interface.
import type { Clock } from '../../../ports/clock.ts';
import type { VenueAccount } from '../../../ports/venue-account.ts';
import type { VenueEnvironment } from '../../../ports/venue-connection.ts';
import type { MarketTime } from '../market-time.ts';
import type { VenueClient } from '../venue-client.ts';
import {
  binanceBalance,
  binanceFindOrder,
  binanceKeyFacts,
  binanceModes,
  binanceOpenOrders,
  binancePositions,
} from './account-reads.ts';
import {
  binanceCancel,
  binanceCancelAll,
  binancePlace,
  binanceSetLeverage,
  binanceSetMarginMode,
  binanceSetPositionMode,
} from './account-writes.ts';
import { binanceExecutions } from './executions.ts';
import { binanceProtect } from './protection.ts';

export interface BinanceAccountOptions {
  readonly client: VenueClient;
  readonly time: MarketTime;
  readonly clock: Clock;
  readonly environment: VenueEnvironment;
}

export function createBinanceAccount({ client, time, clock, environment }: BinanceAccountOptions): VenueAccount {
  return {
    keyFacts: () => binanceKeyFacts(client, environment),
    modes: (symbols = []) => binanceModes(client, symbols),
    balance: () => binanceBalance(client),
    positions: () => binancePositions(client),
    openOrders: (symbol) => binanceOpenOrders(client, symbol),
    findOrder: (name) => binanceFindOrder(client, name),
    executions: (query) => binanceExecutions(client, time, query),
    place: (order) => binancePlace(client, clock, order),
    protect: (symbol, protection) => binanceProtect(client, symbol, protection),
    cancel: (name) => binanceCancel(client, name),
    cancelAll: (symbol) => binanceCancelAll(client, symbol),
    setLeverage: (symbol, leverage) => binanceSetLeverage(client, symbol, leverage),
    setMarginMode: (mode, symbol) => binanceSetMarginMode(client, mode, symbol),
    setPositionMode: (mode) => binanceSetPositionMode(client, mode),
  };
}

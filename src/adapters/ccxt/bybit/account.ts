// What does Bybit do for one account? The port's questions and orders, handed to the V5 interface.
import type { VenueAccount } from '../../../ports/venue-account.ts';
import type { MarketTime } from '../market-time.ts';
import type { VenueClient } from '../venue-client.ts';
import {
  bybitBalance,
  bybitExecutions,
  bybitFindOrder,
  bybitKeyFacts,
  bybitModes,
  bybitOpenOrders,
  bybitPositions,
} from './account-reads.ts';
import {
  bybitCancel,
  bybitCancelAll,
  bybitPlace,
  bybitProtect,
  bybitSetLeverage,
  bybitSetMarginMode,
  bybitSetPositionMode,
} from './account-writes.ts';

export function createBybitAccount(client: VenueClient, time: MarketTime): VenueAccount {
  return {
    keyFacts: () => bybitKeyFacts(client),
    modes: (symbols = []) => bybitModes(client, symbols),
    balance: () => bybitBalance(client),
    positions: () => bybitPositions(client),
    openOrders: (symbol) => bybitOpenOrders(client, symbol),
    findOrder: (name) => bybitFindOrder(client, name),
    executions: (query) => bybitExecutions(client, time, query),
    place: (order) => bybitPlace(client, order),
    protect: (symbol, protection) => bybitProtect(client, symbol, protection),
    cancel: (name) => bybitCancel(client, name),
    cancelAll: (symbol) => bybitCancelAll(client, symbol),
    setLeverage: (symbol, leverage) => bybitSetLeverage(client, symbol, leverage),
    setMarginMode: (mode) => bybitSetMarginMode(client, mode),
    setPositionMode: (mode) => bybitSetPositionMode(client, mode),
  };
}

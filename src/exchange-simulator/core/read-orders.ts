// Which orders does a client see that asks for some of them?
import type { OrderFilter } from './exchange.ts';
import type { ExchangeState, LiveOrder } from './exchange-state.ts';
import { isFinal } from './order-store.ts';
import type { OrderRecord } from './order-record.ts';

/** Whether a record is one of those asked for. */
export function matchesFilter(
  record: { readonly symbol: string; readonly orderId: string; readonly clientOrderId: string },
  { symbol, orderId, clientOrderId }: OrderFilter,
): boolean {
  if (symbol !== undefined && record.symbol !== symbol) return false;
  if (orderId !== undefined && record.orderId !== orderId) return false;
  return clientOrderId === undefined || record.clientOrderId === clientOrderId;
}

/** The one order that a filter with an id can mean; undefined: it names none. */
function named({ orders }: ExchangeState, { orderId, clientOrderId }: OrderFilter): LiveOrder[] | undefined {
  if (orderId === undefined && clientOrderId === undefined) return undefined;
  const live = orderId === undefined ? orders.byClientId.get(clientOrderId ?? '') : orders.byId.get(orderId);
  return live === undefined ? [] : [live];
}

/** Orders that may still fill, oldest first. */
export function openRecords(state: ExchangeState, filter: OrderFilter): OrderRecord[] {
  const from = named(state, filter) ?? [...state.orders.open.values()];
  return from.map(({ record }) => record).filter((record) => !isFinal(record) && matchesFilter(record, filter));
}

/** Orders that ended, oldest end first. */
export function closedRecords(state: ExchangeState, filter: OrderFilter): OrderRecord[] {
  const from = named(state, filter) ?? state.orders.closed;
  return from.map(({ record }) => record).filter((record) => isFinal(record) && matchesFilter(record, filter));
}

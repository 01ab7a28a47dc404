// What can be asked of Binance USD-M, and what does it count? Requests of its interface with the limits that they run against.
import type { Cost } from '../budget/request-budget.ts';
import type { Limit } from '../budget/ledger.ts';
import type { WireMethod, WireParams } from '../load-exchange.ts';
import type { ClientRequest } from '../venue-client.ts';

/** Weight of all requests of an address, and the counts that the venue keeps besides. */
export const WEIGHT_LIMIT = 'weight';
export const ORDERS_10S_LIMIT = 'orders-10s';
export const ORDERS_1M_LIMIT = 'orders-1m';
const FUNDING_LIMIT = 'funding';
const HOUSE_LIMIT = 'house';

const MINUTE_MS = 60_000;

/** As published. Who goes on after a refusal is shut out, so a fifth is left free. */
export const BINANCE_LIMITS: readonly Limit[] = [
  { id: WEIGHT_LIMIT, max: 2_400, windowMs: MINUTE_MS, scope: 'address', usable: 0.8 },
  { id: ORDERS_10S_LIMIT, max: 300, windowMs: 10_000, scope: 'key', usable: 0.8 },
  { id: ORDERS_1M_LIMIT, max: 1_200, windowMs: MINUTE_MS, scope: 'key', usable: 0.8 },
  { id: FUNDING_LIMIT, max: 500, windowMs: 5 * MINUTE_MS, scope: 'address', usable: 0.8 },
  { id: HOUSE_LIMIT, max: 12_000, windowMs: MINUTE_MS, scope: 'address', usable: 0.8 },
];

const weighing = (tokens: number): readonly Cost[] => [{ limit: WEIGHT_LIMIT, tokens }];
/** An order weighs nothing, or little, and counts as one. */
const ordering = (tokens: number): readonly Cost[] => [
  { limit: WEIGHT_LIMIT, tokens },
  { limit: ORDERS_10S_LIMIT, tokens: 1 },
  { limit: ORDERS_1M_LIMIT, tokens: 1 },
];

/** Something that everybody may know. */
export function marketRead(path: string, params: WireParams, weight: number): ClientRequest {
  const costs = weighing(weight);
  return { api: 'fapiPublic', method: 'GET', path, params, isWrite: false, isSigned: false, costs };
}

/** Funding history and what it is made of share a count of their own. */
export function fundingRead(path: string, params: WireParams): ClientRequest {
  const costs = [...weighing(1), { limit: FUNDING_LIMIT, tokens: 1 }];
  return { ...marketRead(path, params, 1), costs };
}

/** Something of the account; `api` where it is another version than the first. */
export function accountRead(
  path: string,
  params: WireParams,
  { weight, api = 'fapiPrivate' }: { readonly weight: number; readonly api?: 'fapiPrivate' | 'fapiPrivateV3' },
): ClientRequest {
  return { api, method: 'GET', path, params, isWrite: false, isSigned: true, costs: weighing(weight) };
}

/** What the key may do is known to the interface of the whole house. */
export function houseRead(path: string): ClientRequest {
  const costs = [{ limit: HOUSE_LIMIT, tokens: 1 }];
  return { api: 'sapi', method: 'GET', path, params: {}, isWrite: false, isSigned: true, costs };
}

export interface WriteTerms {
  /** It places or changes an order. */
  readonly isOrder?: boolean | undefined;
  readonly safety?: boolean | undefined;
}

/** Changes something of the account. */
export function accountWrite(
  method: WireMethod,
  path: string,
  params: WireParams,
  { isOrder = false, safety = false }: WriteTerms = {},
): ClientRequest {
  const costs = isOrder ? ordering(method === 'POST' ? 0 : 1) : weighing(1);
  return { api: 'fapiPrivate', method, path, params, isWrite: true, isSigned: true, costs, safety };
}

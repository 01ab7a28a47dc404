// What can be asked of Binance, and what does it weigh? Requests of the USD-M interface with the limits that they run against.
import type { Limit } from '../budget/ledger.ts';
import { DAY_MS, MINUTE_MS, SECOND_MS } from '../../../domain/time.ts';
import type { WireMethod, WireParams } from '../load-exchange.ts';
import type { ClientRequest } from '../venue-client.ts';

export const WEIGHT = 'weight';
export const ORDERS_SHORT = 'orders-10s';
export const ORDERS_LONG = 'orders-1m';
const FUNDING = 'funding';
const HOUSE = 'house-weight';
/** The weight in an even pace: whoever spends a minute's weight in its first seconds cannot ask anything for the rest of it. */
const PACE = 'weight-pace';

/** Longest span that one question for a history may cover. */
export const WINDOW_MS: number = 7 * DAY_MS;

/** As published. Breaches are punished by bans, so a tenth is left free. */
export const BINANCE_LIMITS: readonly Limit[] = [
  { id: WEIGHT, max: 2_400, windowMs: MINUTE_MS, scope: 'address', usable: 0.9 },
  { id: PACE, max: 400, windowMs: 10 * SECOND_MS, scope: 'address', usable: 0.9 },
  { id: ORDERS_SHORT, max: 300, windowMs: 10 * SECOND_MS, scope: 'key', usable: 0.9 },
  { id: ORDERS_LONG, max: 1_200, windowMs: MINUTE_MS, scope: 'key', usable: 0.9 },
  { id: FUNDING, max: 500, windowMs: 5 * MINUTE_MS, scope: 'address', usable: 0.9 },
  { id: HOUSE, max: 12_000, windowMs: MINUTE_MS, scope: 'address', usable: 0.5 },
];

const weighing = (tokens: number) => [WEIGHT, PACE].map((limit) => ({ limit, tokens }));

/** Something that everybody may know. */
export function marketRead(path: string, weight: number, params: WireParams = {}): ClientRequest {
  const isFunding = path.startsWith('funding');
  const costs = isFunding ? [...weighing(weight), { limit: FUNDING, tokens: 1 }] : weighing(weight);
  return { api: 'fapiPublic', method: 'GET', path, params, isWrite: false, isSigned: false, costs };
}

export interface AccountQuestion {
  readonly path: string;
  readonly weight: number;
  readonly params?: WireParams | undefined;
  /** Default 1. */
  readonly version?: 1 | 3 | undefined;
}

/** Something of the account. */
export function accountRead({ path, weight, params = {}, version = 1 }: AccountQuestion): ClientRequest {
  const api = version === 3 ? 'fapiPrivateV3' : 'fapiPrivate';
  return { api, method: 'GET', path, params, isWrite: false, isSigned: true, costs: weighing(weight) };
}

/** What the key may do, which another part of the house knows. */
export function keyRead(): ClientRequest {
  const costs = [{ limit: HOUSE, tokens: 1 }];
  const path = 'account/apiRestrictions';
  return { api: 'sapi', method: 'GET', path, params: {}, isWrite: false, isSigned: true, costs };
}

/** Changes something of the account. */
export function accountWrite(method: WireMethod, path: string, params: WireParams, safety = false): ClientRequest {
  return { api: 'fapiPrivate', method, path, params, isWrite: true, isSigned: true, costs: weighing(1), safety };
}

/** Places an order, which counts against the orders of the account too. */
export function orderWrite(path: string, params: WireParams, safety: boolean): ClientRequest {
  const orders = [ORDERS_SHORT, ORDERS_LONG].map((limit) => ({ limit, tokens: 1 }));
  const request = accountWrite('POST', path, params, safety);
  return { ...request, costs: [...weighing(1), ...orders] };
}

// What can be asked of Bybit, and what does it count? Requests of the V5 interface with the limits that they run against.
import { z } from 'zod';
import type { Limit } from '../budget/ledger.ts';
import type { WireParams } from '../load-exchange.ts';
import type { ClientRequest } from '../venue-client.ts';

export const ADDRESS_LIMIT = 'address';

/** Requests a second of one key, as published. Endpoints that are not named have no published limit: five are taken. */
const PER_SECOND: Readonly<Record<string, number>> = {
  'v5/order/create': 10,
  'v5/order/cancel': 10,
  'v5/order/cancel-all': 10,
  'v5/order/realtime': 50,
  'v5/order/history': 50,
  'v5/execution/list': 50,
  'v5/position/list': 50,
  'v5/position/set-leverage': 10,
  'v5/position/switch-mode': 10,
  'v5/position/trading-stop': 10,
  'v5/account/wallet-balance': 50,
  'v5/account/info': 5,
  'v5/account/set-margin-mode': 5,
  'v5/user/query-api': 10,
};

/** 600 requests in 5 seconds of one address; more shut it out, so a fifth is left free. */
export const BYBIT_LIMITS: readonly Limit[] = [
  { id: ADDRESS_LIMIT, max: 600, windowMs: 5_000, scope: 'address', usable: 0.8 },
  ...Object.entries(PER_SECOND).map(([id, max]): Limit => ({ id, max, windowMs: 1_000, scope: 'key', usable: 1 })),
];

const ofAddress = { limit: ADDRESS_LIMIT, tokens: 1 };

/** Something that everybody may know. */
export function marketRead(path: string, params: WireParams = {}): ClientRequest {
  return { api: 'public', method: 'GET', path, params, isWrite: false, isSigned: false, costs: [ofAddress] };
}

/** Something of the account. */
export function accountRead(path: string, params: WireParams = {}): ClientRequest {
  const costs = [ofAddress, { limit: path, tokens: 1 }];
  return { api: 'private', method: 'GET', path, params, isWrite: false, isSigned: true, costs };
}

/** Changes something of the account. */
export function accountWrite(path: string, params: WireParams, safety = false): ClientRequest {
  const costs = [ofAddress, { limit: path, tokens: 1 }];
  return { api: 'private', method: 'POST', path, params, isWrite: true, isSigned: true, costs, safety };
}

/** The reply whose `result` has this shape. */
export function resultOf<Result>(shape: z.ZodType<Result>): z.ZodType<Result> {
  return z.object({ result: shape }).transform(({ result }) => result);
}

/** A page of rows; what follows is asked for with the cursor. */
export function pageOf<Row>(
  row: z.ZodType<Row>,
): z.ZodType<{ readonly rows: readonly Row[]; readonly cursor: string }> {
  const page = z.object({ list: z.array(row), nextPageCursor: z.string().nullish() });
  return resultOf(page).transform(({ list, nextPageCursor }) => ({ rows: list, cursor: nextPageCursor ?? '' }));
}

// How much may be asked of Binance? Weight per address and orders per account in windows of time, and a ban for whoever goes on.
import type { LimitRule, LimitUsage } from '../venue-codec.ts';

const MINUTE = 60_000;

const WEIGHT: LimitRule = {
  id: 'request-weight',
  max: 2_400,
  windowMs: MINUTE,
  per: 'address',
  refusal: 'rate-limited',
  banMs: 0,
};
const ORDERS_SHORT: LimitRule = {
  id: 'orders-10s',
  max: 300,
  windowMs: 10_000,
  per: 'key',
  weight: 1,
  refusal: 'rate-limited',
  banMs: 0,
};
const ORDERS_LONG: LimitRule = { ...ORDERS_SHORT, id: 'orders-1m', max: 1_200, windowMs: MINUTE };
/** Funding has a count of its own besides. */
const FUNDING: LimitRule = { ...WEIGHT, id: 'funding', max: 500, windowMs: 5 * MINUTE, weight: 1 };
/** The interface of the whole house counts on its own. */
const HOUSE_WEIGHT: LimitRule = { ...WEIGHT, id: 'house-weight', max: 12_000 };

/** The limits as the exchange information tells them. */
export const RATE_LIMITS = [
  { rateLimitType: 'REQUEST_WEIGHT', interval: 'MINUTE', intervalNum: 1, limit: WEIGHT.max },
  { rateLimitType: 'ORDERS', interval: 'MINUTE', intervalNum: 1, limit: ORDERS_LONG.max },
  { rateLimitType: 'ORDERS', interval: 'SECOND', intervalNum: 10, limit: ORDERS_SHORT.max },
] as const;

export type LimitName = 'weight' | 'orders' | 'funding' | 'house';

const RULES: Readonly<Record<LimitName, readonly LimitRule[]>> = {
  weight: [WEIGHT],
  orders: [WEIGHT, ORDERS_SHORT, ORDERS_LONG],
  funding: [WEIGHT, FUNDING],
  house: [HOUSE_WEIGHT],
};

/** What requests of a limit name count against. */
export const limitRules = (name: string): readonly LimitRule[] => new Map(Object.entries(RULES)).get(name) ?? [];

const HEADERS: Readonly<Record<string, string>> = {
  [WEIGHT.id]: 'X-MBX-USED-WEIGHT-1M',
  [ORDERS_SHORT.id]: 'X-MBX-ORDER-COUNT-10S',
  [ORDERS_LONG.id]: 'X-MBX-ORDER-COUNT-1M',
  [HOUSE_WEIGHT.id]: 'X-SAPI-USED-IP-WEIGHT-1M',
};

/** Where the client stands, as headers. */
export function limitHeaders(usage: readonly LimitUsage[]): Readonly<Record<string, string>> {
  const told = usage.filter(({ rule }) => Object.hasOwn(HEADERS, rule.id));
  return Object.fromEntries(told.map(({ rule, used }) => [HEADERS[rule.id], String(used)]));
}

/** How many refusals within a minute bring a ban, and how long it lasts, milliseconds. */
const REFUSALS_ALLOWED = 20;
const BAN_MS = 120_000;

export interface Bans {
  /** A request was refused for coming too often. */
  noteRefusal(now: number): void;
  /** When the ban in force ends; undefined: there is none. */
  endsAt(now: number): number | undefined;
}

/** Whoever does not listen to being refused is shut out. Times are the server's clock. */
export function createBans(): Bans {
  let refusals: number[] = [];
  let until = 0;
  return {
    noteRefusal(now) {
      refusals = [...refusals.filter((time) => time > now - MINUTE), now];
      if (refusals.length <= REFUSALS_ALLOWED) return;
      until = now + BAN_MS;
      refusals = [];
    },
    endsAt: (now) => (now < until ? until : undefined),
  };
}

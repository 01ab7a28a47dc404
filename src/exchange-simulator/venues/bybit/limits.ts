// How often may Bybit be asked? Requests of a key per second and of an address in five, connections in five minutes.
import type { LimitRule, LimitUsage } from '../venue-codec.ts';

/** The limit name of opening a stream. */
export const CONNECT = 'connect';

/** All requests of one address: beyond it nothing is answered for ten minutes. */
const ADDRESS_LIMIT: LimitRule = {
  id: 'address',
  max: 600,
  windowMs: 5_000,
  per: 'address',
  weight: 1,
  refusal: 'banned',
  banMs: 600_000,
};

export const CONNECTION_LIMIT: LimitRule = {
  id: 'connections',
  max: 500,
  windowMs: 300_000,
  per: 'address',
  weight: 1,
  refusal: 'rate-limited',
  banMs: 0,
};

/** What requests of a route count against; `perSecond` undefined: the address alone. */
export function requestRules(route: string, perSecond: number | undefined): readonly LimitRule[] {
  if (perSecond === undefined) return [ADDRESS_LIMIT];
  return [ADDRESS_LIMIT, { id: route, max: perSecond, windowMs: 1_000, per: 'key', refusal: 'rate-limited', banMs: 0 }];
}

/** Where the client stands with the limit of its key. */
export function limitHeaders(usage: readonly LimitUsage[]): Readonly<Record<string, string>> {
  const own = usage.find(({ rule }) => rule.per === 'key');
  if (own === undefined) return {};
  return {
    'X-Bapi-Limit': String(own.rule.max),
    'X-Bapi-Limit-Status': String(Math.max(0, own.rule.max - own.used)),
    'X-Bapi-Limit-Reset-Timestamp': String(own.resetAt),
  };
}

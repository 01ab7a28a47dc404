import { describe, expect, it } from 'vitest';
import { deskOf, NOW, signed } from '../../../../test/scenarios/exchange-simulator/binance-desk.ts';
import { exchangeOver } from '../../../../test/scenarios/exchange-market.ts';
import type { WireRefusal } from '../../faults/fault-pipeline.ts';
import { createRateLimits } from '../../transport/rate-limits.ts';
import type { VenueRequest } from '../venue-codec.ts';
import { limitHeaders, limitRules } from './limits.ts';

const desk = (serverTime = () => NOW) => deskOf(exchangeOver([[100, 101, 99, 100]]), { serverTime });
const ORDER = signed('POST', '/fapi/v1/order', { symbol: 'TESTUSDT' });
const READ = signed('GET', '/fapi/v3/account');

const replyTo = (request: VenueRequest, refusal: WireRefusal) => {
  const { status, body, headers } = desk().codec.refuse(request, refusal);
  return { status, headers, ...JSON.parse(body) };
};

describe('limits', () => {
  it('count weight of the address, and orders of the key besides', () => {
    const { codec } = desk();
    expect(codec.classify(READ)).toMatchObject({
      isPrivate: true,
      isWrite: false,
      limit: { name: 'weight', weight: 5 },
    });
    expect(codec.classify(ORDER)).toMatchObject({
      symbol: 'TESTUSDT',
      isWrite: true,
      limit: { name: 'orders', weight: 0 },
    });
    const limits = createRateLimits();
    const spend = (name: string, weight: number, now = NOW) =>
      limits.spend({ rules: limitRules(name), weight, address: 'a', now });
    for (let count = 0; count < 480; count += 1) expect(spend('weight', 5).refusal).toBeUndefined();
    expect(spend('weight', 1).refusal).toBe('rate-limited');
    const order = spend('orders', 0);
    expect(order.refusal).toBeUndefined();
    expect(limitHeaders(order.usage)).toEqual({
      'X-MBX-USED-WEIGHT-1M': '2400',
      'X-MBX-ORDER-COUNT-10S': '1',
      'X-MBX-ORDER-COUNT-1M': '1',
    });
    for (let count = 0; count < 299; count += 1) spend('orders', 0);
    expect(spend('orders', 0).refusal).toBe('rate-limited');
    expect(spend('orders', 0, NOW + 10_000).refusal).toBeUndefined();
  });

  it('of funding and of the house are their own', () => {
    expect(limitRules('funding').map(({ id, max }) => [id, max])).toEqual([
      ['request-weight', 2400],
      ['funding', 500],
    ]);
    expect(limitRules('house').map(({ max }) => max)).toEqual([12_000]);
    expect(limitRules('toString')).toEqual([]);
  });
});

describe('refusals from outside', () => {
  it.each<[WireRefusal, number, number | undefined]>([
    ['server-timeout', 408, -1007],
    ['server-error', 503, -1006],
    ['overloaded', 503, -1008],
    ['rate-limited', 429, -1003],
    ['banned', 418, -1003],
    ['clock-off', 400, -1021],
    ['key-invalid', 401, -2015],
    ['key-expired', 401, -2015],
    ['signature-invalid', 400, -1022],
    ['address-not-bound', 401, -2015],
    ['permission-missing', 401, -2015],
    ['maintenance', 503, undefined],
    ['order-processing', 400, -4117],
  ])('%s is status %i, code %s', (refusal, status, code) => {
    const reply = replyTo(READ, refusal);
    expect(reply).toMatchObject({ status });
    expect(reply.code).toBe(code);
    expect(reply.msg).not.toBe('');
  });

  it('say how long to wait, and until when an address is banned', () => {
    expect(replyTo(READ, 'rate-limited').headers).toEqual({ 'Retry-After': '60' });
    expect(replyTo(ORDER, 'rate-limited')).toMatchObject({
      status: 429,
      code: -1015,
      headers: { 'Retry-After': '10' },
    });
    expect(replyTo(READ, 'banned').msg).toContain(`banned until ${NOW + 120_000}`);
  });
});

describe('whoever goes on after being refused', () => {
  it('is shut out for a while', () => {
    let now = NOW;
    const own = desk(() => now);
    const { codec } = own;
    for (let count = 0; count < 20; count += 1) expect(codec.refuse(READ, 'rate-limited').status).toBe(429);
    expect(own.send(READ).status).toBe(200);
    expect(codec.refuse(READ, 'rate-limited').status).toBe(418);
    expect(own.send(READ)).toMatchObject({ status: 418, body: { code: -1003 } });
    expect(codec.refuse(READ, 'rate-limited').status).toBe(418);
    now += 120_000;
    expect(codec.refuse(READ, 'rate-limited').status).toBe(429);
  });

  it('but not who is refused now and then', () => {
    let now = NOW;
    const { codec } = desk(() => now);
    for (let count = 0; count < 100; count += 1) {
      expect(codec.refuse(READ, 'rate-limited').status).toBe(429);
      now += 4_000;
    }
  });
});

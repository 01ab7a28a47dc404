import { describe, expect, it } from 'vitest';
import type { LimitRule } from '../venues/venue-codec.ts';
import { createRateLimits } from './rate-limits.ts';

const key: LimitRule = { id: 'create', max: 2, windowMs: 1_000, per: 'key', refusal: 'rate-limited', banMs: 0 };
const address: LimitRule = {
  id: 'address',
  max: 4,
  windowMs: 5_000,
  per: 'address',
  weight: 1,
  refusal: 'banned',
  banMs: 600_000,
};
const at = (now: number, more: Partial<Parameters<ReturnType<typeof createRateLimits>['spend']>[0]> = {}) => ({
  rules: [key],
  weight: 1,
  address: 'a',
  now,
  ...more,
});

describe('rolling limits', () => {
  it('refuse what is too much and have room again when the window has moved on', () => {
    const limits = createRateLimits();
    expect(limits.spend(at(0)).refusal).toBeUndefined();
    expect(limits.spend(at(400)).refusal).toBeUndefined();
    expect(limits.spend(at(999))).toMatchObject({ refusal: 'rate-limited', usage: [{ used: 2, resetAt: 1_000 }] });
    expect(limits.spend(at(1_000)).refusal).toBeUndefined();
    expect(limits.spend(at(1_001))).toMatchObject({ refusal: 'rate-limited', usage: [{ used: 2, resetAt: 1_400 }] });
  });

  it('count weights', () => {
    const limits = createRateLimits();
    expect(limits.spend(at(0, { weight: 2 })).refusal).toBeUndefined();
    expect(limits.spend(at(0)).refusal).toBe('rate-limited');
  });

  it('shut an address out for its ban, and that address only', () => {
    const limits = createRateLimits();
    const rules = [address];
    for (let index = 0; index < 4; index += 1) expect(limits.spend(at(0, { rules })).refusal).toBeUndefined();
    expect(limits.spend(at(1, { rules })).refusal).toBe('banned');
    expect(limits.spend(at(10_000, { rules }))).toMatchObject({ refusal: 'banned', usage: [{ resetAt: 600_001 }] });
    expect(limits.spend(at(10_000, { rules, address: 'b' })).refusal).toBeUndefined();
    expect(limits.spend(at(600_001, { rules })).refusal).toBeUndefined();
  });

  it('count what the key refuses against the address', () => {
    const limits = createRateLimits();
    const rules = [address, key];
    const answers = Array.from({ length: 6 }, () => limits.spend(at(0, { rules })).refusal);
    expect(answers).toEqual([undefined, undefined, 'rate-limited', 'rate-limited', 'banned', 'banned']);
  });

  it('stay right over many requests', () => {
    const limits = createRateLimits();
    let allowed = 0;
    for (let now = 0; now < 3_000_000; now += 100) if (limits.spend(at(now)).refusal === undefined) allowed += 1;
    expect(allowed).toBe(6_000);
  });
});

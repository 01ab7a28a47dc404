// May this request be answered now? Rolling counts per key and per address, as the venue keeps them.
import type { LimitAnswer, LimitRule } from '../venues/venue-codec.ts';

export interface LimitedRequest {
  readonly rules: readonly LimitRule[];
  /** Counts of the rules that name no weight of their own. */
  readonly weight: number;
  readonly address: string;
  /** Wall time, epoch milliseconds. */
  readonly now: number;
}

export interface RateLimits {
  /** Counts the request. One that its key's limit refuses counts for the address all the same; hammering may start a ban. Reset times are wall time. */
  spend(request: LimitedRequest): LimitAnswer;
}

interface Count {
  /** Times and weights of what still counts, oldest first from `head` on. */
  readonly times: number[];
  readonly weights: number[];
  head: number;
  sum: number;
  bannedUntil: number;
}

/** Limits with nothing counted yet. */
export function createRateLimits(): RateLimits {
  const counts = new Map<string, Count>();
  return {
    spend({ rules, weight, address, now }) {
      const held = rules.map((rule) => ({
        rule,
        weight: rule.weight ?? weight,
        count: countOf(counts, rule, address, now),
      }));
      const full = held.find(({ rule, weight, count }) => count.bannedUntil > now || count.sum + weight > rule.max);
      for (const each of held) {
        const counts = full === undefined || (full.rule.per === 'key' && each.rule.per === 'address');
        if (counts) add(each.count, now, each.weight);
      }
      if (full !== undefined && full.rule.banMs > 0 && full.count.bannedUntil <= now)
        full.count.bannedUntil = now + full.rule.banMs;
      const usage = held.map(({ rule, count }) => ({ rule, used: count.sum, resetAt: resetOf(count, rule, now) }));
      return { refusal: full?.rule.refusal, usage };
    },
  };
}

function countOf(counts: Map<string, Count>, rule: LimitRule, address: string, now: number): Count {
  const name = rule.per === 'key' ? rule.id : `${rule.id} ${address}`;
  const known = counts.get(name);
  const count = known ?? { times: [], weights: [], head: 0, sum: 0, bannedUntil: 0 };
  if (known === undefined) counts.set(name, count);
  while (count.head < count.times.length && count.times[count.head] <= now - rule.windowMs) {
    count.sum -= count.weights[count.head];
    count.head += 1;
  }
  if (count.head > 1024) {
    count.times.splice(0, count.head);
    count.weights.splice(0, count.head);
    count.head = 0;
  }
  return count;
}

function add(count: Count, now: number, weight: number): void {
  count.times.push(now);
  count.weights.push(weight);
  count.sum += weight;
}

function resetOf(count: Count, rule: LimitRule, now: number): number {
  if (count.bannedUntil > now) return count.bannedUntil;
  return count.head < count.times.length ? count.times[count.head] + rule.windowMs : now;
}

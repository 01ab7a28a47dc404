// What may this process spend without asking the others again? Tokens taken ahead, as many as it spent a moment ago.
import { LEASE_MS, type Limit } from './ledger.ts';

export interface Need {
  readonly limit: Limit;
  readonly tokens: number;
}

export interface Leases {
  /** Takes what is needed of what was taken ahead; returns for each need how much of it was there. */
  take(needs: readonly Need[]): readonly number[];
  /** True: all of it is there. */
  cover(needs: readonly Need[]): boolean;
  /** Gives back what `take` returned. */
  giveBack(needs: readonly Need[], taken: readonly number[]): void;
  /** How much to take ahead beside the next request. */
  spareFor(limit: Limit): number;
  add(limit: Limit, tokens: number, until: number): void;
  /** That much was spent now. */
  note(needs: readonly Need[]): void;
}

interface Held {
  tokens: number;
  until: number;
}

/** What was spent in the current stretch of `LEASE_MS`, and in the one before. */
interface Pace {
  since: number;
  now: number;
  before: number;
}

/** Never more than this part of a limit is taken ahead. */
const MOST_PART = 0.05;

/** @param steady milliseconds that never jump */
export function createLeases(steady: () => number): Leases {
  const held = new Map<string, Held>();
  const paces = new Map<string, Pace>();
  const heldNow = (id: string): number => {
    const lease = held.get(id);
    return lease === undefined || lease.until < steady() ? 0 : lease.tokens;
  };
  const change = (id: string, by: number): void => {
    const lease = held.get(id);
    if (lease !== undefined) lease.tokens += by;
  };
  const paceOf = (id: string): Pace => {
    const now = steady();
    const pace = paces.get(id) ?? { since: now, now: 0, before: 0 };
    paces.set(id, pace);
    const age = now - pace.since;
    if (age >= LEASE_MS) {
      pace.before = age < 2 * LEASE_MS ? pace.now : 0;
      pace.now = 0;
      pace.since = now;
    }
    return pace;
  };
  return {
    take: (needs) =>
      needs.map(({ limit, tokens }) => {
        const taken = Math.min(tokens, heldNow(limit.id));
        change(limit.id, -taken);
        return taken;
      }),
    cover: (needs) => needs.every(({ limit, tokens }) => heldNow(limit.id) >= tokens),
    giveBack(needs, taken) {
      for (const [index, { limit }] of needs.entries()) change(limit.id, taken[index]);
    },
    spareFor(limit) {
      const { now, before } = paceOf(limit.id);
      const most = Math.min(limit.max * MOST_PART, (limit.max * LEASE_MS) / limit.windowMs);
      return Math.floor(Math.max(0, Math.min(most, Math.max(now, before)) - heldNow(limit.id)));
    },
    add(limit, tokens, until) {
      const rest = heldNow(limit.id);
      // What was there before ends as it would have: the sum ends with it.
      const end = rest > 0 ? (held.get(limit.id)?.until ?? until) : until;
      held.set(limit.id, { tokens: rest + tokens, until: end });
    },
    note(needs) {
      for (const { limit, tokens } of needs) paceOf(limit.id).now += tokens;
    },
  };
}

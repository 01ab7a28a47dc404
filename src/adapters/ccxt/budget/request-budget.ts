// May this request be sent now? It waits until the venue's limits have room for it, counted together with all other processes.
import type { Clock } from '../../../ports/clock.ts';
import { ALL_LIMITS, block, blockedUntil, countAtLeast, grant, type Grant, type Limit, type Wish } from './ledger.ts';
import type { LedgerStore } from './ledger-store.ts';

/** What one request spends of one limit. */
export interface Cost {
  readonly limit: string;
  readonly tokens: number;
}

/** What the venue says of its limits. Times are milliseconds from now. */
export interface LimitNews {
  readonly counts: readonly {
    readonly limit: string;
    readonly used?: number | undefined;
    readonly max?: number | undefined;
  }[];
  /** Nothing is to be sent for so long; `limit` undefined: at all. */
  readonly blocks: readonly { readonly limit?: string | undefined; readonly forMs: number }[];
}

export const NO_NEWS: LimitNews = { counts: [], blocks: [] };

export type Admission =
  | { readonly kind: 'admitted' }
  /** It would have had to wait longer than `patienceMs`. `isBlocked`: the venue has shut us out. */
  | { readonly kind: 'refused'; readonly isBlocked: boolean; readonly forMs: number }
  | { readonly kind: 'closed' };

export interface RequestBudget {
  admit(costs: readonly Cost[], terms: { readonly safety: boolean; readonly patienceMs: number }): Promise<Admission>;
  heed(news: LimitNews): void;
  readonly waiting: number;
  /** Milliseconds from now; undefined: the venue has not shut us out. */
  readonly blockedForMs: number | undefined;
  close(): void;
}

export interface RequestBudgetOptions {
  readonly limits: readonly Limit[];
  /** Stands for the API key, whose limits are not those of another key. */
  readonly keyName: string;
  readonly store: LedgerStore;
  readonly clock: Clock;
  /** Milliseconds that never jump, the same for all processes of this machine. */
  readonly steady: () => number;
}

interface Lease {
  readonly tokens: number;
  readonly until: number;
}

/** A part of a limit that is taken ahead, so that not every request has to ask the other processes. */
const LEASED_PART = 0.05;
/** Below this part of a limit it does not matter what others spend. */
const TELLING_PART = 0.5;

export function createRequestBudget(options: RequestBudgetOptions): RequestBudget {
  const { store, clock, steady } = options;
  const limits = new Map(
    options.limits.map((limit): [string, Limit] => {
      const id = limit.scope === 'key' ? `${options.keyName}/${limit.id}` : limit.id;
      return [limit.id, { ...limit, id }];
    }),
  );
  const leases = new Map<string, Lease>();
  const sleepers = new Set<() => void>();
  let lastChange: Promise<unknown> = Promise.resolve();
  const allowed = new Map<string, number>();
  let blockEnd = 0;
  let waiting = 0;
  let isClosed = false;

  const leased = (id: string): number => {
    const lease = leases.get(id);
    return lease === undefined || lease.until < steady() ? 0 : lease.tokens;
  };
  const takeLeased = (wishes: readonly Wish[]): boolean => {
    if (blockEnd > steady() || !wishes.every(({ limit, tokens }) => leased(limit.id) >= tokens)) return false;
    for (const { limit, tokens } of wishes) {
      const lease = leases.get(limit.id);
      if (lease !== undefined) leases.set(limit.id, { ...lease, tokens: lease.tokens - tokens });
    }
    return true;
  };
  const take = async (wishes: readonly Wish[], safety: boolean): Promise<Grant> => {
    const now = steady();
    if (takeLeased(wishes)) return { kind: 'granted', spares: [], spareUntil: now };
    const answer = await store.change((state) => {
      const granted = grant(state, wishes, { now: steady(), safety });
      return { granted, blocked: blockedUntil(state, [], steady()) };
    });
    blockEnd = Math.max(blockEnd, answer.blocked);
    const { granted } = answer;
    if (granted.kind === 'granted')
      for (const [index, { limit }] of wishes.entries()) {
        const held = leased(limit.id);
        const until = held > 0 ? (leases.get(limit.id)?.until ?? granted.spareUntil) : granted.spareUntil;
        leases.set(limit.id, { tokens: held + granted.spares[index], until });
      }
    return granted;
  };
  /** One change after the other: what the first one leases may do for the next. */
  const inTurn = <Answer>(act: () => Promise<Answer>): Promise<Answer> => {
    const turn = lastChange.then(act);
    lastChange = turn.catch(() => undefined);
    return turn;
  };
  const sleep = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const wake = (): void => {
        forget();
        sleepers.delete(wake);
        resolve();
      };
      const forget = clock.after(Math.max(1, Math.ceil(ms)), wake);
      sleepers.add(wake);
    });

  return {
    async admit(costs, { safety, patienceMs }) {
      const wishes = costs.flatMap(({ limit: id, tokens }): Wish[] => {
        const limit = limits.get(id);
        if (limit === undefined || tokens <= 0) return [];
        return [{ limit, tokens, spare: Math.floor(limit.max * LEASED_PART) }];
      });
      if (wishes.length === 0 && blockEnd <= steady()) return isClosed ? { kind: 'closed' } : { kind: 'admitted' };
      const patienceEnd = steady() + patienceMs;
      waiting += 1;
      try {
        for (;;) {
          if (isClosed) return { kind: 'closed' };
          const granted = takeLeased(wishes) ? undefined : await inTurn(() => take(wishes, safety));
          if (granted === undefined || granted.kind === 'granted')
            return isClosed ? { kind: 'closed' } : { kind: 'admitted' };
          const now = steady();
          if (granted.until > patienceEnd)
            return { kind: 'refused', isBlocked: blockEnd >= granted.until, forMs: granted.until - now };
          await sleep(granted.until - now);
        }
      } finally {
        waiting -= 1;
      }
    },
    heed({ counts, blocks }) {
      const now = steady();
      for (const { limit, forMs } of blocks) if (limit === undefined) blockEnd = Math.max(blockEnd, now + forMs);
      const telling = counts.flatMap(({ limit: id, used = 0, max }) => {
        const limit = limits.get(id);
        return limit !== undefined &&
          (used >= limit.max * TELLING_PART || (max !== undefined && max !== (allowed.get(id) ?? limit.max)))
          ? [{ limit, used, max }]
          : [];
      });
      for (const { limit, max } of counts) if (max !== undefined) allowed.set(limit, max);
      if (telling.length === 0 && blocks.length === 0) return;
      void inTurn(() =>
        store.change((state) => {
          for (const { limit, forMs } of blocks) {
            const id = limit === undefined ? ALL_LIMITS : limits.get(limit)?.id;
            if (id !== undefined) block(state, id, now + forMs);
          }
          for (const { limit, used, max } of telling) {
            if (max !== undefined) state.allowed[limit.id] = max;
            countAtLeast(state, limit, { used, now });
          }
        }),
      );
    },
    get waiting() {
      return waiting;
    },
    get blockedForMs() {
      const left = blockEnd - steady();
      return left > 0 ? left : undefined;
    },
    close() {
      isClosed = true;
      for (const wake of sleepers) wake();
    },
  };
}

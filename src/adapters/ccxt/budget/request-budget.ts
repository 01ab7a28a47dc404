// May this request be sent now? It waits until the venue's limits have room for it, counted together with all other processes.
import type { Clock } from '../../../ports/clock.ts';
import {
  ALL_LIMITS,
  BAN,
  bannedUntil,
  block,
  blockedUntil,
  countAtLeast,
  grant,
  type Claim,
  type Limit,
} from './ledger.ts';
import { createLeases, type Leases, type Need } from './leases.ts';
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
  /** Nothing is to be sent for so long; `limit` undefined: at all. `isBan`: the venue has shut us out, which is more than a limit met. */
  readonly blocks: readonly {
    readonly limit?: string | undefined;
    readonly forMs: number;
    readonly isBan?: boolean | undefined;
  }[];
}

export const NO_NEWS: LimitNews = { counts: [], blocks: [] };

export type Admission =
  | { readonly kind: 'admitted' }
  /** It would have had to wait longer than `patienceMs`. `isBlocked`: the venue has shut us out. */
  | { readonly kind: 'refused'; readonly isBlocked: boolean; readonly forMs: number }
  | { readonly kind: 'closed' };

export interface RequestBudget {
  admit(costs: readonly Cost[], terms: { readonly claim: Claim; readonly patienceMs: number }): Promise<Admission>;
  heed(news: LimitNews): void;
  readonly waiting: number;
  /** Milliseconds from now; undefined: the venue has not shut us out. */
  readonly blockedForMs: number | undefined;
  /** Resolves when nothing is counted any more. */
  close(): Promise<void>;
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

/** Below this part of a limit it does not matter what others spend. */
const TELLING_PART = 0.5;

export function createRequestBudget(options: RequestBudgetOptions): RequestBudget {
  return new SharedBudget(options);
}

class SharedBudget implements RequestBudget {
  private readonly options: RequestBudgetOptions;
  private readonly limits: ReadonlyMap<string, Limit>;
  private readonly leases: Leases;
  private readonly sleepers = new Set<() => void>();
  private readonly allowed = new Map<string, number>();
  private lastChange: Promise<unknown> = Promise.resolve();
  private blockEnd = 0;
  private banEnd = 0;
  private waitingCount = 0;
  private isClosed = false;

  constructor(options: RequestBudgetOptions) {
    this.options = options;
    this.leases = createLeases(options.steady);
    this.limits = new Map(
      options.limits.map((limit): [string, Limit] => {
        const id = limit.scope === 'key' ? `${options.keyName}/${limit.id}` : limit.id;
        return [limit.id, { ...limit, id }];
      }),
    );
  }

  get waiting(): number {
    return this.waitingCount;
  }

  get blockedForMs(): number | undefined {
    const left = this.blockEnd - this.options.steady();
    return left > 0 ? left : undefined;
  }

  async admit(
    costs: readonly Cost[],
    { claim, patienceMs }: { readonly claim: Claim; readonly patienceMs: number },
  ): Promise<Admission> {
    const { steady } = this.options;
    const needs = costs.flatMap(({ limit: id, tokens }): Need[] => {
      const limit = this.limits.get(id);
      return limit === undefined || tokens <= 0 ? [] : [{ limit, tokens }];
    });
    if (this.isClosed) return { kind: 'closed' };
    if (this.takeLeased(needs)) return { kind: 'admitted' };
    const patienceEnd = steady() + patienceMs;
    this.waitingCount += 1;
    try {
      for (;;) {
        const until = await this.inTurn(() => this.take(needs, claim));
        if (this.isClosed) return { kind: 'closed' };
        if (until === undefined) return { kind: 'admitted' };
        if (until > patienceEnd) return { kind: 'refused', isBlocked: this.banEnd >= until, forMs: until - steady() };
        await this.sleep(until - steady());
      }
    } finally {
      this.waitingCount -= 1;
    }
  }

  heed({ counts, blocks }: LimitNews): void {
    const now = this.options.steady();
    for (const { limit, forMs, isBan } of blocks) {
      if (limit === undefined) this.blockEnd = Math.max(this.blockEnd, now + forMs);
      if (isBan === true) this.banEnd = Math.max(this.banEnd, now + forMs);
    }
    const telling = counts.flatMap(({ limit: id, used = 0, max }) => {
      const limit = this.limits.get(id);
      return limit !== undefined &&
        (used >= limit.max * TELLING_PART || (max !== undefined && max !== (this.allowed.get(id) ?? limit.max)))
        ? [{ limit, used, max }]
        : [];
    });
    for (const { limit, max } of counts) if (max !== undefined) this.allowed.set(limit, max);
    if (telling.length === 0 && blocks.length === 0) return;
    void this.inTurn(() =>
      this.options.store.change((state) => {
        for (const { limit, forMs, isBan } of blocks) {
          if (isBan === true) block(state, BAN, now + forMs);
          const id = limit === undefined ? ALL_LIMITS : this.limits.get(limit)?.id;
          if (id !== undefined) block(state, id, now + forMs);
        }
        for (const { limit, used, max } of telling) {
          if (max !== undefined) state.allowed[limit.id] = max;
          countAtLeast(state, limit, { used, now });
        }
      }),
    );
  }

  async close(): Promise<void> {
    this.isClosed = true;
    for (const wake of this.sleepers) wake();
    await this.lastChange;
  }

  /** From what was taken ahead alone. */
  private takeLeased(needs: readonly Need[]): boolean {
    if (this.blockEnd > this.options.steady() || !this.leases.cover(needs)) return false;
    this.leases.take(needs);
    this.leases.note(needs);
    return true;
  }

  /** Undefined: it was granted; else when to try again. */
  private async take(needs: readonly Need[], claim: Claim): Promise<number | undefined> {
    if (this.takeLeased(needs)) return undefined;
    const { store, steady } = this.options;
    const { leases } = this;
    const taken = leases.take(needs);
    const wishes = needs.map(({ limit, tokens }, index) => {
      return { limit, tokens: tokens - taken[index], spare: leases.spareFor(limit) };
    });
    const { granted, blocked, banned } = await store.change((state) => {
      const granted = grant(state, wishes, { now: steady(), claim });
      return { granted, blocked: blockedUntil(state, [], steady()), banned: bannedUntil(state, steady()) };
    });
    this.blockEnd = Math.max(this.blockEnd, blocked);
    this.banEnd = Math.max(this.banEnd, banned);
    if (granted.kind === 'full') {
      leases.giveBack(needs, taken);
      return granted.until;
    }
    leases.note(needs);
    for (const [index, { limit }] of needs.entries()) leases.add(limit, granted.spares[index], granted.spareUntil);
    return undefined;
  }

  /** One change after the other: what the first one leases may do for the next. */
  private inTurn<Answer>(act: () => Promise<Answer>): Promise<Answer> {
    const turn = this.lastChange.then(act);
    this.lastChange = turn.catch(() => undefined);
    return turn;
  }

  private sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        forget();
        this.sleepers.delete(wake);
        resolve();
      };
      const forget = this.options.clock.after(Math.max(1, Math.ceil(ms)), wake);
      this.sleepers.add(wake);
    });
  }
}

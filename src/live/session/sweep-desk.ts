// Is nothing left over where nothing is held any more? Orders of a symbol that became flat are looked for in both books and cancelled until none is there.
import { VenueError } from '../../domain/venue-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { VenueAccount, VenueOrder } from '../../ports/venue-account.ts';
import { orphansOf } from '../account/compare-account.ts';
import type { Incident } from './session-setup.ts';

export interface SweepDeskSetup {
  readonly account: VenueAccount;
  readonly clock: Clock;
  readonly ownPrefix: string;
  readonly familyPrefix: string;
  readonly retryMs: number;
  /** Orders that are still there after so long are told of, milliseconds. */
  readonly deadlineMs: number;
  /** Something is held, or an order that may open something is under way: what rests may belong to it. */
  readonly isBusy: (symbol: string) => boolean;
  readonly enqueue: (action: () => void) => void;
  readonly track: (work: Promise<void>) => void;
  readonly incident: (incident: Incident) => void;
}

interface Sweep {
  readonly since: number;
  isTold: boolean;
}

/** Sweeps of one session. */
export class SweepDesk {
  private readonly sweeps = new Map<string, Sweep>();
  private readonly setup: SweepDeskSetup;

  constructor(setup: SweepDeskSetup) {
    this.setup = setup;
  }

  get quiet(): boolean {
    return this.sweeps.size === 0;
  }

  isSweeping(symbol: string): boolean {
    return this.sweeps.has(symbol);
  }

  /** The symbol has become flat. */
  begin(symbol: string): void {
    if (this.sweeps.has(symbol)) return;
    this.sweeps.set(symbol, { since: this.setup.clock.now(), isTold: false });
    this.look(symbol);
  }

  private look(symbol: string): void {
    const { account, enqueue, track, isBusy } = this.setup;
    if (isBusy(symbol)) {
      this.sweeps.delete(symbol);
      return;
    }
    track(
      account.openOrders(symbol).then(
        (orders) => enqueue(() => this.judge(symbol, orders)),
        (error: unknown) =>
          enqueue(() => {
            if (!(error instanceof VenueError)) throw error;
            this.again(symbol);
          }),
      ),
    );
  }

  private judge(symbol: string, orders: readonly VenueOrder[]): void {
    const { account, clock, track, isBusy, incident, deadlineMs } = this.setup;
    const sweep = this.sweeps.get(symbol);
    if (sweep === undefined) return;
    const left = isBusy(symbol) ? [] : orphansOf(orders, this.setup);
    if (left.length === 0) {
      this.sweeps.delete(symbol);
      return;
    }
    for (const order of left) track(cancelOrphan(account, order));
    if (!sweep.isTold && clock.now() - sweep.since > deadlineMs) {
      sweep.isTold = true;
      incident({ kind: 'orders-left-over', symbol, detail: { orders: left }, time: clock.now() });
    }
    this.again(symbol);
  }

  private again(symbol: string): void {
    this.setup.clock.after(this.setup.retryMs, () => this.setup.enqueue(() => this.look(symbol)));
  }
}

/** Whatever the answer: it is gone, or is seen again. */
export async function cancelOrphan(account: VenueAccount, { symbol, clientOrderId }: VenueOrder): Promise<void> {
  try {
    await (clientOrderId === '' ? account.cancelAll(symbol) : account.cancel({ symbol, clientOrderId }));
  } catch (error) {
    if (!(error instanceof VenueError)) throw error;
  }
}

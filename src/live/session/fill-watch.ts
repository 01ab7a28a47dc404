// Has an order that takes at once filled, although nobody said so? A market order does not rest: one that is silent is asked about.
import type { Clock } from '../../ports/clock.ts';
import type { TrackedOrder } from '../orders/tracked-order.ts';

export interface FillWatchSetup {
  readonly clock: Clock;
  readonly enqueue: (action: () => void) => void;
  /** It is asked about so long after the venue was known to have it, milliseconds, then after twice as long, up to a minute. */
  readonly firstMs: number;
  /** False: the order is over. */
  readonly isThere: (wireId: string) => boolean;
  readonly lookUp: (wireId: string) => void;
}

const LONGEST_MS = 60_000;

/** Orders of one session at the venue that have to fill at once. */
export class FillWatch {
  private readonly setup: FillWatchSetup;
  /** Orders that nobody has asked about yet. */
  private readonly unasked = new Set<string>();

  constructor(setup: FillWatchSetup) {
    this.setup = setup;
  }

  /** True: every order that has to have filled is over, or was asked about. */
  get quiet(): boolean {
    for (const wireId of this.unasked) if (!this.setup.isThere(wireId)) this.unasked.delete(wireId);
    return this.unasked.size === 0;
  }

  /** The venue has the order. */
  opened({ request }: TrackedOrder): void {
    if (request.type !== 'market' && request.timeInForce !== 'ioc') return;
    this.unasked.add(request.clientOrderId);
    this.askAfter(request.clientOrderId, this.setup.firstMs);
  }

  private askAfter(wireId: string, delayMs: number): void {
    const { clock, enqueue, isThere, lookUp } = this.setup;
    clock.after(delayMs, () =>
      enqueue(() => {
        this.unasked.delete(wireId);
        if (!isThere(wireId)) return;
        lookUp(wireId);
        this.askAfter(wireId, Math.min(LONGEST_MS, delayMs * 2));
      }),
    );
  }
}

// Does every position have its stop, where the engine thinks it is, within seconds? Set, seen at the venue, or closed.
import { VenueError } from '../../domain/venue-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HeldPosition, ProtectionRequest, VenueAccount } from '../../ports/venue-account.ts';

export interface WantedProtection {
  readonly stopPrice: number | undefined;
  /** Undefined: whatever there is. */
  readonly targetPrice: number | undefined;
}

export interface ProtectionDeskSetup {
  readonly account: VenueAccount;
  readonly clock: Clock;
  readonly triggerBy: 'last' | 'mark';
  /** A position may be without its stop for so long at most, milliseconds. */
  readonly deadlineMs: number;
  readonly retryMs: number;
  readonly enqueue: (action: () => void) => void;
  readonly track: (work: Promise<void>) => void;
  /** The stop could not be had in time: the position has to go. */
  readonly onHopeless: (symbol: string, reason: string) => void;
  /** Nothing is held of the symbol any more. */
  readonly onFlat: (symbol: string) => void;
  /** How long the position was without its stop, milliseconds. */
  readonly onProtected: (symbol: string, unprotectedMs: number) => void;
}

/** A position whose stop is not known to rest at the venue. */
interface Open {
  readonly wanted: WantedProtection;
  readonly since: number;
  /** Stop and target have to be set: what was sent with the entry differs, or was lost. */
  toSet: boolean;
  busy: boolean;
}

/** Stops of one session. */
export class ProtectionDesk {
  private readonly open = new Map<string, Open>();
  private readonly setup: ProtectionDeskSetup;
  private moved = 0;

  constructor(setup: ProtectionDeskSetup) {
    this.setup = setup;
  }

  /** Symbols whose protection is being seen to. */
  get pending(): readonly string[] {
    return [...this.open.keys()];
  }

  /** How often a stop was wanted: what was asked before the last one may show the one before it. */
  get moves(): number {
    return this.moved;
  }

  /** Since when the stop of the symbol is not known to rest at the venue; undefined: it is known, or there is none to be. */
  unprotectedSince(symbol: string): number | undefined {
    return this.open.get(symbol)?.since;
  }

  get quiet(): boolean {
    return this.open.size === 0;
  }

  /** The position is to have this protection. `rests`: the venue was told so with the entry. */
  want(symbol: string, wanted: WantedProtection, rests: boolean): void {
    if (wanted.stopPrice === undefined) return;
    const since = this.open.get(symbol)?.since ?? this.setup.clock.now();
    this.open.set(symbol, { wanted, since, toSet: !rests, busy: false });
    this.moved += 1;
    this.see(symbol);
  }

  /** It is flat: nothing is left to protect. */
  forget(symbol: string): void {
    this.open.delete(symbol);
    this.setup.onFlat(symbol);
  }

  private see(symbol: string): void {
    const open = this.open.get(symbol);
    if (open === undefined || open.busy) return;
    open.busy = true;
    const { enqueue, track } = this.setup;
    track(
      this.attempt(symbol, open).then(
        (found) => enqueue(() => this.judge(symbol, open, found)),
        (error: unknown) =>
          enqueue(() => {
            if (!(error instanceof VenueError)) throw error;
            this.judge(symbol, open, { kind: 'failed', reason: `${error.code}: ${error.message}` });
          }),
      ),
    );
  }

  private async attempt(symbol: string, open: Open): Promise<Attempt> {
    const { account, triggerBy } = this.setup;
    if (open.toSet) await account.protect(symbol, { ...protectionOf(open.wanted), triggerBy });
    const position = (await account.positions()).find((each) => each.symbol === symbol);
    if (position === undefined) return { kind: 'flat' };
    return (await this.rests(position, open.wanted))
      ? { kind: 'protected' }
      : { kind: 'failed', reason: 'the venue shows no stop' };
  }

  /** The stop belongs to the position, or rests as an order of its own. */
  private async rests(position: HeldPosition, wanted: WantedProtection): Promise<boolean> {
    if (position.stopPrice !== undefined) return position.stopPrice === wanted.stopPrice;
    const orders = await this.setup.account.openOrders(position.symbol);
    return orders.some((order) => order.conditional && order.triggerPrice === wanted.stopPrice);
  }

  private judge(symbol: string, open: Open, attempt: Attempt): void {
    open.busy = false;
    if (this.open.get(symbol) !== open) {
      // Something else is wanted by now.
      this.see(symbol);
      return;
    }
    const waited = this.setup.clock.now() - open.since;
    if (attempt.kind !== 'failed') {
      this.open.delete(symbol);
      if (attempt.kind === 'protected') this.setup.onProtected(symbol, waited);
      return;
    }
    if (waited >= this.setup.deadlineMs) {
      this.open.delete(symbol);
      this.setup.onHopeless(symbol, attempt.reason);
      return;
    }
    open.toSet = true;
    this.setup.clock.after(this.setup.retryMs, () => this.setup.enqueue(() => this.see(symbol)));
  }
}

type Attempt =
  | { readonly kind: 'protected' }
  | { readonly kind: 'flat' }
  | { readonly kind: 'failed'; readonly reason: string };

/** A target that is not named stays where it is. */
function protectionOf({ stopPrice, targetPrice }: WantedProtection): ProtectionRequest {
  return { stopPrice: stopPrice ?? 'none', targetPrice };
}

// What is said to the venue about one order, and what comes back? Sent once each time, looked up, cancelled; every answer goes to the order's machine.
import { VenueError, type VenueFailure } from '../../domain/venue-error.ts';
import type { Clock } from '../../ports/clock.ts';
import type { OrderAck, VenueAccount } from '../../ports/venue-account.ts';
import { restingPrice, type LegContext } from '../orders/order-legs.ts';
import type { OrderInput, TrackedOrder } from '../orders/tracked-order.ts';

/** What a venue quotes now; undefined: nothing that is known. */
export interface Touch {
  readonly bid: number | undefined;
  readonly ask: number | undefined;
}

export interface OrderWireSetup {
  readonly account: VenueAccount;
  readonly clock: Clock;
  readonly touch: (symbol: string) => Promise<Touch>;
  readonly lookUpEveryMs: number;
  readonly enqueue: (action: () => void) => void;
  readonly track: (work: Promise<void>) => void;
  /** The order as it stands; undefined: it is over. */
  readonly orderOf: (wireId: string) => TrackedOrder | undefined;
  readonly input: (wireId: string, input: OrderInput) => void;
  readonly later: (delayMs: number, action: () => void) => void;
  readonly onUnprotected: (symbol: string) => void;
  readonly onAcked?: ((order: TrackedOrder, latencyMs: number) => void) | undefined;
}

/** The way of orders to the venue and back. */
export class OrderWire {
  private readonly setup: OrderWireSetup;
  /** Leverage that was set by this life of the program, by symbol. */
  private readonly leverages = new Map<string, number>();

  constructor(setup: OrderWireSetup) {
    this.setup = setup;
  }

  send(order: TrackedOrder): void {
    const { enqueue, track, input, onAcked, onUnprotected } = this.setup;
    const { clientOrderId, symbol } = order.request;
    const sentAt = this.now();
    track(
      this.placeWithLeverage(order).then(
        (ack) =>
          enqueue(() => {
            onAcked?.(order, this.now() - sentAt);
            input(clientOrderId, { kind: 'acked', venueOrderId: ack.venueOrderId });
            if (ack.protection === 'failed') onUnprotected(symbol);
          }),
        (error: unknown) =>
          enqueue(() => input(clientOrderId, { kind: 'failed', failure: failureOf(error), now: this.now() })),
      ),
    );
  }

  lookUp(wireId: string): void {
    const order = this.setup.orderOf(wireId);
    if (order === undefined) return;
    const { symbol } = order.request;
    const { account, enqueue, track, input, later, lookUpEveryMs } = this.setup;
    track(
      account.findOrder({ symbol, clientOrderId: wireId }).then(
        (found) =>
          enqueue(() => {
            if (found === undefined) input(wireId, { kind: 'not-found', now: this.now() });
            else input(wireId, { kind: 'seen', order: found });
          }),
        // Not even the look-up answers: ask again, for as long as it takes.
        (error: unknown) =>
          enqueue(() => {
            failureOf(error);
            later(lookUpEveryMs, () => this.lookUp(wireId));
          }),
      ),
    );
  }

  /** Whatever the answer, a look at the order shows what became of it. */
  cancel(wireId: string): void {
    const { account, enqueue, track, orderOf } = this.setup;
    const order = orderOf(wireId);
    if (order === undefined) return;
    const { symbol } = order.request;
    const look = (): void => enqueue(() => this.lookUp(wireId));
    track(
      account.cancel({ symbol, clientOrderId: wireId }).then(look, (error: unknown) => {
        failureOf(error);
        look();
      }),
    );
  }

  /** Learns where the order may rest. */
  askTouch({ intent, request }: TrackedOrder, context: LegContext): void {
    const { enqueue, track, touch, input } = this.setup;
    const known = (quote: Touch): void =>
      enqueue(() => {
        const price = restingPrice(intent, quote, context);
        input(request.clientOrderId, { kind: 'priced', price, now: this.now() });
      });
    track(
      touch(intent.symbol).then(known, (error: unknown) => {
        // Where the market is not known, the price of the decision is the best that is.
        failureOf(error);
        known({ bid: undefined, ask: undefined });
      }),
    );
  }

  /** An entry is margined with the leverage that was decided; the venue remembers it per symbol. */
  private async placeWithLeverage({ request, intent }: TrackedOrder): Promise<OrderAck> {
    const { symbol, leverage } = intent;
    if (!request.reduceOnly && this.leverages.get(symbol) !== leverage) {
      await this.setLeverage(symbol, leverage);
      if (this.setup.orderOf(request.clientOrderId)?.withdrawn !== undefined) throw notWanted();
    }
    return this.setup.account.place(request);
  }

  private async setLeverage(symbol: string, leverage: number): Promise<void> {
    this.leverages.delete(symbol);
    try {
      await this.setup.account.setLeverage(symbol, leverage);
    } catch (error) {
      // Nothing has been ordered yet, whatever became of the setting.
      throw new VenueError({ ...failureOf(error), message: messageOf(error), orderMayExist: false });
    }
    this.leverages.set(symbol, leverage);
  }

  private now(): number {
    return this.setup.clock.now();
  }
}

/** Meanwhile the order was withdrawn: its machine ends it instead of sending it again. */
const notWanted = (): VenueError =>
  new VenueError({ code: 'CLOSED', message: 'the order was withdrawn', retryable: true, orderMayExist: false });

/** What is no failure of the venue is a bug and ends the program. */
export function failureOf(error: unknown): VenueFailure {
  if (error instanceof VenueError) return error;
  throw error;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

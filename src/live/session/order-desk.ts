// How do the engine's orders reach the venue, and what becomes of them? Each follows its machine; what a step asks for is done here.
import { fromExactJson, toExactJson } from '../../domain/exact-json.ts';
import type { Command, OrderIntent } from '../../domain/order.ts';
import { VenueError, type VenueFailure } from '../../domain/venue-error.ts';
import type { Instrument } from '../../domain/instrument.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Journal, NewJournalRow } from '../../ports/journal.ts';
import type { OrderAck, OrderRequest, VenueAccount, VenueOrder } from '../../ports/venue-account.ts';
import {
  advanceOrder,
  intendedOrder,
  type OrderInput,
  type OrderRules,
  type TrackedOrder,
} from '../orders/tracked-order.ts';
import { wireOrderId } from './order-ids.ts';
import { provisionalProtection } from './report.ts';

export interface OrderDeskSetup {
  readonly account: VenueAccount;
  readonly clock: Clock;
  readonly prefix: string;
  readonly instrument: (symbol: string) => Instrument;
  readonly rules: Omit<OrderRules, 'halfLot'>;
  readonly triggerBy: 'last' | 'mark';
  /** Runs `action` when all that came before it has been dealt with. */
  readonly enqueue: (action: () => void) => void;
  /** Work that the session has to wait for before it may be called settled. */
  readonly track: (work: Promise<void>) => void;
  readonly write: (rows: readonly NewJournalRow[]) => void;
  /** It is over without having filled whole: the engine has to know. */
  readonly onRefused: (order: TrackedOrder, reason: string) => void;
  /** Executions of an order are missing here. */
  readonly onMissingExecutions: (symbol: string) => void;
  /** The venue took an entry without its protection. */
  readonly onUnprotected: (symbol: string) => void;
  /** The first acknowledgement of an order, for measuring. */
  readonly onAcked?: ((order: TrackedOrder, latencyMs: number) => void) | undefined;
}

/** Orders of one session by their client order id at the venue. */
export class OrderDesk {
  private readonly orders = new Map<string, TrackedOrder>();
  private readonly setup: OrderDeskSetup;
  /** Leverage that was set by this life of the program, by symbol. */
  private readonly leverages = new Map<string, number>();
  /** Orders that wait for a time to come, to be sent or looked up. */
  private waiting = 0;

  constructor(setup: OrderDeskSetup) {
    this.setup = setup;
  }

  /** Orders of earlier lives that had not ended. They are looked up when `begin` is called. */
  recover(journal: Journal): void {
    for (const row of journal.read({ stream: 'order' })) {
      // Written by `rowOf` below.
      const order = fromExactJson(row.payload) as TrackedOrder;
      if (order.phase === 'done') this.orders.delete(row.key);
      else this.orders.set(row.key, { ...order, sentAt: undefined });
    }
  }

  /** Ids of orders that may still fill. */
  get underWay(): ReadonlySet<string> {
    return new Set(this.orders.keys());
  }

  /** True: nothing is on its way to or from the venue, and nothing waits to be sent or looked up. */
  get quiet(): boolean {
    return this.waiting === 0 && [...this.orders.values()].every(({ phase }) => phase === 'open');
  }

  find(wireId: string): TrackedOrder | undefined {
    return this.orders.get(wireId);
  }

  /** Rows that say that `commands` are intended: to be committed with the step that led to them, before anything is sent. */
  intend(commands: readonly Command[]): readonly NewJournalRow[] {
    return commands.flatMap((command) => {
      if (command.kind !== 'place') return [];
      const request = this.requestOf(command.order);
      return [this.rowOf(intendedOrder(request, command.order))];
    });
  }

  /** Sends what `intend` has written, and what has to be taken back. */
  carryOut(commands: readonly Command[]): void {
    for (const command of commands) {
      if (command.kind === 'cancel') {
        this.takeBack(command.clientOrderId, command.symbol);
        continue;
      }
      const order = intendedOrder(this.requestOf(command.order), command.order);
      this.orders.set(order.request.clientOrderId, order);
      this.input(order.request.clientOrderId, { kind: 'begin', now: this.now(), afterRestart: false });
    }
  }

  /** Takes up the orders of earlier lives. */
  resume(): void {
    for (const id of this.orders.keys()) this.input(id, { kind: 'begin', now: this.now(), afterRestart: true });
  }

  /** The venue shows an order. */
  seen(order: VenueOrder): void {
    if (this.orders.has(order.clientOrderId)) this.input(order.clientOrderId, { kind: 'seen', order });
  }

  /** The row of the order as it is after `quantity` of it was booked; `apply` makes it so. */
  booking(wireId: string, quantity: number): { readonly rows: readonly NewJournalRow[]; readonly apply: () => void } {
    const order = this.orders.get(wireId);
    if (order === undefined) return { rows: [], apply: () => undefined };
    const { order: after } = advanceOrder(order, { kind: 'booked', quantity }, this.rulesOf(order));
    return { rows: [this.rowOf(after)], apply: () => this.input(wireId, { kind: 'booked', quantity }) };
  }

  private input(wireId: string, input: OrderInput): void {
    const before = this.orders.get(wireId);
    if (before === undefined) return;
    const { order, step } = advanceOrder(before, input, this.rulesOf(before));
    if (order.phase === 'done') this.orders.delete(wireId);
    else this.orders.set(wireId, order);
    if (order.phase !== before.phase || order.venueOrderId !== before.venueOrderId)
      this.setup.write([this.rowOf(order)]);
    switch (step.kind) {
      case 'nothing':
        return;
      case 'send':
        this.later(step.delayMs, () => this.send(wireId));
        return;
      case 'look-up':
        this.later(step.delayMs, () => this.lookUp(wireId));
        return;
      case 'fetch-executions':
        this.setup.onMissingExecutions(order.request.symbol);
        return;
      case 'end':
        if (step.refused !== undefined) this.setup.onRefused(order, step.refused);
    }
  }

  private later(delayMs: number, action: () => void): void {
    if (delayMs <= 0) {
      action();
      return;
    }
    this.waiting += 1;
    this.setup.clock.after(delayMs, () => {
      this.setup.enqueue(() => {
        this.waiting -= 1;
        action();
      });
    });
  }

  private send(wireId: string): void {
    const order = this.orders.get(wireId);
    if (order?.phase !== 'unknown') return;
    const { account, enqueue, track } = this.setup;
    const sentAt = this.now();
    track(
      this.placeWithLeverage(account, order).then(
        (ack) =>
          enqueue(() => {
            this.setup.onAcked?.(order, this.now() - sentAt);
            this.input(wireId, { kind: 'acked', venueOrderId: ack.venueOrderId });
            if (ack.protection === 'failed') this.setup.onUnprotected(order.request.symbol);
          }),
        (error: unknown) =>
          enqueue(() => this.input(wireId, { kind: 'failed', failure: failureOf(error), now: this.now() })),
      ),
    );
  }

  /** An entry is margined with the leverage that was decided; the venue remembers it per symbol. */
  private async placeWithLeverage(account: VenueAccount, { request, intent }: TrackedOrder): Promise<OrderAck> {
    const { symbol, leverage } = intent;
    if (!request.reduceOnly && this.leverages.get(symbol) !== leverage) {
      await this.leverageOf(account, symbol, leverage);
    }
    return account.place(request);
  }

  private async leverageOf(account: VenueAccount, symbol: string, leverage: number): Promise<void> {
    this.leverages.delete(symbol);
    try {
      await account.setLeverage(symbol, leverage);
    } catch (error) {
      // Nothing has been ordered yet, whatever became of the setting.
      throw new VenueError({ ...failureOf(error), message: messageOf(error), orderMayExist: false });
    }
    this.leverages.set(symbol, leverage);
  }

  private lookUp(wireId: string): void {
    const order = this.orders.get(wireId);
    if (order === undefined) return;
    const { symbol } = order.request;
    const { account, enqueue, track } = this.setup;
    track(
      account.findOrder({ symbol, clientOrderId: wireId }).then(
        (found) =>
          enqueue(() => {
            if (found === undefined) this.input(wireId, { kind: 'not-found', now: this.now() });
            else this.input(wireId, { kind: 'seen', order: found });
          }),
        // Not even the look-up answers: ask again, for as long as it takes.
        (error: unknown) =>
          enqueue(() => {
            failureOf(error);
            this.later(this.setup.rules.lookUpEveryMs, () => this.lookUp(wireId));
          }),
      ),
    );
  }

  /** An order that is to be taken back: whatever the answer, a look at it shows what became of it. */
  private takeBack(engineId: string, symbol: string): void {
    const [wireId] = [...this.orders].find(([, { intent }]) => intent.clientOrderId === engineId) ?? [];
    if (wireId === undefined) return;
    const look = (): void => this.setup.enqueue(() => this.lookUp(wireId));
    this.setup.track(
      this.setup.account.cancel({ symbol, clientOrderId: wireId }).then(look, (error: unknown) => {
        failureOf(error);
        look();
      }),
    );
  }

  private requestOf(intent: OrderIntent): OrderRequest {
    const { symbol, side, quantity, reduceOnly } = intent;
    const protection = provisionalProtection(this.setup.instrument(symbol), intent);
    return {
      clientOrderId: wireOrderId(this.setup.prefix, intent),
      symbol,
      side,
      quantity,
      reduceOnly,
      type: 'market',
      ...(protection === undefined ? {} : { protection: { ...protection, triggerBy: this.setup.triggerBy } }),
      safety: reduceOnly,
    };
  }

  private rowOf(order: TrackedOrder): NewJournalRow {
    return {
      stream: 'order',
      key: order.request.clientOrderId,
      eventTime: order.intent.decidedAt,
      receivedTime: this.now(),
      payload: toExactJson(order),
    };
  }

  private rulesOf({ request }: TrackedOrder): OrderRules {
    return { ...this.setup.rules, halfLot: this.setup.instrument(request.symbol).lotSize / 2 };
  }

  private now(): number {
    return this.setup.clock.now();
  }
}

/** What is no failure of the venue is a bug and ends the program. */
function failureOf(error: unknown): VenueFailure {
  if (error instanceof VenueError) return error;
  throw error;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

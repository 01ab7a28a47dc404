// How do the engine's orders reach the venue, and what becomes of them? Each follows its machine; what a step asks for is done here.
import { fromExactJson, toExactJson } from '../../domain/exact-json.ts';
import type { Command, OrderIntent } from '../../domain/order.ts';
import type { Instrument } from '../../domain/instrument.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Journal, NewJournalRow } from '../../ports/journal.ts';
import type { VenueAccount, VenueOrder } from '../../ports/venue-account.ts';
import { firstLeg, nextLeg, remediedLeg, type EntryRules, type LegContext } from '../orders/order-legs.ts';
import {
  advanceOrder,
  intendedOrder,
  type OrderInput,
  type OrderRules,
  type Remedy,
  type TrackedOrder,
} from '../orders/tracked-order.ts';
import { FillWatch } from './fill-watch.ts';
import { failureOf, OrderWire, type Touch } from './order-wire.ts';

export interface OrderDeskSetup {
  readonly account: VenueAccount;
  readonly clock: Clock;
  readonly prefix: string;
  readonly instrument: (symbol: string) => Instrument;
  readonly rules: Omit<OrderRules, 'halfLot' | 'mayOpen'>;
  readonly entries: EntryRules;
  readonly triggerBy: 'last' | 'mark';
  /** Stop and target can be attached to an order that has not filled yet. */
  readonly attachesProtection: boolean;
  /** Whether entries of the symbol are allowed now. */
  readonly mayOpen: (symbol: string) => boolean;
  /** Why an order must not be sent at all; undefined: nothing speaks against it. */
  readonly objection: (intent: OrderIntent) => string | undefined;
  readonly touch: (symbol: string) => Promise<Touch>;
  /** Reads again how the contracts are listed, and resolves when the engine knows. */
  readonly readContracts: () => Promise<void>;
  /** Orders that the engine waits for. */
  readonly awaited: () => readonly OrderIntent[];
  /** Runs `action` when all that came before it has been dealt with. */
  readonly enqueue: (action: () => void) => void;
  /** Work that the session has to wait for before it may be called settled. */
  readonly track: (work: Promise<void>) => void;
  /** False: the disk refuses; what would add risk is not sent then. */
  readonly write: (rows: readonly NewJournalRow[]) => boolean;
  /** It is over without having filled whole: the engine has to know. */
  readonly onRefused: (order: TrackedOrder, reason: string) => void;
  /** Executions of an order are missing here. */
  readonly onMissingExecutions: (symbol: string) => void;
  /** The venue took an entry without its protection. */
  readonly onUnprotected: (symbol: string) => void;
  /** The first acknowledgement of an order, for measuring. */
  readonly onAcked?: ((order: TrackedOrder, latencyMs: number) => void) | undefined;
}

/** Of the margin that the venue shows as available, an order binds this much at most: fees and a moving price need the rest. */
const USABLE_MARGIN = 0.98;

/** Orders of one session by their client order id at the venue. */
export class OrderDesk {
  private readonly orders = new Map<string, TrackedOrder>();
  /** Orders that are over, whose decision waits for a remedy, by the id of the decision; of earlier lives, all that are over. */
  private readonly ended = new Map<string, TrackedOrder>();
  private readonly setup: OrderDeskSetup;
  private readonly wire: OrderWire;
  private readonly fills: FillWatch;
  /** Orders that wait for a time to come, to be sent or looked up. */
  private waiting = 0;
  /** Remedies that are being sought. */
  private seeking = 0;

  constructor(setup: OrderDeskSetup) {
    this.setup = setup;
    this.wire = new OrderWire({
      ...setup,
      lookUpEveryMs: setup.rules.lookUpEveryMs,
      orderOf: (wireId) => this.orders.get(wireId),
      input: (wireId, input) => this.input(wireId, input),
      later: (delayMs, action) => this.later(delayMs, action),
    });
    this.fills = new FillWatch({
      clock: setup.clock,
      enqueue: setup.enqueue,
      firstMs: setup.rules.lookUpEveryMs,
      isThere: (wireId) => this.orders.has(wireId),
      lookUp: (wireId) => this.wire.lookUp(wireId),
    });
  }

  /** Orders of earlier lives that had not ended. They are looked up when `resume` is called. */
  recover(journal: Journal): void {
    for (const row of journal.read({ stream: 'order' })) {
      // Written by `rowOf` below, perhaps by a version that knew less of an order.
      const written = fromExactJson(row.payload) as TrackedOrder;
      const order: TrackedOrder = { ...intendedOrder(written.request, written.intent), ...written, sentAt: undefined };
      if (order.phase === 'done') this.orders.delete(row.key);
      else this.orders.set(row.key, order);
      if (order.phase === 'done') this.ended.set(order.intent.clientOrderId, order);
      else this.ended.delete(order.intent.clientOrderId);
    }
  }

  /** Ids of orders that may still fill. */
  get underWay(): ReadonlySet<string> {
    return new Set(this.orders.keys());
  }

  /** True: nothing is on its way to or from the venue, and nothing waits to be sent or looked up. */
  get steady(): boolean {
    const isOpen = [...this.orders.values()].every(({ phase }) => phase === 'open');
    return this.waiting + this.seeking === 0 && isOpen && this.fills.quiet;
  }

  /** The same, and no order rests that will be withdrawn. */
  get quiet(): boolean {
    return this.steady && [...this.orders.values()].every(({ restsUntil }) => restsUntil === undefined);
  }

  /** An order of the symbol may still fill. */
  isUnderWay(symbol: string): boolean {
    return [...this.orders.values()].some(({ request }) => request.symbol === symbol);
  }

  find(wireId: string): TrackedOrder | undefined {
    return this.orders.get(wireId);
  }

  /** Rows that say what `commands` intend: to be committed with the step that led to them, before anything is sent. */
  intend(commands: readonly Command[]): readonly NewJournalRow[] {
    return commands.flatMap((command) => {
      if (command.kind === 'place') return [this.rowOf(this.firstOf(command.order))];
      const order = command.kind === 'cancel' ? this.ofDecision(command.clientOrderId) : undefined;
      return order === undefined ? [] : [this.rowOf({ ...order, withdrawn: 'taken-back' })];
    });
  }

  /** Sends what `intend` has written, and what has to be taken back. */
  carryOut(commands: readonly Command[]): void {
    for (const command of commands) {
      if (command.kind === 'cancel') this.takeBack(command.clientOrderId);
      else if (command.kind === 'place') this.begin(command.order);
    }
  }

  private begin(intent: OrderIntent): void {
    const objection = this.setup.objection(intent);
    if (objection === undefined) this.take(this.firstOf(intent));
    else this.giveUp(this.firstOf(intent), objection);
  }

  /** Entries that the disk did not take are not sent, not even by a later life that finds them when it has taken them at last. */
  refuse(commands: readonly Command[]): void {
    for (const command of commands) if (command.kind === 'place') this.giveUp(this.firstOf(command.order), 'journal');
  }

  private giveUp(order: TrackedOrder, reason: string): void {
    this.setup.write([this.rowOf({ ...order, phase: 'done', ending: reason })]);
    this.setup.onRefused(order, reason);
  }

  /** Takes up the orders of earlier lives, and decisions that had come to no end. */
  resume(): void {
    for (const [id, order] of this.orders) {
      this.withdrawLater(order);
      this.input(id, { kind: 'begin', now: this.now(), afterRestart: true });
    }
    const awaited = new Set(this.setup.awaited().map(({ clientOrderId }) => clientOrderId));
    const ended = [...this.ended.values()];
    this.ended.clear();
    for (const order of ended) if (awaited.has(order.intent.clientOrderId)) this.conclude(order);
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
    const isOver = step.kind === 'end';
    // The end of an order is written together with the order that follows on it.
    if (!isOver && isNews(before, order)) this.setup.write([this.rowOf(order)]);
    if (order.phase === 'open' && before.phase !== 'open') this.fills.opened(order);
    switch (step.kind) {
      case 'nothing':
        return;
      case 'price':
        this.wire.askTouch(order, this.contextOf(order.intent.symbol));
        return;
      case 'send':
        if (step.delayMs <= 0) this.wire.send(order);
        else this.later(step.delayMs, () => this.input(wireId, { kind: 'due', now: this.now() }));
        return;
      case 'look-up':
        this.later(step.delayMs, () => this.wire.lookUp(wireId));
        return;
      case 'cancel':
        this.later(step.delayMs, () => this.wire.cancel(wireId));
        return;
      case 'fetch-executions':
        this.setup.onMissingExecutions(order.request.symbol);
        return;
      case 'end':
        this.conclude(order);
    }
  }

  /** An order stands on the disk: its way begins. */
  private take(order: TrackedOrder): void {
    const id = order.request.clientOrderId;
    this.orders.set(id, order);
    this.withdrawLater(order);
    this.input(id, { kind: 'begin', now: this.now(), afterRestart: false });
  }

  /** An order is over: another one follows, or the engine hears of it. */
  private conclude(order: TrackedOrder): void {
    const { symbol } = order.intent;
    const next = nextLeg(order, this.contextOf(symbol), this.setup.mayOpen(symbol));
    switch (next.kind) {
      case 'order':
        if (this.setup.write([this.rowOf(order), this.rowOf(next.order)]) || next.order.request.reduceOnly)
          this.take(next.order);
        else this.giveUp(next.order, 'journal');
        return;
      case 'remedy':
        this.setup.write([this.rowOf(order)]);
        this.seek(order, next.remedy);
        return;
      default:
        this.setup.write([this.rowOf(order)]);
        if (next.refused !== undefined) this.setup.onRefused(order, next.refused);
    }
  }

  /** Learns what would help, and tries once more with it. */
  private seek(order: TrackedOrder, remedy: Remedy): void {
    const { intent } = order;
    const { enqueue, track } = this.setup;
    this.ended.set(intent.clientOrderId, order);
    this.seeking += 1;
    const goOn = (affordable: number | undefined): void => {
      this.seeking -= 1;
      const known = this.ended.get(intent.clientOrderId) ?? order;
      this.ended.delete(intent.clientOrderId);
      this.applyRemedy(known, { kind: remedy, affordable });
    };
    track(
      this.knowledgeFor(remedy, intent).then(
        (affordable) => enqueue(() => goOn(affordable)),
        (error: unknown) =>
          enqueue(() => {
            failureOf(error);
            goOn(0);
          }),
      ),
    );
  }

  private applyRemedy(
    order: TrackedOrder,
    remedy: { readonly kind: Remedy; readonly affordable: number | undefined },
  ): void {
    const { symbol, reduceOnly } = order.intent;
    const isWanted = reduceOnly || (this.setup.mayOpen(symbol) && order.withdrawn !== 'taken-back');
    const again = isWanted ? remediedLeg(order, remedy, this.contextOf(symbol)) : undefined;
    if (again === undefined) {
      this.setup.onRefused(order, order.ending ?? 'cancelled');
      return;
    }
    if (this.setup.write([this.rowOf(again)]) || again.request.reduceOnly) this.take(again);
    else this.giveUp(again, 'journal');
  }

  /** Base units that the margin suffices for; undefined: the remedy does not ask for less. @throws VenueError */
  private async knowledgeFor(remedy: Remedy, intent: OrderIntent): Promise<number | undefined> {
    if (remedy === 'new-rules') {
      await this.setup.readContracts();
      return undefined;
    }
    const { available } = await this.setup.account.balance();
    return (Math.max(0, available) * USABLE_MARGIN * intent.leverage) / intent.decisionPrice;
  }

  /** An order that rests is withdrawn at its time. */
  private withdrawLater({ restsUntil, request }: TrackedOrder): void {
    if (restsUntil === undefined) return;
    const { clock, enqueue } = this.setup;
    clock.after(Math.max(0, restsUntil - this.now()), () =>
      enqueue(() => this.input(request.clientOrderId, { kind: 'withdraw', why: 'expired' })),
    );
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

  /** The decision does not stand any more: its order is withdrawn, and none follows. */
  private takeBack(engineId: string): void {
    const order = this.ofDecision(engineId);
    if (order === undefined) return;
    const ended = this.ended.get(engineId);
    if (ended === undefined) this.input(order.request.clientOrderId, { kind: 'withdraw', why: 'taken-back' });
    else this.ended.set(engineId, { ...ended, withdrawn: 'taken-back' });
  }

  /** The newest order of a decision that has come to no end. */
  private ofDecision(engineId: string): TrackedOrder | undefined {
    const order = [...this.orders.values()].find(({ intent }) => intent.clientOrderId === engineId);
    return order ?? this.ended.get(engineId);
  }

  private firstOf(intent: OrderIntent): TrackedOrder {
    return firstLeg(intent, this.contextOf(intent.symbol));
  }

  private contextOf(symbol: string): LegContext {
    const { prefix, entries, triggerBy, attachesProtection, instrument } = this.setup;
    return { instrument: instrument(symbol), prefix, entries, triggerBy, attachesProtection };
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
    const { rules, instrument, mayOpen } = this.setup;
    return { ...rules, halfLot: instrument(request.symbol).lotSize / 2, mayOpen: mayOpen(request.symbol) };
  }

  private now(): number {
    return this.setup.clock.now();
  }
}

const isNews = (before: TrackedOrder, after: TrackedOrder): boolean =>
  after.phase !== before.phase ||
  after.venueOrderId !== before.venueOrderId ||
  after.request.price !== before.request.price ||
  after.withdrawn !== before.withdrawn;

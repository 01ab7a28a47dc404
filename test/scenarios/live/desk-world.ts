// Which world do orders live in when nothing else is tried? One decision, a venue of a few lines that may lose, lag and refuse, and a journal.
import { VenueError, type VenueErrorCode } from '../../../src/domain/venue-error.ts';
import type { Instrument } from '../../../src/domain/instrument.ts';
import type { OrderIntent } from '../../../src/domain/order.ts';
import type { Random } from '../../../src/domain/random.ts';
import type { EntryRules } from '../../../src/live/orders/order-legs.ts';
import { DEFAULT_RULES } from '../../../src/live/session/default-rules.ts';
import { OrderDesk } from '../../../src/live/session/order-desk.ts';
import { WorkQueue } from '../../../src/live/session/work-queue.ts';
import { SteppedClock } from '../../../src/live/rehearsal/stepped-clock.ts';
import type { OrderRequest, VenueAccount, VenueOrder } from '../../../src/ports/venue-account.ts';
import { Killed, memoryJournal } from './memory-journal.ts';

const SYMBOL = 'TESTUSDT';
const DECISION = 1_000_000;

export function intentOf(purpose: 'entry' | 'exit', quantity: number): OrderIntent {
  return {
    clientOrderId: `${SYMBOL}-x-${purpose}`,
    symbol: SYMBOL,
    side: 'buy',
    quantity,
    reduceOnly: false,
    leverage: 2,
    reason: purpose === 'entry' ? 'entry' : 'time-exit',
    decidedAt: DECISION,
    decisionPrice: 100,
    protection: undefined,
  };
}

export interface WorldOptions {
  readonly intent: OrderIntent;
  readonly entries: EntryRules;
  /** Chances of trouble come from it; undefined: there is none. */
  readonly random: Random | undefined;
  readonly maxMarketQuantity: number;
  readonly ask: number;
  readonly postOnlyTakes: boolean;
  /** What the venue lets orders bind, and what it claims. */
  readonly margin: number;
  readonly marginClaimed: number;
  readonly lotAtVenue: number;
  readonly refusal: VenueErrorCode;
}

interface LiveOrder {
  readonly request: OrderRequest;
  readonly id: string;
  readonly placedAt: number;
  filled: number;
  state: VenueOrder['state'];
  reason: string | undefined;
}

interface Execution {
  readonly id: string;
  readonly clientOrderId: string;
  readonly quantity: number;
}

export interface DeskWorld {
  readonly intent: OrderIntent;
  /** What may never be, in words. */
  readonly violations: readonly string[];
  readonly filledAtVenue: number;
  readonly booked: number;
  readonly openAtVenue: readonly string[];
  /** Ids that the venue took or refused for certain, in order, each once it was new there. */
  readonly sent: readonly string[];
  readonly requests: readonly OrderRequest[];
  readonly refusals: readonly string[];
  /** The engine still waits for the decision. */
  readonly isAwaited: boolean;
  readonly deaths: number;
  decide(): Promise<void>;
  /** Lets time pass. */
  pass(milliseconds: number): Promise<void>;
  /** What rests is filled, as a share of what is left; without one, by chance. */
  fillSome(share?: number): Promise<void>;
  /** Executions so far become known. */
  deliver(): Promise<void>;
  /** The venue shows its orders. */
  streams(): Promise<void>;
  takeBack(): Promise<void>;
  cancelByHand(): Promise<void>;
  /** The program dies at one of the next commits. */
  dieSoon(): Promise<void>;
  forbid(): void;
  /** No trouble any more, and time until everything is settled. */
  calmDown(): Promise<void>;
}

export function deskWorld(given: Partial<WorldOptions>): DeskWorld {
  return new World({
    intent: intentOf('entry', 1),
    entries: DEFAULT_RULES.entries,
    random: undefined,
    maxMarketQuantity: Infinity,
    ask: 100.1,
    postOnlyTakes: false,
    margin: Infinity,
    marginClaimed: given.margin ?? Infinity,
    lotAtVenue: 0.001,
    refusal: 'REFUSED',
    ...given,
  });
}

const LAG_MS = 10_000;
const isOpen = ({ state }: LiveOrder): boolean => state === 'new' || state === 'partly-filled';

class World implements DeskWorld {
  readonly violations: string[] = [];
  readonly sent: string[] = [];
  readonly requests: OrderRequest[] = [];
  deaths = 0;
  private readonly options: WorldOptions;
  private readonly journal = memoryJournal();
  private readonly clock = new SteppedClock(DECISION);
  private readonly live = new Map<string, LiveOrder>();
  private readonly executions: Execution[] = [];
  private instrument: Instrument;
  private isForbidden = false;
  private isCalm: boolean;
  private queue: WorkQueue;
  private desk: OrderDesk;
  private fatal: unknown;

  constructor(options: WorldOptions) {
    this.options = options;
    this.isCalm = options.random === undefined;
    this.instrument = {
      symbol: SYMBOL,
      tickSize: 0.1,
      lotSize: 0.001,
      minQuantity: 0.001,
      maxMarketQuantity: options.maxMarketQuantity,
      minNotional: 5,
      tiers: [{ maxNotional: Infinity, maintenanceRate: 0.005, deduction: 0, maxLeverage: 100 }],
    };
    [this.queue, this.desk] = this.begin();
  }

  get intent(): OrderIntent {
    return this.options.intent;
  }

  get filledAtVenue(): number {
    return this.executions.reduce((sum, { quantity }) => sum + quantity, 0);
  }

  get openAtVenue(): readonly string[] {
    return [...this.live.values()].filter(isOpen).map(({ request }) => request.clientOrderId);
  }

  get booked(): number {
    return [...this.journal.read({ stream: 'execution' })].reduce((sum, { payload }) => sum + Number(payload), 0);
  }

  get refusals(): readonly string[] {
    return this.told('refused');
  }

  /** Decided, and neither filled whole nor refused: a function of the journal, as the engine's state is. */
  get isAwaited(): boolean {
    const isDecided = this.told('decided').length > 0;
    return isDecided && this.refusals.length === 0 && this.intent.quantity - this.booked > 0.0005;
  }

  private told(what: string): readonly string[] {
    return [...this.journal.read({ stream: 'event', key: what })].map(({ payload }) => payload);
  }

  async decide(): Promise<void> {
    await this.act(() => {
      const commands = [{ kind: 'place', order: this.intent }] as const;
      this.journal.commit([this.event('decided', ''), ...this.desk.intend(commands)]);
      this.desk.carryOut(commands);
    });
  }

  async takeBack(): Promise<void> {
    await this.act(() => {
      if (!this.isAwaited || this.intent.reduceOnly) return;
      const commands = [{ kind: 'cancel', symbol: SYMBOL, clientOrderId: this.intent.clientOrderId }] as const;
      this.journal.commit([this.event('taken-back', ''), ...this.desk.intend(commands)]);
      this.desk.carryOut(commands);
    });
  }

  async pass(milliseconds: number): Promise<void> {
    const end = this.clock.now() + milliseconds;
    for (;;) {
      await this.settle();
      const due = this.clock.nextDue;
      if (due > end) break;
      this.clock.moveTo(due);
    }
    this.clock.moveTo(end);
    await this.settle();
  }

  async fillSome(share = this.chance()): Promise<void> {
    for (const order of this.live.values()) {
      if (isOpen(order)) this.fillPart(order, (order.request.quantity - order.filled) * share);
    }
    await this.settle();
  }

  async deliver(): Promise<void> {
    await this.act(() => {
      const known = new Set([...this.journal.read({ stream: 'execution' })].map(({ key }) => key));
      for (const execution of this.executions) this.book(execution, known);
    });
  }

  async streams(): Promise<void> {
    await this.act(() => {
      for (const order of this.live.values()) this.desk.seen(shown(order));
    });
  }

  async cancelByHand(): Promise<void> {
    for (const order of this.live.values()) {
      if (isOpen(order)) order.state = 'cancelled';
    }
    await this.streams();
  }

  async dieSoon(): Promise<void> {
    this.journal.dieAt(1 + Math.floor(this.chance() * 4), this.chance() < 0.5 ? 'before' : 'after');
    await this.settle();
  }

  forbid(): void {
    this.isForbidden = true;
  }

  async calmDown(): Promise<void> {
    this.isCalm = true;
    this.journal.dieAt(Infinity, 'before');
    for (let round = 0; round < 60; round += 1) {
      await this.pass(1_000);
      await this.deliver();
      await this.streams();
    }
  }

  private begin(): [WorkQueue, OrderDesk] {
    const queue = new WorkQueue((error) => {
      this.fatal = error;
    });
    const desk = new OrderDesk({
      account: this.account(),
      clock: this.clock,
      prefix: 'ppt1-',
      instrument: () => this.instrument,
      rules: DEFAULT_RULES.orders,
      entries: this.options.entries,
      triggerBy: 'last',
      attachesProtection: true,
      objection: () => undefined,
      mayOpen: () => !this.isForbidden,
      touch: () => this.call(() => ({ bid: 99.9, ask: this.options.ask })),
      readContracts: () =>
        this.call(() => {
          this.instrument = { ...this.instrument, lotSize: this.options.lotAtVenue };
        }),
      awaited: () => (this.isAwaited ? [this.intent] : []),
      enqueue: queue.enqueue,
      track: queue.track,
      write: (rows) => this.journal.commit(rows) > 0,
      onRefused: (_order, reason) => void this.journal.commit([this.event('refused', reason)]),
      onMissingExecutions: () => undefined,
      onUnprotected: () => undefined,
    });
    return [queue, desk];
  }

  /** The program is dead: another one takes up what it left. */
  private async revive(): Promise<void> {
    this.fatal = undefined;
    this.deaths += 1;
    this.journal.dieAt(Infinity, 'before');
    this.queue.halt();
    [this.queue, this.desk] = this.begin();
    this.queue.enqueue(() => {
      this.desk.recover(this.journal);
      this.desk.resume();
    });
    await this.settle();
  }

  private async act(action: () => void): Promise<void> {
    this.queue.enqueue(action);
    await this.settle();
  }

  private async settle(): Promise<void> {
    while (!this.queue.isHalted && !this.queue.quiet) await this.queue.next();
    if (this.fatal === undefined) return;
    if (!(this.fatal instanceof Killed)) throw this.fatal;
    await this.revive();
  }

  private chance(): number {
    return this.options.random?.next() ?? 1;
  }

  private event(key: string, payload: string) {
    return { stream: 'event', key, eventTime: 0, receivedTime: 0, payload } as const;
  }

  private book(execution: Execution, known: Set<string>): void {
    if (known.has(execution.id)) return;
    known.add(execution.id);
    const { id: key, clientOrderId, quantity } = execution;
    const booking = this.desk.booking(clientOrderId, quantity);
    const row = { stream: 'execution', key, eventTime: 0, receivedTime: 0, payload: String(quantity) } as const;
    this.journal.commit([row, ...booking.rows]);
    booking.apply();
  }

  /** What becomes of a call: done, done without an answer, or not done, for certain or not. */
  private async call<Value>(action: () => Value): Promise<Value> {
    await Promise.resolve();
    const dice = this.isCalm ? 1 : this.chance();
    if (dice < 0.1) throw failed('OVERLOADED', { retryable: true });
    if (dice < 0.2) throw failed('TIMEOUT', { retryable: true, orderMayExist: true });
    const value = action();
    if (dice < 0.35) throw failed('TIMEOUT', { retryable: true, orderMayExist: true });
    return value;
  }

  private account(): VenueAccount {
    return {
      keyFacts: unused,
      modes: unused,
      positions: unused,
      openOrders: unused,
      executions: unused,
      protect: unused,
      cancelAll: unused,
      setMarginMode: unused,
      setPositionMode: unused,
      balance: () =>
        this.call(() => ({ wallet: 0, equity: 0, available: this.options.marginClaimed, walletText: '0' })),
      setLeverage: () => this.call(() => undefined),
      findOrder: ({ clientOrderId }) => this.call(() => this.lookUp(clientOrderId)),
      cancel: ({ clientOrderId }) => this.call(() => this.cancel(clientOrderId)),
      place: (request) => {
        if (this.told('taken-back').length > 0) this.violations.push(`${request.clientOrderId} was taken back`);
        return this.call(() => this.place(request));
      },
    };
  }

  /** Like the venues', the index of orders lags behind. */
  private lookUp(clientOrderId: string): VenueOrder | undefined {
    const order = this.live.get(clientOrderId);
    const lag = this.isCalm ? 0 : this.chance() * LAG_MS;
    return order === undefined || this.clock.now() - order.placedAt < lag ? undefined : shown(order);
  }

  private cancel(clientOrderId: string): void {
    const order = this.live.get(clientOrderId);
    if (order === undefined) throw failed('ORDER_NOT_FOUND', {});
    if (!isOpen(order)) throw failed('ORDER_FINAL', {});
    // It may fill while it is being cancelled.
    if (!this.isCalm && this.chance() < 0.3)
      this.fillPart(order, (order.request.quantity - order.filled) * this.chance());
    if (isOpen(order)) order.state = 'cancelled';
  }

  private place(request: OrderRequest) {
    const { clientOrderId, quantity } = request;
    if (this.live.has(clientOrderId)) throw failed('ORDER_ID_TAKEN', {});
    if (!this.sent.includes(clientOrderId)) {
      this.sent.push(clientOrderId);
      this.requests.push(request);
    }
    if (this.openAtVenue.length > 0) this.violations.push(`${clientOrderId} beside ${this.openAtVenue.join()}`);
    if (!this.told('decided').length) this.violations.push(`${clientOrderId} was sent before it was written`);
    this.refuse(request);
    const id = `v${this.live.size}`;
    const order: LiveOrder = { request, id, placedAt: this.clock.now(), filled: 0, state: 'new', reason: undefined };
    this.live.set(clientOrderId, order);
    if (request.timeInForce === 'post-only' && this.options.postOnlyTakes) {
      order.state = 'cancelled';
      order.reason = 'EC_PostOnlyWillTakeLiquidity';
    }
    const takes = request.type === 'market' || request.timeInForce === 'ioc';
    if (takes) {
      const isWithin = request.price === undefined || request.price >= this.options.ask;
      const share = this.isCalm || this.chance() < 0.6 ? 1 : this.chance();
      if (isWithin) this.fillPart(order, quantity * share);
      if (isOpen(order)) order.state = 'cancelled';
    }
    return { clientOrderId, venueOrderId: id, protection: 'none' } as const;
  }

  private refuse({ quantity, reduceOnly }: OrderRequest): void {
    const { margin, lotAtVenue, refusal } = this.options;
    if (refusal !== 'REFUSED') throw failed(refusal, {});
    const lots = quantity / lotAtVenue;
    if (Math.abs(lots - Math.round(lots)) > 1e-6) throw failed('OFF_GRID', {});
    if (!reduceOnly && (quantity * 100) / this.intent.leverage > margin) throw failed('MARGIN_INSUFFICIENT', {});
  }

  private fillPart(order: LiveOrder, units: number): void {
    const lot = this.options.lotAtVenue;
    const lots = Math.min(Math.round(units / lot), Math.round((order.request.quantity - order.filled) / lot));
    if (lots <= 0) return;
    const quantity = Number((lots * lot).toFixed(6));
    order.filled = Number((order.filled + quantity).toFixed(6));
    order.state = order.filled >= order.request.quantity - 1e-9 ? 'filled' : 'partly-filled';
    const { clientOrderId } = order.request;
    this.executions.push({ id: `x${this.executions.length}`, clientOrderId, quantity });
  }
}

const unused = (): never => {
  throw new Error('not used here');
};

function failed(code: VenueErrorCode, how: { retryable?: boolean; orderMayExist?: boolean }): VenueError {
  return new VenueError({ code, message: code, retryable: false, orderMayExist: false, ...how });
}

function shown({ request, id, filled, state, reason }: LiveOrder): VenueOrder {
  return {
    symbol: request.symbol,
    venueOrderId: id,
    clientOrderId: request.clientOrderId,
    parentClientOrderId: undefined,
    origin: 'client',
    side: request.side,
    type: request.type,
    state,
    quantity: request.quantity,
    filledQuantity: filled,
    averagePrice: undefined,
    price: request.price,
    triggerPrice: undefined,
    reduceOnly: request.reduceOnly,
    closesPosition: false,
    reason,
    createdAt: 0,
    updatedAt: 0,
    conditional: false,
  };
}

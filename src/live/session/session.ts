// Who runs the bot from close to close? One queue: whatever happens outside is dealt with one after the other, and written down first.
import type { Command } from '../../domain/order.ts';
import type { EngineEvent, MarketSlice } from '../../engine/event.ts';
import type { Note } from '../../engine/step.ts';
import type { EngineState } from '../../engine/state.ts';
import { ledgerEquity } from '../../domain/ledger.ts';
import { toExactJson } from '../../domain/exact-json.ts';
import type { Registry } from '../../ports/model-store.ts';
import type { VenueExecution } from '../../ports/venue-account.ts';
import type { StreamSubscription } from '../../ports/venue-streams.ts';
import type { TrackedOrder } from '../orders/tracked-order.ts';
import type { FlattenProgress, FlattenReport } from '../safety/flatten-account.ts';
import { ChampionDesk } from '../models/champion-desk.ts';
import { RenewalDesk } from '../models/renewal-desk.ts';
import type { HeartbeatWriter } from '../safety/heartbeat-writer.ts';
import { isRejection, type KillRules } from '../safety/kill-rules.ts';
import type { LatchWatch } from '../safety/latch-watch.ts';
import type { Quarantine } from '../safety/quarantine.ts';
import { AccountWatch } from './account-watch.ts';
import { bookExecutions } from './book-executions.ts';
import { CanaryDesk } from './canary-desk.ts';
import { emergencyClose } from './emergency-close.ts';
import type { EntryWindowWatch } from './entry-window-watch.ts';
import { ExecutionDesk, executionRow } from './execution-desk.ts';
import { ContractWatch } from './contract-watch.ts';
import type { MarketDesk } from './market-desk.ts';
import type { OrderDesk } from './order-desk.ts';
import type { ProtectionDesk } from './protection-desk.ts';
import {
  countedConnection,
  entryWindowsOf,
  heartbeatOf,
  killRulesOf,
  latchWatchOf,
  marketDeskOf,
  orderDeskOf,
  protectionDeskOf,
  quarantineOf,
  sweepDeskOf,
  type DeskHand,
} from './session-desks.ts';
import type { SweepDesk } from './sweep-desk.ts';
import type { SessionHand } from './session-hand.ts';
import type { Incident, SessionSetup } from './session-setup.ts';
import { hear, topicsOf } from './stream-ear.ts';
import { UnknownWatch } from './unknown-watch.ts';
import { WorkQueue } from './work-queue.ts';

/** Why entries are blocked while the disk refuses. */
const JOURNAL = 'journal';
/** The venue's word that it does not trade a symbol now. */
const NOT_TRADING = 'SYMBOL_NOT_TRADING';

/** One life of the bot on one account. */
export class Session implements SessionHand, DeskHand {
  readonly queue: WorkQueue;
  readonly executions: ExecutionDesk;
  readonly orders: OrderDesk;
  readonly protection: ProtectionDesk;
  readonly market: MarketDesk;
  readonly watch: AccountWatch;
  readonly contracts: ContractWatch;
  readonly sweeps: SweepDesk;
  readonly latches: LatchWatch;
  readonly kills: KillRules;
  readonly quarantine: Quarantine;
  readonly entryWindows: EntryWindowWatch;
  readonly renewal: RenewalDesk | undefined;
  private readonly champions: ChampionDesk | undefined;
  readonly unknowns: UnknownWatch;
  readonly canaries: CanaryDesk;
  private readonly heartbeat: HeartbeatWriter | undefined;
  private readonly setup: SessionSetup;
  private subscription: StreamSubscription | undefined;
  private stopTicking: () => void = () => undefined;
  /** Close of the last slice that was digested. */
  private lastSlice: number;

  constructor(given: SessionSetup) {
    const setup = { ...given, connection: countedConnection(given, this) };
    this.setup = setup;
    this.lastSlice = setup.firstClose - setup.engine.state.barMs;
    this.queue = new WorkQueue(setup.onFatal);
    this.executions = new ExecutionDesk(setup.executionsFrom);
    this.orders = orderDeskOf(setup, this);
    this.protection = protectionDeskOf(setup, this);
    this.market = marketDeskOf(setup, this);
    this.watch = new AccountWatch({ session: this, setup });
    this.latches = latchWatchOf(setup, this);
    this.sweeps = sweepDeskOf(setup, this);
    this.contracts = new ContractWatch(this, setup);
    this.kills = killRulesOf(setup, this);
    this.quarantine = quarantineOf(setup, this);
    this.entryWindows = entryWindowsOf(setup, this);
    this.renewal = setup.renewal && new RenewalDesk(this, { ...setup, ...setup.renewal });
    const onRegistry = async (registry: Registry) => this.renewal?.heard(registry);
    this.champions = setup.champions && new ChampionDesk(this, { ...setup, ...setup.champions, onRegistry });
    this.unknowns = new UnknownWatch(this, setup);
    this.canaries = new CanaryDesk(this, given);
    this.heartbeat = heartbeatOf(setup, this);
  }

  /** Takes up what earlier lives left, hears from the venue, and goes on. Resolves when the books have been compared. */
  async start(): Promise<void> {
    this.heartbeat?.begin();
    await this.queue.run(() => {
      this.orders.recover(this.setup.journal);
      // Nothing is opened before books and venue have been seen to agree.
      this.block('reconciliation', true);
      this.quarantine.recover(this.setup.journal);
      this.lookAround();
      this.kills.recover(this.setup.journal, this.setup.engine.state.limits);
      this.unknowns.recover(this.setup.journal);
      this.canaries.recover();
    });
    await this.market.refreshListings();
    await this.watch.compare();
    await this.queue.run(() => this.takeUp());
  }

  /** Switches, times without entries, and symbols that are left alone, and whether a canary is due. */
  private lookAround(): void {
    this.latches.look();
    this.entryWindows.look();
    this.quarantine.look();
    this.canaries.look();
  }

  private get parts() {
    return { session: this, setup: this.setup, watch: this.watch };
  }

  private takeUp(): void {
    const { engine, connection, fundingStamps } = this.setup;
    for (const { instrument, trade } of engine.state.symbols) {
      if (trade !== undefined) this.protect(instrument.symbol, true);
    }
    this.orders.resume();
    for (const [symbol, stamps] of fundingStamps) this.market.bookOf(symbol).take(stamps);
    this.subscription = connection.streams.subscribe(topicsOf(engine.state, this.setup.rules), (event) => {
      this.setup.onHeard?.();
      this.queue.enqueue(() => hear(event, this.parts));
    });
    this.tickLater();
    this.watch.begin();
    this.contracts.begin();
    this.champions?.begin();
    this.renewal?.begin();
  }

  /** True: every stream that was asked for is heard. */
  get hearsAll(): boolean {
    return [...(this.subscription?.states().values() ?? [])].every((state) => state === 'live');
  }

  /** Resolves when every stream is heard, or when `patience` has ended. */
  async hearing(patience: Promise<void>): Promise<void> {
    let patient = true;
    const end = patience.finally(() => {
      patient = false;
    });
    while (!this.queue.isHalted && !this.hearsAll) {
      if (!patient) return;
      await Promise.race([this.queue.next(), end]);
    }
  }

  /** True: all that is known has been dealt with, and nothing is on its way. */
  get quiet(): boolean {
    const isIdle = this.queue.quiet && !this.queue.isWaiting && this.isUpToDate;
    return isIdle && this.orders.quiet && this.protection.quiet && this.sweeps.quiet && this.executions.isEmpty;
  }

  /** Every close up to now has been decided at. */
  private get isUpToDate(): boolean {
    return this.market.quiet && this.market.nextClose > this.setup.clock.now();
  }

  /**
   * Resolves when nothing is on its way any more, every close up to now is decided and at least `executions` of them are
   * known in this life; without the last two when `patience` has ended: then time has to pass.
   */
  async settledOrWaiting(executions: number, patience: Promise<void>): Promise<void> {
    let patient = true;
    const end = patience.finally(() => {
      patient = false;
    });
    while (!this.queue.isHalted) {
      const looked = this.queue.run(() => {
        this.lookAround();
        this.market.tick();
        this.bookDue(this.market.nextClose);
      });
      await Promise.race([looked, this.queue.next()]);
      if (this.queue.isHalted) return;
      const isComplete = this.isUpToDate && this.executions.knownCount >= executions;
      if (this.queue.quiet && (isComplete || !patient)) return;
      await (patient ? Promise.race([this.queue.next(), end]) : this.queue.next());
    }
  }

  /** Hears nothing more, and resolves when what was on its way has come. Positions and their stops stay. */
  async stop(): Promise<void> {
    this.stopTicking();
    this.watch.end();
    this.contracts.end();
    this.champions?.end();
    this.canaries.end();
    this.renewal?.end();
    await this.subscription?.close();
    await this.queue.idle();
    this.heartbeat?.end();
  }

  /** Takes one event in and does what it leads to. */
  digest(event: EngineEvent, execution?: VenueExecution): void {
    const { engine, clock } = this.setup;
    const wireId = execution?.clientOrderId ?? '';
    const booking =
      execution === undefined || execution.kind === 'funding'
        ? undefined
        : this.orders.booking(wireId, execution.quantity);
    const beside = execution === undefined ? [] : [executionRow(execution, clock.now()), ...(booking?.rows ?? [])];
    const { commands, notes, durable } = engine.digest(event, beside, (planned) => this.orders.intend(planned));
    booking?.apply();
    for (const note of notes) this.tell(note);
    this.carryOut(commands, durable);
    for (const note of notes) if (note.kind === 'limit') this.kills.limit(note.limit);
  }

  private tell(note: Note): void {
    this.setup.onNote?.(note);
    this.renewal?.note(note);
  }

  /** Books executions that happened before `before`, one after the other. */
  bookDue(before: number): void {
    bookExecutions(before, this.parts);
  }

  /** Notes something that a person should know. */
  /** Our clock or the venue's went somewhere else at once; `detail` says whose, and how far. */
  readonly clockJumped = (detail: Incident['detail']): void => {
    this.queue.enqueue(() =>
      this.incident({ kind: 'clock-jumped', symbol: undefined, detail, time: this.setup.clock.now() }),
    );
  };

  incident(incident: Incident): void {
    const { engine, clock, onIncident } = this.setup;
    const now = clock.now();
    const payload = toExactJson(incident);
    engine.write([{ stream: 'incident', key: incident.kind, eventTime: incident.time, receivedTime: now, payload }]);
    onIncident?.(incident);
  }

  /** Blocks entries for a reason, or lifts it; nothing when it is so already. */
  block(reason: string, blocked: boolean, symbol?: string): void {
    const { state } = this.setup.engine;
    const known = state.blocks.has(reason) && (symbol === undefined || state.blocks.get(reason)?.has(symbol) === true);
    if (known === blocked) return;
    this.digest({ kind: 'entries-blocked', time: this.setup.clock.now(), symbol, reason, blocked });
  }

  /** Sets or checks the stop that the engine wants for the position. */
  protect(symbol: string, rests: boolean, targetPrice?: number): void {
    const trade = this.setup.engine.state.bySymbol.get(symbol)?.trade;
    if (trade === undefined) return;
    this.protection.want(symbol, { stopPrice: trade.stopPrice, targetPrice }, rests);
  }

  fetchExecutions(): void {
    this.watch.fetchExecutions();
  }

  hopeless(symbol: string, reason: string): void {
    const { clock } = this.setup;
    this.incident({ kind: 'protection-failed', symbol, detail: { reason }, time: clock.now() });
    this.closeAtOnce(symbol, `no stop could be placed: ${reason}`);
    // Where nothing is traded no stop can be placed; that is no fault of the account.
    if (!this.quarantine.holds(symbol, 'venue')) this.kills.count('protection', `${symbol}: ${reason}`);
  }

  /** Closes the position at the venue without asking anybody. */
  closeAtOnce(symbol: string, reason: string): void {
    const { setup } = this;
    this.incident({ kind: 'emergency-close', symbol, detail: { reason }, time: setup.clock.now() });
    this.queue.track(this.flatten(symbol).then(() => undefined));
  }

  flatten(symbol: string | undefined, progress?: (now: FlattenProgress) => void): Promise<FlattenReport> {
    return emergencyClose(this.setup, { symbol, clock: this.queue.waitingClock(this.setup.clock), progress });
  }

  decide(slice: MarketSlice, missing: readonly string[]): void {
    // Whoever stood still for a while may have been stopped meanwhile.
    this.lookAround();
    const { engine, clock, onSlice } = this.setup;
    this.bookDue(slice.time);
    for (const symbol of missing) {
      this.incident({ kind: 'candle-missing', symbol, detail: {}, time: slice.time });
    }
    this.digest(slice);
    this.lastSlice = Math.max(this.lastSlice, slice.time);
    this.quarantine.decided(namesOf(slice, engine.state), missing, slice.time === this.lastSlice);
    if (slice.use === 'backfill') return;
    const equity = ledgerEquity(engine.state.ledger);
    const payload = toExactJson({ equity, wallet: engine.state.ledger.walletNumber });
    engine.write([{ stream: 'equity', key: '', eventTime: slice.time, receivedTime: clock.now(), payload }]);
    onSlice?.(slice, equity);
    this.bookDue(this.market.nextClose);
  }

  /** Without a durable journal nothing new is risked; what takes risk away is done all the same. */
  private carryOut(commands: readonly Command[], durable: boolean): void {
    const allowed = durable ? commands : commands.filter(isSafe);
    this.orders.carryOut(allowed);
    for (const command of allowed) if (command.kind === 'move-stop') this.protect(command.symbol, false);
    if (durable) return;
    this.orders.refuse(commands.filter((command) => !isSafe(command)));
    this.journalRefuses(true);
  }

  /** Notes once that the disk refuses, or that it takes everything again; until then nothing is opened. */
  private journalRefuses(refuses: boolean): void {
    if (this.setup.engine.state.blocks.has(JOURNAL) === refuses) return;
    this.block(JOURNAL, refuses);
    const kind = refuses ? 'journal-unwritable' : 'journal-written';
    this.incident({ kind, symbol: undefined, detail: {}, time: this.setup.clock.now() });
  }

  /** Tries to write what the disk has refused so far. */
  private saveWaiting(): void {
    const { engine } = this.setup;
    if (engine.flush() && engine.state.blocks.has(JOURNAL)) this.journalRefuses(false);
    else if (!engine.durable) this.journalRefuses(true);
  }

  refused(order: TrackedOrder, reason: string): void {
    const { symbol, clientOrderId } = order.intent;
    this.setup.onRefused?.(order, reason);
    if (isRejection(reason) || reason === NOT_TRADING) this.rejected(symbol, reason);
    if (reason === NOT_TRADING && !this.quarantine.holds(symbol, 'venue')) this.queue.track(this.contracts.read());
    this.digest({ kind: 'order-refused', time: this.setup.clock.now(), symbol, clientOrderId, reason });
  }

  private rejected(symbol: string, reason: string): void {
    const isNews = this.quarantine.refused(symbol, reason, reason === NOT_TRADING);
    const kind = isNews && reason !== NOT_TRADING ? 'order-rejected' : 'order-rejected-of-symbol';
    this.incident({ kind, symbol, detail: { reason }, time: this.setup.clock.now() });
    // What one symbol is in quarantine for says nothing about the account.
    if (kind === 'order-rejected') this.kills.count('rejections', `${symbol}: ${reason}`);
  }

  private tickLater(): void {
    this.stopTicking = this.setup.clock.after(this.setup.rules.tickMs, () => {
      this.queue.enqueue(() => {
        this.saveWaiting();
        this.lookAround();
        this.market.tick();
        this.bookDue(this.market.nextClose);
      });
      this.tickLater();
    });
  }
}

/** Symbols that have their candle. */
function namesOf({ candles }: MarketSlice, { symbols }: EngineState): ReadonlySet<string> {
  return new Set(symbols.flatMap(({ instrument, index }) => (candles[index] === undefined ? [] : [instrument.symbol])));
}

/** It cannot make the account riskier. */
function isSafe(command: Command): boolean {
  return command.kind !== 'place' || command.order.reduceOnly;
}

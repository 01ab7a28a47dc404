// Who does what in a session? Its desks, each told what of the session it may use.
import type { Instrument } from '../../domain/instrument.ts';
import { VenueError } from '../../domain/venue-error.ts';
import type { VenueConnection } from '../../ports/venue-connection.ts';
import type { MarketSlice } from '../../engine/event.ts';
import type { TrackedOrder } from '../orders/tracked-order.ts';
import type { FlattenProgress, FlattenReport } from '../safety/flatten-account.ts';
import { fencedConnection } from '../safety/fenced-connection.ts';
import { heardConnection } from '../safety/heard-connection.ts';
import { HeartbeatWriter } from '../safety/heartbeat-writer.ts';
import { KillRules } from '../safety/kill-rules.ts';
import { LatchWatch } from '../safety/latch-watch.ts';
import { Quarantine, quarantineReason } from '../safety/quarantine.ts';
import type { ContractWatch } from './contract-watch.ts';
import { EntryWindowWatch } from './entry-window-watch.ts';
import { MarketDesk } from './market-desk.ts';
import { OrderDesk } from './order-desk.ts';
import { orderFacts } from './order-facts.ts';
import { ProtectionDesk } from './protection-desk.ts';
import type { SessionHand } from './session-hand.ts';
import type { SessionSetup } from './session-setup.ts';
import { SweepDesk } from './sweep-desk.ts';

/** What the desks ask of their session. */
export interface DeskHand extends Omit<
  SessionHand,
  'executions' | 'orders' | 'protection' | 'market' | 'digest' | 'canaries'
> {
  decide(slice: MarketSlice, missing: readonly string[]): void;
  refused(order: TrackedOrder, reason: string): void;
  fetchExecutions(): void;
  readonly contracts: ContractWatch;
  readonly sweeps: SweepDesk;
  readonly latches: LatchWatch;
  /** No stop could be placed in time. */
  hopeless(symbol: string, reason: string): void;
  flatten(symbol: string | undefined, progress?: (now: FlattenProgress) => void): Promise<FlattenReport>;
}

export function orderDeskOf(setup: SessionSetup, session: DeskHand): OrderDesk {
  const { clock, engine, rules, connection } = setup;
  return new OrderDesk({
    account: connection.account,
    clock,
    prefix: setup.prefix,
    instrument: (symbol) => instrumentOf(setup, symbol),
    rules: rules.orders,
    entries: rules.entries,
    attachesProtection: connection.attachesProtection,
    ...orderFacts(setup, () => session.contracts.read()),
    triggerBy: rules.triggerBy,
    enqueue: session.queue.enqueue,
    track: session.queue.track,
    write: (rows) => engine.write(rows),
    onRefused: (order, reason) => session.refused(order, reason),
    onMissingExecutions: () => session.fetchExecutions(),
    onUnprotected: (symbol) => {
      // It may have filled without anybody saying so.
      session.fetchExecutions();
      session.protect(symbol, false);
    },
    onAcked: setup.onAcked,
  });
}

export function protectionDeskOf(setup: SessionSetup, session: DeskHand): ProtectionDesk {
  const { clock, rules, connection } = setup;
  return new ProtectionDesk({
    account: connection.account,
    clock,
    triggerBy: rules.triggerBy,
    deadlineMs: rules.protectionDeadlineMs,
    retryMs: rules.protectionRetryMs,
    enqueue: session.queue.enqueue,
    track: session.queue.track,
    onHopeless: (symbol, reason) => session.hopeless(symbol, reason),
    onFlat: (symbol) => session.sweeps.begin(symbol),
    onProtected: (symbol, unprotectedMs) => setup.onProtected?.(symbol, unprotectedMs),
  });
}

/** Orders that are left over have to be gone so soon, milliseconds. */
const SWEEP_DEADLINE_MS = 10_000;

export function sweepDeskOf(
  { connection, clock, prefix, familyPrefix, rules, engine }: SessionSetup,
  session: DeskHand & { readonly orders: OrderDesk },
): SweepDesk {
  return new SweepDesk({
    account: connection.account,
    clock,
    ownPrefix: prefix,
    familyPrefix,
    retryMs: rules.protectionRetryMs,
    deadlineMs: SWEEP_DEADLINE_MS,
    isBusy: (symbol) => engine.state.bySymbol.get(symbol)?.trade !== undefined || session.orders.isUnderWay(symbol),
    enqueue: session.queue.enqueue,
    track: session.queue.track,
    incident: (incident) => session.incident(incident),
  });
}

export function marketDeskOf(setup: SessionSetup, session: DeskHand): MarketDesk {
  const { clock, engine, rules, connection } = setup;
  return new MarketDesk(
    {
      market: connection.market,
      clock,
      symbols: engine.state.symbols.map(({ instrument }) => instrument.symbol),
      fundingIntervalHours: (symbol) => setup.fundingIntervalHours.get(symbol),
      rules: { barMs: engine.state.barMs, ...rules.feed },
      askAgainMs: rules.feed.askAgainMs,
      marks: setup.marks,
      fundingDeadlineMs: rules.fundingDeadlineMs,
      enqueue: session.queue.enqueue,
      track: session.queue.track,
      onSlice: (slice, missing) => session.decide(slice, missing),
      onListings: (listings) => session.contracts.heard(listings),
      onRevision: (symbol, used, now) =>
        session.incident({ kind: 'candle-revised', symbol, detail: { used, now }, time: clock.now() }),
    },
    setup.firstClose,
    setup.lastCandles,
  );
}

export function latchWatchOf(setup: SessionSetup, session: DeskHand): LatchWatch {
  const { clock, engine } = setup;
  return new LatchWatch({
    store: setup.latches,
    clock,
    block: (reason, blocked) => session.block(reason, blocked),
    write: (rows) => engine.write(rows),
    flatten: (progress) => session.flatten(undefined, progress),
    track: session.queue.track,
    enqueue: session.queue.enqueue,
    onKilled: (latch, report) =>
      session.incident({ kind: 'killed', symbol: undefined, detail: { latch, report }, time: clock.now() }),
    onUnwritable: (name, latch, { message }) =>
      session.incident({
        kind: 'latch-unwritable',
        symbol: undefined,
        detail: { name, latch, message },
        time: clock.now(),
      }),
  });
}

export function entryWindowsOf({ rules, clock, ...setup }: SessionSetup, session: DeskHand): EntryWindowWatch {
  return new EntryWindowWatch({
    rules: rules.entryWindows,
    now: () => clock.now(),
    symbols: setup.engine.state.symbols.map(({ instrument }) => instrument.symbol),
    fundingIntervalHours: (symbol) => setup.fundingIntervalHours.get(symbol),
    block: (reason, blocked, symbol) => session.block(reason, blocked, symbol),
  });
}

export function heartbeatOf({ heartbeat, engine }: SessionSetup, session: DeskHand): HeartbeatWriter | undefined {
  if (heartbeat === undefined) return undefined;
  return new HeartbeatWriter(heartbeat, session.queue.enqueue, () => ({
    latches: session.latches.set,
    positions: engine.state.symbols.flatMap(({ instrument: { symbol }, trade }) =>
      trade === undefined ? [] : [{ symbol, stopPrice: trade.stopPrice }],
    ),
  }));
}

/** The rules by which the session throws its own switches. */
export function killRulesOf({ rules, clock }: SessionSetup, session: DeskHand): KillRules {
  return new KillRules({
    settings: rules.kill,
    now: () => clock.now(),
    throwLatch: (name, latch) => session.latches.throwLatch(name, { ...latch, at: clock.now() }),
    alarm: (rule, reason) =>
      session.incident({ kind: 'rule-broken', symbol: undefined, detail: { rule, reason }, time: clock.now() }),
  });
}

/** Which symbols are left alone; the engine remembers it. */
export function quarantineOf(
  { rules, clock, engine, symbolSwitches }: SessionSetup,
  session: DeskHand & Pick<SessionHand, 'digest'>,
): Quarantine {
  return new Quarantine({
    settings: rules.quarantine,
    now: () => clock.now(),
    symbols: engine.state.symbols.map(({ instrument }) => instrument.symbol),
    switches: symbolSwitches,
    stands: (cause, symbol) => engine.state.blocks.get(quarantineReason(cause))?.has(symbol) === true,
    block: (cause, symbol, blocked) => session.block(quarantineReason(cause), blocked, symbol),
    tell: (kind, symbol, detail) => session.incident({ kind, symbol, detail, time: clock.now() }),
    leave(symbol) {
      const state = engine.state.bySymbol.get(symbol);
      const isHeld = state?.trade !== undefined || state?.pending !== undefined;
      if (!isHeld || (state.closing !== undefined && state.pending !== undefined)) return false;
      session.digest({ kind: 'flatten', time: clock.now(), reason: 'delisting', symbol });
      return true;
    },
    readContracts: () => session.queue.track(session.contracts.read()),
  });
}

/** The connection of the session: what fails on it is counted, and entries do not leave after a switch was thrown. */
export function countedConnection({ connection, clock }: SessionSetup, session: DeskHand): VenueConnection {
  const fenced = fencedConnection(connection, () => session.latches.mayEnter);
  return heardConnection(fenced, ({ code, message }) =>
    session.queue.enqueue(() => {
      if (!session.kills.isError(code)) return;
      session.incident({ kind: 'venue-error', symbol: undefined, detail: { code, message }, time: clock.now() });
      session.kills.count('errors', `${code}: ${message}`);
    }),
  );
}

function instrumentOf({ engine }: SessionSetup, symbol: string): Instrument {
  const state = engine.state.bySymbol.get(symbol);
  if (state === undefined)
    throw new VenueError({ code: 'SYMBOL_UNKNOWN', message: symbol, retryable: false, orderMayExist: false });
  return state.instrument;
}

// Who does what in a session? Its desks, each told what of the session it may use.
import type { Instrument } from '../../domain/instrument.ts';
import { VenueError } from '../../domain/venue-error.ts';
import type { MarketSlice } from '../../engine/event.ts';
import type { TrackedOrder } from '../orders/tracked-order.ts';
import type { FlattenReport } from '../safety/flatten-account.ts';
import { LatchWatch } from '../safety/latch-watch.ts';
import type { ContractWatch } from './contract-watch.ts';
import { MarketDesk } from './market-desk.ts';
import { OrderDesk } from './order-desk.ts';
import { orderFacts } from './order-facts.ts';
import { ProtectionDesk } from './protection-desk.ts';
import type { SessionHand } from './session-hand.ts';
import type { SessionSetup } from './session-setup.ts';
import { SweepDesk } from './sweep-desk.ts';

/** What the desks ask of their session. */
export interface DeskHand extends Omit<SessionHand, 'executions' | 'orders' | 'protection' | 'market' | 'digest'> {
  decide(slice: MarketSlice, missing: readonly string[]): void;
  refused(order: TrackedOrder, reason: string): void;
  fetchExecutions(): void;
  readonly contracts: ContractWatch;
  readonly sweeps: SweepDesk;
  closeAtOnce(symbol: string, reason: string): void;
  flatten(symbol: string | undefined): Promise<FlattenReport>;
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
    onUnprotected: (symbol) => session.protect(symbol, false),
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
    onHopeless: (symbol, reason) => session.closeAtOnce(symbol, `no stop could be placed: ${reason}`),
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
    flatten: () => session.flatten(undefined),
    track: session.queue.track,
    enqueue: session.queue.enqueue,
    onKilled: (latch, report) =>
      session.incident({ kind: 'killed', symbol: undefined, detail: { latch, report }, time: clock.now() }),
  });
}

function instrumentOf({ engine }: SessionSetup, symbol: string): Instrument {
  const state = engine.state.bySymbol.get(symbol);
  if (state === undefined)
    throw new VenueError({ code: 'SYMBOL_UNKNOWN', message: symbol, retryable: false, orderMayExist: false });
  return state.instrument;
}

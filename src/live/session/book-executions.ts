// How are executions booked, and what does each call for? One after the other, with stops where something is held and none elsewhere.
import type { EngineEvent } from '../../engine/event.ts';
import { heldBeside } from '../../engine/book-beside.ts';
import type { SymbolState } from '../../engine/state.ts';
import type { VenueExecution } from '../../ports/venue-account.ts';
import type { TrackedOrder } from '../orders/tracked-order.ts';
import type { AccountWatch } from './account-watch.ts';
import { awaitsFunding, type FundingWait } from './awaited-funding.ts';
import { canaryBooking } from './book-canary.ts';
import { executionRow } from './execution-desk.ts';
import { checkExposure } from './exposure-watch.ts';
import { eventOfExecution } from './report.ts';
import type { SessionHand } from './session-hand.ts';
import type { SessionSetup } from './session-setup.ts';

export interface BookingParts {
  readonly session: SessionHand & {
    digest(event: EngineEvent, execution?: VenueExecution): void;
    protect(symbol: string, rests: boolean, targetPrice?: number): void;
  };
  readonly setup: SessionSetup;
  readonly watch: AccountWatch;
}

/**
 * Books executions that happened before `before`, one after the other. Those of a symbol wait for funding that is due, and one
 * that does not fit what is known waits until the venue has listed what came before it; the later ones of the symbol wait too.
 */
export function bookExecutions(before: number, parts: BookingParts): void {
  const { session, setup, watch } = parts;
  const waiting = new Set<string>();
  const taken = (execution: VenueExecution): void => {
    session.executions.done(execution);
    session.kills.executed(execution.kind, execution.symbol);
  };
  for (const execution of session.executions.due(before)) {
    const { symbol } = execution;
    if (waiting.has(symbol)) continue;
    const held = heldBeside(setup.engine.state, symbol);
    const beside = canaryBooking(execution, { prefix: setup.prefix, held });
    if (beside !== undefined) {
      taken(execution);
      session.digest(beside, execution);
      continue;
    }
    const state = setup.engine.state.bySymbol.get(symbol);
    if (awaitsFunding(execution, waitOf(symbol, state, parts))) {
      waiting.add(symbol);
      continue;
    }
    if (state === undefined) {
      // What took from a canary's position may have come before the entry that opened it.
      if (session.canaries.symbols.includes(symbol) && !session.executions.isListed(execution)) {
        waiting.add(symbol);
        continue;
      }
      taken(execution);
      session.incident({ kind: 'foreign-symbol', symbol, detail: { execution }, time: execution.time });
      setup.engine.write([executionRow(execution, setup.clock.now())]);
      continue;
    }
    const order = session.orders.find(execution.clientOrderId);
    const isOurs = execution.clientOrderId.startsWith(setup.prefix);
    const leverage = watch.leverageOf(symbol);
    const direction = state.trade?.direction ?? (execution.side === 'sell' ? -1 : 1);
    const foreignStop = state.trade?.stopPrice ?? watch.stopOf(symbol, { direction, price: execution.price });
    const event = eventOfExecution(execution, { symbol: state, order, isOurs, foreignStop, leverage });
    if (event.kind === 'foreign-fill' && !session.executions.isListed(execution)) {
      waiting.add(symbol);
      continue;
    }
    taken(execution);
    session.digest(event, execution);
    protectAfter(event, order, parts);
    const isNews = execution.kind !== 'funding' && session.executions.isCurrent(symbol);
    if (isNews) checkExposure(symbol, { price: execution.price }, parts);
  }
  const { lookUpEveryMs } = setup.rules.orders;
  if (waiting.size > 0 && session.executions.mayAsk(setup.clock.now(), lookUpEveryMs)) watch.fetchExecutions();
}

function waitOf(symbol: string, state: SymbolState | undefined, { session, setup }: BookingParts): FundingWait {
  return {
    trade: state?.trade,
    intervalHours: setup.fundingIntervalHours.get(symbol),
    fundedAt: session.executions.fundedAt(symbol),
    now: setup.clock.now(),
    deadlineMs: setup.rules.fundingDeadlineMs,
  };
}

/** What a booked execution calls for: stops where something is held, none where nothing is. */
function protectAfter(event: EngineEvent, order: TrackedOrder | undefined, { session, setup }: BookingParts): void {
  if (event.kind !== 'fill' && event.kind !== 'foreign-fill') return;
  const fill = event.kind === 'fill' ? event : event.fill;
  const { symbol } = fill;
  const trade = setup.engine.state.bySymbol.get(symbol)?.trade;
  if (event.kind === 'foreign-fill') {
    session.incident({ kind: 'foreign-fill', symbol, detail: { fill }, time: event.time });
  }
  if (trade === undefined) {
    session.protection.forget(symbol);
    return;
  }
  if (event.kind === 'foreign-fill') {
    session.protect(symbol, false);
    return;
  }
  const sent = order?.request.protection;
  if (fill.stopPrice === undefined) return;
  const rests = sent !== undefined && sent.stopPrice === fill.stopPrice && sent.targetPrice === fill.targetPrice;
  session.protect(symbol, rests, fill.targetPrice);
}

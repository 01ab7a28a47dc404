// What does the bot do about an event? The only place where it decides, fed by backtest, paper, testnet, live and replay alike.
import type { Candle } from '../domain/candle.ts';
import { FLAG_FILLED } from '../domain/candle.ts';
import { invariant } from '../domain/errors.ts';
import { ledgerEquity, markPosition } from '../domain/ledger.ts';
import type { Command, OrderReason } from '../domain/order.ts';
import { advanceLimits, type AccountLimitBreach } from '../risk/account-limits.ts';
import { advanceGuard, type GuardMode, type GuardReason } from '../risk/performance-guard.ts';
import type { FundingView } from '../strategy/strategy.ts';
import { applyFill, applyFunding, applyRefusal } from './book-fill.ts';
import { decideEntry, type DecisionContext } from './decide.ts';
import type { EngineEvent, MarketSlice, ModelPromoted } from './event.ts';
import { planEntry, planExit } from './plan-orders.ts';
import { advanceShadow } from './shadow-trade.ts';
import type { EngineState, SymbolState } from './state.ts';

/** Something a person wants to know later: a changed guard, a broken limit, a refused model. */
export type Note =
  | { readonly kind: 'guard'; readonly time: number; readonly mode: GuardMode; readonly reason: GuardReason }
  | { readonly kind: 'limit'; readonly time: number; readonly limit: AccountLimitBreach }
  | { readonly kind: 'model'; readonly time: number; readonly symbol: string; readonly modelId: string | undefined };

export interface StepResult {
  readonly state: EngineState;
  readonly commands: readonly Command[];
  readonly notes: readonly Note[];
}

/**
 * Digests one event. Deterministic: the same state and event give the same result. The state is changed in place and
 * returned; `commands` are for the venue, in order.
 */
export function step(state: EngineState, event: EngineEvent): StepResult {
  const commands: Command[] = [];
  const notes: Note[] = [];
  switch (event.kind) {
    case 'slice':
      digestSlice(state, event, commands, notes);
      break;
    case 'fill':
      noteGuard(state, event.time, applyFill(state, symbolOf(state, event.symbol), event), notes);
      break;
    case 'funding':
      applyFunding(state, symbolOf(state, event.symbol), event);
      break;
    case 'order-refused':
      applyRefusal(symbolOf(state, event.symbol), event);
      break;
    case 'model-promoted':
      notes.push(promote(state, event));
      break;
    case 'flatten':
      flatten(state, event, commands);
      break;
    case 'guard-resumed':
      noteGuard(
        state,
        event.time,
        advanceGuard(state.guard, { kind: 'resume', time: event.time }, state.params.guard),
        notes,
      );
      break;
  }
  return { state, commands, notes };
}

function symbolOf(state: EngineState, name: string): SymbolState {
  const symbol = state.bySymbol.get(name);
  invariant(symbol !== undefined, `${name} is not a symbol of this bot`);
  return symbol;
}

function promote(state: EngineState, { model, symbol, time }: ModelPromoted): Note {
  invariant(
    model === undefined || model.schemaHash === state.strategySchema,
    `${symbol}: model of another feature schema`,
  );
  symbolOf(state, symbol).model = model;
  const rates = state.symbols.map((each) => each.model?.validatedWinRate).filter((rate) => rate !== undefined);
  state.guard.validatedWinRate =
    rates.length === 0 ? undefined : rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  return { kind: 'model', time, symbol, modelId: model?.id };
}

function digestSlice(state: EngineState, slice: MarketSlice, commands: Command[], notes: Note[]): void {
  for (const symbol of state.symbols) {
    const candle = slice.candles[symbol.index];
    if (candle !== undefined) digestCandle(state, symbol, candle, slice.funding[symbol.index], notes);
  }

  const equity = ledgerEquity(state.ledger);
  const breach = advanceLimits(state.limits, { time: slice.time, equity }, state.params.risk);
  if (breach !== undefined) notes.push({ kind: 'limit', time: slice.time, limit: breach });
  if (breach === 'drawdown') flatten(state, { time: slice.time, reason: 'risk-limit' }, commands);
  noteGuard(
    state,
    slice.time,
    advanceGuard(state.guard, { kind: 'equity', time: slice.time, equity }, state.params.guard),
    notes,
  );

  for (const symbol of state.symbols) {
    const candle = slice.candles[symbol.index];
    if (candle === undefined) continue;
    const decidable = symbol.strategy.ready && (candle.flags & FLAG_FILLED) === 0;
    if (decidable) symbol.funnel.bars += 1;
    if (symbol.pending !== undefined) continue;
    if (symbol.trade !== undefined) decideExit(state, symbol, slice.time, commands);
    else if (decidable) tryEntry(state, symbol, { time: slice.time, equity, ...exposure(state) }, commands);
  }
}

function digestCandle(
  state: EngineState,
  symbol: SymbolState,
  candle: Candle,
  funding: FundingView,
  notes: Note[],
): void {
  symbol.close = candle.close;
  symbol.strategy.update(candle, funding);
  symbol.volatility.update(candle.close);
  if (symbol.trade !== undefined) {
    symbol.trade.barsHeld += 1;
    markPosition(state.ledger, symbol.instrument.symbol, candle.close);
  }
  if (symbol.shadow === undefined) return;
  const netReturn = advanceShadow(symbol.shadow, candle, state.params);
  if (netReturn === undefined) return;
  symbol.shadow = undefined;
  const event = { kind: 'shadow-trade', time: candle.closeTime, netPnl: netReturn } as const;
  noteGuard(state, candle.closeTime, advanceGuard(state.guard, event, state.params.guard), notes);
}

function decideExit(state: EngineState, symbol: SymbolState, time: number, commands: Command[]): void {
  const { trade, strategy } = symbol;
  const { exits } = state.params;
  if (trade === undefined) return;
  if (trade.barsHeld >= exits.maxHoldBars) commands.push(planExit(symbol, trade, { time, reason: 'time-exit' }));
  else if (exits.exitOnOppositeSignal && strategy.ready && strategy.signal === -trade.direction) {
    commands.push(planExit(symbol, trade, { time, reason: 'signal-exit' }));
  }
}

function tryEntry(state: EngineState, symbol: SymbolState, context: DecisionContext, commands: Command[]): void {
  if (symbol.shadow !== undefined) return;
  const entry = decideEntry(state, symbol, context);
  if (entry === undefined) return;
  if (entry.shadow) symbol.shadow = { direction: entry.direction, entryPrice: undefined, barsHeld: 0 };
  else commands.push(planEntry(state, symbol, entry, context.time));
}

/** Margin bound and positions held, orders under way included; quote currency. */
function exposure(state: EngineState): { marginInUse: number; openPositions: number } {
  let marginInUse = 0;
  let openPositions = 0;
  for (const { trade, pending } of state.symbols) {
    if (trade !== undefined) {
      marginInUse += (trade.quantity * trade.entryPrice) / trade.leverage;
      openPositions += 1;
    } else if (pending?.decision !== undefined) {
      marginInUse += (pending.order.quantity * pending.order.decisionPrice) / pending.order.leverage;
      openPositions += 1;
    }
  }
  return { marginInUse, openPositions };
}

function flatten(state: EngineState, at: { time: number; reason: OrderReason }, commands: Command[]): void {
  for (const symbol of state.symbols) {
    symbol.shadow = undefined;
    const { pending, trade, instrument } = symbol;
    if (pending !== undefined && !pending.order.reduceOnly) {
      commands.push({ kind: 'cancel', symbol: instrument.symbol, clientOrderId: pending.order.clientOrderId });
      symbol.pending = undefined;
    }
    if (trade !== undefined && symbol.pending === undefined) commands.push(planExit(symbol, trade, at));
  }
}

function noteGuard(state: EngineState, time: number, reason: GuardReason | undefined, notes: Note[]): void {
  if (reason !== undefined) notes.push({ kind: 'guard', time, mode: state.guard.mode, reason });
}

// What does the bot do about an event? The only place where it decides, fed by backtest, paper, testnet, live and replay alike.
import type { Candle } from '../domain/candle.ts';
import { FLAG_FILLED, FLAG_SEGMENT_START } from '../domain/candle.ts';
import { invariant } from '../domain/errors.ts';
import { ledgerEquity, markPosition } from '../domain/ledger.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { Command, OrderReason } from '../domain/order.ts';
import { createRealisedVolatility } from '../indicators/realised-volatility.ts';
import { advanceLimits, type AccountLimitBreach } from '../risk/account-limits.ts';
import { advanceGuard, type GuardEvent, type GuardMode, type GuardReason } from '../risk/performance-guard.ts';
import type { FundingView } from '../strategy/strategy.ts';
import type { Rebalance } from '../portfolio/rebalance.ts';
import { digestBlock } from './blocks.ts';
import { digestBeside } from './book-beside.ts';
import { digestFill, digestFunding, digestRefusal } from './book-fill.ts';
import { digestForeignFill } from './book-foreign-fill.ts';
import { digestMoney } from './book-money.ts';
import { closeSymbol, takeBackEntry } from './close-symbol.ts';
import { decideEntry } from './decide.ts';
import type { EngineEvent, ExposureCut, MarketSlice, ModelPromoted } from './event.ts';
import { exitReason, isSignalledOut } from './exit-reason.ts';
import { moveStop } from './move-stop.ts';
import { planEntry, planExit, planReduction } from './plan-orders.ts';
import { rebalanceBook } from './rebalance-book.ts';
import { restoreMemory } from './restore-memory.ts';
import { advanceShadow } from './shadow-trade.ts';
import type { EngineState, SymbolState } from './state.ts';

/** Something a person wants to know later: a changed guard, a broken limit, a promoted model, a rebalance. */
export type Note =
  | { readonly kind: 'guard'; readonly time: number; readonly mode: GuardMode; readonly reason: GuardReason }
  | { readonly kind: 'limit'; readonly time: number; readonly limit: AccountLimitBreach }
  | { readonly kind: 'model'; readonly time: number; readonly symbol: string; readonly modelId: string | undefined }
  | { readonly kind: 'rebalance'; readonly time: number; readonly rebalance: Rebalance };

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
    case 'fill': {
      const symbol = symbolOf(state, event.symbol);
      noteGuard(state, event.time, digestFill(state, symbol, event), notes);
      if (symbol.trade === undefined && symbol.pending?.purpose === 'increase') takeBackEntry(symbol, commands);
      break;
    }
    case 'funding':
      digestFunding(state, symbolOf(state, event.symbol), event);
      break;
    case 'order-refused':
      digestRefusal(symbolOf(state, event.symbol), event);
      break;
    case 'model-promoted':
      notes.push(promote(state, event));
      break;
    case 'flatten':
      if (event.symbol === undefined) flatten(state, event, commands);
      else closeSymbol(symbolOf(state, event.symbol), event, commands);
      break;
    case 'entries-blocked':
      digestBlock(state, event);
      break;
    case 'memory-restored':
      restoreMemory(state, event);
      break;
    case 'money-moved':
      digestMoney(state, event);
      break;
    case 'foreign-fill':
      noteGuard(state, event.time, digestForeignFill(state, symbolOf(state, event.fill.symbol), event), notes);
      break;
    case 'booked-beside':
      digestBeside(state, event);
      break;
    case 'contract-changed':
      changeContract(symbolOf(state, event.instrument.symbol), event.instrument);
      break;
    case 'exposure-cut':
      cutExposure(symbolOf(state, event.symbol), event, commands);
      break;
    case 'guard-resumed':
      tellGuard(state, { kind: 'resume', time: event.time }, notes);
      break;
  }
  return { state, commands, notes };
}

function symbolOf(state: EngineState, name: string): SymbolState {
  const symbol = state.bySymbol.get(name);
  invariant(symbol !== undefined, `${name} is not a symbol of this bot`);
  return symbol;
}

/** Orders are made by the new rules; what is held is counted in the finest lots that it was ever bought in. */
function changeContract(symbol: SymbolState, instrument: Instrument): void {
  symbol.finestLot = Math.min(symbol.finestLot, instrument.lotSize);
  symbol.instrument = instrument;
}

/** An entry under way is taken back first; it is looked at again when it has filled. */
function cutExposure(symbol: SymbolState, { time, keep }: ExposureCut, commands: Command[]): void {
  const { trade, pending } = symbol;
  if (trade === undefined) return;
  if (keep === 0) closeSymbol(symbol, { time, reason: 'risk-limit' }, commands);
  else if (pending === undefined) commands.push(planReduction(symbol, trade, { time, kept: keep }));
  else takeBackEntry(symbol, commands);
}

function promote(state: EngineState, { model, symbol, time }: ModelPromoted): Note {
  invariant(
    model === undefined || model.schemaHash === state.strategySchema,
    `${symbol}: model of another feature schema`,
  );
  symbolOf(state, symbol).model = model;
  const rates = state.symbols.map((each) => each.model?.validatedWinRate).filter((rate) => rate !== undefined);
  // Without any model in force the last known rate stands: it is what recent trades were expected to do.
  if (rates.length > 0) state.guard.validatedWinRate = rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
  return { kind: 'model', time, symbol, modelId: model?.id };
}

function digestSlice(state: EngineState, slice: MarketSlice, commands: Command[], notes: Note[]): void {
  for (const symbol of state.symbols) {
    const candle = slice.candles[symbol.index];
    if (candle === undefined) continue;
    digestCandle(state, symbol, candle, slice.funding[symbol.index], notes);
    const move = moveStop(state, symbol, candle);
    if (move !== undefined) commands.push(move);
  }
  if (slice.use === 'backfill') return;

  const { time } = slice;
  const equity = ledgerEquity(state.ledger);
  for (const limit of advanceLimits(state.limits, { time, equity }, state.params.risk)) {
    notes.push({ kind: 'limit', time, limit });
    if (limit === 'drawdown') flatten(state, { time, reason: 'risk-limit' }, commands);
  }
  tellGuard(state, { kind: 'equity', time, equity }, notes);

  const { symbols, portfolio } = state;
  if (portfolio !== undefined) {
    // What leaves must be known before anything is added: a long is room for a short only while it stays.
    for (const symbol of symbols) {
      if (slice.candles[symbol.index] !== undefined) exitIfDue(state, symbol, { time, commands });
    }
  }
  const rebalance = rebalanceBook(state, { time, equity, candles: slice.candles }, commands);
  if (rebalance !== undefined) notes.push({ kind: 'rebalance', time, rebalance });

  for (let place = 0; place < symbols.length; place += 1) {
    // The best come first to what the account has left.
    const symbol = symbols[portfolio === undefined ? place : portfolio.order[place]];
    const candle = slice.candles[symbol.index];
    if (candle !== undefined) decide(state, symbol, { candle, time, equity, commands });
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
  state.universe.update(symbol.index, candle);
  state.portfolio?.update(symbol.index, candle);
  updateVolatility(state, symbol, candle);
  if (symbol.trade !== undefined) markPosition(state.ledger, symbol.instrument.symbol, candle.close);
  const { shadow } = symbol;
  if (shadow === undefined) return;
  const { params, barMs } = state;
  const signalsExit = isSignalledOut(symbol.strategy, shadow.direction, params.exits);
  const netPnl = advanceShadow(shadow, candle, { params, barMs, signalsExit });
  if (netPnl === undefined) return;
  symbol.shadow = undefined;
  tellGuard(state, { kind: 'shadow-trade', time: candle.closeTime, netPnl }, notes);
}

/** Candles that were filled in say nothing about volatility, and a hole that splits the series is no return. */
function updateVolatility(state: EngineState, symbol: SymbolState, { flags, close }: Candle): void {
  if ((flags & FLAG_SEGMENT_START) !== 0) {
    symbol.volatility = createRealisedVolatility(state.params.sizing.volatilityWindowBars);
  }
  if ((flags & FLAG_FILLED) === 0) symbol.volatility.update(close);
}

/** One symbol at its close: an exit of what is held, else perhaps an entry. While an order is under way, nothing. */
function decide(
  state: EngineState,
  symbol: SymbolState,
  at: { readonly candle: Candle; readonly time: number; readonly equity: number; readonly commands: Command[] },
): void {
  const { time, equity, commands } = at;
  const decidable = symbol.strategy.ready && (at.candle.flags & FLAG_FILLED) === 0;
  if (decidable) symbol.funnel.bars += 1;
  const wasUnderWay = symbol.pending !== undefined;
  exitIfDue(state, symbol, { time, commands });
  if (symbol.pending !== undefined || symbol.trade !== undefined) {
    symbol.verdict = wasUnderWay ? 'order-under-way' : symbol.pending === undefined ? 'holding' : 'exit';
    return;
  }
  if (!decidable || symbol.shadow !== undefined) {
    symbol.verdict = decidable ? 'shadow-trade' : 'warming-up';
    return;
  }
  const entry = decideEntry(state, symbol, { time, equity });
  if (entry === undefined) return;
  symbol.verdict = entry.shadow ? 'shadow-trade' : 'entry';
  if (entry.shadow) symbol.shadow = { direction: entry.direction, entry: undefined, leaving: false };
  else commands.push(planEntry(state, symbol, entry, time));
}

/** Closes what is held, if there is a reason to and no order is under way. */
function exitIfDue(
  state: EngineState,
  symbol: SymbolState,
  { time, commands }: { readonly time: number; readonly commands: Command[] },
): void {
  const { trade, pending } = symbol;
  if (trade === undefined || pending !== undefined) return;
  const reason = exitReason(state, symbol, { trade, time });
  if (reason !== undefined) commands.push(planExit(symbol, trade, { time, reason }));
}

/** Everything that is held or under way comes to an end. */
function flatten(state: EngineState, at: { time: number; reason: OrderReason }, commands: Command[]): void {
  for (const symbol of state.symbols) {
    symbol.shadow = undefined;
    closeSymbol(symbol, at, commands);
  }
}

function tellGuard(state: EngineState, event: GuardEvent, notes: Note[]): void {
  noteGuard(state, event.time, advanceGuard(state.guard, event, state.params.guard), notes);
}

/** Shadow trades belong to a pause: with its end they are dropped, so that real trades are not kept waiting. */
function noteGuard(state: EngineState, time: number, reason: GuardReason | undefined, notes: Note[]): void {
  if (reason === undefined) return;
  const { mode } = state.guard;
  notes.push({ kind: 'guard', time, mode, reason });
  if (mode === 'PAUSED') return;
  for (const symbol of state.symbols) symbol.shadow = undefined;
}

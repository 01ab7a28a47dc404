// What would the bot have done over these candles? Feeds the engine's step with history and a simulated venue.
import { createCandleView, firstBarAtOrAfter, loadCandle } from '../domain/candle.ts';
import type { Candle, CandleSeries, CandleView } from '../domain/candle.ts';
import { invariant } from '../domain/errors.ts';
import { ledgerEquity, markPosition } from '../domain/ledger.ts';
import type { FundingSeries } from '../domain/funding.ts';
import type { VenueEvent } from '../domain/fill.ts';
import type { Command, OrderReason } from '../domain/order.ts';
import type { EngineEvent, MarketSlice } from '../engine/event.ts';
import { createEngineState, type EngineSetup, type EngineState, type SymbolState } from '../engine/state.ts';
import { step, type Note } from '../engine/step.ts';
import type { FundingView } from '../strategy/strategy.ts';
import type { SimulatedVenue } from './simulated-venue.ts';

export interface BacktestInput {
  readonly setup: EngineSetup;
  readonly venue: SimulatedVenue;
  /** Candles per symbol, in the order of the setup's symbols. */
  readonly series: readonly CandleSeries[];
  /** Funding per symbol in the same order; undefined: no history at all. */
  readonly funding: readonly (FundingSeries | undefined)[];
  /** Events to deliver just before the slice that closes at their time, in rising time. */
  readonly schedule: readonly EngineEvent[];
  /** First candle that is fed has its open at or after this time: the place to let the strategy warm up. */
  readonly from: number;
  /** Recording starts with the equity at this time. */
  readonly recordFrom: number;
  /** The end: candles up to this close are fed, and nothing is decided at it. */
  readonly until: number;
  /** Called after every slice; it looks and changes nothing. */
  readonly observe?: ((state: EngineState, time: number) => void) | undefined;
}

/** One point per close from `recordFrom` on, with all that happened up to and at it. Money in quote currency. */
export interface EquityCurve {
  readonly time: Float64Array;
  readonly equity: Float64Array;
  /** Sum of signed position notionals at the close. */
  readonly notional: Float64Array;
  /** Sum of their sizes, whatever their side. */
  readonly gross: Float64Array;
}

export interface BacktestResult {
  readonly state: EngineState;
  readonly curve: EquityCurve;
  readonly notes: readonly Note[];
  readonly venueEvents: readonly VenueEvent[];
}

/**
 * Runs the whole history through `step`. A symbol whose candles end before the others' is delisted: its position is closed
 * at its last price. So are positions still open at the end, with costs.
 * @throws PerpilotError INVARIANT_BROKEN for candles of another interval than the setup's
 */
export function runBacktest(input: BacktestInput): BacktestResult {
  const run = prepare(input);
  let time = nextClose(input, run);
  while (time <= input.until) {
    loadCandles(input, run, time);
    deliverVenueEvents(input, run);
    if (time < input.until) decide(input, run, time);
    else markOnly(run);
    const next = nextClose(input, run);
    if (next <= input.until) closeDelisted(input, run);
    record(input, run, time);
    input.observe?.(run.state, time);
    time = next;
  }
  closeAll(input, run);
  return {
    state: run.state,
    curve: {
      time: run.time.slice(0, run.points),
      equity: run.equity.slice(0, run.points),
      notional: run.notional.slice(0, run.points),
      gross: run.gross.slice(0, run.points),
    },
    notes: run.notes,
    venueEvents: run.venueEvents,
  };
}

interface Run {
  readonly state: EngineState;
  /** Index of the next candle to feed, per symbol. */
  readonly cursor: number[];
  readonly fundingCursor: number[];
  readonly views: readonly CandleView[];
  readonly candles: (Candle | undefined)[];
  readonly funding: readonly FundingView[];
  /** The one slice event that is delivered again and again. */
  readonly slice: MarketSlice & { time: number };
  /** Symbols whose last candle was the one just fed. */
  readonly ended: number[];
  readonly pendingEvents: VenueEvent[];
  readonly venueEvents: VenueEvent[];
  readonly notes: Note[];
  readonly time: Float64Array;
  readonly equity: Float64Array;
  readonly notional: Float64Array;
  readonly gross: Float64Array;
  points: number;
  scheduled: number;
}

function prepare(input: BacktestInput): Run {
  const { setup, series } = input;
  invariant(
    series.length === setup.symbols.length && series.every(({ intervalMs }) => intervalMs === setup.barMs),
    'a backtest needs one series of its interval for every symbol',
  );
  const cursor = series.map((each) => firstBarAtOrAfter(each, input.from));
  const candles: (Candle | undefined)[] = series.map(() => undefined);
  const funding = series.map(() => ({ rate: NaN, previousRate: NaN, time: NaN }));
  const closes = series.reduce((sum, each, index) => sum + each.length - cursor[index], 0);
  return {
    state: createEngineState(setup),
    cursor,
    fundingCursor: series.map(() => 0),
    views: series.map(() => createCandleView()),
    candles,
    funding,
    slice: { kind: 'slice', time: 0, candles, funding },
    ended: [],
    pendingEvents: [],
    venueEvents: [],
    notes: [],
    time: new Float64Array(closes),
    equity: new Float64Array(closes),
    notional: new Float64Array(closes),
    gross: new Float64Array(closes),
    points: 0,
    scheduled: 0,
  };
}

/** Close of the earliest candle not fed yet; Infinity at the end of all series. */
function nextClose(input: BacktestInput, run: Run): number {
  let earliest = Infinity;
  for (let index = 0; index < input.series.length; index += 1) {
    const series = input.series[index];
    const at = run.cursor[index];
    if (at < series.length) earliest = Math.min(earliest, series.openTime[at] + series.intervalMs);
  }
  return earliest;
}

/** Puts the candles that close at `time` into the slice and moves the funding views up to it. */
function loadCandles(input: BacktestInput, run: Run, time: number): void {
  run.ended.length = 0;
  for (let index = 0; index < input.series.length; index += 1) {
    const series = input.series[index];
    const at = run.cursor[index];
    if (at >= series.length || series.openTime[at] + series.intervalMs !== time) {
      run.candles[index] = undefined;
      continue;
    }
    loadCandle(run.views[index], series, at);
    run.candles[index] = run.views[index];
    run.cursor[index] = at + 1;
    if (at + 1 === series.length) run.ended.push(index);
    const history = input.funding[index];
    if (history !== undefined) advanceFunding(run, index, history, time);
  }
}

function advanceFunding(run: Run, index: number, history: FundingSeries, time: number): void {
  const view = run.funding[index];
  let at = run.fundingCursor[index];
  while (at < history.length && history.time[at] <= time) {
    view.previousRate = view.rate;
    view.rate = history.rate[at];
    view.time = history.time[at];
    at += 1;
  }
  run.fundingCursor[index] = at;
}

/** What happened at the venue inside the candles, in time order over all symbols. */
function deliverVenueEvents(input: BacktestInput, run: Run): void {
  const { pendingEvents, candles } = run;
  pendingEvents.length = 0;
  let sources = 0;
  for (let index = 0; index < candles.length; index += 1) {
    const candle = candles[index];
    if (candle === undefined) continue;
    const before = pendingEvents.length;
    input.venue.onCandle(index, candle, pendingEvents);
    if (pendingEvents.length > before) sources += 1;
  }
  // At one moment by name, so that nothing depends on the order in which the symbols were given.
  if (sources > 1) pendingEvents.sort(byTimeAndName);
  for (const event of pendingEvents) {
    deliver(input, run, event);
    if (run.points > 1 && event.time <= run.time[run.points - 1]) mark(run, run.points - 1);
  }
}

function byTimeAndName(a: VenueEvent, b: VenueEvent): number {
  if (a.time !== b.time || a.symbol === b.symbol) return a.time - b.time;
  return a.symbol < b.symbol ? -1 : 1;
}

function decide(input: BacktestInput, run: Run, time: number): void {
  while (run.scheduled < input.schedule.length && input.schedule[run.scheduled].time <= time) {
    deliver(input, run, input.schedule[run.scheduled]);
    run.scheduled += 1;
  }
  run.slice.time = time;
  deliver(input, run, run.slice);
}

/** At the very end nothing is decided any more: no order could fill. The account is only marked. */
function markOnly(run: Run): void {
  for (const { index, trade, instrument } of run.state.symbols) {
    const candle = run.candles[index];
    if (trade !== undefined && candle !== undefined) markPosition(run.state.ledger, instrument.symbol, candle.close);
  }
}

function deliver(input: BacktestInput, run: Run, event: EngineEvent): void {
  if (event.kind === 'fill' || event.kind === 'funding' || event.kind === 'order-refused') run.venueEvents.push(event);
  const { commands, notes } = step(run.state, event);
  for (const command of commands) execute(input, run, command, event.time);
  for (const note of notes) run.notes.push(note);
}

function execute(input: BacktestInput, run: Run, command: Command, time: number): void {
  if (command.kind === 'place') {
    input.venue.place(command.order);
    return;
  }
  if (command.kind === 'move-stop') {
    input.venue.moveStop(command.symbol, command.stopPrice);
    return;
  }
  const { symbol, clientOrderId } = command;
  const isTakenBack = input.venue.cancel(symbol, clientOrderId);
  if (isTakenBack) deliver(input, run, { kind: 'order-refused', time, symbol, clientOrderId, reason: 'cancelled' });
}

function record(input: BacktestInput, run: Run, time: number): void {
  if (time < input.recordFrom) return;
  run.time[run.points] = time;
  mark(run, run.points);
  run.points += 1;
}

/**
 * Writes the account as it is into a point. Done again for what happens at the point's own instant: what fills at the next
 * open, which is the same moment, belongs to this close, so that the exit at a fold's end counts in that fold. The first
 * point stays the start of the account.
 */
function mark(run: Run, point: number): void {
  let notional = 0;
  let gross = 0;
  for (const { trade, close } of run.state.symbols) {
    if (trade === undefined) continue;
    notional += trade.direction * trade.quantity * close;
    gross += trade.quantity * close;
  }
  run.equity[point] = ledgerEquity(run.state.ledger);
  run.notional[point] = notional;
  run.gross[point] = gross;
}

/** Nothing follows for the symbols that have just ended while others go on: flat, and no order under way. */
function closeDelisted(input: BacktestInput, run: Run): void {
  for (const index of run.ended) {
    const symbol = run.state.symbols[index];
    const { pending } = symbol;
    closeAtLastPrice(input, run, { symbol, reason: 'delisting' });
    if (pending === undefined || symbol.pending !== pending) continue;
    const { order } = pending;
    const { clientOrderId } = order;
    const event = { kind: 'order-refused', time: order.decidedAt, symbol: order.symbol, clientOrderId } as const;
    deliver(input, run, { ...event, reason: 'delisted' });
  }
}

function closeAll(input: BacktestInput, run: Run): void {
  for (const symbol of run.state.symbols) closeAtLastPrice(input, run, { symbol, reason: 'end-of-data' });
  if (run.points === 0) return;
  run.equity[run.points - 1] = ledgerEquity(run.state.ledger);
  run.notional[run.points - 1] = 0;
  run.gross[run.points - 1] = 0;
}

/** Closes the position, if there is one, and drops the orders of `symbol` at the venue. */
function closeAtLastPrice(
  input: BacktestInput,
  run: Run,
  { symbol, reason }: { readonly symbol: SymbolState; readonly reason: OrderReason },
): void {
  run.pendingEvents.length = 0;
  input.venue.closeAtLastPrice(symbol.instrument.symbol, reason, run.pendingEvents);
  for (const event of run.pendingEvents) deliver(input, run, event);
}

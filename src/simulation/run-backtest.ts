// What would the bot have done over these candles? Feeds the engine's step with history and a simulated venue.
import { createCandleView, loadCandle, type Candle, type CandleSeries, type CandleView } from '../domain/candle.ts';
import { ledgerEquity, markPosition } from '../domain/ledger.ts';
import type { FundingSeries } from '../domain/funding.ts';
import type { VenueEvent } from '../domain/fill.ts';
import type { Command } from '../domain/order.ts';
import type { EngineEvent } from '../engine/event.ts';
import { createEngineState, type EngineSetup, type EngineState } from '../engine/state.ts';
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
}

/** One point per close from `recordFrom` on. Money in quote currency. */
export interface EquityCurve {
  readonly time: Float64Array;
  readonly equity: Float64Array;
  /** Sum of signed position notionals at the close. */
  readonly notional: Float64Array;
}

export interface BacktestResult {
  readonly state: EngineState;
  readonly curve: EquityCurve;
  readonly notes: readonly Note[];
  readonly venueEvents: readonly VenueEvent[];
}

/** Runs the whole history through `step`. Positions still open at the end are closed at the last price, with costs. */
export function runBacktest(input: BacktestInput): BacktestResult {
  const run = prepare(input);
  let time = nextClose(input, run);
  while (time <= input.until) {
    loadCandles(input, run, time);
    for (const symbol of run.state.symbols) {
      const candle = run.candles[symbol.index];
      if (candle === undefined) continue;
      run.pendingEvents.length = 0;
      input.venue.onCandle(symbol.index, candle, run.pendingEvents);
      for (const event of run.pendingEvents) deliver(input, run, event);
    }
    if (time < input.until) decide(input, run, time);
    else markOnly(run);
    record(input, run, time);
    time = nextClose(input, run);
  }
  closeAll(input, run);
  return {
    state: run.state,
    curve: {
      time: run.time.slice(0, run.points),
      equity: run.equity.slice(0, run.points),
      notional: run.notional.slice(0, run.points),
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
  readonly pendingEvents: VenueEvent[];
  readonly venueEvents: VenueEvent[];
  readonly notes: Note[];
  readonly time: Float64Array;
  readonly equity: Float64Array;
  readonly notional: Float64Array;
  points: number;
  scheduled: number;
}

function prepare(input: BacktestInput): Run {
  const state = createEngineState(input.setup);
  const capacity = Math.max(0, Math.ceil((input.until - input.recordFrom) / input.setup.barMs)) + 2;
  const cursor = input.series.map((series) => {
    let index = 0;
    while (index < series.length && series.openTime[index] < input.from) index += 1;
    return index;
  });
  return {
    state,
    cursor,
    fundingCursor: input.series.map(() => 0),
    views: input.series.map(() => createCandleView()),
    candles: input.series.map(() => undefined),
    funding: input.series.map(() => ({ rate: NaN, previousRate: NaN, time: NaN })),
    pendingEvents: [],
    venueEvents: [],
    notes: [],
    time: new Float64Array(capacity),
    equity: new Float64Array(capacity),
    notional: new Float64Array(capacity),
    points: 0,
    scheduled: 0,
  };
}

/** Close of the earliest candle not fed yet; Infinity at the end of all series. */
function nextClose(input: BacktestInput, run: Run): number {
  let earliest = Infinity;
  input.series.forEach((series, index) => {
    const at = run.cursor[index];
    if (at < series.length) earliest = Math.min(earliest, series.openTime[at] + series.intervalMs);
  });
  return earliest;
}

function decide(input: BacktestInput, run: Run, time: number): void {
  while (run.scheduled < input.schedule.length && input.schedule[run.scheduled].time <= time) {
    deliver(input, run, input.schedule[run.scheduled]);
    run.scheduled += 1;
  }
  deliver(input, run, { kind: 'slice', time, candles: run.candles, funding: run.funding });
}

/** At the very end nothing is decided any more: no order could fill. The account is only marked. */
function markOnly(run: Run): void {
  for (const { index, trade, instrument } of run.state.symbols) {
    const candle = run.candles[index];
    if (trade !== undefined && candle !== undefined) markPosition(run.state.ledger, instrument.symbol, candle.close);
  }
}

/** Puts the candles that close at `time` into the slice and moves the funding views up to it. */
function loadCandles(input: BacktestInput, run: Run, time: number): void {
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

function deliver(input: BacktestInput, run: Run, event: EngineEvent): void {
  if (event.kind === 'fill' || event.kind === 'funding' || event.kind === 'order-refused') run.venueEvents.push(event);
  const { commands, notes } = step(run.state, event);
  for (const command of commands) execute(input.venue, command);
  for (const note of notes) run.notes.push(note);
}

function execute(venue: SimulatedVenue, command: Command): void {
  if (command.kind === 'place') venue.place(command.order);
  else venue.cancel(command.symbol, command.clientOrderId);
}

function record(input: BacktestInput, run: Run, time: number): void {
  if (time < input.recordFrom) return;
  let notional = 0;
  for (const { trade, close } of run.state.symbols) {
    if (trade !== undefined) notional += trade.direction * trade.quantity * close;
  }
  run.time[run.points] = time;
  run.equity[run.points] = ledgerEquity(run.state.ledger);
  run.notional[run.points] = notional;
  run.points += 1;
}

function closeAll(input: BacktestInput, run: Run): void {
  for (const { instrument, trade } of run.state.symbols) {
    if (trade === undefined) continue;
    run.pendingEvents.length = 0;
    input.venue.closeAtLastPrice(instrument.symbol, 'end-of-data', run.pendingEvents);
    for (const event of run.pendingEvents) deliver(input, run, event);
  }
  if (run.points === 0) return;
  run.equity[run.points - 1] = ledgerEquity(run.state.ledger);
  run.notional[run.points - 1] = 0;
}

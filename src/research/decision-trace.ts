// What does every stage of a decision say at every close? The real engine over real history, on an account that stays flat.
import { FLAG_FILLED, FLAG_SEGMENT_START, FLAG_SUSPECT, type Candle } from '../domain/candle.ts';
import { invariant } from '../domain/errors.ts';
import type { VenueEvent } from '../domain/fill.ts';
import type { Instrument } from '../domain/instrument.ts';
import type { OrderIntent } from '../domain/order.ts';
import type { EngineParams, EngineState } from '../engine/state.ts';
import { runBacktest } from '../simulation/run-backtest.ts';
import type { SimulatedVenue } from '../simulation/simulated-venue.ts';
import type { MetaModel } from '../strategy/meta-model.ts';
import type { FundingView, Strategy, SymbolStrategy } from '../strategy/strategy.ts';
import type { NamedColumns } from './look-ahead.ts';
import type { PreparedMarket } from './prepare-market.ts';

/** The stages whose values a trace holds, in the order in which a decision passes them. */
export type TracedStage =
  | 'candle'
  | 'mark'
  | 'funding'
  | 'feature'
  | 'signal'
  | 'regime'
  | 'universe'
  | 'meta-row'
  | 'judgement'
  | 'size'
  | 'order';

/** Numbers for the names of regimes, so that they fit into columns; the same for all traces that are compared. */
export interface RegimeCodes {
  codeOf(name: string): number;
  nameOf(code: number): string | undefined;
}

export interface TraceInput {
  readonly prepared: PreparedMarket;
  /** Only the first so many bars are walked over; what lies behind them is there nevertheless. */
  readonly bars: number;
  readonly instrument: Instrument;
  readonly params: EngineParams;
  /** The account, quote currency; it never changes. */
  readonly equity: number;
  /** Undefined: the primary signal alone decides. */
  readonly model: MetaModel | undefined;
  readonly regimes: RegimeCodes;
}

const MARKS = { filled: FLAG_FILLED, segment_start: FLAG_SEGMENT_START, suspect: FLAG_SUSPECT };
const PRICES = ['open', 'high', 'low', 'close', 'volume'] as const;

/** Codes that are given out as names come up. */
export function createRegimeCodes(): RegimeCodes {
  const names: string[] = [];
  return {
    codeOf(name) {
      const known = names.indexOf(name);
      return known >= 0 ? known : names.push(name) - 1;
    },
    nameOf: (code) => names[code],
  };
}

/**
 * Columns named `<stage> <name>`, one entry per bar; NaN: undefined, or the decision did not get that far. Every entry that
 * signal and regime let through is sized and ordered, whatever its confidence, and the venue refuses every order: so no
 * bar's decision depends on what was traded before.
 */
export function traceDecisions(input: TraceInput): NamedColumns {
  const { prepared, bars, instrument, params, model } = input;
  const { series, funding, strategy } = prepared;
  invariant(bars >= 1 && bars <= series.length, `a trace over ${bars} of ${series.length} bars`);
  const { symbol, intervalMs, openTime } = series;
  const recorder = createRecorder(strategy.rowNames, bars, input.regimes);
  runBacktest({
    setup: {
      barMs: intervalMs,
      initialEquity: input.equity,
      params: {
        ...params,
        risk: { ...params.risk, confidenceThreshold: 0 },
        metaModel: model === undefined ? 'off' : params.metaModel,
      },
      strategy: recorder.watch(strategy),
      symbols: [{ instrument, hasFunding: funding !== undefined }],
    },
    venue: createRefusingVenue(symbol),
    series: [series],
    funding: [funding],
    schedule: model === undefined ? [] : [{ kind: 'model-promoted', time: openTime[0], symbol, model }],
    from: openTime[0],
    recordFrom: Infinity,
    // Past the last close: at the end itself nothing would be decided.
    until: openTime[bars - 1] + intervalMs + 1,
    observe: (state, time) => recorder.noteDecision(state, time),
  });
  return recorder.columns;
}

interface Recorder {
  readonly columns: Readonly<Record<string, Float64Array>>;
  /** The same strategy, with everything it is fed and says written down. */
  watch(strategy: Strategy): Strategy;
  noteDecision(state: EngineState, time: number): void;
}

function createRecorder(rowNames: readonly string[], bars: number, regimes: RegimeCodes): Recorder {
  const columns: Record<string, Float64Array> = {};
  const column = (stage: TracedStage, name: string): Float64Array => {
    const values = new Float64Array(bars).fill(NaN);
    columns[`${stage} ${name}`] = values;
    return values;
  };
  const noteInput = inputNotes(column);
  const noteStrategy = strategyNotes(rowNames, regimes, column);
  const noteOrder = orderNotes(column);
  let bar = -1;
  const follow = (inner: SymbolStrategy): SymbolStrategy =>
    watched(inner, (candle, funding) => {
      bar += 1;
      noteInput(bar, candle, funding);
      noteStrategy(bar, inner);
    });
  return {
    columns,
    watch(strategy) {
      const { name, warmupBars, schemaHash } = strategy;
      return { name, warmupBars, schemaHash, rowNames, create: (symbol) => follow(strategy.create(symbol)) };
    },
    noteDecision: (state, time) => noteOrder(bar, state, time),
  };
}

type Column = (stage: TracedStage, name: string) => Float64Array;

function inputNotes(column: Column): (bar: number, candle: Candle, funding: FundingView) => void {
  const prices = PRICES.map((name) => ({ name, values: column('candle', name) }));
  const marks = Object.entries(MARKS).map(([name, bit]) => ({ bit, values: column('mark', name) }));
  const rate = column('funding', 'rate');
  const previousRate = column('funding', 'previous_rate');
  const time = column('funding', 'time');
  return (bar, candle, funding) => {
    for (const { name, values } of prices) values[bar] = candle[name];
    for (const { bit, values } of marks) values[bar] = (candle.flags & bit) === 0 ? 0 : 1;
    rate[bar] = funding.rate;
    previousRate[bar] = funding.previousRate;
    time[bar] = funding.time;
  };
}

function strategyNotes(
  rowNames: readonly string[],
  regimes: RegimeCodes,
  column: Column,
): (bar: number, strategy: SymbolStrategy) => void {
  const features = rowNames.map((name) => column('feature', name));
  const rows = rowNames.map((name) => column('meta-row', name));
  const direction = column('signal', 'direction');
  const state = column('regime', 'state');
  const allowsLong = column('regime', 'allows_long');
  const allowsShort = column('regime', 'allows_short');
  const size = column('regime', 'size');
  const ready = column('judgement', 'ready');
  const row = new Float64Array(rowNames.length);
  return (bar, strategy) => {
    const { signal } = strategy;
    direction[bar] = signal;
    state[bar] = regimes.codeOf(strategy.regime);
    allowsLong[bar] = Number(strategy.allows(1));
    allowsShort[bar] = Number(strategy.allows(-1));
    size[bar] = strategy.regimeSize;
    ready[bar] = Number(strategy.ready);
    // A row for a long holds the features as they are.
    strategy.writeRow(1, row, 0);
    for (let index = 0; index < row.length; index += 1) features[index][bar] = row[index];
    if (signal === 0) return;
    strategy.writeRow(signal, row, 0);
    for (let index = 0; index < row.length; index += 1) rows[index][bar] = row[index];
  };
}

function orderNotes(column: Column): (bar: number, state: EngineState, time: number) => void {
  const tradable = column('universe', 'tradable');
  const traded24h = column('universe', 'traded_quantity_24h');
  const realised = column('size', 'realised_volatility');
  const confidenceFactor = column('size', 'confidence');
  const volatilityFactor = column('size', 'volatility');
  const regimeFactor = column('size', 'regime');
  const guardFactor = column('size', 'guard');
  const margin = column('size', 'margin_fraction');
  const probability = column('judgement', 'probability');
  const confidence = column('judgement', 'confidence');
  const quantity = column('order', 'quantity');
  const leverage = column('order', 'leverage');
  const price = column('order', 'decision_price');
  return (bar, { symbols: [symbol], universe }, time) => {
    tradable[bar] = Number(universe.status(symbol.index, time) === 'tradable');
    traded24h[bar] = universe.tradedQuantity24h(symbol.index, time);
    realised[bar] = symbol.volatility.value;
    const decision = symbol.pending?.decision;
    if (decision === undefined) return;
    const { sizing } = decision;
    probability[bar] = decision.probability;
    confidence[bar] = decision.confidence;
    confidenceFactor[bar] = sizing.confidence;
    volatilityFactor[bar] = sizing.volatility;
    regimeFactor[bar] = sizing.regime;
    guardFactor[bar] = sizing.guard;
    margin[bar] = sizing.final;
    quantity[bar] = decision.direction * decision.quantity;
    leverage[bar] = decision.leverage;
    price[bar] = symbol.pending?.order.decisionPrice ?? NaN;
  };
}

function watched(inner: SymbolStrategy, note: (candle: Candle, funding: FundingView) => void): SymbolStrategy {
  return {
    update(candle, funding) {
      inner.update(candle, funding);
      note(candle, funding);
    },
    get ready() {
      return inner.ready;
    },
    get signal() {
      return inner.signal;
    },
    get regime() {
      return inner.regime;
    },
    get regimeSize() {
      return inner.regimeSize;
    },
    allows: (direction) => inner.allows(direction),
    writeRow: (direction, out, offset) => inner.writeRow(direction, out, offset),
  };
}

/** A venue for one symbol that refuses every order with the next candle. */
function createRefusingVenue(symbol: string): SimulatedVenue {
  const pending: OrderIntent[] = [];
  return {
    place: (order) => void pending.push(order),
    cancel: () => false,
    moveStop: () => undefined,
    cancelAll: () => pending.splice(0),
    onCandle(_, { openTime }, events: VenueEvent[]) {
      for (const { clientOrderId } of pending.splice(0)) {
        events.push({ kind: 'order-refused', time: openTime, symbol, clientOrderId, reason: 'only looking' });
      }
    },
    closeAtLastPrice: () => pending.splice(0),
    position: () => undefined,
  };
}

// What does every stage of a decision say at every bar? One engine run, read out as columns: features to fills.
import type { Candle, CandleSeries } from '../../src/domain/candle.ts';
import type { FundingSeries } from '../../src/domain/funding.ts';
import type { OrderIntent } from '../../src/domain/order.ts';
import type { Direction } from '../../src/domain/side.ts';
import { strategyOf } from '../../src/research/jobs.ts';
import type { VariantSettings } from '../../src/research/settings.ts';
import { engineParams } from '../../src/research/engine-params.ts';
import { runBacktest } from '../../src/simulation/run-backtest.ts';
import { createSimulatedVenue } from '../../src/simulation/simulated-venue.ts';
import type { FeatureDefinition } from '../../src/strategy/features.ts';
import { confidenceOf, probabilityOf, type MetaModel } from '../../src/strategy/meta-model.ts';
import type { FundingView, Strategy, SymbolStrategy } from '../../src/strategy/strategy.ts';
import { marketOf } from '../scenarios/research/small-research.ts';
import type { NamedColumns } from './prefix-invariance.ts';

export interface ChainInput {
  readonly series: CandleSeries;
  readonly funding: FundingSeries;
  readonly settings: VariantSettings;
  /** Undefined: the primary signal trades alone. */
  readonly model: MetaModel | undefined;
  readonly extra?: readonly FeatureDefinition[];
}

/**
 * Runs the engine over all of `series`, deciding at its last close too, and returns by bar: every feature, the signal, the
 * regime's verdict, the probability, the confidence, and side, quantity, leverage and reason of every order decided there.
 */
export function chainColumns({ series, funding, settings, model, extra = [] }: ChainInput): NamedColumns {
  const columns: Record<string, Float64Array> = {};
  const put = (name: string, bar: number, value: number): void => {
    columns[name] ??= new Float64Array(series.length).fill(NaN);
    columns[name][bar] = value;
  };
  const { intervalMs } = series;
  const barAt = (close: number): number => Math.round((close - intervalMs - series.openTime[0]) / intervalMs);
  const onBar: BarObserver = (symbol, candle, names) => {
    const bar = barAt(candle.closeTime);
    const direction: Direction = symbol.signal === -1 ? -1 : 1;
    const row = new Float64Array(names.length);
    symbol.writeRow(direction, row, 0);
    names.forEach((name, column) => put(name, bar, row[column]));
    put('ready', bar, Number(symbol.ready));
    put('signal', bar, symbol.signal);
    put('allowed', bar, Number(symbol.allows(1)) + 2 * Number(symbol.allows(-1)));
    put('regime size', bar, symbol.regimeSize);
    if (model === undefined || !symbol.ready || symbol.signal === 0) return;
    const probability = probabilityOf(model, row, 0);
    put('probability', bar, probability);
    put('confidence', bar, confidenceOf(probability, model.edge, settings.model.thresholdScale));
  };
  const onOrder = ({ decidedAt, side, quantity, leverage, reason }: OrderIntent): void => {
    const bar = barAt(decidedAt);
    put('order side', bar, side === 'buy' ? 1 : -1);
    put('order quantity', bar, quantity);
    put('order leverage', bar, leverage);
    put('order reason', bar, ORDER_REASONS.indexOf(reason));
  };
  run({ series, funding, settings, model, extra, onBar, onOrder });
  return columns;
}

const ORDER_REASONS = ['entry', 'time-exit', 'signal-exit', 'risk-limit', 'fold-end', 'end-of-data', 'flatten'];

/** Told of every candle after the strategy has digested it; `names` are those of the row. */
export type BarObserver = (symbol: SymbolStrategy, candle: Candle, names: readonly string[]) => void;

interface ObservedRun extends Required<ChainInput> {
  readonly onBar: BarObserver;
  readonly onOrder: (order: OrderIntent) => void;
}

function run({ series, funding, settings, model, extra, onBar, onOrder }: ObservedRun): void {
  const { instrument, symbol } = marketOf(series, funding);
  const venue = createSimulatedVenue({
    instruments: [instrument],
    costs: settings.costs,
    funding: new Map([[symbol, funding]]),
    ambiguity: 'worst',
  });
  const from = series.openTime[0];
  runBacktest({
    setup: {
      barMs: series.intervalMs,
      initialEquity: settings.initialEquity,
      params: engineParams({ ...settings, metaModel: model === undefined ? 'off' : 'on' }, series.intervalMs),
      strategy: observed(strategyOf(settings, series.intervalMs, extra), onBar),
      symbols: [{ instrument, hasFunding: true }],
    },
    venue: {
      ...venue,
      place(order) {
        onOrder(order);
        venue.place(order);
      },
    },
    series: [series],
    funding: [funding],
    schedule: [{ kind: 'model-promoted', time: from, symbol, model }],
    from,
    recordFrom: from,
    until: series.openTime[series.length - 1] + series.intervalMs + 1,
  });
}

/** The same strategy, with `onBar` told after every candle. */
export function observed(strategy: Strategy, onBar: BarObserver): Strategy {
  return {
    ...strategy,
    create(symbol) {
      const inner = strategy.create(symbol);
      return {
        update(candle: Candle, known: FundingView) {
          inner.update(candle, known);
          onBar(inner, candle, strategy.rowNames);
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
    },
  };
}

/** The stamps of `funding` up to the last close of `series`. */
export function fundingUntil(series: CandleSeries, funding: FundingSeries): FundingSeries {
  const end = series.openTime[series.length - 1] + series.intervalMs;
  const length = funding.time.findIndex((time) => time > end);
  if (length < 0) return funding;
  return { ...funding, length, time: funding.time.slice(0, length), rate: funding.rate.slice(0, length) };
}

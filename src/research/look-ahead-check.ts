// Does anything before a close change when the future behind it is taken away? The whole decision, stage by stage.
import { PerpilotError } from '../domain/errors.ts';
import type { MetaModel } from '../strategy/meta-model.ts';
import { buildDataset } from '../training/dataset.ts';
import { trainModel } from '../training/train-model.ts';
import { createRegimeCodes, traceDecisions, type RegimeCodes } from './decision-trace.ts';
import { closeOf, knownHistory, withoutFuture } from './known-history.ts';
import { leakFindings, placeOf, type LeakFinding, type LeakObservation } from './leak-findings.ts';
import { planCuts, type CutWindow } from './look-ahead-plan.ts';
import { mismatchesBefore, type NamedColumns } from './look-ahead.ts';
import type { SymbolMarket } from './market.ts';
import type { Preparation, PreparedMarket } from './prepare-market.ts';
import type { VariantSettings } from './settings.ts';
import { engineParams } from './engine-params.ts';
import { simulateVariant } from './simulate-variant.ts';

export interface LookAheadTask {
  readonly market: SymbolMarket;
  readonly settings: VariantSettings;
  readonly prepare: Preparation;
  /** Bars at the beginning that the model learns from; cuts lie behind them. */
  readonly trainBars: number;
  /** How often the future is cut off, at least once. */
  readonly cuts: number;
  readonly seed: string;
}

/** What one symbol's check looked at and found. */
export interface LookAheadReport {
  readonly symbol: string;
  readonly bars: number;
  readonly cuts: number;
  /** Of those, computed from the first bar on and traded through with all fills and costs. */
  readonly wholeCuts: number;
  /** Values compared before all cuts, and how many of them were orders. */
  readonly valuesCompared: number;
  readonly ordersCompared: number;
  /** Why no model could be trained: then probabilities were not looked at. */
  readonly noModel: string | undefined;
  /** Nothing: no look-ahead. */
  readonly findings: readonly LeakFinding[];
}

/**
 * Cuts the future off at `cuts` random closes, makes marks, features, signal, regime, judgement, size and order anew from
 * copies that end there, and compares every bar before the cut, bit for bit, with what all data give from the same first
 * bar on. A few cuts begin at the very first bar and are traded through as well; the model is trained with and without what
 * follows its window. Yields how many cuts are done.
 */
export function* checkLookAhead(task: LookAheadTask): Generator<number, LookAheadReport, void> {
  const check = prepareCheck(task);
  const { market, prepare, trainBars, cuts, seed } = task;
  const { length } = market.series;
  const { warmupBars } = prepare(market).strategy;
  const windows = planCuts({ length, firstCut: trainBars, warmupBars, cuts, seed: `${seed}/${market.symbol}/cuts` });
  let done = 0;
  for (const [index, window] of windows.entries()) {
    const all = traceFrom(check, window.from, { known: length, bars: window.to - window.from });
    const account = index === 0 ? accountOf(check, length) : undefined;
    for (const cut of window.cuts) {
      compareAtCut(check, { window, cut, all, account });
      done += 1;
      yield done;
    }
  }
  return {
    symbol: market.symbol,
    bars: length,
    cuts: done,
    wholeCuts: windows[0].cuts.length,
    valuesCompared: check.valuesCompared,
    ordersCompared: check.ordersCompared,
    noModel: check.noModel,
    findings: leakFindings(check.observations),
  };
}

interface Check {
  readonly task: LookAheadTask;
  readonly regimes: RegimeCodes;
  readonly model: MetaModel | undefined;
  readonly noModel: string | undefined;
  readonly observations: LeakObservation[];
  valuesCompared: number;
  ordersCompared: number;
}

/** Trains the model on its window alone, and once more with everything that follows there to be seen. */
function prepareCheck(task: LookAheadTask): Check {
  const { market, prepare, trainBars } = task;
  const { series } = market;
  const all = knownHistory(market, { from: 0, to: series.length });
  const cut = knownHistory(market, { from: 0, to: trainBars });
  const withFuture = trained(task, prepare(all));
  const withoutIt = withoutFuture(market, trainBars, () => trained(task, prepare(cut)));
  const observations: LeakObservation[] = [];
  if (withFuture.text !== withoutIt.text) {
    const place = { cut: trainBars, bar: trainBars - 1, time: closeOf(series, trainBars - 1) };
    const values = { withFuture: withFuture.text, withoutFuture: withoutIt.text };
    observations.push({ stage: 'model', name: 'content', ...place, ...values });
  }
  const { model } = withoutIt;
  const noModel = model === undefined ? withoutIt.text : undefined;
  return { task, regimes: createRegimeCodes(), model, noModel, observations, valuesCompared: 0, ordersCompared: 0 };
}

/** The model of the first `trainBars` bars; `text` is its content's hash, or why there is none. */
export function trained(
  task: Pick<LookAheadTask, 'settings' | 'trainBars' | 'seed'>,
  prepared: PreparedMarket,
): { readonly text: string; readonly model: MetaModel | undefined } {
  const { settings, trainBars, seed } = task;
  const { labeling, costs, features } = settings;
  const dataset = buildDataset({ ...prepared, labeling, costs, atrPeriod: features.atrPeriod });
  const window = { start: dataset.closeTime[0], end: dataset.closeTime[trainBars - 1], embargoMs: 0 };
  try {
    const { model } = trainModel(dataset, window, { params: settings.model, seed: `${seed}/${dataset.symbol}/model` });
    return { text: model.id, model };
  } catch (error) {
    // Too few labels are an answer: everything but the probabilities can be checked without a model.
    if (error instanceof PerpilotError && error.code === 'TRAINING_FAILED')
      return { text: error.message, model: undefined };
    throw error;
  }
}

interface CutComparison {
  readonly window: CutWindow;
  readonly cut: number;
  readonly all: NamedColumns;
  /** Undefined: the window does not begin at the first bar. */
  readonly account: NamedColumns | undefined;
}

function compareAtCut(check: Check, { window, cut, all, account }: CutComparison): void {
  const { market } = check.task;
  const bars = cut - window.from;
  const [onCut, accountOnCut] = withoutFuture(market, cut, () => [
    traceFrom(check, window.from, { known: cut, bars }),
    account === undefined ? undefined : accountOf(check, cut),
  ]);
  note(check, { from: window.from, cut, bars }, { onCut, all });
  // At the last close before the cut the positions are closed, since nothing is known of what follows.
  if (account !== undefined && accountOnCut !== undefined) {
    note(check, { from: 0, cut, bars: cut - 1 }, { onCut: accountOnCut, all: account });
  }
  check.valuesCompared += bars * Object.keys(all).length;
  const orders = all['order quantity'];
  for (let bar = 0; bar < bars; bar += 1) if (!Number.isNaN(orders[bar])) check.ordersCompared += 1;
}

/** The decisions on the bars from `from` on with all bars before `known` in memory. */
function traceFrom(check: Check, from: number, { known, bars }: { known: number; bars: number }): NamedColumns {
  const { market, prepare, settings } = check.task;
  return traceDecisions({
    prepared: prepare(knownHistory({ ...market, finer: [] }, { from, to: known })),
    bars,
    instrument: market.instrument,
    params: { ...engineParams(settings, market.series.intervalMs), metaModel: settings.metaModel },
    equity: settings.initialEquity,
    model: check.model,
    regimes: check.regimes,
  });
}

/** Equity and signed position value at every close of a whole backtest with fills and costs; NaN before its start. */
function accountOf({ task, model }: Check, known: number): NamedColumns {
  const { settings, prepare, trainBars } = task;
  const market = knownHistory(task.market, { from: 0, to: known });
  const { series, funding, strategy } = prepare(market);
  const start = { trainStart: series.openTime[0], testStart: closeOf(series, trainBars - 1) };
  const window = { index: 0, ...start, testEnd: closeOf(series, known - 1) };
  const { curve } = simulateVariant({
    market: { ...market, series, funding },
    settings: model === undefined ? { ...settings, metaModel: 'off' } : settings,
    strategy,
    folds: [{ window, model }],
    ambiguity: 'worst',
  });
  const equity = new Float64Array(known).fill(NaN);
  const position = new Float64Array(known).fill(NaN);
  let point = 0;
  for (let bar = 0; bar < known && point < curve.time.length; bar += 1) {
    if (closeOf(series, bar) !== curve.time[point]) continue;
    equity[bar] = curve.equity[point];
    position[bar] = curve.notional[point];
    point += 1;
  }
  return { 'account equity': equity, 'account position': position };
}

function note(
  check: Check,
  at: { readonly from: number; readonly cut: number; readonly bars: number },
  { onCut, all }: { readonly onCut: NamedColumns; readonly all: NamedColumns },
): void {
  const { series } = check.task.market;
  for (const mismatch of mismatchesBefore(at.bars, onCut, all)) {
    const text = (value: number): number | string | undefined =>
      Number.isNaN(value) ? undefined : mismatch.column === 'regime state' ? check.regimes.nameOf(value) : value;
    const bar = at.from + mismatch.bar;
    check.observations.push({
      ...placeOf(mismatch.column),
      cut: at.cut,
      bar,
      time: closeOf(series, bar),
      withFuture: text(mismatch.onAll),
      withoutFuture: text(mismatch.onCut),
    });
  }
}

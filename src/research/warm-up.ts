// After how many candles does a value no longer depend on where its history began? Measured, beside what is declared.
import { FLAG_FILLED, type CandleSeries } from '../domain/candle.ts';
import { createRandom } from '../domain/random.ts';
import { createRealisedVolatility } from '../indicators/realised-volatility.ts';
import { createFeatureSet, type FeatureDefinition } from '../strategy/features.ts';
import { createPrimarySignal } from '../strategy/primary-signal.ts';
import { regimeStableAfter } from '../strategy/regime-filter.ts';
import { createRegimeCodes, traceDecisions, type RegimeCodes } from './decision-trace.ts';
import { knownHistory } from './known-history.ts';
import { placeOf } from './leak-findings.ts';
import { agrees, type NamedColumns } from './look-ahead.ts';
import type { SymbolMarket } from './market.ts';
import type { Preparation } from './prepare-market.ts';
import type { VariantSettings } from './settings.ts';
import { engineParams } from './engine-params.ts';

/** How near a value on a short history must come to the one on a long history, relative to the larger of 1 and the value. */
export const WARM_UP_TOLERANCE = 1e-9;

/** Candles that each value needs, by column of a decision trace. */
export type DeclaredWarmUps = ReadonlyMap<string, number>;

export interface WarmUpTask {
  readonly market: SymbolMarket;
  readonly settings: VariantSettings;
  readonly prepare: Preparation;
  readonly declared: DeclaredWarmUps;
  /** How many random later starts are compared with the long history, at least one. */
  readonly starts: number;
  readonly seed: string;
}

/** Need of one value on one symbol. */
export interface WarmUpNeed {
  readonly stage: string;
  readonly name: string;
  /** Real candles after which every later start agreed for good, the last of them included; Infinity: one never did. */
  readonly measured: number;
  readonly declared: number;
}

/** The whole strategy: what a decision waits for, which must cover every feature, signal and regime. */
export const WHOLE_STRATEGY = { stage: 'strategy', name: 'all of it' } as const;

/** What the modules themselves declare, for every column that `measureWarmUp` measures. */
export function declaredWarmUps(
  { features, primary, regime, sizing }: VariantSettings,
  barMs: number,
  extra: readonly FeatureDefinition[] = [],
): DeclaredWarmUps {
  const set = createFeatureSet({ barMs, features, regime }, extra);
  const regimeBars = regimeStableAfter(regime);
  return new Map([
    ...set.names.map((name): [string, number] => [`feature ${name}`, set.warmupOf(name)]),
    ['signal direction', createPrimarySignal(primary).stableAfter],
    ...['state', 'allows_long', 'allows_short', 'size'].map((name): [string, number] => [`regime ${name}`, regimeBars]),
    ['size realised_volatility', createRealisedVolatility(sizing.volatilityWindowBars).stableAfter],
  ]);
}

/**
 * Begins at random closes of the middle half of the history and finds, for every declared column, the smallest number of
 * candles after which all of them agree with the whole history to 1e-9 at every following close. Funding is known from its
 * beginning, as in every run. Yields how many starts are done.
 */
export function* measureWarmUp(task: WarmUpTask): Generator<number, readonly WarmUpNeed[], void> {
  const { market, starts, seed } = task;
  const { length } = market.series;
  const random = createRandom(`${seed}/${market.symbol}/starts`);
  const regimes = createRegimeCodes();
  const { columns: whole, series, warmupBars } = traceFrom(task, 0, regimes);
  const needs = [...task.declared].map(([column, declared]) => ({ column, declared, measured: 1 }));
  for (let done = 1; done <= starts; done += 1) {
    const start = Math.floor(length / 4) + random.below(Math.max(1, Math.floor(length / 2)));
    const { columns } = traceFrom(task, start, regimes);
    for (const need of needs) {
      const bad = lastDisagreement(columns[need.column], whole[need.column], start);
      need.measured = Math.max(need.measured, candlesNeeded(series, { start, bad }));
    }
    yield done;
  }
  const each = needs.map(({ column, measured, declared }): WarmUpNeed => ({ ...placeOf(column), measured, declared }));
  const ofStrategy = each.filter(({ stage }) => stage !== 'size').map(({ measured }) => measured);
  return [...each, { ...WHOLE_STRATEGY, measured: Math.max(...ofStrategy), declared: warmupBars }];
}

/** The needs of several symbols as one list, longest first: the longest measured of each value. */
export function longestNeeds(bySymbol: readonly (readonly WarmUpNeed[])[]): WarmUpNeed[] {
  const longest = new Map<string, WarmUpNeed>();
  for (const need of bySymbol.flat()) {
    const key = `${need.stage} ${need.name}`;
    const known = longest.get(key);
    if (known === undefined || need.measured > known.measured) longest.set(key, need);
  }
  return [...longest.values()].sort((a, b) => b.measured - a.measured);
}

/** The values that need more candles than they declare. */
export const tooShort = (needs: readonly WarmUpNeed[]): WarmUpNeed[] =>
  needs.filter(({ measured, declared }) => measured > declared);

function traceFrom(
  { market, prepare, settings }: WarmUpTask,
  from: number,
  regimes: RegimeCodes,
): { readonly columns: NamedColumns; readonly series: CandleSeries; readonly warmupBars: number } {
  const prepared = prepare(knownHistory({ ...market, finer: [] }, { from, to: market.series.length }));
  const { series, strategy } = prepared;
  const columns = traceDecisions({
    prepared,
    bars: series.length,
    instrument: market.instrument,
    params: engineParams(settings, series.intervalMs),
    equity: settings.initialEquity,
    model: undefined,
    regimes,
  });
  return { columns, series, warmupBars: strategy.warmupBars };
}

/** The last bar of the whole series at which the later start disagrees; `start - 1`: none. */
function lastDisagreement(late: ArrayLike<number>, whole: ArrayLike<number>, start: number): number {
  for (let bar = whole.length - 1; bar >= start; bar -= 1) {
    if (!agrees(late[bar - start], whole[bar], WARM_UP_TOLERANCE)) return bar;
  }
  return start - 1;
}

/** Real candles from `start` up to the first one of which on everything agrees; Infinity when the last one disagrees. */
function candlesNeeded({ flags, length }: CandleSeries, { start, bad }: { start: number; bad: number }): number {
  if (bad === length - 1) return Infinity;
  let candles = 0;
  for (let bar = start; bar <= bad + 1; bar += 1) if ((flags[bar] & FLAG_FILLED) === 0) candles += 1;
  return Math.max(1, candles);
}

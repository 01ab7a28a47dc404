// What does the meta-model see of a market? A fixed, named set of columns that one closed candle moves on.
import { FLAG_FILLED, FLAG_SEGMENT_START, type Candle } from '../domain/candle.ts';
import { invariant } from '../domain/errors.ts';
import { hash64 } from '../domain/hash.ts';
import { shippedFeatures, type ShippedFeature } from './feature-definitions.ts';
import { FeatureIndicators, type FeatureSetParams } from './feature-indicators.ts';
import type { FundingView } from './strategy.ts';

/** Rises whenever a shipped formula changes its meaning, so that models of the old meaning are refused. */
const FORMULA_VERSION = 1;

/** A further feature of a user's own. It may read nothing but what `update` was given so far. */
export interface FeatureDefinition {
  readonly name: string;
  /** Its sign means long or short: it is turned over for a short. */
  readonly directional: boolean;
  /** Bars after which a later start gives the same value to 1e-9. */
  readonly stableAfter: number;
  /** A fresh state: at the start of a symbol and of every segment. */
  create(): FeatureColumn;
}

export interface FeatureColumn {
  /** Takes a closed, real candle and the funding known at its close; returns the value, NaN: undefined. */
  update(candle: Candle, funding: FundingView): number;
}

export interface FeatureSet {
  readonly names: readonly string[];
  /** Per column: whether its sign turns over for a short. */
  readonly directional: readonly boolean[];
  /** 16 hexadecimal digits that change with names, order, settings, bar length and formulas. */
  readonly schemaHash: string;
  /** The longest of all columns' warm-ups, in bars. */
  readonly warmupBars: number;
  /** Bars after which column `name` no longer depends on where it began. @throws PerpilotError for an unknown name */
  warmupOf(name: string): number;
  /**
   * The state of one symbol whose candles are `barMs` long. With `hasFunding: false`, for a symbol without any funding
   * history, the funding columns are 0 from the beginning; otherwise unknown funding is undefined and `ready` is false.
   */
  createState(barMs: number, options?: { readonly hasFunding?: boolean }): FeatureState;
}

export interface FeatureState {
  /**
   * Takes a closed candle and the funding known at its close. A filled candle is passed over: it moves nothing and
   * `ready` is false until the next real one. The first candle of a segment starts everything anew.
   */
  update(candle: Candle, funding: FundingView): void;
  /** The columns after the last real candle; the array is reused. */
  readonly values: Float64Array;
  /** The last candle was real, the warm-up is over and every value is finite. */
  readonly ready: boolean;
  /** Forgets everything. */
  reset(): void;
}

/**
 * The shipped features followed by `extra`. The regime columns always use the standard sensitivity, so that variants of
 * the filter share features and models. @throws PerpilotError if two columns have one name
 */
export function createFeatureSet(params: FeatureSetParams, extra: readonly FeatureDefinition[] = []): FeatureSet {
  const shipped = shippedFeatures(params, new FeatureIndicators(params, true));
  const columns = [...shipped, ...extra];
  const names = columns.map((column) => column.name);
  invariant(new Set(names).size === names.length, `two features have the same name: ${names.join(', ')}`);
  const warmups = new Map(columns.map((column) => [column.name, column.stableAfter]));
  const warmupBars = Math.max(...warmups.values());
  return {
    names,
    directional: columns.map((column) => column.directional),
    schemaHash: schemaHashOf(params, columns),
    warmupBars,
    warmupOf(name) {
      const bars = warmups.get(name);
      invariant(bars !== undefined, `there is no feature ${name}`);
      return bars;
    },
    createState(barMs, options) {
      invariant(barMs === params.barMs, `the features are for bars of ${params.barMs} ms, not ${barMs} ms`);
      return new SymbolFeatures({ params, shipped, extra, warmupBars, hasFunding: options?.hasFunding ?? true });
    },
  };
}

/** Sizes and sensitivity of the regime filter do not touch its columns and stay out. */
function schemaHashOf(
  { features, regime, barMs }: FeatureSetParams,
  columns: readonly { readonly name: string; readonly directional: boolean }[],
): string {
  const { adxPeriod, adxEnter, adxExit, emaPeriod, atrPeriod, volatilityWindow, highVolatilityRatio, confirmBars } =
    regime;
  const thresholds = [adxPeriod, adxEnter, adxExit, emaPeriod, atrPeriod, volatilityWindow, highVolatilityRatio];
  const settings = Object.entries(features).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const layout = columns.map((column) => [column.name, column.directional]);
  return hash64(JSON.stringify([FORMULA_VERSION, barMs, settings, thresholds, confirmBars, layout]));
}

interface SymbolFeaturesOptions {
  readonly params: FeatureSetParams;
  readonly shipped: readonly ShippedFeature[];
  readonly extra: readonly FeatureDefinition[];
  readonly warmupBars: number;
  readonly hasFunding: boolean;
}

class SymbolFeatures implements FeatureState {
  readonly values: Float64Array;
  ready = false;
  private readonly options: SymbolFeaturesOptions;
  private indicators: FeatureIndicators;
  private columns: readonly FeatureColumn[];
  private bars = 0;

  constructor(options: SymbolFeaturesOptions) {
    this.options = options;
    this.values = new Float64Array(options.shipped.length + options.extra.length).fill(NaN);
    this.indicators = new FeatureIndicators(options.params, options.hasFunding);
    this.columns = options.extra.map((definition) => definition.create());
  }

  update(candle: Candle, funding: FundingView): void {
    if ((candle.flags & FLAG_SEGMENT_START) !== 0) this.reset();
    if ((candle.flags & FLAG_FILLED) !== 0) {
      this.ready = false;
      return;
    }
    const { values, columns, indicators } = this;
    const { shipped, warmupBars } = this.options;
    indicators.update(candle, funding);
    for (let index = 0; index < shipped.length; index += 1) shipped[index].write(indicators, values, index);
    for (let index = 0; index < columns.length; index += 1) {
      values[shipped.length + index] = columns[index].update(candle, funding);
    }
    this.bars += 1;
    this.ready = this.bars >= warmupBars && allFinite(values);
  }

  reset(): void {
    const { params, hasFunding, extra } = this.options;
    this.indicators = new FeatureIndicators(params, hasFunding);
    this.columns = extra.map((definition) => definition.create());
    this.values.fill(NaN);
    this.bars = 0;
    this.ready = false;
  }
}

/** The sum of x - x is 0 for finite values and NaN as soon as one is not. */
function allFinite(values: Float64Array): boolean {
  let sum = 0;
  for (let index = 0; index < values.length; index += 1) sum += values[index] - values[index];
  return sum === 0;
}

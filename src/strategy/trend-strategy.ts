// What does perpilot trade by itself? Trend following: primary signal, regime filter, and the columns of the meta-model.
import { FLAG_FILLED, FLAG_SEGMENT_START, type Candle } from '../domain/candle.ts';
import { hash64 } from '../domain/hash.ts';
import type { Direction } from '../domain/side.ts';
import type { FeatureParams } from './feature-indicators.ts';
import { createRowWriter, type RowWriter } from './feature-row.ts';
import { createFeatureSet, type FeatureDefinition, type FeatureState } from './features.ts';
import { createPrimarySignal, type PrimaryParams, type PrimarySignal } from './primary-signal.ts';
import { createRegimeFilter, type RegimeFilter, type RegimeParams } from './regime-filter.ts';
import type { FundingView, Strategy, SymbolStrategy } from './strategy.ts';

export interface TrendStrategyParams {
  readonly barMs: number;
  readonly features: FeatureParams;
  readonly primary: PrimaryParams;
  readonly regime: RegimeParams;
}

/**
 * The regime columns describe the market by the textbook thresholds, whatever thresholds the filter trades by: so every
 * risk level and sensitivity sees the same columns and shares its models.
 */
const COLUMN_THRESHOLDS = {
  adxEnter: 25,
  adxExit: 20,
  sensitivity: 'standard',
  enabled: true,
  confirmBars: 1,
} as const;

/** The shipped strategy; `extra` features of a user's own are appended to the columns. */
export function createTrendStrategy(params: TrendStrategyParams, extra: readonly FeatureDefinition[] = []): Strategy {
  const { barMs, features, primary, regime } = params;
  const set = createFeatureSet({ barMs, features, regime: { ...regime, ...COLUMN_THRESHOLDS } }, extra);
  const writer = createRowWriter(set);
  const warmupBars = Math.max(
    set.warmupBars,
    createPrimarySignal(primary).stableAfter,
    createRegimeFilter(regime).stableAfter,
  );
  return {
    name: 'trend',
    warmupBars,
    rowNames: writer.names,
    schemaHash: hash64(`${set.schemaHash} ${JSON.stringify(primary)}`),
    create: ({ hasFunding }) =>
      new TrendSymbol({
        warmupBars,
        writer,
        features: set.createState(barMs, { hasFunding }),
        primary: createPrimarySignal(primary),
        regimeFilter: createRegimeFilter(regime),
      }),
  };
}

interface TrendParts {
  readonly warmupBars: number;
  readonly writer: RowWriter;
  readonly features: FeatureState;
  readonly primary: PrimarySignal;
  readonly regimeFilter: RegimeFilter;
}

class TrendSymbol implements SymbolStrategy {
  ready = false;
  signal: Direction | 0 = 0;
  private readonly parts: TrendParts;
  /** Real candles since the start of the segment. */
  private bars = 0;

  constructor(parts: TrendParts) {
    this.parts = parts;
  }

  update(candle: Candle, funding: FundingView): void {
    const { features, primary, regimeFilter, warmupBars } = this.parts;
    features.update(candle, funding);
    regimeFilter.update(candle);
    this.signal = primary.update(candle);
    if ((candle.flags & FLAG_SEGMENT_START) !== 0) this.bars = 0;
    if ((candle.flags & FLAG_FILLED) === 0) this.bars += 1;
    this.ready = features.ready && this.bars >= warmupBars;
  }

  get regime(): string {
    return this.parts.regimeFilter.regime;
  }

  get regimeSize(): number {
    return this.parts.regimeFilter.sizeMultiplier;
  }

  allows(direction: Direction): boolean {
    return direction === 1 ? this.parts.regimeFilter.allowLong : this.parts.regimeFilter.allowShort;
  }

  writeRow(direction: Direction, out: Float64Array, offset: number): void {
    this.parts.writer.write(this.parts.features.values, direction, out, offset);
  }
}

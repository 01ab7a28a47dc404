// Which leaks must the look-ahead check find, and by what name? One of every kind, each planted into the shipped pipeline.
import type { MarkParams } from '../../src/domain/candle-quality.ts';
import { FLAG_SUSPECT, firstBarAtOrAfter, type Candle, type CandleSeries } from '../../src/domain/candle.ts';
import { HOUR_MS } from '../../src/domain/time.ts';
import type { SymbolMarket } from '../../src/research/market.ts';
import { shippedPreparation, type Preparation } from '../../src/research/prepare-market.ts';
import type { VariantSettings } from '../../src/research/settings.ts';
import type { FeatureDefinition } from '../../src/strategy/features.ts';
import type { Strategy, SymbolStrategy } from '../../src/strategy/strategy.ts';
import { buildDataset } from '../../src/training/dataset.ts';

/** The settings and the market that a leak is planted into. */
export interface Soil {
  readonly settings: VariantSettings;
  readonly marks: MarkParams;
  readonly market: SymbolMarket;
}

export interface PlantedLeak {
  readonly leak: string;
  /** Stage and name that must be found guilty, and nothing else. */
  readonly guilty: readonly string[];
  readonly plant: (soil: Soil) => Preparation;
}

/** A feature whose value at a candle is looked up in the whole series it closes over. */
export function peekingFeature(
  name: string,
  valueAt: (bar: number) => number,
  series: CandleSeries,
): FeatureDefinition {
  return {
    name,
    directional: false,
    stableAfter: 1,
    create: () => ({ update: ({ openTime }) => valueAt(firstBarAtOrAfter(series, openTime)) }),
  };
}

const nextReturn = ({ close }: CandleSeries, bar: number): number => close[bar + 1] / close[bar] - 1;

/** Plants a feature that is made from the history at hand. */
const feature =
  (name: string, make: (series: CandleSeries) => (bar: number) => number): PlantedLeak['plant'] =>
  ({ settings, marks }) =>
  (history) =>
    shippedPreparation(settings, marks, [peekingFeature(name, make(history.series), history.series)])(history);

/** Plants a change of what the strategy says about the last candle. */
const saying =
  (change: (inner: SymbolStrategy, next: () => number) => Partial<SymbolStrategy>): PlantedLeak['plant'] =>
  ({ settings, marks }) =>
  (history) => {
    const prepared = shippedPreparation(settings, marks)(history);
    return { ...prepared, strategy: changed(prepared.strategy, history.series, change) };
  };

function changed(
  strategy: Strategy,
  series: CandleSeries,
  change: (inner: SymbolStrategy, next: () => number) => Partial<SymbolStrategy>,
): Strategy {
  const create: Strategy['create'] = (symbol) => {
    const inner = strategy.create(symbol);
    let bar = -1;
    const update: SymbolStrategy['update'] = (candle: Candle, funding) => {
      bar = firstBarAtOrAfter(series, candle.openTime);
      inner.update(candle, funding);
    };
    const own = Object.getOwnPropertyDescriptors(change(inner, () => nextReturn(series, bar)));
    return Object.create(inner, { ...own, update: { value: update } }) as SymbolStrategy;
  };
  return { ...strategy, create };
}

/** Population mean and deviation of a column as far as it is in memory. */
function momentsOf(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, deviation: Math.sqrt(variance) };
}

/** The labels of all samples by decision time, joined to the features one by one. */
const joinedLabel: PlantedLeak['plant'] =
  ({ settings, marks }) =>
  (history) => {
    const { labeling, costs, features } = settings;
    const prepared = shippedPreparation(settings, marks)(history);
    const { time, labels } = buildDataset({ ...prepared, labeling, costs, atrPeriod: features.atrPeriod });
    const labelAt = new Map(Array.from(time, (decided, sample) => [decided, labels.label[sample]]));
    const { openTime } = history.series;
    const valueAt = (bar: number): number => labelAt.get(openTime[bar] + HOUR_MS) ?? -1;
    return shippedPreparation(settings, marks, [peekingFeature('joined_label', valueAt, history.series)])(history);
  };

/** Every stamp is known a whole interval before it falls due. */
const earlyFunding: PlantedLeak['plant'] =
  ({ settings, marks }) =>
  (history) => {
    const prepared = shippedPreparation(settings, marks)(history);
    const { funding } = prepared;
    if (funding === undefined) throw new Error('this leak needs funding');
    return { ...prepared, funding: { ...funding, time: funding.time.map((time) => time - 8 * HOUR_MS) } };
  };

/** A candle is marked as suspect when the next one is a jump. */
const markedInAdvance: PlantedLeak['plant'] =
  ({ settings, marks }) =>
  (history) => {
    const prepared = shippedPreparation(settings, marks)(history);
    const flags = prepared.series.flags.map((flag, bar) =>
      Math.abs(nextReturn(history.series, bar)) > 0.005 ? flag | FLAG_SUSPECT : flag,
    );
    return { ...prepared, series: { ...prepared.series, flags } };
  };

/** Prices on the level of the last candle in memory, as vendors adjust them. */
const adjustedBackwards: PlantedLeak['plant'] =
  ({ settings, marks }) =>
  (history) => {
    const { series } = history;
    const last = series.close[series.length - 1];
    const close = series.close.map((price) => price / last);
    return shippedPreparation(settings, marks)({ ...history, series: { ...series, close } });
  };

/** The future, seen through the market's own arrays by a feature that was made before anything was cut off. */
const builtBeforehand: PlantedLeak['plant'] = ({ settings, marks, market }) => {
  const { series } = market;
  return shippedPreparation(settings, marks, [
    peekingFeature('built_beforehand', (bar) => nextReturn(series, bar), series),
  ]);
};

export const PLANTED_LEAKS: readonly PlantedLeak[] = [
  {
    leak: 'the next return as a feature',
    guilty: ['feature next_return'],
    plant: feature('next_return', (series) => (bar) => nextReturn(series, bar)),
  },
  {
    leak: 'a centred moving average',
    guilty: ['feature centred_average'],
    plant: feature('centred_average', ({ close }) => (bar) => {
      const window = close.subarray(Math.max(0, bar - 2), bar + 3);
      return close[bar] / momentsOf(window).mean - 1;
    }),
  },
  {
    leak: 'a z-score by mean and deviation of the whole series',
    guilty: ['feature whole_series_score'],
    plant: feature('whole_series_score', ({ close }) => {
      const { mean, deviation } = momentsOf(close);
      return (bar) => (close[bar] - mean) / deviation;
    }),
  },
  { leak: 'the label joined as a feature', guilty: ['feature joined_label'], plant: joinedLabel },
  {
    leak: 'a regime that peeks',
    guilty: ['regime state'],
    plant: saying((inner, next) => ({
      get regime() {
        return next() > 0.01 ? 'ABOUT_TO_RISE' : inner.regime;
      },
    })),
  },
  {
    leak: 'entries allowed with the next candle only',
    guilty: ['regime allows_long', 'regime allows_short'],
    plant: saying((inner, next) => ({
      allows: (direction) => inner.allows(direction) && direction * next() > 0,
    })),
  },
  {
    leak: 'a size that peeks',
    guilty: ['regime size'],
    plant: saying((inner, next) => ({
      get regimeSize() {
        return Math.abs(next()) > 0.01 ? 0 : inner.regimeSize;
      },
    })),
  },
  {
    leak: 'a signal that peeks',
    guilty: ['signal direction'],
    plant: saying((inner, next) => ({
      get signal() {
        return next() > 0 ? 1 : inner.signal;
      },
    })),
  },
  {
    leak: 'funding that is known before its stamp',
    guilty: ['funding rate', 'funding previous_rate', 'funding time'],
    plant: earlyFunding,
  },
  { leak: 'a data mark set in advance', guilty: ['mark suspect'], plant: markedInAdvance },
  { leak: 'prices adjusted backwards', guilty: ['candle close'], plant: adjustedBackwards },
  {
    leak: 'a feature around arrays of the whole series, made beforehand',
    guilty: ['feature built_beforehand'],
    plant: builtBeforehand,
  },
];

// How many bars per second do the features and the other per-bar machines of the strategy digest?
import { createCandleView, loadCandle } from '../src/domain/candle.ts';
import { HOUR_MS } from '../src/domain/time.ts';
import { createFeatureSet } from '../src/strategy/features.ts';
import { createPrimarySignal } from '../src/strategy/primary-signal.ts';
import { createRegimeFilter } from '../src/strategy/regime-filter.ts';
import { defaultFeatures, defaultPrimary, defaultRegime } from '../test/leaks/default-settings.ts';
import { fundingWalk, syntheticFunding, syntheticSeries } from '../test/leaks/synthetic-candles.ts';

interface BenchRow {
  readonly name: string;
  readonly median: number;
  readonly unit: string;
  readonly note?: string;
}

const BARS = 100_000;
const ROUNDS = 9;

/** Bars per second of the median round; the first rounds, in which the code is compiled, are not counted. */
function medianBarsPerSecond(round: () => void): number {
  for (let warmUp = 0; warmUp < 2; warmUp += 1) round();
  const rates: number[] = [];
  for (let index = 0; index < ROUNDS; index += 1) {
    const start = performance.now();
    round();
    rates.push(BARS / ((performance.now() - start) / 1000));
  }
  return rates.toSorted((a, b) => a - b)[ROUNDS >> 1];
}

/** Measures the per-bar machines on synthetic hourly candles with the default settings. */
export async function run(): Promise<BenchRow[]> {
  const series = syntheticSeries(BARS, 'bench');
  const funding = syntheticFunding(series, 'bench');
  const set = createFeatureSet({ features: defaultFeatures, regime: defaultRegime, barMs: HOUR_MS });
  const view = createCandleView();
  const walk = (update: () => void): void => {
    for (let index = 0; index < series.length; index += 1) {
      loadCandle(view, series, index);
      update();
    }
  };
  const features = medianBarsPerSecond(() => {
    const state = set.createState(HOUR_MS);
    const known = fundingWalk(funding);
    walk(() => state.update(view, known(view.closeTime)));
  });
  const primary = medianBarsPerSecond(() => {
    const signal = createPrimarySignal(defaultPrimary);
    walk(() => signal.update(view));
  });
  const regime = medianBarsPerSecond(() => {
    const filter = createRegimeFilter(defaultRegime);
    walk(() => filter.update(view));
  });
  const unit = 'bars/s';
  return [
    { name: 'feature set', median: features, unit, note: `${set.names.length} columns, one thread` },
    { name: 'primary signal', median: primary, unit },
    { name: 'regime filter', median: regime, unit },
  ];
}

// Which features does perpilot ship, and by what formula? Ratios only, so that they mean the same for every symbol and year.
import {
  barsOfHours,
  fundingStableAfter,
  type FeatureIndicators,
  type FeatureSetParams,
} from './feature-indicators.ts';
import { regimeStableAfter } from './regime-filter.ts';

/** A shipped feature: a formula over the shared indicators. */
export interface ShippedFeature {
  readonly name: string;
  /** Its sign means long or short: it is turned over for a short. */
  readonly directional: boolean;
  readonly stableAfter: number;
  /** Writes the value at the last bar to `out[at]`; NaN or not finite: undefined. */
  readonly write: (from: FeatureIndicators, out: Float64Array, at: number) => void;
}

type Write = ShippedFeature['write'];

/** The shipped features in the order of their columns; `sample` tells how long each indicator takes to settle. */
export function shippedFeatures(params: FeatureSetParams, sample: FeatureIndicators): readonly ShippedFeature[] {
  return [
    ...trendFeatures(sample),
    ...rangeFeatures(params, sample),
    ...returnFeatures(params, sample),
    ...marketFeatures(params),
  ];
}

const feature = (name: string, directional: boolean, stableAfter: number, write: Write): ShippedFeature => ({
  name,
  directional,
  stableAfter,
  write,
});

/** Distances in units of ATR, and oscillators centred on 0. */
function trendFeatures(sample: FeatureIndicators): ShippedFeature[] {
  const withAtr = (stableAfter: number): number => Math.max(stableAfter, sample.atr.stableAfter);
  const spread = Math.max(sample.emaFast.stableAfter, sample.emaSlow.stableAfter);
  return [
    feature('ema_fast_gap', true, withAtr(sample.emaFast.stableAfter), (from, out, at) => {
      out[at] = (from.close - from.emaFast.value) / from.atr.value;
    }),
    feature('ema_slow_gap', true, withAtr(sample.emaSlow.stableAfter), (from, out, at) => {
      out[at] = (from.close - from.emaSlow.value) / from.atr.value;
    }),
    feature('ema_trend_gap', true, withAtr(sample.emaTrend.stableAfter), (from, out, at) => {
      out[at] = (from.close - from.emaTrend.value) / from.atr.value;
    }),
    feature('ema_spread', true, withAtr(spread), (from, out, at) => {
      out[at] = (from.emaFast.value - from.emaSlow.value) / from.atr.value;
    }),
    feature('rsi', true, sample.rsi.stableAfter, (from, out, at) => {
      out[at] = (from.rsi.value - 50) / 50;
    }),
    feature('macd_line', true, withAtr(sample.macd.stableAfter), (from, out, at) => {
      out[at] = from.macd.line / from.atr.value;
    }),
    feature('macd_histogram', true, withAtr(sample.macd.stableAfter), (from, out, at) => {
      out[at] = from.macd.histogram / from.atr.value;
    }),
    feature('adx', false, sample.adx.stableAfter, (from, out, at) => {
      out[at] = from.adx.adx / 100;
    }),
    feature('di_difference', true, sample.adx.stableAfter, (from, out, at) => {
      out[at] = (from.adx.plusDi - from.adx.minusDi) / 100;
    }),
  ];
}

/** How wide the market swings, against its price and its own past. */
function rangeFeatures({ features }: FeatureSetParams, sample: FeatureIndicators): ShippedFeature[] {
  const shortAndLong = Math.max(features.volatilityShortBars, features.volatilityLongBars) + 1;
  return [
    feature('atr_fraction', false, sample.atr.stableAfter, (from, out, at) => {
      out[at] = from.atr.value / from.close;
    }),
    feature('atr_ratio', false, sample.atr.stableAfter + features.atrAverageBars - 1, (from, out, at) => {
      out[at] = from.atr.value / from.atrMean.value;
    }),
    feature('bollinger_position', true, sample.bollinger.stableAfter, (from, out, at) => {
      const { bollinger, bollingerWidth } = from;
      out[at] = (from.close - bollinger.middle) / (bollingerWidth * bollinger.deviation);
    }),
    feature('bollinger_width', false, sample.bollinger.stableAfter, (from, out, at) => {
      out[at] = (from.bollinger.upper - from.bollinger.lower) / from.bollinger.middle;
    }),
    feature('volatility', false, features.volatilityShortBars + 1, (from, out, at) => {
      out[at] = from.volatilityShort.value;
    }),
    feature('volatility_ratio', false, shortAndLong, (from, out, at) => {
      out[at] = from.volatilityShort.value / from.volatilityLong.value;
    }),
    feature('volume_ratio', false, sample.volumeRatio.stableAfter, (from, out, at) => {
      out[at] = Math.log(from.volumeRatio.value);
    }),
  ];
}

/** Simple returns over the long realised volatility of as many bars: about standard normal in a market without drift. */
function returnFeatures({ features, barMs }: FeatureSetParams, sample: FeatureIndicators): ShippedFeature[] {
  return features.returnHours.map((hours, index) => {
    const scale = 1 / Math.sqrt(barsOfHours(hours, barMs));
    const stableAfter = Math.max(sample.returns[index].stableAfter, features.volatilityLongBars + 1);
    return feature(`return_${hours}h`, true, stableAfter, (from, out, at) => {
      out[at] = (from.returns[index].value / from.volatilityLong.value) * scale;
    });
  });
}

/** Time of day, funding and regime. */
function marketFeatures({ regime, barMs }: FeatureSetParams): ShippedFeature[] {
  const settled = regimeStableAfter(regime);
  return [
    feature('day_sin', false, 1, (from, out, at) => {
      out[at] = Math.sin(from.dayAngle);
    }),
    feature('day_cos', false, 1, (from, out, at) => {
      out[at] = Math.cos(from.dayAngle);
    }),
    feature('funding_rate', true, fundingStableAfter(barMs), (from, out, at) => {
      out[at] = from.fundingBps;
    }),
    feature('funding_change', true, fundingStableAfter(barMs), (from, out, at) => {
      out[at] = from.fundingChangeBps;
    }),
    feature('regime_trend', true, settled, (from, out, at) => {
      const state = from.regime.regime;
      out[at] = state === 'UNKNOWN' ? NaN : state === 'TRENDING_UP' ? 1 : state === 'TRENDING_DOWN' ? -1 : 0;
    }),
    feature('regime_high_volatility', false, settled, (from, out, at) => {
      const state = from.regime.regime;
      out[at] = state === 'UNKNOWN' ? NaN : state === 'HIGH_VOLATILITY' ? 1 : 0;
    }),
  ];
}

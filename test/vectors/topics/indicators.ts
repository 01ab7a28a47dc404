// Do the indicators agree with the reference series, bar by bar, first defined index included?
import { createAdx } from '../../../src/indicators/adx.ts';
import { createAtr } from '../../../src/indicators/atr.ts';
import { createBarReturn } from '../../../src/indicators/bar-return.ts';
import { createBollinger } from '../../../src/indicators/bollinger.ts';
import { createEma } from '../../../src/indicators/ema.ts';
import { createMacd } from '../../../src/indicators/macd.ts';
import { createObv } from '../../../src/indicators/obv.ts';
import { createRealisedVolatility } from '../../../src/indicators/realised-volatility.ts';
import { createRsi } from '../../../src/indicators/rsi.ts';
import { createSma } from '../../../src/indicators/sma.ts';
import { createStochastic } from '../../../src/indicators/stochastic.ts';
import { createTrueRange } from '../../../src/indicators/true-range.ts';
import { differences, type TopicRunner } from '../format.ts';

interface Bar {
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** One output per bar. */
type Series = (bar: Bar) => number;

const DEFAULTS = { macd: [12, 26, 9], bollinger: [20, 2], stochastic: [14, 3, 3], adx: 14, atr: 14, rsi: 14 };

const ofClose =
  (indicator: { update(x: number): number }): Series =>
  (bar) =>
    indicator.update(bar.close);

/** The indicator behind a name such as `ema_21` or `macd_hist`; periods not in the name come from the file's parameters. */
function seriesOf(name: string, params: any): Series | undefined {
  const { macd, bollinger, stochastic } = params;
  const [, stem, digits] = /^(.*?)_?(\d+)?$/.exec(name) ?? [];
  const period = digits === undefined ? undefined : Number(digits);
  switch (stem) {
    case 'sma':
      return ofClose(createSma(period ?? params.sma));
    case 'ema':
      return ofClose(createEma(period ?? params.ema));
    case 'rsi':
      return ofClose(createRsi(period ?? params.rsi));
    case 'ret':
      return ofClose(createBarReturn(period ?? 1));
    case 'realised_vol':
      return ofClose(createRealisedVolatility(period ?? params.realised_vol));
    case 'true_range':
      return rangeSeries(createTrueRange());
    case 'atr':
      return rangeSeries(createAtr(period ?? params.atr));
    case 'obv': {
      const obv = createObv();
      return (bar) => obv.update(bar.close, bar.volume);
    }
    case 'macd_line':
    case 'macd_signal':
    case 'macd_hist': {
      const state = createMacd(macd[0], macd[1], macd[2]);
      return (bar) => {
        state.update(bar.close);
        return { macd_line: state.line, macd_signal: state.signal, macd_hist: state.histogram }[stem];
      };
    }
    case 'bb_upper':
    case 'bb_middle':
    case 'bb_lower': {
      const state = createBollinger(bollinger[0], bollinger[1]);
      return (bar) => {
        state.update(bar.close);
        return { bb_upper: state.upper, bb_middle: state.middle, bb_lower: state.lower }[stem];
      };
    }
    case 'plus_di':
    case 'minus_di':
    case 'adx': {
      const state = createAdx(period ?? params.adx);
      return (bar) => {
        state.update(bar.high, bar.low, bar.close);
        return { plus_di: state.plusDi, minus_di: state.minusDi, adx: state.adx }[stem];
      };
    }
    case 'stoch_k':
    case 'stoch_d': {
      const state = createStochastic(stochastic[0], stochastic[1], stochastic[2]);
      return (bar) => {
        state.update(bar.high, bar.low, bar.close);
        return stem === 'stoch_k' ? state.k : state.d;
      };
    }
    default:
      return undefined;
  }
}

function rangeSeries(indicator: { update(high: number, low: number, close: number): number }): Series {
  return (bar) => indicator.update(bar.high, bar.low, bar.close);
}

const BOUNDED = /^(rsi|adx|plus_di|minus_di|stoch)/;
const IN_PRICE = /^(sma|ema|macd|true_range|atr|bb)/;

export const run: TopicRunner = ({ input, expected }, file) => {
  const params = { ...DEFAULTS, ...file['params'], ...input.params };
  const relative = file.tolerance['relative'] ?? 1e-9;
  const price = Math.max(...input.close.map(Math.abs));
  return Object.keys(expected).flatMap((name) => {
    const series = seriesOf(name, params);
    if (series === undefined) return [`${name}: no such indicator`];
    const actual = input.close.map((close: number | null, index: number) =>
      series({
        high: input.high[index] ?? NaN,
        low: input.low[index] ?? NaN,
        close: close ?? NaN,
        volume: input.volume?.[index] ?? NaN,
      }),
    );
    const absolute = BOUNDED.test(name)
      ? (file.tolerance['absolute_for_bounded_0_100'] ?? 0)
      : IN_PRICE.test(name)
        ? (file.tolerance['price_series_relative'] ?? 0) * price
        : 0;
    return differences(actual, expected[name], { relative, absolute }, name);
  });
};

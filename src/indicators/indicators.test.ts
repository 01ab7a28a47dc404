// Do all indicators keep the contract: no look-ahead, declared warm-up, scale, gaps, and agreement with their definitions?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findLookAhead, findWarmUpErrors, type NamedColumns } from '../../test/leaks/prefix-invariance.ts';
import { syntheticSeries } from '../../test/leaks/synthetic-candles.ts';
import type { CandleSeries } from '../domain/candle.ts';
import { createAdx } from './adx.ts';
import { createAtr } from './atr.ts';
import { createBarReturn } from './bar-return.ts';
import { createBollinger } from './bollinger.ts';
import { createEma } from './ema.ts';
import type { SeriesIndicator } from './indicator.ts';
import { createLogReturn } from './log-return.ts';
import { createMacd } from './macd.ts';
import { createObv } from './obv.ts';
import { createRealisedVolatility } from './realised-volatility.ts';
import { createRsi } from './rsi.ts';
import { createSampleDeviation } from './sample-deviation.ts';
import { createSma } from './sma.ts';
import { createStochastic } from './stochastic.ts';
import { createTrueRange } from './true-range.ts';
import { createVolumeRatio } from './volume-ratio.ts';
import { createWilder } from './wilder.ts';

interface Bar {
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

interface Machine {
  readonly stableAfter: number;
  /** The outputs after `bar`, by name. */
  readonly step: (bar: Bar) => Readonly<Record<string, number>>;
}

interface Subject {
  readonly name: string;
  readonly create: () => Machine;
  /** Zero-based index of the first defined value per output. */
  readonly first: Readonly<Record<string, number>>;
  /** What prices times k do to the outputs: nothing, times k. */
  readonly scale: 'invariant' | 'price';
  /** Windowed: an undefined bar is forgotten after so many bars. Recursive: it starts anew, as after bar 0. */
  readonly memory: 'window' | 'recursion';
  readonly volumeOnly?: boolean;
}

const ofClose =
  (create: () => SeriesIndicator): (() => Machine) =>
  () => {
    const indicator = create();
    return { stableAfter: indicator.stableAfter, step: (bar) => ({ value: indicator.update(bar.close) }) };
  };

const ofRange =
  (create: typeof createTrueRange): (() => Machine) =>
  () => {
    const indicator = create();
    return {
      stableAfter: indicator.stableAfter,
      step: (bar) => ({ value: indicator.update(bar.high, bar.low, bar.close) }),
    };
  };

const SUBJECTS: readonly Subject[] = [
  { name: 'sma 20', create: ofClose(() => createSma(20)), first: { value: 19 }, scale: 'price', memory: 'window' },
  { name: 'sma 1', create: ofClose(() => createSma(1)), first: { value: 0 }, scale: 'price', memory: 'window' },
  { name: 'ema 21', create: ofClose(() => createEma(21)), first: { value: 20 }, scale: 'price', memory: 'recursion' },
  { name: 'ema 1', create: ofClose(() => createEma(1)), first: { value: 0 }, scale: 'price', memory: 'recursion' },
  {
    name: 'wilder 14',
    create: ofClose(() => createWilder(14)),
    first: { value: 13 },
    scale: 'price',
    memory: 'recursion',
  },
  {
    name: 'rsi 14',
    create: ofClose(() => createRsi(14)),
    first: { value: 14 },
    scale: 'invariant',
    memory: 'recursion',
  },
  { name: 'true range', create: ofRange(createTrueRange), first: { value: 1 }, scale: 'price', memory: 'recursion' },
  { name: 'atr 14', create: ofRange(() => createAtr(14)), first: { value: 14 }, scale: 'price', memory: 'recursion' },
  {
    name: 'macd 12 26 9',
    create: () => {
      const macd = createMacd(12, 26, 9);
      return {
        stableAfter: macd.stableAfter,
        step: (bar) => {
          macd.update(bar.close);
          return { line: macd.line, signal: macd.signal, histogram: macd.histogram };
        },
      };
    },
    first: { line: 25, signal: 33, histogram: 33 },
    scale: 'price',
    memory: 'recursion',
  },
  {
    name: 'adx 14',
    create: () => {
      const adx = createAdx(14);
      return {
        stableAfter: adx.stableAfter,
        step: (bar) => {
          adx.update(bar.high, bar.low, bar.close);
          return { adx: adx.adx, plusDi: adx.plusDi, minusDi: adx.minusDi };
        },
      };
    },
    first: { adx: 27, plusDi: 14, minusDi: 14 },
    scale: 'invariant',
    memory: 'recursion',
  },
  {
    name: 'bollinger 20 2',
    create: () => {
      const bands = createBollinger(20, 2);
      return {
        stableAfter: bands.stableAfter,
        step: (bar) => {
          bands.update(bar.close);
          return { middle: bands.middle, deviation: bands.deviation, upper: bands.upper, lower: bands.lower };
        },
      };
    },
    first: { middle: 19, deviation: 19, upper: 19, lower: 19 },
    scale: 'price',
    memory: 'window',
  },
  {
    name: 'stochastic 14 3 3',
    create: () => {
      const stochastic = createStochastic(14, 3, 3);
      return {
        stableAfter: stochastic.stableAfter,
        step: (bar) => {
          stochastic.update(bar.high, bar.low, bar.close);
          return { k: stochastic.k, d: stochastic.d };
        },
      };
    },
    first: { k: 15, d: 17 },
    scale: 'invariant',
    memory: 'window',
  },
  {
    name: 'obv',
    create: () => {
      const obv = createObv();
      return { stableAfter: obv.stableAfter, step: (bar) => ({ value: obv.update(bar.close, bar.volume) }) };
    },
    first: { value: 0 },
    scale: 'invariant',
    memory: 'recursion',
  },
  { name: 'log return', create: ofClose(createLogReturn), first: { value: 1 }, scale: 'invariant', memory: 'window' },
  {
    name: 'sample deviation 24',
    create: ofClose(() => createSampleDeviation(24)),
    first: { value: 23 },
    scale: 'price',
    memory: 'window',
  },
  {
    name: 'realised volatility 24',
    create: ofClose(() => createRealisedVolatility(24)),
    first: { value: 24 },
    scale: 'invariant',
    memory: 'window',
  },
  {
    name: 'bar return 4',
    create: ofClose(() => createBarReturn(4)),
    first: { value: 4 },
    scale: 'invariant',
    memory: 'window',
  },
  {
    name: 'volume ratio 24',
    create: () => {
      const ratio = createVolumeRatio(24);
      return { stableAfter: ratio.stableAfter, step: (bar) => ({ value: ratio.update(bar.volume) }) };
    },
    first: { value: 23 },
    scale: 'invariant',
    memory: 'window',
    volumeOnly: true,
  },
];

const barAt = (series: CandleSeries, index: number, factor = 1): Bar => ({
  high: series.high[index] * factor,
  low: series.low[index] * factor,
  close: series.close[index] * factor,
  volume: series.volume[index],
});

const UNDEFINED_BAR: Bar = { high: NaN, low: NaN, close: NaN, volume: NaN };

function columnsOf(subject: Subject, bars: readonly Bar[]): NamedColumns {
  const machine = subject.create();
  const columns: Record<string, number[]> = Object.fromEntries(Object.keys(subject.first).map((name) => [name, []]));
  for (const bar of bars) {
    for (const [name, value] of Object.entries(machine.step(bar))) columns[name].push(value);
  }
  return columns;
}

const barsOf = (series: CandleSeries, from = 0, to = series.length, factor = 1): Bar[] =>
  Array.from({ length: to - from }, (_, index) => barAt(series, from + index, factor));

const series = syntheticSeries(1200, 'indicators');
const shortSeries = syntheticSeries(160, 'short');

describe.each(SUBJECTS)('$name', (subject) => {
  it('is first defined where its definition says and never undefined after', () => {
    for (const [name, column] of Object.entries(columnsOf(subject, barsOf(series)))) {
      const first = subject.first[name];
      expect(Array.from(column, Number.isNaN), name).toEqual(Array.from(column, (_, index) => index < first));
    }
  });

  it('gives the same on every prefix, whatever the prices', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.double({ min: 1e-7, max: 1e6, noNaN: true }), (seed, factor) => {
        const bars = barsOf(syntheticSeries(90, seed), 0, 90, factor);
        const compute = (count: number): NamedColumns => columnsOf(subject, bars.slice(0, count));
        return findLookAhead({ length: 90, cuts: 2, seed, compute }).length === 0;
      }),
      { seed: 7, numRuns: 25 },
    );
  });

  it('agrees with the long history to 1e-9 from its declared warm-up on', () => {
    const { stableAfter } = subject.create();
    const errors = findWarmUpErrors({
      length: series.length,
      starts: 12,
      seed: subject.name,
      tolerance: 1e-9,
      compute: (start) => columnsOf(subject, barsOf(series, start)),
      warmupOf: () => (stableAfter === Infinity ? series.length : stableAfter),
    });
    expect(errors).toEqual([]);
  });

  it('scales with the price as it must, for coins of 1e-6 as of 1e5', () => {
    const base = columnsOf(subject, barsOf(shortSeries));
    for (const factor of [1e-8, 0.37, 2 ** 10, 1e5]) {
      const scaled = columnsOf(subject, barsOf(shortSeries, 0, shortSeries.length, factor));
      const unit = subject.scale === 'price' && subject.volumeOnly !== true ? factor : 1;
      for (const name of Object.keys(base)) {
        let furthest = 0;
        for (let index = subject.first[name]; index < shortSeries.length; index += 1) {
          const expected = base[name][index] * unit;
          const size = Math.max(Math.abs(expected), subject.scale === 'price' ? factor : 1e-6);
          furthest = Math.max(furthest, Math.abs(scaled[name][index] - expected) / size);
        }
        expect(furthest, `${name} × ${factor}`).toBeLessThan(1e-9);
      }
    }
  });

  it('is undefined while an undefined bar is in its window, and recursions start anew after it', () => {
    const gap = 70;
    const bars = barsOf(shortSeries);
    const withGap = columnsOf(subject, [...bars.slice(0, gap), UNDEFINED_BAR, ...bars.slice(gap + 1)]);
    const fresh = columnsOf(subject, bars.slice(gap + 1));
    for (const name of Object.keys(withGap)) {
      const defined = gap + 1 + subject.first[name];
      for (let index = gap; index < shortSeries.length; index += 1) {
        const value = withGap[name][index];
        expect(Number.isNaN(value), `${name} at ${index}`).toBe(index < defined);
        if (index < defined) continue;
        const expected = fresh[name][index - gap - 1];
        if (subject.memory === 'recursion') expect(value).toBe(expected);
        else expect(value).toBeCloseTo(expected, 9);
      }
    }
  });
});

const direct = (window: readonly number[]): { mean: number; deviation: number } => {
  const mean = window.reduce((sum, x) => sum + x, 0) / window.length;
  const squares = window.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  return { mean, deviation: Math.sqrt(squares / (window.length - 1)) };
};

describe('moving windows', () => {
  it('equal a two-pass computation on the window alone, also after a huge value has left it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 40 }),
        fc.array(fc.oneof(fc.double({ min: -1, max: 1, noNaN: true }), fc.constant(1e9)), {
          minLength: 60,
          maxLength: 150,
        }),
        (period, values) => {
          const sma = createSma(period);
          const deviation = createSampleDeviation(period);
          values.forEach((x, index) => {
            sma.update(x);
            deviation.update(x);
            if (index < period - 1) return;
            const expected = direct(values.slice(index - period + 1, index + 1));
            const size = Math.max(...values.slice(index - period + 1, index + 1).map(Math.abs));
            expect(Math.abs(sma.value - expected.mean)).toBeLessThanOrEqual(1e-13 * size);
            expect(Math.abs(deviation.value - expected.deviation)).toBeLessThanOrEqual(1e-12 * size);
          });
        },
      ),
      { seed: 3, numRuns: 60 },
    );
  });

  it('find no variation at all in equal values', () => {
    const bands = createBollinger(20, 2);
    const deviation = createSampleDeviation(20);
    for (let index = 0; index < 50; index += 1) {
      bands.update(0.1);
      deviation.update(0.1);
    }
    expect([bands.middle, bands.deviation, deviation.value]).toEqual([0.1, 0, 0]);
  });
});

describe('degenerate markets', () => {
  it('a flat one is neutral: RSI and stochastic 50, DI and ADX 0', () => {
    const [rsi, stochastic, adx] = [createRsi(14), createStochastic(14, 3, 3), createAdx(14)];
    for (let index = 0; index < 60; index += 1) {
      rsi.update(5);
      stochastic.update(5, 5, 5);
      adx.update(5, 5, 5);
    }
    expect([rsi.value, stochastic.k, stochastic.d, adx.plusDi, adx.minusDi, adx.adx]).toEqual([50, 50, 50, 0, 0, 0]);
  });

  it('bars that widen by the same amount on both sides have no direction', () => {
    const adx = createAdx(3);
    for (let index = 0; index < 12; index += 1) adx.update(100 + index, 100 - index, 100);
    expect([adx.plusDi, adx.minusDi, adx.adx]).toEqual([0, 0, 0]);
  });

  it('a rising one has RSI 100, a falling one 0', () => {
    const [up, down] = [createRsi(14), createRsi(14)];
    for (let index = 0; index < 40; index += 1) {
      up.update(100 + index);
      down.update(100 - index);
    }
    expect([up.value, down.value]).toEqual([100, 0]);
  });

  it('volume that never comes has no ratio', () => {
    const ratio = createVolumeRatio(3);
    for (let index = 0; index < 5; index += 1) ratio.update(0);
    expect(ratio.value).toBeNaN();
  });
});

describe('periods', () => {
  it.each([0, -1, 1.5, NaN])('of %s bars are refused', (period) => {
    expect(() => createSma(period)).toThrow(RangeError);
    expect(() => createEma(period)).toThrow(RangeError);
    expect(() => createWilder(period)).toThrow(RangeError);
    expect(() => createAdx(period)).toThrow(RangeError);
  });

  it('a deviation needs two values, a MACD a slower slow average', () => {
    expect(() => createSampleDeviation(1)).toThrow(RangeError);
    expect(() => createMacd(26, 12, 9)).toThrow(RangeError);
  });
});

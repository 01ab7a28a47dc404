// Do the features see the past only, settle when they say, mean the same at every price, and keep to real candles?
import { describe, expect, it } from 'vitest';
import { defaultFeatures, defaultPrimary, defaultRegime } from '../../test/leaks/default-settings.ts';
import { findLookAhead, findWarmUpErrors, type NamedColumns } from '../../test/leaks/prefix-invariance.ts';
import { fundingWalk, syntheticFunding, syntheticSeries } from '../../test/leaks/synthetic-candles.ts';
import {
  createCandleView,
  FLAG_FILLED,
  FLAG_SEGMENT_START,
  loadCandle,
  sliceSeries,
  type CandleSeries,
} from '../domain/candle.ts';
import type { FundingSeries } from '../domain/funding.ts';
import { HOUR_MS } from '../domain/time.ts';
import { createFeatureSet, type FeatureDefinition, type FeatureSet } from './features.ts';
import { createPrimarySignal } from './primary-signal.ts';
import { createRegimeFilter, type Regime } from './regime-filter.ts';

const params = { features: defaultFeatures, regime: defaultRegime, barMs: HOUR_MS };
const BARS = 2600;
const series = syntheticSeries(BARS, 'features');
const funding = syntheticFunding(series, 'features');

/** Every column of `set` at every bar of `market`. */
function featureColumns(set: FeatureSet, market: CandleSeries, rates: FundingSeries | undefined): NamedColumns {
  const columns = Object.fromEntries(set.names.map((name) => [name, new Float64Array(market.length)]));
  const state = set.createState(market.intervalMs, { hasFunding: rates !== undefined });
  const known = fundingWalk(rates);
  const view = createCandleView();
  for (let bar = 0; bar < market.length; bar += 1) {
    loadCandle(view, market, bar);
    state.update(view, known(view.closeTime));
    set.names.forEach((name, column) => {
      columns[name][bar] = state.values[column];
    });
  }
  return columns;
}

const REGIMES: readonly Regime[] = ['UNKNOWN', 'TRENDING_UP', 'TRENDING_DOWN', 'RANGING', 'HIGH_VOLATILITY'];

/** Primary signal with its votes, and regime with its verdict, as numbers. */
function signalColumns(market: CandleSeries): NamedColumns {
  const names = ['direction', 'emaVote', 'rsiVote', 'macdVote', 'regime', 'allowLong', 'allowShort', 'size'];
  const columns = Object.fromEntries(names.map((name) => [name, new Float64Array(market.length)]));
  const signal = createPrimarySignal(defaultPrimary);
  const regime = createRegimeFilter(defaultRegime);
  const view = createCandleView();
  for (let bar = 0; bar < market.length; bar += 1) {
    loadCandle(view, market, bar);
    signal.update(view);
    regime.update(view);
    columns['direction'][bar] = signal.direction;
    columns['emaVote'][bar] = signal.emaVote;
    columns['rsiVote'][bar] = signal.rsiVote;
    columns['macdVote'][bar] = signal.macdVote;
    columns['regime'][bar] = REGIMES.indexOf(regime.regime);
    columns['allowLong'][bar] = Number(regime.allowLong);
    columns['allowShort'][bar] = Number(regime.allowShort);
    columns['size'][bar] = regime.sizeMultiplier;
  }
  return columns;
}

const fundingUntil = (rates: FundingSeries, end: number): FundingSeries => {
  const length = rates.time.filter((time) => time <= end).length;
  return { symbol: rates.symbol, length, time: rates.time.slice(0, length), rate: rates.rate.slice(0, length) };
};

const long = syntheticSeries(900, 'cuts');
const rates = syntheticFunding(long, 'cuts');
const cutAt = (bars: number): CandleSeries => sliceSeries(long, 0, bars);
const closeOf = (bars: number): number => long.openTime[bars - 1] + HOUR_MS;
const shipped = createFeatureSet(params);
const featuresOnCut = (bars: number): NamedColumns =>
  featureColumns(shipped, cutAt(bars), fundingUntil(rates, closeOf(bars)));
const signalsOnCut = (bars: number): NamedColumns => signalColumns(cutAt(bars));

describe('no look-ahead: the future cut off at 200 random points', () => {
  it('changes no feature before the cut', () => {
    expect(findLookAhead({ length: long.length, cuts: 200, seed: 'features', compute: featuresOnCut })).toEqual([]);
  });

  it('changes neither primary signal nor regime before the cut', () => {
    expect(findLookAhead({ length: long.length, cuts: 200, seed: 'signals', compute: signalsOnCut })).toEqual([]);
  });

  it.each([
    ['the next return', (market: CandleSeries, bar: number) => market.close[bar + 1] / market.close[bar] - 1],
    ['the centred mean', (market: CandleSeries, bar: number) => (market.close[bar - 1] + market.close[bar + 1]) / 2],
    [
      'a scale fitted on everything',
      (market: CandleSeries, bar: number) => market.close[bar] / Math.max(...market.close),
    ],
  ])('finds a planted leak: %s', (_, peek) => {
    const compute = (bars: number): NamedColumns => {
      const market = cutAt(bars);
      const leak: FeatureDefinition = {
        name: 'leak',
        directional: true,
        stableAfter: 1,
        create() {
          let bar = -1;
          return {
            update() {
              bar += 1;
              return peek(market, bar);
            },
          };
        },
      };
      return featureColumns(createFeatureSet(params, [leak]), market, rates);
    };
    const found = findLookAhead({ length: 300, cuts: 5, seed: 'leak', compute });
    expect(new Set(found.map((mismatch) => mismatch.column))).toEqual(new Set(['leak']));
  });
});

describe('warm-up', () => {
  const set = createFeatureSet(params);

  it.each(['a', 'b', 'c', 'd'])(
    'started anywhere later, every feature agrees with the long history to 1e-9 (%s)',
    (seed) => {
      const market = syntheticSeries(BARS, seed);
      const rates = syntheticFunding(market, seed);
      const errors = findWarmUpErrors({
        length: BARS,
        starts: 12,
        seed,
        tolerance: 1e-9,
        compute: (start) => featureColumns(set, sliceSeries(market, start, BARS), rates),
        warmupOf: (name) => set.warmupOf(name),
      });
      expect(errors).toEqual([]);
    },
  );

  it('primary signal and regime agree as well', () => {
    const signalBars = createPrimarySignal(defaultPrimary).stableAfter;
    const regimeBars = createRegimeFilter(defaultRegime).stableAfter;
    const errors = findWarmUpErrors({
      length: BARS,
      starts: 20,
      seed: 'signals',
      tolerance: 0,
      compute: (start) => signalColumns(sliceSeries(series, start, BARS)),
      warmupOf: (name) => (/Vote|direction/.test(name) ? signalBars : regimeBars),
    });
    expect(errors).toEqual([]);
  });

  it('the test would notice a warm-up declared too short', () => {
    const errors = findWarmUpErrors({
      length: BARS,
      starts: 5,
      seed: 'short',
      tolerance: 1e-9,
      compute: (start) => featureColumns(set, sliceSeries(series, start, BARS), funding),
      warmupOf: (name) => Math.ceil(set.warmupOf(name) / 2),
    });
    expect(errors.map((error) => error.column)).toContain('ema_trend_gap');
  });

  it('is as long as the slowest column says, and ready means over and finite', () => {
    expect(set.warmupBars).toBe(Math.max(...set.names.map((name) => set.warmupOf(name))));
    expect(() => set.warmupOf('nothing')).toThrow('no feature nothing');
    const state = set.createState(HOUR_MS);
    const known = fundingWalk(funding);
    const view = createCandleView();
    const ready: boolean[] = [];
    for (let bar = 0; bar < BARS; bar += 1) {
      loadCandle(view, series, bar);
      state.update(view, known(view.closeTime));
      ready.push(state.ready);
    }
    expect(ready).toEqual(ready.map((_, bar) => bar >= set.warmupBars - 1));
  });
});

const mirror = (x: number): number => 10_000 / x;

describe('what the features mean', () => {
  const set = createFeatureSet(params);

  it('does not change with the price or the volume level', () => {
    const scaled = {
      ...series,
      open: series.open.map((x) => x * 1e-6),
      high: series.high.map((x) => x * 1e-6),
      low: series.low.map((x) => x * 1e-6),
      close: series.close.map((x) => x * 1e-6),
      volume: series.volume.map((x) => x * 1e5),
    };
    const base = featureColumns(set, series, funding);
    const other = featureColumns(set, scaled, funding);
    for (const name of set.names) {
      let furthest = 0;
      for (let bar = set.warmupBars; bar < BARS; bar += 1) {
        furthest = Math.max(furthest, Math.abs(other[name][bar] - base[name][bar]));
      }
      expect(furthest, name).toBeLessThan(1e-8);
    }
  });

  it('directional columns turn over in the mirrored market, the others stay', () => {
    const mirrored = {
      ...series,
      open: series.open.map(mirror),
      high: series.low.map(mirror),
      low: series.high.map(mirror),
      close: series.close.map(mirror),
    };
    const against = { ...funding, rate: funding.rate.map((rate) => -rate) };
    const base = featureColumns(set, series, funding);
    const other = featureColumns(set, mirrored, against);
    set.names.forEach((name, column) => {
      const sign = set.directional[column] ? -1 : 1;
      let [agreement, energy] = [0, 0];
      for (let bar = set.warmupBars; bar < BARS; bar += 1) {
        agreement += sign * base[name][bar] * other[name][bar];
        energy += (base[name][bar] ** 2 + other[name][bar] ** 2) / 2;
      }
      expect(agreement / energy, name).toBeGreaterThan(0.7);
    });
  });

  it('reads funding per 8 hours whatever the spacing of stamps', () => {
    const fourHourly = syntheticFunding(series, 'four', 4);
    const halves = { ...fourHourly, rate: new Float64Array(fourHourly.length).fill(0.00005) };
    const eights = { ...funding, rate: new Float64Array(funding.length).fill(0.0001) };
    expect(featureColumns(set, series, halves)['funding_rate'][BARS - 1]).toBeCloseTo(1, 12);
    expect(featureColumns(set, series, eights)['funding_rate'][BARS - 1]).toBeCloseTo(1, 12);
  });

  it('unknown funding is undefined, and 0 only where no history exists at all', () => {
    const without = featureColumns(set, series, undefined);
    expect(without['funding_rate'][BARS - 1]).toBe(0);
    const late = fundingUntil(funding, series.openTime[0] - 1);
    const state = set.createState(HOUR_MS);
    const known = fundingWalk(late);
    const view = createCandleView();
    for (let bar = 0; bar < BARS; bar += 1) {
      loadCandle(view, series, bar);
      state.update(view, known(view.closeTime));
    }
    expect(state.values[set.names.indexOf('funding_rate')]).toBeNaN();
    expect(state.ready).toBe(false);
  });
});

describe('filled bars and segments', () => {
  const set = createFeatureSet(params);

  it('filled bars move nothing and are never ready; the next real bar goes on', () => {
    const flags = series.flags.slice();
    for (const bar of [900, 901, 1500]) flags[bar] = FLAG_FILLED;
    const withFilled = featureColumns(set, { ...series, flags }, funding);
    const keep = Array.from({ length: BARS }, (_, bar) => bar).filter((bar) => flags[bar] === 0);
    const pick = (column: Float64Array): Float64Array => Float64Array.from(keep, (bar) => column[bar]);
    const dense: CandleSeries = {
      ...series,
      length: keep.length,
      openTime: pick(series.openTime),
      open: pick(series.open),
      high: pick(series.high),
      low: pick(series.low),
      close: pick(series.close),
      volume: pick(series.volume),
      flags: new Uint8Array(keep.length),
    };
    const withoutThem = featureColumns(set, dense, funding);
    for (const name of set.names) {
      expect(keep.map((bar) => withFilled[name][bar])).toEqual(Array.from(withoutThem[name]));
    }
    const state = set.createState(HOUR_MS);
    const known = fundingWalk(funding);
    const view = createCandleView();
    for (let bar = 0; bar <= 901; bar += 1) {
      loadCandle(view, { ...series, flags }, bar);
      state.update(view, known(view.closeTime));
      if (bar >= 899) expect(state.ready).toBe(bar < 900);
    }
  });

  it('a segment starts as if nothing had been before', () => {
    const start = 1200;
    const flags = series.flags.slice();
    flags[start] = FLAG_SEGMENT_START;
    const split = featureColumns(set, { ...series, flags }, funding);
    const fresh = featureColumns(set, sliceSeries(series, start, BARS), funding);
    for (const name of set.names) {
      expect(Array.from(split[name]).slice(start)).toEqual(Array.from(fresh[name]));
    }
  });
});

const hashOf = (change: object, extra: readonly FeatureDefinition[] = []): string =>
  createFeatureSet({ ...params, ...change }, extra).schemaHash;

const own = (name: string): FeatureDefinition => ({
  name,
  directional: false,
  stableAfter: 1,
  create: () => ({ update: (candle) => candle.close - candle.open }),
});

describe('schema', () => {
  it('changes with settings, bars, thresholds and further columns, not with the order of keys or the size of entries', () => {
    const base = hashOf({});
    expect(base).toMatch(/^[0-9a-f]{16}$/);
    const reversed = Object.fromEntries(Object.entries(defaultFeatures).toReversed());
    expect(hashOf({ features: reversed })).toBe(base);
    expect(hashOf({ regime: { ...defaultRegime, sensitivity: 'strict', rangingSize: 0.1 } })).toBe(base);
    const others = [
      hashOf({ features: { ...defaultFeatures, rsiPeriod: 15 } }),
      hashOf({ regime: { ...defaultRegime, adxEnter: 26 } }),
      hashOf({ barMs: HOUR_MS / 4 }),
      hashOf({}, [own('mine')]),
      hashOf({}, [own('yours')]),
    ];
    expect(new Set([base, ...others]).size).toBe(6);
  });

  it('appends further features after the shipped ones and refuses a name twice', () => {
    const set = createFeatureSet(params, [own('body')]);
    expect(set.names.at(-1)).toBe('body');
    expect(() => createFeatureSet(params, [own('rsi')])).toThrow('same name');
  });

  it('is for one bar length', () => {
    expect(() => createFeatureSet(params).createState(60_000)).toThrow('3600000');
  });
});

// Is the measured warm-up the true one, and is a declared one that is too small found by its name? (R12)
import { describe, expect, it } from 'vitest';
import { marketOf, marks, resultOf, settingsWith } from '../../test/leaks/leak-soil.ts';
import type { FeatureDefinition } from '../strategy/features.ts';
import { shippedPreparation } from './prepare-market.ts';
import { declaredWarmUps, longestNeeds, measureWarmUp, tooShort, WHOLE_STRATEGY, type WarmUpNeed } from './warm-up.ts';

const market = marketOf('warm-up');
const settings = settingsWith();
const { intervalMs } = market.series;

function measure(extra: readonly FeatureDefinition[] = [], starts = 6): readonly WarmUpNeed[] {
  const prepare = shippedPreparation(settings, marks, extra);
  const declared = declaredWarmUps(settings, intervalMs, extra);
  return resultOf(measureWarmUp({ market, settings, prepare, declared, starts, seed: 'test' }));
}

const needOf = (needs: readonly WarmUpNeed[], name: string): WarmUpNeed | undefined =>
  needs.find((need) => need.name === name);

/** Sum of the last `bars` closes: needs exactly so many candles. */
const movingSum = (name: string, bars: number, stableAfter: number): FeatureDefinition => ({
  name,
  directional: false,
  stableAfter,
  create() {
    const window: number[] = [];
    return {
      update({ close }) {
        window.push(close);
        if (window.length > bars) window.shift();
        return window.length < bars ? NaN : window.reduce((sum, each) => sum + each, 0);
      },
    };
  },
});

/** Grows from the first candle on: no later start ever agrees. */
const running: FeatureDefinition = {
  name: 'running_volume',
  directional: false,
  stableAfter: 100,
  create() {
    let sum = 0;
    return {
      update({ volume }) {
        sum += volume;
        return sum;
      },
    };
  },
};

describe('the shipped strategy', () => {
  const needs = measure();

  it('needs no more than it declares, value by value and as a whole', () => {
    expect(tooShort(needs)).toEqual([]);
    const whole = needOf(needs, WHOLE_STRATEGY.name);
    expect(whole?.measured).toBe(Math.max(...needs.map(({ measured }) => measured)));
    expect(whole?.declared).toBe(shippedPreparation(settings, marks)(market).strategy.warmupBars);
  });

  it('is measured at every feature, signal, regime and the realised volatility', () => {
    const { strategy } = shippedPreparation(settings, marks)(market);
    const features = needs.filter(({ stage }) => stage === 'feature').map(({ name }) => name);
    expect([...features, 'direction']).toEqual(strategy.rowNames);
    expect(needOf(needs, 'direction')?.stage).toBe('signal');
    expect(needOf(needs, 'state')?.stage).toBe('regime');
  });

  it('needs exactly the window where a value has one', () => {
    expect(needOf(needs, 'bollinger_width')?.measured).toBe(settings.features.bollingerPeriod);
    expect(needOf(needs, 'volatility')?.measured).toBe(settings.features.volatilityShortBars + 1);
    expect(needOf(needs, 'realised_volatility')?.measured).toBe(settings.sizing.volatilityWindowBars + 1);
    expect(needOf(needs, 'day_sin')?.measured).toBe(1);
  });
});

describe('a feature of a user', () => {
  it('is measured to the candle, and found when it declares too little', () => {
    const needs = measure([movingSum('honest', 37, 37), movingSum('boastful', 37, 36)], 3);
    expect(needOf(needs, 'honest')?.measured).toBe(37);
    expect(tooShort(needs).map(({ name, measured, declared }) => ({ name, measured, declared }))).toEqual([
      { name: 'boastful', measured: 37, declared: 36 },
    ]);
  });

  it('that never forgets its beginning never agrees, and spoils the whole', () => {
    const needs = measure([running], 3);
    expect(tooShort(needs).map(({ name }) => name)).toEqual(['running_volume', WHOLE_STRATEGY.name]);
    expect(needOf(needs, 'running_volume')?.measured).toBe(Infinity);
  });
});

const need = (name: string, measured: number): WarmUpNeed => ({ stage: 'feature', name, measured, declared: 5 });

it('several symbols are joined to the longest need of each value, longest first', () => {
  const joined = longestNeeds([
    [need('a', 2), need('b', 7)],
    [need('a', 4), need('b', 3)],
  ]);
  expect(joined).toEqual([need('b', 7), need('a', 4)]);
});

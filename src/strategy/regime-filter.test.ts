// Does the regime follow its rule: hysteresis, confirmation, sensitivity, and what each state allows?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { defaultRegime } from '../../test/leaks/default-settings.ts';
import { syntheticSeries } from '../../test/leaks/synthetic-candles.ts';
import { createCandleView, FLAG_FILLED, FLAG_SEGMENT_START, loadCandle } from '../domain/candle.ts';
import { createRegimeFilter, createRegimeMachine, type Regime, type RegimeParams } from './regime-filter.ts';

interface Reading {
  readonly adx: number;
  readonly up: boolean;
  readonly agrees: boolean;
  readonly ratio: number;
}

const UP: Reading = { adx: 30, up: true, agrees: true, ratio: 1 };

function feed(params: RegimeParams, readings: readonly Reading[]): Regime[] {
  const machine = createRegimeMachine(params);
  return readings.map(({ adx, up, agrees, ratio }) => {
    const side = up ? 1 : -1;
    machine.update(adx, 20 + side, 20 - side, 100 + (agrees ? side : -side), 100, ratio);
    return machine.regime;
  });
}

/** The rule as a table, with the whole history kept: a second way to the same answer. */
function reference(params: RegimeParams, readings: readonly Reading[]): Regime[] {
  const states: Regime[] = [];
  const raws: Regime[] = [];
  let changedAt = -1;
  readings.forEach(({ adx, up, agrees, ratio }, index) => {
    const before = states.at(-1) ?? 'UNKNOWN';
    const limit = before.startsWith('TRENDING') ? params.adxExit : params.adxEnter;
    const raw: Regime = Number.isNaN(adx + ratio)
      ? 'UNKNOWN'
      : ratio > params.highVolatilityRatio
        ? 'HIGH_VOLATILITY'
        : adx >= limit && agrees
          ? up
            ? 'TRENDING_UP'
            : 'TRENDING_DOWN'
          : 'RANGING';
    raws.push(raw);
    const since = raws.slice(changedAt + 1).slice(-params.confirmBars);
    const confirmed = since.length === params.confirmBars && since.every((reading) => reading === raw);
    const immediate = raw === 'UNKNOWN' || raw === 'HIGH_VOLATILITY' || before === 'UNKNOWN';
    const changes = raw !== before && (immediate || confirmed);
    if (changes) changedAt = index;
    states.push(changes ? raw : before);
  });
  return states;
}

const verdicts = (params: RegimeParams): unknown[] => {
  const machine = createRegimeMachine(params);
  const rows: unknown[] = [];
  const readings = [
    [30, 30, 10, 110],
    [30, 10, 30, 90],
    [10, 20, 20, 100],
    [NaN, 20, 20, 100],
  ] as const;
  for (const [adx, plus, minus, close] of readings) {
    machine.update(adx, plus, minus, close, 100, 1);
    rows.push([machine.regime, machine.allowLong, machine.allowShort, machine.sizeMultiplier]);
  }
  machine.update(30, 30, 10, 110, 100, 5);
  rows.push([machine.regime, machine.allowLong, machine.allowShort, machine.sizeMultiplier]);
  return rows;
};

describe('regime machine', () => {
  it('agrees with a table of the rule on any readings', () => {
    const reading = fc.record({
      adx: fc.constantFrom(NaN, 10, 19.9, 20, 22, 25, 40),
      up: fc.boolean(),
      agrees: fc.boolean(),
      ratio: fc.constantFrom(0.5, 1, 2, 2.1),
    });
    fc.assert(
      fc.property(fc.array(reading, { maxLength: 60 }), fc.integer({ min: 1, max: 4 }), (readings, confirmBars) => {
        const params = { ...defaultRegime, confirmBars };
        expect(feed(params, readings)).toEqual(reference(params, readings));
      }),
      { seed: 5, numRuns: 400 },
    );
  });

  it.each([
    ['relaxed', 20, 15],
    ['standard', 25, 20],
    ['strict', 30, 25],
  ] as const)('%s enters at %i and leaves below %i', (sensitivity, enter, exit) => {
    const params = { ...defaultRegime, sensitivity };
    const adx = [enter - 0.01, enter, exit, exit - 0.01];
    const states = feed(
      params,
      adx.map((value) => ({ ...UP, adx: value })),
    );
    expect(states).toEqual(['RANGING', 'TRENDING_UP', 'TRENDING_UP', 'RANGING']);
  });

  it('allows the side of the trend, nothing while ranging or unknown, both at reduced size in high volatility', () => {
    expect(verdicts(defaultRegime)).toEqual([
      ['TRENDING_UP', true, false, 1],
      ['TRENDING_DOWN', false, true, 1],
      ['RANGING', false, false, 0],
      ['UNKNOWN', false, false, 0],
      ['HIGH_VOLATILITY', true, true, 0.5],
    ]);
  });

  it('switched off it allows everything that is known at full size', () => {
    expect(verdicts({ ...defaultRegime, enabled: false })).toEqual([
      ['TRENDING_UP', true, true, 1],
      ['TRENDING_DOWN', true, true, 1],
      ['RANGING', true, true, 1],
      ['UNKNOWN', false, false, 0],
      ['HIGH_VOLATILITY', true, true, 1],
    ]);
  });
});

describe('regime filter', () => {
  it('passes over filled candles and starts anew with a segment', () => {
    const series = syntheticSeries(400, 'regime');
    const view = createCandleView();
    const [filter, fresh] = [createRegimeFilter(defaultRegime), createRegimeFilter(defaultRegime)];
    for (let bar = 0; bar < 200; bar += 1) {
      loadCandle(view, series, bar);
      filter.update(view);
    }
    const before = filter.regime;
    view.flags = FLAG_FILLED;
    view.close *= 5;
    filter.update(view);
    expect(filter.regime).toBe(before);
    const states: Regime[][] = [[], []];
    for (let bar = 200; bar < 400; bar += 1) {
      loadCandle(view, series, bar);
      fresh.update(view);
      states[0].push(fresh.regime);
      if (bar === 200) view.flags = FLAG_SEGMENT_START;
      filter.update(view);
      states[1].push(filter.regime);
    }
    expect(states[1]).toEqual(states[0]);
    expect(new Set(states[0]).size).toBeGreaterThan(2);
  });
});

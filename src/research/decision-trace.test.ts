// Does a trace show what the engine itself decides, and does no bar depend on what was decided before?
import { describe, expect, it } from 'vitest';
import { marketOf, marks, settingsWith, TRAIN_BARS } from '../../test/leaks/leak-soil.ts';
import { createRegimeCodes, traceDecisions, type TraceInput } from './decision-trace.ts';
import { closeOf } from './known-history.ts';
import type { NamedColumns } from './look-ahead.ts';
import { shippedPreparation } from './prepare-market.ts';
import { engineParams } from './engine-params.ts';
import { simulateVariant } from './simulate-variant.ts';

const market = marketOf('trace');
const { series } = market;
const settings = { ...settingsWith(['guard.enabled=false', 'risk.cooldown_hours=0']), metaModel: 'off' as const };
const prepared = shippedPreparation(settings, marks)(market);

function trace(more: Partial<TraceInput> = {}): NamedColumns {
  return traceDecisions({
    prepared,
    bars: series.length,
    instrument: market.instrument,
    params: engineParams(settings, series.intervalMs),
    equity: settings.initialEquity,
    model: undefined,
    regimes: createRegimeCodes(),
    ...more,
  });
}

describe('a trace', () => {
  const columns = trace();

  it('orders where a real backtest orders while it is flat, in the same direction', () => {
    const window = {
      index: 0,
      trainStart: series.openTime[0],
      testStart: closeOf(series, TRAIN_BARS - 1),
      testEnd: closeOf(series, series.length - 1),
    };
    const { strategy } = prepared;
    const { state } = simulateVariant({
      market: { ...market, series: prepared.series },
      settings,
      strategy,
      folds: [{ window, model: undefined }],
      ambiguity: 'worst',
    });
    expect(state.roundTrips.length).toBeGreaterThan(20);
    const barAt = new Map(Array.from(series.openTime, (open, bar) => [open + series.intervalMs, bar]));
    for (const { decidedAt, direction, sizing } of state.roundTrips) {
      const bar = barAt.get(decidedAt) ?? NaN;
      expect(Math.sign(columns['order quantity'][bar])).toBe(direction);
      expect(columns['signal direction'][bar]).toBe(direction);
      // The backtest begins a warm-up before its first decision, so its last bits may differ.
      expect(columns['size volatility'][bar]).toBeCloseTo(sizing.volatility, 9);
      expect(columns['size regime'][bar]).toBe(sizing.regime);
    }
    const [first] = state.roundTrips;
    expect(Math.abs(columns['order quantity'][barAt.get(first.decidedAt) ?? NaN])).toBeCloseTo(first.quantity, 3);
  });

  it('orders only when ready, with a signal that the regime allows, within the universe', () => {
    let orders = 0;
    let refused = 0;
    for (let bar = 0; bar < series.length; bar += 1) {
      const direction = columns['signal direction'][bar];
      const allowed = columns[direction === 1 ? 'regime allows_long' : 'regime allows_short'][bar];
      const isTradable = columns['universe tradable'][bar] === 1;
      const isWanted = columns['judgement ready'][bar] === 1 && direction !== 0 && allowed === 1;
      expect(!Number.isNaN(columns['order quantity'][bar])).toBe(
        isWanted && isTradable && columns['mark filled'][bar] === 0,
      );
      if (isWanted && isTradable) orders += 1;
      else if (isWanted) refused += 1;
    }
    expect(refused).toBeGreaterThan(0);
    expect(orders).toBeGreaterThan(50);
  });

  it('walks over as many bars as it is told, with the same values', () => {
    const bars = 900;
    const part = trace({ bars });
    expect(Object.keys(part)).toEqual(Object.keys(columns));
    for (const [name, values] of Object.entries(part)) {
      expect(values, name).toEqual(Float64Array.from(columns[name]).slice(0, bars));
    }
    expect(() => trace({ bars: series.length + 1 })).toThrow('a trace over');
  });

  it('holds the features as they are, and turned over in the row of a short', () => {
    const short = Array.from(columns['signal direction']).findIndex(
      (direction, bar) => direction === -1 && columns['judgement ready'][bar] === 1,
    );
    expect(columns['meta-row direction'][short]).toBe(-1);
    expect(columns['meta-row rsi'][short]).toBe(-columns['feature rsi'][short]);
    expect(columns['meta-row volatility'][short]).toBe(columns['feature volatility'][short]);
  });
});

// Does the regime machine follow the reference transitions, from indicator values and from bars?
import { createRegimeFilter, createRegimeMachine, type RegimeParams } from '../../../src/strategy/regime-filter.ts';
import type { RegimeVerdict } from '../../../src/strategy/regime-filter.ts';
import { differences, toleranceOf, type TopicRunner } from '../format.ts';

function paramsOf(params: any): RegimeParams {
  return {
    enabled: params.enabled ?? true,
    sensitivity: params.sensitivity ?? 'standard',
    adxPeriod: params.adx_period ?? 14,
    adxEnter: params.adx_enter,
    adxExit: params.adx_exit,
    emaPeriod: params.ema_period ?? 50,
    atrPeriod: params.atr_period ?? 14,
    volatilityWindow: params.vol_window ?? 50,
    highVolatilityRatio: params.vol_threshold,
    highVolatilitySize: params.high_vol_multiplier,
    allowRanging: params.allow_ranging,
    rangingSize: params.ranging_multiplier,
    confirmBars: params.confirm_bars,
  };
}

interface Outcome {
  readonly regime: string[];
  readonly raw: string[];
  readonly allow_long: boolean[];
  readonly allow_short: boolean[];
  readonly size_multiplier: number[];
}

function record(bars: number, verdict: RegimeVerdict, update: (bar: number) => void): Outcome {
  const outcome: Outcome = { regime: [], raw: [], allow_long: [], allow_short: [], size_multiplier: [] };
  for (let bar = 0; bar < bars; bar += 1) {
    update(bar);
    outcome.regime.push(verdict.regime);
    outcome.raw.push(verdict.raw);
    outcome.allow_long.push(verdict.allowLong);
    outcome.allow_short.push(verdict.allowShort);
    outcome.size_multiplier.push(verdict.sizeMultiplier);
  }
  return outcome;
}

export const run: TopicRunner = ({ input, expected }, file) => {
  const params = paramsOf(input.params);
  const tolerance = toleranceOf(file);
  const { series, bars } = input;
  const problems: string[] = [];
  if (series !== undefined) {
    const machine = createRegimeMachine(params);
    const at = (name: string, bar: number): number => series[name][bar] ?? NaN;
    const outcome = record(series.adx.length, machine, (bar) =>
      machine.update(
        at('adx', bar),
        at('plus_di', bar),
        at('minus_di', bar),
        at('close', bar),
        at('ema', bar),
        at('vol_ratio', bar),
      ),
    );
    problems.push(...differences(outcome, expected, tolerance));
  }
  if (bars !== undefined) {
    const filter = createRegimeFilter(params);
    const outcome = record(bars.close.length, filter, (bar) => {
      const [high, low, close] = [bars.high[bar], bars.low[bar], bars.close[bar]];
      filter.update({ openTime: bar, closeTime: bar + 1, open: close, high, low, close, volume: 1, flags: 0 });
    });
    problems.push(...differences(outcome, expected, tolerance, 'bars'));
  }
  return problems;
};

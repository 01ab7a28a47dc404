// Are outcomes that a running bot learns the labels that training would give the same signals?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { variantsOf } from '../../../test/scenarios/research/small-research.ts';
import { createCandleView, loadCandle, type Candle, type CandleSeries } from '../../domain/candle.ts';
import { bpsToFraction } from '../../domain/units.ts';
import { HOUR_MS } from '../../domain/time.ts';
import { strategyOf } from '../../research/jobs.ts';
import { createPlantedEdge } from '../../simulation/embedded-market/null-markets.ts';
import { buildDataset } from '../../training/dataset.ts';
import { SignalBook, type DecidedSignal } from './signal-book.ts';

const [settings] = variantsOf(['moderate']);
const strategy = strategyOf(settings, HOUR_MS);

function candleAt(series: CandleSeries, index: number): Candle {
  const view = createCandleView();
  loadCandle(view, series, index);
  return view;
}

describe('a book of signals', () => {
  it('labels every signal as training does, barriers fixed or by ATR, as soon as its horizon has passed', () => {
    fc.assert(
      fc.property(fc.nat(1_000), fc.constantFrom('fixed', 'atr'), (seed, width) => {
        const { candles: series, funding } = createPlantedEdge({ seed: `book-${seed}`, bars: 1_300 });
        const scale = width === 'atr' ? 100 : 1;
        const { profitBarrier, stopBarrier } = settings.labeling;
        const labeling = {
          ...settings.labeling,
          width,
          profitBarrier: profitBarrier * scale,
          stopBarrier: stopBarrier * scale,
        } as const;
        const { costs } = settings;
        const dataset = buildDataset({ series, funding, strategy, labeling, costs, atrPeriod: 14 });
        const book = new SignalBook({
          barMs: HOUR_MS,
          labels: labeling,
          atrPeriod: 14,
          costs: {
            takerFee: bpsToFraction(costs.takerFeeBps),
            slippage: bpsToFraction(costs.slippageBps),
            missingFundingRate: NaN,
          },
        });
        const learnt = new Map<number, DecidedSignal>();
        let stamp = -1;
        for (let index = 0; index < series.length; index += 1) {
          const candle = candleAt(series, index);
          while (stamp + 1 < funding.length && funding.time[stamp + 1] <= candle.closeTime) stamp += 1;
          const known = { rate: funding.rate[stamp] ?? NaN, previousRate: NaN, time: funding.time[stamp] ?? NaN };
          for (const signal of book.candle(candle, known)) {
            learnt.set(signal.decidedAt, signal);
            expect(signal.outcome?.knownAt).toBe(candle.closeTime);
          }
          const row = dataset.time.indexOf(candle.closeTime);
          if (row < 0) continue;
          const direction = dataset.direction[row] > 0 ? 1 : -1;
          book.signal({ decidedAt: candle.closeTime, direction, row: new Float64Array(1), allowed: true });
        }
        let compared = 0;
        dataset.time.forEach((time, row) => {
          const outcome = learnt.get(time)?.outcome;
          if (dataset.labels.label[row] < 0) {
            expect(outcome).toBeUndefined();
            return;
          }
          expect(outcome?.won).toBe(dataset.labels.label[row] === 1);
          expect(outcome?.netReturn).toBe(dataset.labels.netReturn[row]);
          compared += 1;
        });
        expect(compared).toBeGreaterThan(20);
      }),
      { numRuns: 20 },
    );
  });

  it('leaves an outcome unknown where a candle never came', () => {
    const { candles: series } = createPlantedEdge({ seed: 'hole', bars: 100 });
    const rules = { barMs: HOUR_MS, labels: settings.labeling, atrPeriod: 14 };
    const book = new SignalBook({ ...rules, costs: { takerFee: 0, slippage: 0, missingFundingRate: NaN } });
    const nothing = { rate: NaN, previousRate: NaN, time: NaN };
    const learnt: DecidedSignal[] = [];
    for (let index = 0; index < 100; index += 1) {
      if (index === 20) continue;
      const candle = candleAt(series, index);
      learnt.push(...book.candle(candle, nothing));
      book.signal({ decidedAt: candle.closeTime, direction: 1, row: new Float64Array(1), allowed: true });
    }
    const bars = Math.round(settings.labeling.horizonHours);
    const hole = series.openTime[20];
    expect(learnt.length).toBeGreaterThan(20);
    expect(learnt.some(({ decidedAt }) => decidedAt <= hole && decidedAt + bars * HOUR_MS > hole)).toBe(false);
  });
});

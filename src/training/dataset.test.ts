// Is a trained row the row that is decided on, and does every label belong to the trade that would have followed?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { observed, type BarObserver } from '../../test/leaks/decision-chain.ts';
import { syntheticFunding } from '../../test/leaks/synthetic-candles.ts';
import { marketOf, variantsOf } from '../../test/scenarios/research/small-research.ts';
import { FLAG_FILLED, FLAG_SEGMENT_START, sliceSeries, type CandleSeries } from '../domain/candle.ts';
import type { FundingSeries } from '../domain/funding.ts';
import { HOUR_MS } from '../domain/time.ts';
import type { VariantSettings } from '../research/settings.ts';
import { engineParams } from '../research/engine-params.ts';
import { strategyOf } from '../research/jobs.ts';
import { createPlantedEdge } from '../simulation/embedded-market/null-markets.ts';
import { runBacktest } from '../simulation/run-backtest.ts';
import { createSimulatedVenue } from '../simulation/simulated-venue.ts';
import { BARRIER_CODES } from '../strategy/label-events.ts';
import { atrWidths, labelTrade } from '../strategy/triple-barrier.ts';
import { buildDataset, type Dataset } from './dataset.ts';

const BARS = 1_600;
const [settings] = variantsOf(['moderate']);
const { candles } = createPlantedEdge({ seed: 'dataset', bars: BARS });
const funding = syntheticFunding(candles, 'dataset');
const END = candles.openTime[BARS - 1] + HOUR_MS;

function datasetOf(series: CandleSeries, own: VariantSettings = settings, rates: FundingSeries | undefined = funding) {
  const { labeling, costs, features } = own;
  const strategy = strategyOf(own, series.intervalMs);
  return buildDataset({ series, funding: rates, strategy, labeling, costs, atrPeriod: features.atrPeriod });
}

const rowOf = ({ x }: Dataset, row: number): Float64Array => x.values.slice(row * x.columns, (row + 1) * x.columns);

/** What the engine's own strategy saw at a close at which it was ready with a signal. */
interface Seen {
  readonly direction: number;
  readonly row: Float64Array;
}

/** Everything the engine's strategy saw in a backtest that is fed from `from` on. */
function seenByEngine(series: CandleSeries, from: number): Map<number, Seen> {
  const market = marketOf(series, funding);
  const seen = new Map<number, Seen>();
  const note: BarObserver = (symbol, { closeTime }, names) => {
    if (!symbol.ready || symbol.signal === 0) return;
    const row = new Float64Array(names.length);
    symbol.writeRow(symbol.signal, row, 0);
    seen.set(closeTime, { direction: symbol.signal, row });
  };
  runBacktest({
    setup: {
      barMs: HOUR_MS,
      initialEquity: 100_000,
      params: engineParams(settings, HOUR_MS),
      strategy: observed(strategyOf(settings, HOUR_MS), note),
      symbols: [{ instrument: market.instrument, hasFunding: true }],
    },
    venue: createSimulatedVenue({
      instruments: [market.instrument],
      costs: settings.costs,
      funding: new Map([[market.symbol, funding]]),
      ambiguity: 'worst',
    }),
    series: [series],
    funding: [funding],
    schedule: [],
    from,
    recordFrom: from,
    until: END,
  });
  return seen;
}

describe('the row trained on and the row decided on', () => {
  const data = datasetOf(candles);

  it('are the same bit for bit, at the same closes, for the same sides', () => {
    const seen = seenByEngine(candles, candles.openTime[0]);
    expect(data.time.length).toBeGreaterThan(400);
    // Nothing is decided at the very last close: no order could fill any more.
    const decidable = Array.from(data.time.keys()).filter((row) => data.time[row] < END);
    expect([...seen.keys()]).toEqual(decidable.map((row) => data.time[row]));
    for (const row of decidable) {
      const own = seen.get(data.time[row]);
      expect(own?.direction).toBe(data.direction[row]);
      expect(own?.row).toEqual(rowOf(data, row));
    }
  });

  it('agree to 1e-9 where the engine is fed from its warm-up on, as a live bot is', () => {
    const { warmupBars } = strategyOf(settings, HOUR_MS);
    const start = BARS - 300 - warmupBars;
    const seen = seenByEngine(candles, candles.openTime[start]);
    const late = Array.from(data.time.keys()).filter(
      (row) => data.time[row] > candles.openTime[BARS - 300] && data.time[row] < END,
    );
    expect(late.length).toBeGreaterThan(100);
    for (const row of late) {
      const own = seen.get(data.time[row]);
      expect(own?.direction).toBe(data.direction[row]);
      rowOf(data, row).forEach((value, column) => {
        const other = own?.row[column] ?? NaN;
        const tolerance = 1e-9 * Math.max(1, Math.abs(value));
        expect(Math.abs(other - value), data.names[column]).toBeLessThanOrEqual(tolerance);
      });
    }
  });

  it('do not depend on what comes later: a dataset of cut data is the beginning of the whole one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 800, max: BARS }), (bars) => {
        const cut = datasetOf(sliceSeries(candles, 0, bars));
        const rows = cut.time.length;
        expect(Array.from(cut.time)).toEqual(Array.from(data.time.slice(0, rows)));
        expect(cut.x.values).toEqual(data.x.values.slice(0, rows * data.x.columns));
        for (let row = 0; row < rows; row += 1) {
          const known = data.labels.horizonTime[row] <= candles.openTime[bars - 1] + HOUR_MS;
          expect(cut.labels.label[row]).toBe(known ? data.labels.label[row] : -1);
        }
      }),
      { seed: 1, numRuns: 5 },
    );
  });
});

describe('labels', () => {
  const fixed = datasetOf(candles);

  /** Labels every sample once more, one trade at a time; `widths` per bar. Returns how many have a label. */
  function compareWithSingleTrades(data: Dataset, own: VariantSettings, widths?: Float64Array): number {
    const { costs, labeling } = own;
    const market = {
      series: candles,
      funding,
      params: labeling,
      costs: { takerFee: costs.takerFeeBps / 1e4, slippage: costs.slippageBps / 1e4, missingFundingRate: NaN },
    };
    let counted = 0;
    for (let row = 0; row < data.time.length; row += 1) {
      const signalIndex = Math.round((data.time[row] - candles.openTime[0]) / HOUR_MS) - 1;
      const direction = data.direction[row] === 1 ? 1 : -1;
      const outcome = labelTrade(market, { signalIndex, direction, width: widths?.[signalIndex] ?? 1 });
      if (outcome.kind === 'unlabelled') {
        expect(data.labels.label[row]).toBe(-1);
        continue;
      }
      counted += 1;
      expect(data.labels.label[row]).toBe(outcome.label);
      expect(data.labels.netReturn[row]).toBe(outcome.netReturn);
      expect(data.labels.barrier[row]).toBe(BARRIER_CODES[outcome.barrier]);
      expect(data.labels.entryIndex[row]).toBe(signalIndex + 1);
      expect(data.labels.exitTime[row]).toBeLessThanOrEqual(data.labels.horizonTime[row]);
    }
    return counted;
  }

  it('are those of the single trade that starts at the next open, taker costs on both sides', () => {
    expect(compareWithSingleTrades(fixed, settings)).toBeGreaterThan(400);
  });

  it('have barriers in multiples of the ATR over price that was known at the signal when the width is atr', () => {
    const barriers = ['labeling.width=atr', 'labeling.profit_barrier=2', 'labeling.stop_barrier=1'];
    const exits = ['exits.stop_fraction=0.01', 'exits.target_fraction=0.02'];
    const [scaled] = variantsOf(['moderate'], [...barriers, ...exits]);
    const widths = atrWidths(candles, scaled.features.atrPeriod);
    expect(compareWithSingleTrades(datasetOf(candles, scaled), scaled, widths)).toBeGreaterThan(400);
  });

  it('are undefined where a funding stamp is missing and may not be charged', () => {
    const kept = funding.time.map((_, stamp) => stamp).filter((stamp) => stamp % 3 !== 0);
    const missing = Array.from(funding.time).filter((_, stamp) => stamp % 3 === 0);
    const of = (column: Float64Array) => kept.map((stamp) => column[stamp]);
    const hole = { ...funding, length: kept.length, time: of(funding.time), rate: of(funding.rate) };
    const strict: VariantSettings = { ...settings, costs: { ...settings.costs, missingFunding: 'fail' } };
    const refused = datasetOf(candles, strict, hole);
    const charged = datasetOf(candles, settings, hole);
    const { entryIndex, exitTime, label } = charged.labels;
    const held = Array.from(charged.time.keys()).filter(
      (row) =>
        label[row] >= 0 && missing.some((time) => candles.openTime[entryIndex[row]] < time && exitTime[row] > time),
    );
    expect(held.length).toBeGreaterThan(50);
    for (const row of held) expect(refused.labels.label[row]).toBe(-1);
    const others = Array.from(charged.time.keys()).filter((row) => !held.includes(row));
    for (const row of others) expect(refused.labels.label[row]).toBe(label[row]);
  });
});

describe('filled candles and holes', () => {
  const flags = candles.flags.slice();
  for (let bar = 900; bar < 904; bar += 1) flags[bar] |= FLAG_FILLED;
  flags[1_200] |= FLAG_SEGMENT_START;
  const marked = datasetOf({ ...candles, flags });
  const barOf = (row: number): number => Math.round((marked.time[row] - candles.openTime[0]) / HOUR_MS) - 1;
  const bars = Array.from(marked.time.keys(), barOf);

  it('no sample is decided at a filled candle, and none is entered in one', () => {
    expect(bars.filter((bar) => bar >= 900 && bar < 904)).toEqual([]);
    expect(marked.ready.slice(900, 904)).toEqual(new Uint8Array(4));
    const before = bars.indexOf(899);
    if (before >= 0) expect(marked.labels.label[before]).toBe(-1);
  });

  it('after a hole nothing is decided until everything has warmed up again, and no label spans it', () => {
    const { warmupBars } = strategyOf(settings, HOUR_MS);
    expect(bars.some((bar) => bar > 1_000 && bar < 1_200)).toBe(true);
    expect(bars.filter((bar) => bar >= 1_200 && bar < 1_200 + warmupBars - 1)).toEqual([]);
    expect(Array.from(marked.ready.slice(1_200, 1_599)).every((flag) => flag === 0)).toBe(true);
    const across = bars.filter((bar, row) => bar < 1_200 && bar + 25 > 1_200 && marked.labels.label[row] >= 0);
    expect(across).toEqual([]);
  });
});

// Do the labels agree with a labeller that walks the price path point by point, and keep to complete, real data?
import { describe, expect, it } from 'vitest';
import { syntheticSeries } from '../../test/leaks/synthetic-candles.ts';
import { FLAG_FILLED, FLAG_SEGMENT_START, sliceSeries, type CandleSeries } from '../domain/candle.ts';
import type { FundingSeries } from '../domain/funding.ts';
import { createRandom, type Random } from '../domain/random.ts';
import { HOUR_MS } from '../domain/time.ts';
import { BARRIER_CODES, labelEvents } from './label-events.ts';
import { atrWidths, labelTrade, type LabelCosts, type LabelMarket, type LabelOutcome } from './triple-barrier.ts';

const FREE: LabelCosts = { takerFee: 0, slippage: 0, missingFundingRate: NaN };

/** A short path on a coarse price grid, so that exact touches, gaps and double touches are common. */
function randomMarket(random: Random): CandleSeries {
  const length = 2 + random.below(8);
  const grid = (): number => 100 + random.below(9) - 4;
  const column = (): Float64Array => new Float64Array(length);
  const series = {
    symbol: 'PATH',
    intervalMs: HOUR_MS,
    length,
    openTime: Float64Array.from({ length }, (_, bar) => bar * HOUR_MS),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    flags: new Uint8Array(length),
  };
  for (let bar = 0; bar < length; bar += 1) {
    series.open[bar] = bar > 0 && random.next() < 0.3 ? series.close[bar - 1] : grid();
    series.close[bar] = grid();
    series.high[bar] = Math.max(series.open[bar], series.close[bar]) + random.below(3);
    series.low[bar] = Math.min(series.open[bar], series.close[bar]) - random.below(3);
  }
  return series;
}

interface Walked {
  readonly barrier: 'profit' | 'stop' | 'time';
  readonly exitIndex: number;
  readonly net: number;
}

/**
 * The prices in the order in which the worst case visits them: open, adverse extreme, favourable extreme, close. The first one
 * at or beyond a barrier ends the trade: at the stop's or the target's price, but at the open where a bar opens through the stop.
 */
function walkPath(market: LabelMarket, side: 1 | -1, entry: number): Walked | undefined {
  const { series, params, costs, funding } = market;
  const last = entry + params.horizonHours - 1;
  if (last >= series.length) return undefined;
  const fill = series.open[entry] * (1 + side * costs.slippage);
  const target = params.profitBarrier > 0 ? fill * (1 + side * params.profitBarrier) : side * Infinity;
  const stop = params.stopBarrier > 0 ? fill * (1 - side * params.stopBarrier) : -side * Infinity;
  const points: { bar: number; price: number; isOpen: boolean }[] = [];
  for (let bar = entry; bar <= last; bar += 1) {
    const extremes = [series.low[bar], series.high[bar]];
    if (side === -1) extremes.reverse();
    if (bar > entry) points.push({ bar, price: series.open[bar], isOpen: true });
    for (const price of extremes) points.push({ bar, price, isOpen: false });
  }
  const hit = points.find(({ price }) => side * (price - stop) <= 0 || side * (price - target) >= 0);
  const stopped = hit !== undefined && side * (hit.price - stop) <= 0;
  const raw = hit === undefined ? series.close[last] : stopped ? (hit.isOpen ? hit.price : stop) : target;
  const exitIndex = hit?.bar ?? last;
  const exitFill = raw * (1 - side * costs.slippage);
  let paid = 0;
  for (let stamp = 0; stamp < (funding?.length ?? 0); stamp += 1) {
    const bar = (funding?.time[stamp] ?? NaN) / HOUR_MS;
    if (bar > entry && bar <= exitIndex) paid += side * (funding?.rate[stamp] ?? NaN) * series.open[bar];
  }
  const net = (side * (exitFill - fill) - costs.takerFee * (fill + exitFill) - paid) / fill;
  return { barrier: hit === undefined ? 'time' : stopped ? 'stop' : 'profit', exitIndex, net };
}

function randomFunding(series: CandleSeries, random: Random): FundingSeries {
  const time = Array.from(series.openTime).filter(() => random.next() < 0.4);
  const rate = Float64Array.from(time, () => random.normal() * 0.001);
  return { symbol: 'PATH', length: time.length, time: Float64Array.from(time), rate };
}

describe('brute force', () => {
  it('10,000 random paths end at the same barrier, bar and net return', () => {
    const random = createRandom('paths');
    const counts: Record<string, number> = { profit: 0, stop: 0, time: 0, none: 0, both: 0, gap: 0 };
    for (let path = 0; path < 10_000; path += 1) {
      const series = randomMarket(random);
      const market: LabelMarket = {
        series,
        funding: randomFunding(series, random),
        params: {
          profitBarrier: [0, 0.01, 0.02, 0.03][random.below(4)],
          stopBarrier: [0, 0.01, 0.02, 0.03][random.below(4)],
          width: 'fixed',
          horizonHours: 1 + random.below(6),
          minNetReturn: [0, 0.005][random.below(2)],
        },
        costs: { takerFee: 0.00055, slippage: [0, 0.0001, 0.015][random.below(3)], missingFundingRate: NaN },
      };
      const direction = random.next() < 0.5 ? 1 : -1;
      const entry = random.below(series.length + 1);
      const outcome = labelTrade(market, { signalIndex: entry - 1, direction, width: 1 });
      const walked = entry < series.length ? walkPath(market, direction, entry) : undefined;
      const same =
        outcome.kind === 'unlabelled'
          ? walked === undefined
          : walked !== undefined &&
            outcome.barrier === walked.barrier &&
            outcome.exitIndex === walked.exitIndex &&
            Math.abs(outcome.netReturn - walked.net) < 1e-12 &&
            outcome.label === Number(outcome.netReturn > market.params.minNetReturn);
      if (!same) expect.fail(`path ${path}: ${JSON.stringify(outcome)} against ${JSON.stringify(walked)}`);
      counts[outcome.kind === 'labelled' ? outcome.barrier : 'none'] += 1;
      if (outcome.kind === 'labelled' && outcome.how in counts) counts[outcome.how] += 1;
    }
    for (const [what, count] of Object.entries(counts)) expect(count, what).toBeGreaterThan(100);
  });
});

const params = { profitBarrier: 0.02, stopBarrier: 0.01, width: 'fixed', horizonHours: 24, minNetReturn: 0 } as const;
const series = syntheticSeries(600, 'labels');
const market: LabelMarket = { series, funding: undefined, params, costs: FREE };
const everyBar = (length: number): { length: number; signalIndex: Int32Array; direction: Int8Array } => ({
  length,
  signalIndex: Int32Array.from({ length }, (_, bar) => bar),
  direction: Int8Array.from({ length }, (_, bar) => (bar % 2 === 0 ? 1 : -1)),
});

const reasonAt = (outcome: LabelOutcome): string => (outcome.kind === 'labelled' ? outcome.barrier : outcome.reason);

describe('complete and real data only', () => {
  it('data cut at S hold exactly the labels whose horizon ends by S, unchanged', () => {
    const full = labelEvents(market, everyBar(600));
    for (const cut of [30, 111, 350, 599]) {
      const part = labelEvents({ ...market, series: sliceSeries(series, 0, cut) }, everyBar(cut));
      const end = series.openTime[cut - 1] + HOUR_MS;
      for (let event = 0; event < cut; event += 1) {
        const known = full.horizonTime[event] <= end;
        expect(part.label[event]).toBe(known ? full.label[event] : -1);
        expect(part.netReturn[event]).toBe(known ? full.netReturn[event] : NaN);
        if (known) expect(full.exitTime[event]).toBeLessThanOrEqual(full.horizonTime[event]);
      }
    }
  });

  it('no label spans a segment border, between signal and entry included', () => {
    const flags = series.flags.slice();
    flags[300] = FLAG_SEGMENT_START;
    const labels = labelEvents({ ...market, series: { ...series, flags } }, everyBar(500));
    const undefinedEvents = Array.from(labels.label.keys()).filter((event) => labels.label[event] === -1);
    expect(undefinedEvents).toEqual(Array.from({ length: 24 }, (_, k) => 276 + k));
  });

  it('signal, entry and exit need real bars', () => {
    const quiet = { ...params, profitBarrier: 0, stopBarrier: 0 };
    const withFilled = (bar: number): LabelMarket => {
      const flags = series.flags.slice();
      flags[bar] = FLAG_FILLED;
      return { ...market, params: quiet, series: { ...series, flags } };
    };
    const at = (bar: number): string =>
      reasonAt(labelTrade(withFilled(bar), { signalIndex: 100, direction: 1, width: 1 }));
    expect([at(99), at(100), at(101), at(102), at(123), at(124), at(125)]).toEqual([
      'time',
      'filled-bar',
      'filled-bar',
      'time',
      'time',
      'filled-bar',
      'time',
    ]);
  });

  it('codes, indices and times agree with the single labels', () => {
    const events = everyBar(560);
    const labels = labelEvents(market, events);
    for (let event = 0; event < 560; event += 1) {
      const direction = event % 2 === 0 ? 1 : -1;
      const outcome = labelTrade(market, { signalIndex: event, direction, width: 1 });
      if (outcome.kind === 'unlabelled') {
        expect(labels.label[event]).toBe(-1);
        continue;
      }
      expect(labels.barrier[event]).toBe(BARRIER_CODES[outcome.barrier]);
      expect(labels.entryIndex[event]).toBe(event + 1);
      expect(labels.exitTime[event]).toBe(series.openTime[outcome.exitIndex] + HOUR_MS);
    }
  });
});

describe('widths in ATR', () => {
  it('hang the barriers at multiples of what was known at the signal', () => {
    const widths = atrWidths(series, 14);
    expect(widths[13]).toBeNaN();
    const atr = { ...market, params: { ...params, width: 'atr', profitBarrier: 2, stopBarrier: 1 } } as const;
    const outcome = labelTrade(atr, { signalIndex: 50, direction: -1, width: widths[50] });
    expect(outcome.targetPrice).toBe(series.open[51] * (1 - 2 * widths[50]));
    expect(outcome.stopPrice).toBe(series.open[51] * (1 + widths[50]));
    const events = { ...everyBar(40), width: widths.subarray(0, 40) };
    const labels = labelEvents(atr, events);
    expect(Array.from(labels.label.subarray(0, 14))).toEqual(new Array(14).fill(-1));
    expect(labels.label[14]).not.toBe(-1);
    expect(() => labelEvents(atr, everyBar(40))).toThrow(RangeError);
  });
});

const share = (bar: number, rate: number): number => (rate * series.open[bar]) / series.open[101];

describe('funding', () => {
  const open = { ...params, profitBarrier: 0, stopBarrier: 0, horizonHours: 4 };
  const netOf = (offsets: readonly number[], rates: readonly number[], costs = FREE, labelParams = open): number => {
    const funding = {
      symbol: 'X',
      length: offsets.length,
      time: Float64Array.from(offsets, (offset) => series.openTime[101] + offset),
      rate: Float64Array.from(rates),
    };
    const outcome = labelTrade(
      { series, funding, params: labelParams, costs },
      { signalIndex: 100, direction: 1, width: 1 },
    );
    return outcome.kind === 'labelled' ? outcome.funding : NaN;
  };

  it('is due after the instant of the entry and before that of the exit', () => {
    expect(netOf([0], [0.01])).toBe(0);
    expect(netOf([1], [0.01])).toBeCloseTo(share(101, 0.01), 15);
    expect(netOf([HOUR_MS], [0.01])).toBeCloseTo(share(102, 0.01), 15);
    expect(netOf([4 * HOUR_MS - 1], [0.01])).toBeCloseTo(share(104, 0.01), 15);
    expect(netOf([4 * HOUR_MS], [0.01])).toBe(0);
  });

  it('a missing rate is charged whatever the side, or leaves the label undefined', () => {
    expect(netOf([HOUR_MS], [NaN], { ...FREE, missingFundingRate: 0.0005 })).toBeCloseTo(share(102, 0.0005), 15);
    expect(netOf([HOUR_MS], [NaN])).toBeNaN();
  });

  it('inside the bar of a touch it is paid, never received', () => {
    const touching = { ...open, stopBarrier: 1e-6 };
    expect(netOf([1000], [0.01], FREE, touching)).toBeCloseTo(share(101, 0.01), 15);
    expect(netOf([1000], [-0.01], FREE, touching)).toBe(0);
  });
});

// Does the candle check find every planted fault, blame nothing sound, and survive any values?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandomWalk } from '../simulation/embedded-market/null-markets.ts';
import { checkCandles } from './candle-check.ts';
import type { CandleFault } from './candle-check.ts';
import type { CandleColumns } from './candle-quality.ts';
import { rowFaults } from './candle-quality-rows.ts';
import { HOUR_MS } from './time.ts';

const params = { maxGapBars: 6, jumpFraction: 0.25, zeroVolumeRunBars: 3 };

function walk(bars = 200): CandleColumns {
  return createRandomWalk({ seed: 7, bars }).candles;
}

/** The bars for which `keep` holds. */
function only(columns: CandleColumns, keep: (row: number) => boolean): CandleColumns {
  const pick = (values: Float64Array): Float64Array => values.filter((_, row) => keep(row));
  const openTime = pick(columns.openTime);
  return {
    ...columns,
    length: openTime.length,
    openTime,
    open: pick(columns.open),
    high: pick(columns.high),
    low: pick(columns.low),
    close: pick(columns.close),
    volume: pick(columns.volume),
  };
}

function kinds(columns: CandleColumns): readonly CandleFault[] {
  return checkCandles(columns, params).map((finding) => finding.kind);
}

function flat(columns: CandleColumns, from: number, to: number): void {
  for (const column of [columns.open, columns.high, columns.low, columns.close])
    column.fill(columns.close[from - 1], from, to);
  columns.volume.fill(0, from, to);
}

describe('checkCandles on sound candles', () => {
  it('finds nothing', () => {
    expect(checkCandles(walk(5000), params)).toEqual([]);
  });
});

describe('checkCandles on planted faults', () => {
  const faults: readonly [CandleFault, (columns: CandleColumns) => void][] = [
    ['missing-value', (c) => void (c.close[50] = NaN)],
    ['missing-value', (c) => void (c.volume[50] = Infinity)],
    ['missing-value', (c) => void (c.openTime[50] = NaN)],
    ['implausible-time', (c) => void (c.openTime[50] = 1_700_000_000)],
    ['off-grid', (c) => void (c.openTime[50] += 1)],
    ['disorder', (c) => void ([c.openTime[50], c.openTime[51]] = [c.openTime[51], c.openTime[50]])],
    ['duplicate', (c) => void (c.openTime[50] = c.openTime[49])],
    ['price-not-positive', (c) => void (c.low[50] = 0)],
    ['price-not-positive', (c) => void (c.open[50] = -3)],
    ['impossible-range', (c) => void ([c.high[50], c.low[50]] = [c.low[50], c.high[50]])],
    ['impossible-range', (c) => void (c.high[50] = (c.open[50] + c.low[50]) / 2)],
    ['negative-volume', (c) => void (c.volume[50] = -1)],
  ];
  it.each(faults)('%s at row 50', (kind, plant) => {
    const columns = walk();
    plant(columns);
    const finding = checkCandles(columns, params).find((candidate) => candidate.kind === kind);
    expect(finding?.severity).toBe('error');
    expect(finding?.places.some((place) => place.row === 50 || place.row === 51)).toBe(true);
  });

  it('a duplicate far from its twin in a disordered file', () => {
    const columns = walk();
    columns.openTime[150] = columns.openTime[20];
    const finding = checkCandles(columns, params).find((candidate) => candidate.kind === 'duplicate');
    expect(finding?.places.map((place) => place.row)).toEqual([150]);
    expect(kinds(columns)).toContain('disorder');
  });

  it('candles of another interval than the name says', () => {
    expect(kinds({ ...walk(), intervalMs: HOUR_MS / 4 })).toContain('wrong-interval');
    expect(kinds(only(walk(), (row) => row % 4 === 0))).toContain('wrong-interval');
  });

  it('every hole with its start and length; a long one warns', () => {
    const base = walk();
    const short = only(base, (row) => row !== 30 && (row < 60 || row > 65));
    const note = checkCandles(short, params).find((finding) => finding.kind === 'gap');
    expect(note?.severity).toBe('note');
    expect(note?.places.map((place) => [place.time, place.count])).toEqual([
      [base.openTime[30], 1],
      [base.openTime[60], 6],
    ]);
    const warning = checkCandles(
      only(base, (row) => row < 60 || row > 66),
      params,
    ).find((finding) => finding.kind === 'gap');
    expect(warning).toMatchObject({ severity: 'warning', count: 1 });
  });

  it('jumps and wicks, but no jump across a long hole', () => {
    const columns = walk();
    for (const column of [columns.open, columns.high, columns.low, columns.close])
      column.set(
        column.subarray(100).map((price) => price * 1.3),
        100,
      );
    expect(kinds(columns)).toContain('jump');
    expect(kinds(only(columns, (row) => row < 90 || row >= 100))).toEqual(['gap']);
    const wick = walk();
    wick.high[10] *= 1.4;
    expect(kinds(wick)).toEqual(['spike']);
  });

  it('an open far from the close before', () => {
    const columns = walk(2000);
    const open = columns.close[999] * 1.01;
    columns.open[1000] = open;
    columns.high[1000] = Math.max(columns.high[1000], open);
    const findings = checkCandles(columns, params);
    expect(findings.map((finding) => finding.kind)).toEqual(['seam']);
    expect(findings[0].places.map((place) => place.time)).toEqual([columns.openTime[1000]]);
  });

  it('runs without volume apart from the filler after a delisting', () => {
    const columns = walk();
    flat(columns, 40, 42);
    flat(columns, 80, 85);
    flat(columns, 170, 200);
    const found = checkCandles(columns, params);
    const counts = new Map(found.map((finding) => [finding.kind, finding.places.map((place) => place.count)]));
    expect(counts.get('zero-volume')).toEqual([2]);
    expect(counts.get('zero-volume-run')).toEqual([5]);
    expect(counts.get('filler-tail')).toEqual([30]);
    expect(found.every((finding) => finding.severity !== 'error')).toBe(true);
  });

  it('two flat bars at the end are no filler yet', () => {
    const columns = walk();
    flat(columns, 198, 200);
    expect(kinds(columns)).toEqual(['zero-volume']);
  });

  it('an empty file', () => {
    expect(kinds(only(walk(), () => false))).toEqual(['empty']);
  });
});

describe('checkCandles on any values', () => {
  const odd = fc.constantFrom(NaN, Infinity, -Infinity, -1, 0, 1, 1e308, 5e-324, 1.7e12, 1_672_531_200_000);
  const column = fc
    .array(fc.oneof(odd, fc.double()), { minLength: 6, maxLength: 6 })
    .map((list) => Float64Array.from(list));

  it('never throws, and has errors exactly when loading refuses', () => {
    fc.assert(
      fc.property(fc.tuple(column, column, column, column, column, column), (columns) => {
        const [openTime, open, high, low, close, volume] = columns;
        const series = { symbol: 'X', intervalMs: HOUR_MS, length: 6, openTime, open, high, low, close, volume };
        const errors = checkCandles(series, params).filter((finding) => finding.severity === 'error');
        expect(errors).toEqual(rowFaults(series));
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  it('refuses a series if and only if a row breaks the rules', () => {
    const row = fc.nat({ max: 19 });
    const change = fc.record({
      row,
      column: fc.constantFrom('openTime', 'open', 'high', 'low', 'close', 'volume'),
      value: fc.oneof(odd, fc.double({ min: 90, max: 110, noNaN: true })),
    });
    fc.assert(
      fc.property(change, ({ row, column, value }) => {
        const series = walk(20);
        series[column][row] = value;
        expect(rowFaults(series).length > 0).toBe(!isSoundByDefinition(series));
      }),
      { seed: 6, numRuns: 500 },
    );
  });
});

function isSoundByDefinition(c: CandleColumns): boolean {
  return Array.from({ length: c.length }, (_, i) => i).every((i) => {
    const prices = [c.open[i], c.high[i], c.low[i], c.close[i]];
    const isTime = c.openTime[i] > 1.23e12 && c.openTime[i] < 4.2e12 && c.openTime[i] % c.intervalMs === 0;
    const isLater = i === 0 || c.openTime[i] > c.openTime[i - 1];
    const arePrices = prices.every((price) => Number.isFinite(price) && price > 0);
    const isRange = Math.max(...prices) === c.high[i] && Math.min(...prices) === c.low[i];
    return isTime && isLater && arePrices && isRange && c.volume[i] >= 0 && c.volume[i] < Infinity;
  });
}

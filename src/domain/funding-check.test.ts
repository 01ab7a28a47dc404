// Does the funding check find every planted fault and tell changing intervals from holes?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { FundingSeries } from './funding.ts';
import { checkFunding, fundingFaults, roundFundingStamps, roundStamp } from './funding-check.ts';
import type { FundingFault } from './funding-check.ts';
import { fundingGaps, fundingRegimes } from './funding-intervals.ts';
import { DAY_MS, HOUR_MS } from './time.ts';

const START = Date.UTC(2022, 0, 1);

function stamped(times: readonly number[], rates: readonly number[] = times.map(() => 0.0001)): FundingSeries {
  return { symbol: 'X', length: times.length, time: Float64Array.from(times), rate: Float64Array.from(rates) };
}

/** Stamps after each step of so many hours. */
function stepped(hours: readonly number[]): number[] {
  const times = [START];
  for (const step of hours) times.push(times[times.length - 1] + step * HOUR_MS);
  return times;
}

const regular = stepped(Array.from({ length: 99 }, () => 8));

function kinds(series: FundingSeries, candles?: { from: number; to: number }): readonly FundingFault[] {
  return checkFunding(series, candles).map((finding) => finding.kind);
}

describe('checkFunding', () => {
  it('finds nothing in a regular history that covers its candles', () => {
    const end = regular[99] + 8 * HOUR_MS;
    expect(checkFunding(stamped(regular), { from: START, to: end })).toEqual([]);
  });

  it.each<[FundingFault, number, number]>([
    ['missing-value', NaN, 0.0001],
    ['missing-value', regular[50], NaN],
    ['implausible-time', regular[50] / 1000, 0.0001],
    ['off-minute', regular[50] + 2000, 0.0001],
    ['duplicate', regular[49] + 20, 0.0001],
    ['disorder', regular[10] + HOUR_MS, 0.0001],
    ['implausible-rate', regular[50], 0.7],
  ])('refuses %s', (kind, time, rate) => {
    const series = stamped(regular);
    series.time[50] = time;
    series.rate[50] = rate;
    expect(fundingFaults(series).map((finding) => finding.kind)).toContain(kind);
    expect(checkFunding(series, undefined).find((finding) => finding.kind === kind)?.severity).toBe('error');
  });

  it('reports jitter with its largest distance and rounds it away for use', () => {
    const jittery = stamped(regular.map((time, row) => time + (row % 3) * 15));
    const [finding] = checkFunding(jittery, undefined);
    expect(finding).toMatchObject({ kind: 'jitter', severity: 'note', count: 66 });
    expect(finding.summary).toContain('30 ms');
    expect([...roundFundingStamps(jittery).time]).toEqual(regular);
    expect(roundStamp(START + 1001)).toBe(START + 1001);
    expect(roundStamp(START - 1000)).toBe(START);
  });

  it('warns of rates that look like per cent and of extreme ones', () => {
    const percent = stamped(
      regular,
      regular.map(() => 0.01),
    );
    expect(kinds(percent)).toEqual(['extreme-rate', 'rate-in-percent']);
    const squeezed = stamped(regular);
    squeezed.rate[7] = -0.02;
    expect(kinds(squeezed)).toEqual(['extreme-rate']);
  });

  it('warns of candles without rates at either end', () => {
    const span = { from: START - 30 * DAY_MS, to: regular[99] + 12 * DAY_MS };
    const [finding] = checkFunding(stamped(regular), span);
    expect(finding).toMatchObject({ kind: 'not-covering', severity: 'warning', count: 2 });
    expect(finding.places[0].detail).toContain('30.0 days');
  });

  it('warns of stamps off the hour', () => {
    expect(kinds(stamped([START, START + 90 * 60_000, START + 3 * HOUR_MS]))).toContain('off-hour');
  });

  it('survives any values', () => {
    const odd = fc.oneof(fc.constantFrom(NaN, Infinity, -Infinity, 0, START, START + 5), fc.double());
    fc.assert(
      fc.property(fc.array(fc.tuple(odd, odd), { maxLength: 8 }), (rows) => {
        const series = stamped(
          rows.map(([time]) => time),
          rows.map(([, rate]) => rate),
        );
        const errors = checkFunding(series, undefined).filter((finding) => finding.severity === 'error');
        expect(errors).toEqual(fundingFaults(series));
      }),
      { seed: 8, numRuns: 400 },
    );
  });
});

describe('funding intervals', () => {
  it('lists a squeeze with shorter intervals as changes, not as holes', () => {
    const times = Float64Array.from(stepped([8, 8, 8, 4, 4, 4, 2, 2, 2, 2, 8, 8]));
    expect(fundingRegimes(times).map((regime) => [regime.intervalMs / HOUR_MS, regime.stamps])).toEqual([
      [8, 3],
      [4, 3],
      [2, 4],
      [8, 2],
    ]);
    expect(fundingGaps(times)).toEqual([]);
  });

  it('takes a lone longer step for a hole and goes on with the spacing', () => {
    const times = stepped([4, 4, 8, 4, 4]);
    expect(fundingGaps(Float64Array.from(times))).toEqual([{ from: times[2] + 4 * HOUR_MS, missing: 1 }]);
    expect(fundingRegimes(Float64Array.from(times))).toHaveLength(1);
    const long = stepped([8, 8, 40, 8]);
    expect(fundingGaps(Float64Array.from(long))).toEqual([{ from: long[2] + 8 * HOUR_MS, missing: 4 }]);
  });

  it('takes a lone step between two other spacings for a change', () => {
    const times = Float64Array.from(stepped([2, 2, 4, 8, 8]));
    expect(fundingGaps(times)).toEqual([]);
    expect(fundingRegimes(times).map((regime) => regime.intervalMs / HOUR_MS)).toEqual([2, 4, 8]);
  });

  it('finds exactly the stamps that were taken out of a regular history', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 6 }), (first, missing) => {
        const kept = regular.filter((_, row) => row < first || row >= first + missing);
        expect(fundingGaps(Float64Array.from(kept))).toEqual([{ from: regular[first], missing }]);
      }),
      { seed: 9 },
    );
  });

  it('knows nothing of fewer than two stamps', () => {
    expect(fundingRegimes(new Float64Array())).toEqual([]);
    expect(fundingGaps(Float64Array.of(START))).toEqual([]);
  });
});

// Is a history judged by its days and its holes, whatever the age of the contract?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FLAG_FILLED, type CandleSeries } from '../domain/candle.ts';
import { DAY_MS, HOUR_MS } from '../domain/time.ts';
import { judgeHistory } from './history-policy.ts';

const START = 1_700_000_000_000 - (1_700_000_000_000 % DAY_MS);
const rules = { targetDays: 730, minDays: 90, minCoverage: 0.95 };

function seriesOf(opens: readonly number[], filled: ReadonlySet<number> = new Set()): CandleSeries {
  const column = new Float64Array(opens.length).fill(1);
  return {
    symbol: 'TESTUSDT',
    intervalMs: HOUR_MS,
    length: opens.length,
    openTime: Float64Array.from(opens),
    open: column,
    high: column,
    low: column,
    close: column,
    volume: column,
    flags: Uint8Array.from(opens, (_, bar) => (filled.has(bar) ? FLAG_FILLED : 0)),
  };
}

const hours = (days: number, from = 0): number[] =>
  Array.from({ length: days * 24 }, (_, bar) => START + from + bar * HOUR_MS);
const at = (days: number): number => START + days * DAY_MS;

const reason = (opens: readonly number[], filled?: ReadonlySet<number>) =>
  judgeHistory(seriesOf(opens, filled), at(200), { ...rules, targetDays: 100 });

describe('a history', () => {
  it('is enough when it is long and whole, however young the contract is', () => {
    expect(judgeHistory(seriesOf(hours(800)), at(800), rules)).toEqual({
      kind: 'enough',
      facts: { from: at(70), until: at(800), candles: 730 * 24, days: 730, coverage: 1 },
    });
    expect(judgeHistory(seriesOf(hours(90)), at(90), rules)).toMatchObject({
      kind: 'enough',
      facts: { days: 90, coverage: 1 },
    });
  });

  it('is not when the contract is too young, and says so', () => {
    const verdict = judgeHistory(seriesOf(hours(89)), at(89), rules);
    expect(verdict).toMatchObject({ kind: 'blocked', reasons: ['89.0 days of history, 90 are needed'] });
    expect(judgeHistory(seriesOf([]), at(5), rules)).toMatchObject({ kind: 'blocked', facts: { days: 0, candles: 0 } });
  });

  it('is not when too many candles are missing, at the start, inside, at the end, or were only filled in', () => {
    const whole = hours(200);
    expect(reason(whole).kind).toBe('enough');
    const cut = (from: number, until: number) => whole.filter((open) => open < at(from) || open >= at(until));
    for (const opens of [cut(99, 106), cut(150, 156), cut(194, 200)]) {
      expect(reason(opens)).toMatchObject({
        kind: 'blocked',
        reasons: [expect.stringContaining('of the candles are there')],
      });
    }
    expect(reason(cut(150, 154)).kind).toBe('enough');
    const filled = new Set(whole.flatMap((_, bar) => (bar > 150 * 24 && bar < 156 * 24 ? [bar] : [])));
    expect(reason(whole, filled)).toMatchObject({ kind: 'blocked' });
  });

  it('knows nothing of what comes later', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 }), (days, more) => {
        const now = judgeHistory(seriesOf(hours(days)), at(days), rules);
        expect(judgeHistory(seriesOf(hours(days + more)), at(days), rules)).toEqual(now);
      }),
      { seed: 5, numRuns: 30 },
    );
  });
});

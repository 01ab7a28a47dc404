import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CandleSeries } from '../domain/candle.ts';
import { createFundingSchedule, fundingDue } from '../domain/funding-due.ts';
import { DAY_MS, HOUR_MS } from '../domain/time.ts';
import { INSTRUMENT } from '../../test/scenarios/simulated-market.ts';
import {
  earlierOpenings,
  guardHoldout,
  holdoutOf,
  holdoutStart,
  openHoldout,
  parseOpening,
  planOpenings,
  type HoldoutOpening,
  type OpeningRequest,
} from './holdout.ts';
import type { SymbolMarket } from './market.ts';
import { planSuite } from './plan-suite.ts';

/** 2024-01-01 00:00 UTC. */
const START = 1_704_067_200_000;

function candles(hours: number, intervalMs = HOUR_MS): CandleSeries {
  const length = Math.floor((hours * HOUR_MS) / intervalMs);
  const column = () => Float64Array.from({ length }, (_, index) => 100 + index);
  return {
    symbol: 'AUSDT',
    intervalMs,
    length,
    openTime: Float64Array.from({ length }, (_, index) => START + index * intervalMs),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    flags: new Uint8Array(length).fill(3),
  };
}

function market(hours: number): SymbolMarket {
  const time = Float64Array.from({ length: Math.floor(hours / 8) + 1 }, (_, index) => START + index * 8 * HOUR_MS);
  return {
    symbol: 'AUSDT',
    series: candles(hours),
    funding: { symbol: 'AUSDT', length: time.length, time, rate: time.map((_, index) => index / 1e6) },
    finer: [candles(hours, HOUR_MS / 4), candles(hours, HOUR_MS / 12)],
    instrument: INSTRUMENT,
    provenance: 'test',
    dataHash: 'data',
  };
}

describe('holdoutStart', () => {
  it('is a midnight with at least so many whole days behind it, at most one more', () => {
    expect(holdoutStart(START, 90)).toBe(START - 90 * DAY_MS);
    expect(holdoutStart(START + DAY_MS - 1, 90)).toBe(START - 90 * DAY_MS);
    expect(holdoutStart(START + 5, 0)).toBe(START + 5);
    expect(() => holdoutStart(START, -1)).toThrow('holdout of -1 days');
    expect(() => holdoutStart(START, 1.5)).toThrow();
    fc.assert(
      fc.property(fc.nat(1e9), fc.integer({ min: 1, max: 400 }), (after, days) => {
        const start = holdoutStart(START + after, days);
        expect(start % DAY_MS).toBe(0);
        expect(START + after - start).toBeGreaterThanOrEqual(days * DAY_MS);
        expect(START + after - start).toBeLessThan((days + 1) * DAY_MS);
      }),
      { seed: 1 },
    );
  });

  it('is one instant for markets that end at different times', () => {
    expect(holdoutOf([market(2400), market(48)], 90)).toEqual({ from: START + 10 * DAY_MS, to: START + 100 * DAY_MS });
  });
});

describe('guardHoldout', () => {
  it('leaves nothing at or after the start, not even in the memory behind the columns', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 479 }), fc.constantFrom(0, 1, HOUR_MS / 2), (hours, offset) => {
        const whole = market(480);
        const from = START + hours * HOUR_MS + offset;
        const seen = guardHoldout(whole, { from, stampAtStart: 'hidden' });
        const pairs = [seen.series, ...seen.finer].map(
          (each, at) => [each, [whole.series, ...whole.finer][at]] as const,
        );
        for (const [series, all] of pairs) {
          expect(series.length).toBe(Math.floor((from - START) / series.intervalMs));
          for (const name of ['openTime', 'open', 'high', 'low', 'close', 'volume', 'flags'] as const) {
            const column = series[name];
            expect(column.length).toBe(series.length);
            expect(column.buffer.byteLength).toBe(column.byteLength);
            expect(column).toEqual(all[name].subarray(0, series.length));
          }
          expect(series).toMatchObject({ symbol: 'AUSDT', intervalMs: all.intervalMs });
        }
        const stamps = Math.ceil((from - START) / (8 * HOUR_MS));
        expect(seen.funding?.length).toBe(stamps);
        expect(seen.funding?.time.buffer.byteLength).toBe(8 * stamps);
        expect(seen.funding?.rate.buffer.byteLength).toBe(8 * stamps);
        expect(seen).toMatchObject({ symbol: 'AUSDT', dataHash: 'data', provenance: 'test' });
      }),
      { seed: 2, numRuns: 60 },
    );
  });

  it('shows the stamp that settles the last interval on demand, and that one only', () => {
    const from = START + DAY_MS;
    const due = (stampAtStart: 'hidden' | 'visible') => {
      const { funding } = guardHoldout(market(480), { from, stampAtStart });
      return fundingDue(createFundingSchedule('AUSDT', funding, 8 * HOUR_MS), from - 9 * HOUR_MS, from + 8 * HOUR_MS);
    };
    expect(due('hidden').map(({ rate }) => rate)).toEqual([2e-6, NaN, NaN]);
    expect(due('visible').map(({ rate }) => rate)).toEqual([2e-6, 3e-6, NaN]);
  });

  it('ends the walk-forward at the holdout', () => {
    const whole = market(24 * 400);
    const { from } = holdoutOf([whole], 90);
    const walkForward = { trainDays: 100, testDays: 30, stepDays: 30, embargoHours: 0, mode: 'rolling' } as const;
    const [plan] = planSuite({
      markets: [guardHoldout(whole, { from, stampAtStart: 'hidden' })],
      walkForward,
      years: 5,
    });
    expect(plan.windows).toHaveLength(7);
    expect(plan.windows.at(-1)?.testEnd).toBe(from);
  });

  it('refuses a market that lies in the holdout altogether, and copes without funding', () => {
    const guard = { from: START, stampAtStart: 'hidden' } as const;
    expect(() => guardHoldout(market(48), guard)).toThrow(expect.objectContaining({ code: 'DATA_TOO_SHORT' }));
    const bare = { ...market(48), funding: undefined, finer: [] };
    expect(guardHoldout(bare, { ...guard, from: START + DAY_MS })).toMatchObject({ funding: undefined, finer: [] });
  });

  it('opens for an opening of this very holdout only', () => {
    const whole = market(480);
    const from = START + DAY_MS;
    const [opening] = planOpenings([], request({ holdout: { from, to: START + 20 * DAY_MS } }));
    expect(guardHoldout(whole, { from, stampAtStart: 'hidden', opening })).toBe(whole);
    for (const changes of [{ symbol: 'BUSDT' }, { dataHash: 'other' }, { from: from + 1 }])
      expect(() => guardHoldout(whole, { from, stampAtStart: 'hidden', opening: { ...opening, ...changes } })).toThrow(
        'another holdout',
      );
  });
});

const HOLDOUT = { from: START, to: START + 90 * DAY_MS };

function request(changes: Partial<OpeningRequest> = {}): OpeningRequest {
  return {
    openedAt: START + 91 * DAY_MS,
    runId: 'run-1',
    data: [{ symbol: 'AUSDT', dataHash: 'data' }],
    configHashes: ['c1'],
    holdout: HOLDOUT,
    reason: 'the last look',
    again: false,
    ...changes,
  };
}

describe('planOpenings', () => {
  const first = planOpenings([], request());

  it('writes a line per symbol and configuration, and counts them as one opening', () => {
    const two = request({
      data: [
        { symbol: 'AUSDT', dataHash: 'data' },
        { symbol: 'BUSDT', dataHash: 'more' },
      ],
      configHashes: ['c1', 'c2'],
    });
    const lines = planOpenings([], two);
    expect(lines.map(({ symbol, configHash }) => `${symbol} ${configHash}`)).toEqual([
      'AUSDT c1',
      'AUSDT c2',
      'BUSDT c1',
      'BUSDT c2',
    ]);
    for (const line of lines) {
      expect(line).toMatchObject({ ordinal: 1, again: false, reason: 'the last look', ...HOLDOUT });
      expect(parseOpening(JSON.parse(JSON.stringify(line)))).toEqual(line);
    }
    const [third] = planOpenings([...lines, ...planOpenings(lines, { ...two, again: true, runId: 'run-2' })], {
      ...two,
      again: true,
    });
    expect(third).toMatchObject({ ordinal: 3, again: true });
  });

  it.each<[string, Partial<OpeningRequest>]>([
    ['by another configuration and run', { configHashes: ['c2'], runId: 'run-2' }],
    ['with one more candle stored', { data: [{ symbol: 'AUSDT', dataHash: 'longer' }] }],
    ['under another name', { data: [{ symbol: 'BUSDT', dataHash: 'data' }] }],
    ['over a span that overlaps', { holdout: { from: HOLDOUT.to - 1, to: HOLDOUT.to + DAY_MS } }],
  ])('refuses a second opening %s, and marks one that is forced', (_how, changes) => {
    expect(() => planOpenings(first, request(changes))).toThrow(
      expect.objectContaining({
        code: 'HOLDOUT_OPENED',
        message: expect.stringContaining('was opened on 2024-04-01 by run-1 (the last look)'),
      }),
    );
    expect(planOpenings(first, request({ ...changes, again: true }))).toMatchObject([{ ordinal: 2, again: true }]);
  });

  it('lets new data be opened, and other symbols', () => {
    const later = { holdout: { from: HOLDOUT.to, to: HOLDOUT.to + DAY_MS } };
    expect(planOpenings(first, request({ ...later, data: [{ symbol: 'AUSDT', dataHash: 'new' }] }))).toHaveLength(1);
    expect(planOpenings(first, request({ data: [{ symbol: 'BUSDT', dataHash: 'b' }] }))[0]).toMatchObject({
      ordinal: 1,
    });
    expect(earlierOpenings(first, { symbol: 'AUSDT', dataHash: 'new' }, HOLDOUT)).toEqual(first);
  });

  it('wants a reason and a holdout', () => {
    expect(() => planOpenings([], request({ reason: ' ' }))).toThrow(
      expect.objectContaining({ code: 'ARGUMENT_INVALID' }),
    );
    expect(() => planOpenings([], request({ holdout: { from: 5, to: 5 } }))).toThrow('no holdout');
    expect(parseOpening({ ...first[0], reason: '' })).toBeUndefined();
  });

  it('opens through the ledger, which decides on what it holds at that moment', async () => {
    const kept: HoldoutOpening[] = [];
    const ledger = {
      entries: async () => kept,
      append: async (plan: (known: readonly HoldoutOpening[]) => readonly HoldoutOpening[]) => {
        const added = plan(kept);
        kept.push(...added);
        return added;
      },
    };
    expect(await openHoldout(ledger, request())).toEqual(kept);
    await expect(openHoldout(ledger, request({ runId: 'run-2' }))).rejects.toMatchObject({ code: 'HOLDOUT_OPENED' });
    expect(kept).toHaveLength(1);
  });
});

// L15: is the next canary due when it should be, and does it order where it disturbs least?
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { INSTRUMENT } from '../../../test/scenarios/simulated-market.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../domain/time.ts';
import type { VenueInstrument, VenueTicker } from '../../ports/venue-market.ts';
import { canaryDueAt, chooseContract, type CanaryMarket, type CanaryRules } from './canary-plan.ts';
import type { CanaryRecord } from './canary-record.ts';

const RULES: CanaryRules = {
  symbol: undefined,
  hourMs: 3 * HOUR_MS,
  everyMs: DAY_MS,
  patienceMs: 5 * MINUTE_MS,
  retryMs: 15 * MINUTE_MS,
  maxAgeMs: 49 * HOUR_MS,
};
const MIDNIGHT = Date.UTC(2024, 5, 1);
const record = (more: Partial<CanaryRecord>): CanaryRecord => ({
  symbol: 'AUSDT',
  startedAt: MIDNIGHT,
  endedAt: MIDNIGHT + MINUTE_MS,
  outcome: 'passed',
  failedStep: undefined,
  reason: undefined,
  passedAt: undefined,
  ...more,
});

describe('the next canary', () => {
  it('is due at once where none ever was', () => expect(canaryDueAt(undefined, RULES)).toBe(-Infinity));

  it.each([
    [MIDNIGHT, MIDNIGHT + 3 * HOUR_MS],
    [MIDNIGHT + 3 * HOUR_MS, MIDNIGHT + 27 * HOUR_MS],
    [MIDNIGHT + 26 * HOUR_MS, MIDNIGHT + 27 * HOUR_MS],
  ])('is due at the next of its hours after one that passed', (startedAt, due) =>
    expect(canaryDueAt(record({ startedAt }), RULES)).toBe(due),
  );

  it('is due after a while where one failed, or was killed', () => {
    expect(canaryDueAt(record({ outcome: 'failed' }), RULES)).toBe(MIDNIGHT + 16 * MINUTE_MS);
    expect(canaryDueAt(record({ outcome: undefined, endedAt: undefined }), RULES)).toBe(MIDNIGHT + 15 * MINUTE_MS);
  });

  it('comes once in every span, whatever hour and span', () => {
    const spans = fc.record({
      hourMs: fc.integer({ min: 0, max: 23 }).map((hour) => hour * HOUR_MS),
      everyMs: fc.integer({ min: 1, max: 168 }).map((hours) => hours * HOUR_MS),
      startedAt: fc.integer({ min: 0, max: 2_000_000_000_000 }),
    });
    fc.assert(
      fc.property(spans, ({ startedAt, ...rules }) => {
        const due = canaryDueAt(record({ startedAt }), { ...RULES, ...rules });
        expect(due).toBeGreaterThan(startedAt);
        expect(due - startedAt).toBeLessThanOrEqual(rules.everyMs);
        // The one after it, begun at its hour, is due just a span later.
        expect(canaryDueAt(record({ startedAt: due }), { ...RULES, ...rules })).toBe(due + rules.everyMs);
      }),
    );
  });
});

const listed = (symbol: string, more: Partial<VenueInstrument> = {}): VenueInstrument => ({
  instrument: { ...INSTRUMENT, symbol },
  baseCurrency: symbol.replace('USDT', ''),
  quoteCurrency: 'USDT',
  status: 'trading',
  listedAt: undefined,
  delistingAt: undefined,
  fundingIntervalHours: 8,
  maxLimitQuantity: 1_000,
  ...more,
});
const ticker = (symbol: string, tradedValue24h: number, lastPrice = 100): VenueTicker => ({
  symbol,
  lastPrice,
  markPrice: undefined,
  bid: undefined,
  ask: undefined,
  tradedValue24h,
  fundingRate: undefined,
  nextFundingTime: undefined,
});
const MARKET: CanaryMarket = {
  listed: ['AUSDT', 'BUSDT', 'CUSDT', 'DUSDT'].map((symbol) => listed(symbol)),
  tickers: [ticker('AUSDT', 9), ticker('BUSDT', 7), ticker('CUSDT', 5), ticker('DUSDT', 8)],
  available: 10_000,
  occupied: new Set(),
  isTraded: (symbol) => symbol === 'AUSDT' || symbol === 'DUSDT',
  isFree: () => true,
};
const chosen = (wanted: string | undefined, more: Partial<CanaryMarket> = {}): string => {
  const choice = chooseContract(wanted, { ...MARKET, ...more });
  return choice.kind === 'chosen' ? choice.instrument.symbol : choice.reason;
};

describe('the contract', () => {
  it('is the most traded one that the bot does not trade', () => expect(chosen(undefined)).toBe('BUSDT'));

  it('is another one where something is held or ordered there', () => {
    expect(chosen(undefined, { occupied: new Set(['BUSDT']) })).toBe('CUSDT');
    expect(chosen(undefined, { occupied: new Set(['BUSDT', 'CUSDT']) })).toBe('AUSDT');
  });

  it('is one of the bot only while nothing of it is there', () => {
    const occupied = new Set(['BUSDT', 'CUSDT']);
    expect(chosen(undefined, { occupied, isFree: (symbol) => symbol === 'DUSDT' })).toBe('DUSDT');
    expect(chosen(undefined, { occupied, isFree: () => false })).toMatch(/held or ordered/);
  });

  it('is traded now, and one that the margin suffices for', () => {
    const closing = MARKET.listed.map((each) =>
      each.instrument.symbol === 'BUSDT' ? { ...each, status: 'closing' as const } : each,
    );
    expect(chosen(undefined, { listed: closing })).toBe('CUSDT');
    expect(chosen(undefined, { tickers: MARKET.tickers.filter(({ symbol }) => symbol !== 'BUSDT') })).toBe('CUSDT');
    const dear = { ...INSTRUMENT, symbol: 'BUSDT', minQuantity: 100 };
    const listedDear = MARKET.listed.map((each) =>
      each.instrument.symbol === 'BUSDT' ? { ...each, instrument: dear } : each,
    );
    expect(chosen(undefined, { listed: listedDear })).toBe('CUSDT');
    expect(chosen(undefined, { available: 1 })).toMatch(/margin/);
  });

  it('is the one that was asked for, or none', () => {
    expect(chosen('AUSDT')).toBe('AUSDT');
    expect(chosen('AUSDT', { isFree: () => false })).toMatch(/held or ordered/);
    expect(chosen('XUSDT')).toMatch(/XUSDT is not listed/);
  });
});

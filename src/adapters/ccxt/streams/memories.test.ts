// Is everything told once, and never backwards? Candles, executions, orders and tickers under repetition and disorder.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candle } from '../../../domain/candle.ts';
import { HOUR_MS } from '../../../domain/time.ts';
import type { OrderState, VenueOrder } from '../../../ports/venue-account.ts';
import { createBackOff } from './back-off.ts';
import { createCandleMemory } from './candle-memory.ts';
import { createExecutionMemory } from './execution-memory.ts';
import { createOrderMemory } from './order-memory.ts';
import { createTickerMemory } from './ticker-memory.ts';

const candle = (hour: number, close = 100): Candle => ({
  openTime: hour * HOUR_MS,
  closeTime: (hour + 1) * HOUR_MS,
  open: 100,
  high: 200,
  low: 50,
  close,
  volume: 1,
  flags: 0,
});

const order = (
  state: OrderState,
  filledQuantity: number,
  updatedAt: number,
  change: Partial<VenueOrder> = {},
): VenueOrder => ({
  symbol: 'BTCUSDT',
  venueOrderId: 'v1',
  clientOrderId: 'c1',
  parentClientOrderId: undefined,
  origin: 'client',
  side: 'buy',
  type: 'limit',
  state,
  quantity: 10,
  filledQuantity,
  averagePrice: undefined,
  price: 100,
  triggerPrice: undefined,
  reduceOnly: false,
  closesPosition: false,
  reason: undefined,
  createdAt: updatedAt,
  updatedAt,
  conditional: false,
  ...change,
});

const heard = (memory: ReturnType<typeof createCandleMemory>, hour: number, confirmed: boolean, close = 100) => {
  const { isNew, missingFrom } = memory.judge({ candle: candle(hour, close), confirmed });
  return [isNew, missingFrom === undefined ? undefined : missingFrom / HOUR_MS];
};

const other = (id: string, at: number) => order('new', 0, at, { venueOrderId: id, clientOrderId: id });

describe('candles', () => {
  it('the same values are told once, the end once more', () => {
    const memory = createCandleMemory(HOUR_MS);
    expect(heard(memory, 5, false)).toEqual([true, undefined]);
    expect(heard(memory, 5, false)).toEqual([false, undefined]);
    expect(heard(memory, 5, false, 101)).toEqual([true, undefined]);
    expect(heard(memory, 5, true, 101)).toEqual([true, undefined]);
    expect(heard(memory, 5, true, 101)).toEqual([false, undefined]);
    expect(heard(memory, 5, false, 99)).toEqual([false, undefined]);
    expect(heard(memory, 6, false)).toEqual([true, undefined]);
  });

  it('another end is a revision', () => {
    const memory = createCandleMemory(HOUR_MS);
    heard(memory, 5, true);
    heard(memory, 6, false);
    expect(heard(memory, 5, true, 102)).toEqual([true, undefined]);
    expect(heard(memory, 5, false, 103)).toEqual([false, undefined]);
  });

  it('what was left out is noticed by the next candle', () => {
    const memory = createCandleMemory(HOUR_MS);
    heard(memory, 5, true);
    expect(heard(memory, 8, false)).toEqual([true, 6]);
    expect(heard(memory, 9, false)).toEqual([true, 8]);
    expect(heard(memory, 4, false)).toEqual([false, undefined]);
    expect(heard(memory, 8, true)).toEqual([true, undefined]);
  });

  it('whatever is lost, repeated or late: a candle that closed was told as closed, or its loss is told once a later one comes', () => {
    const message = fc.record({ hour: fc.integer({ min: 0, max: 30 }), confirmed: fc.boolean() });
    fc.assert(
      fc.property(fc.array(message, { minLength: 1, maxLength: 60 }), (messages) => {
        const memory = createCandleMemory(HOUR_MS);
        const closed = new Set<number>();
        let first = Infinity;
        let newest = -Infinity;
        let missing = Infinity;
        for (const { hour, confirmed } of messages) {
          const verdict = memory.judge({ candle: candle(hour), confirmed });
          if (first === Infinity) first = hour;
          if (verdict.missingFrom !== undefined)
            for (let lost = verdict.missingFrom / HOUR_MS; lost < hour; lost += 1) closed.add(lost);
          if (verdict.isNew && confirmed) closed.add(hour);
          newest = Math.max(newest, hour);
          missing = Math.min(missing, verdict.missingFrom ?? Infinity);
        }
        for (let hour = first; hour < newest; hour += 1) expect(closed.has(hour)).toBe(true);
      }),
      { seed: 1, numRuns: 2_000 },
    );
  });
});

describe('executions', () => {
  it('each is told once, in bounded memory', () => {
    const memory = createExecutionMemory(3);
    expect(['a', 'b', 'a', 'c', 'd', 'b', 'a'].map((id) => memory.isNew(id))).toEqual([
      true,
      true,
      false,
      true,
      true,
      false,
      true,
    ]);
  });
});

describe('orders', () => {
  it('a late message does not open what was filled', () => {
    const memory = createOrderMemory();
    expect(memory.take(order('new', 0, 10))).toBeDefined();
    expect(memory.take(order('filled', 10, 12))).toBeDefined();
    expect(memory.take(order('new', 0, 10))).toBeUndefined();
    expect(memory.take(order('partly-filled', 4, 11))).toBeUndefined();
    expect(memory.take(order('cancelled', 10, 13))).toBeUndefined();
    expect(memory.take(order('filled', 10, 12))).toBeUndefined();
  });

  it('at one time, what has filled more is later; an amendment is news', () => {
    const memory = createOrderMemory();
    memory.take(order('partly-filled', 5, 10));
    expect(memory.take(order('partly-filled', 3, 10))).toBeUndefined();
    expect(memory.take(order('partly-filled', 5, 10, { price: 101 }))).toBeDefined();
    expect(memory.take(order('partly-filled', 5, 10, { price: 101 }))).toBeUndefined();
  });

  it('keeps the first creation that it heard of', () => {
    const memory = createOrderMemory();
    memory.take(order('new', 0, 10));
    expect(memory.take(order('filled', 10, 12))?.createdAt).toBe(10);
  });

  it('whatever comes: time and fills never fall, an end is an end', () => {
    const message = fc.record({
      state: fc.constantFrom<OrderState>('untriggered', 'new', 'partly-filled', 'filled', 'cancelled', 'rejected'),
      filled: fc.integer({ min: 0, max: 10 }),
      at: fc.integer({ min: 0, max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(message, { maxLength: 40 }), (messages) => {
        const memory = createOrderMemory();
        let last: VenueOrder | undefined;
        for (const { state, filled, at } of messages) {
          const told = memory.take(order(state, filled, at));
          if (told === undefined) continue;
          if (last !== undefined) {
            expect(told.filledQuantity).toBeGreaterThanOrEqual(last.filledQuantity);
            expect(told.updatedAt).toBeGreaterThanOrEqual(last.updatedAt);
            if (['filled', 'cancelled', 'rejected'].includes(last.state)) expect(told.state).toBe(last.state);
          }
          last = told;
        }
      }),
      { seed: 2, numRuns: 2_000 },
    );
  });

  it('forgets the order that was touched longest ago', () => {
    const memory = createOrderMemory(2);
    memory.take(other('a', 1));
    memory.take(other('b', 1));
    memory.take(other('a', 2));
    memory.take(other('c', 1));
    expect(memory.take(other('a', 2))).toBeUndefined();
    expect(memory.take(other('b', 1))).toBeDefined();
  });
});

describe('tickers', () => {
  it('changes are laid over what is known, and nothing is handed on before there is a price', () => {
    const memory = createTickerMemory();
    expect(memory.merge('X', { markPrice: 9 }, false)).toBeUndefined();
    expect(memory.merge('X', { lastPrice: 10 }, false)).toMatchObject({ lastPrice: 10, markPrice: 9, bid: undefined });
    expect(memory.merge('X', { lastPrice: 11 }, true)).toMatchObject({ lastPrice: 11, markPrice: undefined });
    memory.forget();
    expect(memory.merge('X', { markPrice: 9 }, false)).toBeUndefined();
  });
});

describe('back-off', () => {
  it('doubles from half to whole of its step, up to the longest, and begins anew', () => {
    const backOff = createBackOff({ firstMs: 500, longestMs: 4_000 }, () => 0.5);
    expect([1, 2, 3, 4, 5, 6].map(() => backOff.next())).toEqual([375, 750, 1_500, 3_000, 3_000, 3_000]);
    backOff.reset();
    expect(backOff.next()).toBe(375);
  });
});

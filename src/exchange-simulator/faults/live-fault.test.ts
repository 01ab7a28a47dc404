// Is a fault in force when its script says so? Triggers, spans, counts, narrowing, and the same faults again from the same seed.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { faultDesk, type FaultDesk } from '../../../test/scenarios/exchange-simulator/fault-desk.ts';
import { HOUR, START, SYMBOL } from '../../../test/scenarios/simulated-market.ts';
import { FAULT_CATALOGUE } from './catalogue.ts';
import type { HttpFate } from './fault-pipeline.ts';

const at = (hours: number): string => new Date(START + hours * HOUR).toISOString();
const hits = (fates: readonly HttpFate[]): readonly boolean[] => fates.map(({ kind }) => kind !== 'pass');
const creates = (desk: FaultDesk, times: number): readonly boolean[] =>
  hits(Array.from({ length: times }, () => desk.create()));

describe('when a fault begins', () => {
  it('without a trigger it is in force from the beginning, until it is cleared', () => {
    const desk = faultDesk([{ fault: 1 }]);
    expect(creates(desk, 3)).toEqual([true, true, true]);
    expect(desk.faults.clear('f1')).toBe(true);
    expect(creates(desk, 1)).toEqual([false]);
    expect(desk.faults.clear('f1')).toBe(false);
  });

  it('at a market time, for the matches after it', () => {
    const desk = faultDesk([{ fault: 1, at: at(2), count: 2 }]);
    expect(creates(desk, 2)).toEqual([false, false]);
    desk.advance(START + 2 * HOUR - 1);
    expect(creates(desk, 1)).toEqual([false]);
    desk.advance(START + 2 * HOUR);
    expect(creates(desk, 3)).toEqual([true, true, false]);
  });

  it('with the n-th match alone', () => {
    const desk = faultDesk([{ fault: 1, request: 3 }]);
    desk.request('/v5/market/time');
    expect(creates(desk, 5)).toEqual([false, false, true, false, false]);
  });

  it('with the n-th match and for a span of market time from there', () => {
    const desk = faultDesk([{ fault: 1, request: 2, for: '1h' }]);
    expect(creates(desk, 3)).toEqual([false, true, true]);
    desk.advance(START + HOUR - 1);
    expect(creates(desk, 1)).toEqual([true]);
    desk.advance(START + HOUR);
    expect(creates(desk, 1)).toEqual([false]);
  });

  it('for a span of wall time', () => {
    const desk = faultDesk([{ fault: 1, request: 1, for_wall: '2s' }]);
    expect(creates(desk, 2)).toEqual([true, true]);
    desk.clock.advance(1_999);
    expect(creates(desk, 1)).toEqual([true]);
    desk.clock.advance(1);
    expect(creates(desk, 1)).toEqual([false]);
  });

  it('ends with whichever of count and span comes first', () => {
    const desk = faultDesk([{ fault: 1, at: at(0), count: 2, for: '1h' }]);
    expect(creates(desk, 1)).toEqual([true]);
    desk.advance(START + HOUR);
    expect(creates(desk, 1)).toEqual([false]);
  });

  it('again and again, and at most so often', () => {
    const desk = faultDesk([{ fault: 1, every: '2h', at_most: 2 }]);
    const seen = Array.from({ length: 9 }, (_, hour) => {
      desk.advance(START + hour * HOUR);
      return creates(desk, 2);
    });
    expect(seen.map(([first]) => first)).toEqual([false, false, true, false, true, false, false, false, false]);
    expect(seen.every(([, second]) => !second)).toBe(true);
  });

  it('keeps its beat when it is asked late', () => {
    const desk = faultDesk([{ fault: 1, every: '2h' }]);
    const late = [2.5, 3.5, 4.25].map((hour) => {
      desk.exchange.advanceTo(START + hour * HOUR);
      return creates(desk, 1)[0];
    });
    expect(late).toEqual([true, false, true]);
  });

  it('by chance, as often as the rate says', () => {
    const desk = faultDesk([{ fault: 1, rate: 0.2 }]);
    const met = creates(desk, 5_000).filter(Boolean).length;
    // Binomial: 1000 expected, deviation 28; four of them either way.
    expect(met).toBeGreaterThan(887);
    expect(met).toBeLessThan(1_113);
    expect(creates(faultDesk([{ fault: 1, rate: 0 }]), 100)).not.toContain(true);
    expect(creates(faultDesk([{ fault: 1, rate: 1 }]), 100)).not.toContain(false);
  });

  it('only for what it is narrowed to', () => {
    const desk = faultDesk([
      { fault: 1, symbol: SYMBOL },
      { fault: 8, path: '/v5/market/kline' },
    ]);
    expect(desk.create({ symbol: 'OTHERUSDT' }).kind).toBe('pass');
    expect(desk.create().kind).toBe('no-reply');
    expect(desk.request('/v5/market/tickers').kind).toBe('pass');
    expect(desk.request('/v5/market/kline').kind).toBe('reset');
    const frames = faultDesk([
      { fault: 19, topic: 'order', count: 9 },
      { fault: 18, channel: 'public', delay_ms: 5 },
    ]);
    expect(frames.frame('order', 'x')).toEqual([]);
    expect(frames.frame('execution', 'x')).toEqual([['x', 0]]);
    expect(frames.frame('tickers.TESTUSDT', 'x', { channel: 'public' })).toEqual([['x', 5]]);
    expect(frames.frame('pong', 'x', { channel: 'public' })).toEqual([['x', 0]]);
  });

  it('acts at its own moment while market time runs on, in the order of time', () => {
    const desk = faultDesk([
      { fault: 51, at: at(5), prefix: 'late-' },
      { fault: 51, at: at(2), prefix: 'early-' },
      { fault: 41, every: '3h', leverage: 2 },
    ]);
    desk.advance(START + 6 * HOUR);
    expect(desk.faults.log().map(({ time, row }) => [(time - START) / HOUR, row])).toEqual([
      [2, 51],
      [3, 41],
      [5, 51],
      [6, 41],
    ]);
  });

  it('counts closes one by one, however far market time jumps', () => {
    const desk = faultDesk([{ fault: 22, request: 3, announce: false }]);
    desk.advance(START + 6 * HOUR);
    expect(desk.faults.log().map(({ time }) => (time - START) / HOUR)).toEqual([3]);
  });

  it('takes back what lasts at the end of its span, at the very moment', () => {
    const desk = faultDesk([{ fault: 40, at: at(1), for: '2h' }]);
    const states = [1, 2, 3, 4].map((hour) => {
      desk.advance(START + hour * HOUR);
      return desk.exchange.position(SYMBOL).reduceOnly;
    });
    expect(states).toEqual([true, true, false, false]);
  });

  it('waits for something to meet, and gives up at the end of its span', () => {
    const desk = faultDesk([
      { fault: 43, at: at(1) },
      { fault: 43, at: at(1), for: '1h' },
    ]);
    desk.advance(START + 3 * HOUR);
    expect(desk.rows()).toEqual([]);
    desk.exchange.place({
      clientOrderId: 'late',
      symbol: SYMBOL,
      side: 'buy',
      type: 'market',
      quantity: 1,
      reduceOnly: false,
    });
    desk.advance(START + 4 * HOUR);
    expect(desk.faults.log()).toMatchObject([{ fault: 'f1', row: 43, target: SYMBOL, time: START + 3 * HOUR }]);
    expect(desk.exchange.position(SYMBOL).quantity).toBe(0.5);
  });
});

describe('several faults', () => {
  it('the first that settles a request wins; the other keeps its match for later', () => {
    const desk = faultDesk([
      { fault: 1, request: 1 },
      { fault: 2, at: at(0), count: 1 },
    ]);
    expect([desk.create().kind, desk.create().kind, desk.create().kind]).toEqual(['no-reply', 'replace', 'pass']);
  });

  it('delays add up, and changes of a reply follow each other', () => {
    const desk = faultDesk([
      { fault: 9, delay_ms: 100 },
      { fault: 9, delay_ms: 20 },
    ]);
    expect(desk.create()).toMatchObject({ kind: 'pass', delayMs: 120 });
    const late = faultDesk([
      { fault: 18, delay_ms: 30 },
      { fault: 18, delay_ms: 20 },
    ]);
    expect(late.frame('order', 'x')).toEqual([['x', 50]]);
    const frames = faultDesk([
      { fault: 16, copies: 1 },
      { fault: 18, delay_ms: 30, channel: 'private' },
    ]);
    expect(frames.frame('order', 'x')).toEqual([
      ['x', 30],
      ['x', 30],
    ]);
  });

  it('are added, listed and cleared while everything runs', () => {
    const desk = faultDesk([]);
    expect(desk.faults.add({ fault: 1, request: 2 })).toEqual({ id: 'f1' });
    expect(desk.faults.add({ fault: 1, symbol: 'TESTUSD' })).toEqual({
      problems: ['faults[0].symbol: the exchange does not list TESTUSD; did you mean TESTUSDT?'],
    });
    expect(desk.faults.add({ fault: 'nothing' })).toHaveProperty('problems');
    expect(creates(desk, 3)).toEqual([false, true, false]);
    expect(desk.faults.list()).toMatchObject([
      { id: 'f1', row: 1, state: 'over', matches: 3, begun: 1, hits: 1, trigger: { kind: 'nth', nth: 2 } },
    ]);
    expect(desk.faults.set({ faults: [{ fault: 2 }, { fault: 77 }] })).toEqual([
      'faults[1].fault: there is no fault 77; rows 1 to 52, or their names',
    ]);
    expect(desk.faults.list()).toHaveLength(1);
    expect(desk.faults.set({ faults: [{ fault: 2 }] })).toEqual([]);
    expect(desk.faults.list()).toMatchObject([{ id: 'f1', row: 2 }]);
    expect(desk.create().kind).toBe('replace');
    desk.faults.clear();
    expect(desk.faults.list()).toEqual([]);
    expect(desk.create().kind).toBe('pass');
  });

  it('that are cleared take back what they changed', () => {
    const desk = faultDesk([{ fault: 40 }]);
    desk.advance(START + HOUR);
    expect(desk.exchange.position(SYMBOL).reduceOnly).toBe(true);
    desk.faults.clear();
    expect(desk.exchange.position(SYMBOL).reduceOnly).toBe(false);
  });

  it('with whom nothing is injected let everything pass as it is', () => {
    const desk = faultDesk([]);
    expect(desk.create()).toEqual({ kind: 'pass', delayMs: 0, rewrite: undefined });
    expect(desk.frame('order', 'x')).toEqual([['x', 0]]);
    expect(desk.faults.nextTime()).toBe(Infinity);
    expect(desk.faults.clockOffsetMs()).toBe(0);
    expect(desk.faults.orderLagMs()).toBe(0);
  });

  it('keep a log with market time, wall time, row and target', () => {
    const desk = faultDesk([{ fault: 1, request: 1 }]);
    desk.advance(START + 90 * 60_000);
    desk.create();
    expect(desk.faults.log()).toEqual([
      {
        time: START + 90 * 60_000,
        wallTime: desk.clock.now(),
        fault: 'f1',
        row: 1,
        name: 'create-times-out-after-acceptance',
        target: 'POST /v5/order/create',
      },
    ]);
  });
});

type Question = readonly [kind: 'create' | 'kline' | 'order' | 'candle' | 'wall' | 'market', amount: number];

/** Everything that the faults answered to the questions. */
function answers(faults: readonly object[], seed: number, questions: readonly Question[]): unknown[] {
  const desk = faultDesk(faults, { seed });
  const said = questions.map(([kind, amount], index) => {
    switch (kind) {
      case 'create':
        return desk.create();
      case 'kline':
        return desk.request('/v5/market/kline').kind;
      case 'order':
        return desk.frame('order', JSON.stringify({ data: [{ orderId: `o${amount}`, state: index }] }));
      case 'candle':
        return desk.frame('kline.60.TESTUSDT', '{"data":[{"confirm":true}]}', { channel: 'public' });
      case 'wall':
        return desk.clock.advance(amount * 100);
      case 'market':
        return desk.advance(desk.exchange.now + amount * 600_000);
    }
  });
  return [said, desk.faults.log()];
}

describe('the same seed', () => {
  const row = fc.constantFrom(...FAULT_CATALOGUE.map(({ number }) => number));
  const entry = fc.oneof(
    fc.record({ fault: row, rate: fc.double({ min: 0, max: 1, noNaN: true }) }),
    fc.record({ fault: row, request: fc.integer({ min: 1, max: 6 }) }),
    fc.record({ fault: row, every: fc.constantFrom('20m', '1h', '3h') }),
    fc.record({ fault: row, at: fc.constantFrom(at(0), at(1.5), at(3)) }),
  );
  const question = fc.tuple(
    fc.constantFrom('create', 'kline', 'order', 'candle', 'wall', 'market'),
    fc.integer({ min: 0, max: 4 }),
  ) as fc.Arbitrary<Question>;

  it('and the same questions give the same faults, for any rows in any mix', () => {
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 6 }),
        fc.nat(99),
        fc.array(question, { maxLength: 25 }),
        (faults, seed, asked) => {
          expect(JSON.stringify(answers(faults, seed, asked))).toBe(JSON.stringify(answers(faults, seed, asked)));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('another seed gives others, and a further fault does not change what chance gave to one before it', () => {
    const asked = Array.from({ length: 60 }, () => ['create', 0] as const);
    const faults = [{ fault: 1, rate: 0.3 }];
    const seen = JSON.stringify(answers(faults, 1, asked));
    expect(JSON.stringify(answers(faults, 2, asked))).not.toBe(seen);
    const more = JSON.stringify(answers([...faults, { fault: 7, rate: 0 }], 1, asked));
    expect(more).toBe(seen);
  });
});

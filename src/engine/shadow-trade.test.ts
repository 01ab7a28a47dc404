// Does a shadow trade end as the real one would have? The same bars through the engine with money and without.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { botOf, paramsOf, signalsAt, type Prices } from '../../test/scenarios/engine/scripted-bot.ts';
import { FLAG_FILLED, type Candle } from '../domain/candle.ts';
import { HOUR_MS } from '../domain/time.ts';
import { advanceShadow } from './shadow-trade.ts';
import type { ShadowTrade } from './state.ts';

const CALM_BARS = 3;

/** Bars whose opens are the closes before them, on whole cents; 1.2 % moves reach both barriers. */
const bars = fc
  .array(
    fc.record({
      move: fc.integer({ min: -120, max: 120 }),
      up: fc.nat({ max: 150 }),
      down: fc.nat({ max: 150 }),
      filled: fc.integer({ min: 0, max: 9 }).map((draw) => draw === 0),
    }),
    { minLength: 12, maxLength: 12 },
  )
  .map((steps) => {
    let price = 10_000;
    return steps.map(({ move, up, down, filled }) => {
      const open = price;
      if (!filled) price = open + move;
      const high = filled ? open : Math.max(open, price) + up;
      const low = filled ? open : Math.min(open, price) - down;
      const prices: Prices = [open / 100, high / 100, low / 100, price / 100];
      return { prices, flags: filled ? FLAG_FILLED : 0 };
    });
  });

const candleOf = (bar: number, [open, high, low, close]: Prices, flags = 0): Candle => ({
  openTime: bar * HOUR_MS,
  closeTime: (bar + 1) * HOUR_MS,
  open,
  high,
  low,
  close,
  volume: 1,
  flags,
});

describe('a shadow trade', () => {
  it('returns what the real trade returns, to a tick (property)', () => {
    fc.assert(
      fc.property(bars, fc.constantFrom(1 as const, -1 as const), (candles, direction) => {
        const bot = botOf({ script: signalsAt([CALM_BARS - 1], direction) });
        const params = paramsOf();
        const shadow: ShadowTrade = { direction, entry: undefined, leaving: false };
        let shadowReturn: number | undefined;
        for (const { prices, flags } of candles) {
          bot.flagged(flags, prices);
          const [open, high, low, close] = prices;
          const closeTime = bot.time;
          const openTime = closeTime - HOUR_MS;
          const candle: Candle = { openTime, closeTime, open, high, low, close, volume: 1, flags };
          shadowReturn ??= advanceShadow(shadow, candle, { params, barMs: HOUR_MS, signalsExit: false });
        }
        const [real] = bot.state.roundTrips;
        if (real === undefined) {
          expect(shadowReturn).toBeUndefined();
          return;
        }
        const realReturn = real.netPnl / (real.entryPrice * real.quantity);
        const tick = 0.01 / real.entryPrice;
        expect(Math.abs((shadowReturn ?? NaN) - realReturn)).toBeLessThan(1.01 * tick);
      }),
      { seed: 11, numRuns: 400 },
    );
  });

  it('ends at the open after a signal to the other side', () => {
    const shadow: ShadowTrade = { direction: 1, entry: undefined, leaving: false };
    const rules = { params: paramsOf(), barMs: HOUR_MS };
    expect(advanceShadow(shadow, candleOf(0, [100, 101, 100, 101]), { ...rules, signalsExit: false })).toBeUndefined();
    expect(advanceShadow(shadow, candleOf(1, [101, 101, 101, 101]), { ...rules, signalsExit: true })).toBeUndefined();
    // It would have gained more by its target.
    const net = advanceShadow(shadow, candleOf(2, [101, 104, 101, 104]), { ...rules, signalsExit: false });
    expect(net).toBeCloseTo(0.01 - 0.001 * 2.01, 12);
  });

  it('pays fee and slippage on both sides', () => {
    const params = { ...paramsOf({ exits: { maxHoldBars: 1 } }), shadowCosts: { fee: 0.001, slippage: 0.002 } };
    const shadow: ShadowTrade = { direction: -1, entry: undefined, leaving: false };
    const nets = [0, 1].map((bar) =>
      advanceShadow(shadow, candleOf(bar, [100, 100, 100, 100]), { params, barMs: HOUR_MS, signalsExit: false }),
    );
    const [entry, exit] = [99.8, 100.2];
    expect(nets[0]).toBeUndefined();
    expect(nets[1]).toBeCloseTo(-(exit - entry) / entry - 0.001 * (1 + exit / entry), 12);
  });
});

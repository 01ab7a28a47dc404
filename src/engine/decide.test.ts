// Is an entry sized as its trace says? The factors in their order, the cap, whole lots, and what makes a decision impossible.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  A,
  botOf,
  calm,
  modelOf,
  ordersOf,
  signalsAt,
  type Bot,
  type BotSetup,
  type Prices,
} from '../../test/scenarios/engine/scripted-bot.ts';
import { FLAG_FILLED, FLAG_SEGMENT_START } from '../domain/candle.ts';

const EQUITY = 1_000_000;

const quantities = (bot: Bot): number[] => ordersOf(bot.commands).map(({ quantity }) => quantity);

const fraction = (max: number): fc.Arbitrary<number> => fc.double({ min: 0.2, max, noNaN: true });

const wild: BotSetup['script'] = (bar) => ({
  signal: bar === 3 ? 1 : 0,
  regime: 'HIGH_VOLATILITY',
  regimeSize: 0.5,
});

const sizeOf = (setup: Partial<BotSetup>, mode: 'NORMAL' | 'REDUCED' = 'NORMAL'): number => {
  const bot = botOf({ script: signalsAt([3]), guard: { enabled: true }, ...setup });
  bot.state.guard.mode = mode;
  return quantities({ ...bot, commands: bot.bar(calm(100)) })[0];
};

describe('the size of an entry', () => {
  it('is the product of its factors up to the cap and one lot, for any of them (property)', () => {
    fc.assert(
      fc.property(
        fc.record({
          base: fc.double({ min: 0.05, max: 0.4, noNaN: true }),
          cap: fraction(1),
          confidence: fc.double({ min: 0.6, max: 1, noNaN: true }),
          target: fc.double({ min: 0.002, max: 0.1, noNaN: true }),
          regime: fraction(1),
          reducedSize: fraction(1),
          reduced: fc.boolean(),
          leverage: fc.integer({ min: 1, max: 20 }),
          moves: fc.array(fc.double({ min: -0.03, max: 0.03, noNaN: true }), { minLength: 3, maxLength: 3 }),
        }),
        (given) => {
          const bot = botOf({
            script: (bar) => ({ signal: bar === 2 ? 1 : 0, regimeSize: given.regime }),
            metaModel: 'on',
            model: modelOf({ baseRate: given.confidence }),
            calmBars: 0,
            equity: EQUITY,
            risk: {
              basePositionFraction: given.base,
              maxPositionFraction: Math.max(given.base, given.cap),
              dailyVolatilityTarget: given.target,
              maxLeverage: given.leverage,
            },
            sizing: { confidenceScaling: true, volatilityFloorDaily: 0.002, volatilityMaxMultiplier: 2 },
            guard: { enabled: true, reducedSize: given.reducedSize, reducedThresholdAdd: 0 },
          });
          if (given.reduced) bot.state.guard.mode = 'REDUCED';
          const closes = given.moves.map((move) => Math.round(10_000 * (1 + move)) / 100);
          for (const close of closes) bot.bar(calm(close));
          const [{ quantity, leverage }] = ordersOf(bot.commands);
          const { sizing } = bot.state.symbols[0].pending?.decision ?? expect.fail('nothing decided');
          const returns = [Math.log(closes[1] / closes[0]), Math.log(closes[2] / closes[1])];
          const daily = (Math.abs(returns[0] - returns[1]) / Math.sqrt(2)) * Math.sqrt(24);
          expect(sizing.base).toBe(given.base);
          expect(sizing.confidence).toBe(given.confidence);
          expect(sizing.volatility).toBeCloseTo(Math.min(2, given.target / Math.max(daily, 0.002)), 6);
          expect(sizing.regime).toBe(given.regime);
          expect(sizing.guard).toBe(given.reduced ? given.reducedSize : 1);
          const { base, confidence, volatility, regime, guard, final } = sizing;
          const wanted = Math.min(base * confidence * volatility * regime * guard, Math.max(given.base, given.cap));
          const price = closes[2];
          const lot = (A.lotSize * price) / leverage / EQUITY;
          expect(final).toBeCloseTo((quantity * price) / leverage / EQUITY, 12);
          expect(final).toBeLessThanOrEqual(wanted * (1 + 1e-12));
          expect(final).toBeGreaterThan(wanted - lot * (1 + 1e-9));
        },
      ),
      { seed: 5, numRuns: 300 },
    );
  });

  it('halves in high volatility and under a reduced guard, independently', () => {
    expect(sizeOf({})).toBe(20);
    expect(sizeOf({ script: wild })).toBe(10);
    expect(sizeOf({}, 'REDUCED')).toBe(10);
    expect(sizeOf({ script: wild }, 'REDUCED')).toBe(5);
  });
});

describe('volatility', () => {
  const setup: BotSetup = {
    script: () => ({ signal: 1 }),
    risk: { dailyVolatilityTarget: 0.01 },
    sizing: { volatilityWindowBars: 3, volatilityFloorDaily: 0.0001, volatilityMaxMultiplier: 5 },
    calmBars: 0,
    exits: { stopFraction: 0.5, targetFraction: undefined },
  };

  it('that is not known yet opens nothing', () => {
    const bot = botOf(setup);
    for (const close of [100, 101, 100]) bot.bar(calm(close));
    expect(quantities(bot)).toEqual([]);
    expect(bot.state.symbols[0].funnel.refused['no-volatility']).toBe(3);
    expect(quantities({ ...bot, commands: bot.bar(calm(101)) })).toHaveLength(1);
  });

  it('is not asked for where no target is held: full size, from the first signal on', () => {
    const bot = botOf({ ...setup, sizing: { ...setup.sizing, volatilityTarget: false } });
    bot.bar(calm(100));
    expect(bot.state.symbols[0].pending?.decision?.sizing).toMatchObject({ volatility: 1 });
    expect(bot.state.symbols[0].funnel.refused['no-volatility']).toBe(0);
  });

  it('is not lowered by bars that were filled in', () => {
    const bot = botOf(setup);
    for (const close of [100, 101, 100]) bot.bar(calm(close));
    for (let filled = 0; filled < 5; filled += 1) bot.flagged(FLAG_FILLED, calm(100));
    bot.bar(calm(101));
    const other = botOf(setup);
    for (const close of [100, 101, 100, 101]) other.bar(calm(close));
    expect(quantities(bot)).toEqual(quantities(other));
  });

  it('begins anew after a hole that splits the series', () => {
    const bot = botOf(setup);
    for (const close of [100, 101, 100]) bot.bar(calm(close));
    const after: readonly Prices[] = [calm(150), calm(151), calm(150), calm(151)];
    const sent = after.map((prices, index) =>
      quantities({ ...bot, commands: bot.flagged(index === 0 ? FLAG_SEGMENT_START : 0, prices) }),
    );
    expect(sent.map((orders) => orders.length)).toEqual([0, 0, 0, 1]);
  });
});

const conditional = (baseRate: number, more: Partial<BotSetup> = {}): number => {
  const script = signalsAt([2]);
  return quantities(botOf({ script, metaModel: 'on', model: modelOf({ baseRate }), ...more })).length;
};

describe('confidence', () => {
  it('must reach the threshold; reaching it is enough', () => {
    expect(conditional(0.6)).toBe(1);
    expect(conditional(0.599)).toBe(0);
  });

  it('is compared on the edge scale where the settings say so', () => {
    // Break-even 0.4, spread 0.1: 0.6 is two spreads above, a conviction of 0.968.
    expect(conditional(0.45, { thresholdScale: 'edge' })).toBe(1);
    expect(conditional(0.42, { thresholdScale: 'edge' })).toBe(0);
  });

  it('that is undefined never passes', () => {
    const model = modelOf({ baseRate: 0.4, edge: { breakEven: 0.4, spread: 0 } });
    expect(conditional(0.4, { model, thresholdScale: 'edge' })).toBe(0);
  });
});

describe('the funnel', () => {
  it('loses nothing without a name: every stage is the one before less what was turned down', () => {
    const bot = botOf({
      script: (bar) => ({ signal: bar % 3 === 0 ? 0 : 1, allows: bar % 4 !== 0, ready: bar % 7 !== 0 }),
      metaModel: 'on',
      model: modelOf(),
      risk: { cooldownHours: 4 },
    });
    for (let bar = 0; bar < 200; bar += 1) bot.bar(bar % 5 === 0 ? [100, 100, 98, 100] : calm(100));
    const { funnel, trade, pending } = bot.state.symbols[0];
    const { refused } = funnel;
    expect(funnel.bars).toBeGreaterThan(150);
    expect(funnel.judged).toBe(funnel.afterGuard);
    const limits = refused.cooldown + refused['no-volatility'];
    expect(funnel.afterThreshold - limits).toBe(funnel.afterLimits);
    expect(funnel.orders).toBe(funnel.afterLimits);
    expect(funnel.fills).toBe(bot.state.roundTrips.length + (trade === undefined ? 0 : 1));
    expect(funnel.orders).toBe(funnel.fills + (pending?.decision === undefined ? 0 : 1));
  });
});

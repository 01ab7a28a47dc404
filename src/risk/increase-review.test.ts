// May a position grow past any limit? Random contracts and positions: the whole stays within every cap, or nothing is added.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tierOf, type Instrument } from '../domain/instrument.ts';
import { liquidationPriceOfMargin } from '../domain/liquidation-price.ts';
import type { Direction } from '../domain/side.ts';
import { createAccountLimits, type AccountLimitState } from './account-limits.ts';
import { reviewIncrease, type IncreaseProposal, type IncreaseVerdict, type RiskParams } from './pre-trade-review.ts';

const PARAMS: RiskParams = {
  maxLeverage: 3,
  basePositionFraction: 0.02,
  maxPositionFraction: 0.1,
  confidenceThreshold: 0.6,
  dailyVolatilityTarget: 0.01,
  dailyLossLimit: 0.05,
  drawdownLimit: 0.15,
  maxOpenPositions: 1,
  cooldownHours: 2,
  maxParticipation: 0.01,
};
const INSTRUMENT: Instrument = {
  symbol: 'TESTUSDT',
  tickSize: 0.1,
  lotSize: 0.001,
  minQuantity: 0.001,
  maxMarketQuantity: 1,
  minNotional: 5,
  tiers: [
    { maxNotional: 10_000, maintenanceRate: 0.01, deduction: 0, maxLeverage: 20 },
    { maxNotional: 100_000, maintenanceRate: 0.02, deduction: 100, maxLeverage: 2 },
  ],
};
/** 2,000 of margin are held at a price of 10,000, with 10,000 for the symbol. */
const PROPOSAL: IncreaseProposal = {
  time: 0,
  instrument: INSTRUMENT,
  price: 10_000,
  tradedQuantity24h: 1e12,
  quantity: 0.1,
  held: { direction: 1, quantity: 0.4, price: 10_000, leverage: 2, stopPrice: 9_000 },
  equity: 100_000,
  marginInUse: 2_000,
  cooldownUntil: 0,
  closeFeeRate: 0.001,
};
const room = (notional: number): IncreaseProposal['portfolio'] => ({
  maxMarginFraction: 0.05,
  room: { notional, limit: 'net-limit' },
});

const review = (more: Partial<IncreaseProposal>, limits = createAccountLimits()): IncreaseVerdict =>
  reviewIncrease({ ...PROPOSAL, ...more }, PARAMS, limits);
const reason = (verdict: IncreaseVerdict): string => (verdict.kind === 'refused' ? verdict.reason : 'allowed');
const added = (verdict: IncreaseVerdict): number => (verdict.kind === 'allowed' ? verdict.quantity : 0);

describe('an increase', () => {
  const halted: AccountLimitState = { ...createAccountLimits(), haltedAt: 0 };
  const blocked: AccountLimitState = { ...createAccountLimits(), blockedDay: 0 };
  const held = PROPOSAL.held;
  it.each<[string, Partial<IncreaseProposal>, AccountLimitState | undefined]>([
    ['drawdown-limit', { cooldownUntil: 1 }, halted],
    ['daily-loss-limit', { cooldownUntil: 1 }, blocked],
    ['cooldown', { cooldownUntil: 1 }, undefined],
    ['zero-size', { quantity: 0 }, undefined],
    ['no-free-margin', { marginInUse: 100_000 }, undefined],
    ['no-free-margin', { held: { ...held, quantity: 2 } }, undefined],
    ['no-free-margin', { held: { ...held, quantity: 1 }, portfolio: room(1e9) }, undefined],
    ['below-minimum', { quantity: 0.0009 }, undefined],
    ['below-minimum', { held: { ...held, leverage: 21 } }, undefined],
    ['participation', { tradedQuantity24h: 0 }, undefined],
    ['participation', { tradedQuantity24h: NaN }, undefined],
    ['net-limit', { portfolio: room(0) }, undefined],
    ['allowed', { portfolio: room(1_000) }, undefined],
    ['allowed', { held: { ...held, stopPrice: undefined, leverage: 20 }, price: 12_000 }, undefined],
    ['stop-beyond-liquidation', { held: { ...held, leverage: 20 }, price: 12_000 }, undefined],
  ])('names %s, the gravest first', (expected, more, limits) => {
    expect(reason(review(more, limits))).toBe(expected);
  });

  it('is cut to what the caps of the whole position, the account and the market leave', () => {
    expect(added(review({}))).toBe(0.1);
    expect(added(review({ quantity: 100 }))).toBe(1);
    // 5 % of the equity are 5,000 of margin: at 12,000 the position binds 2,400, and 2,600 are 0.433 at leverage 2.
    expect(added(review({ quantity: 100, price: 12_000, portfolio: room(1e9) }))).toBe(0.433);
    expect(added(review({ quantity: 100, portfolio: room(1_239) }))).toBe(0.123);
    expect(added(review({ quantity: 100, marginInUse: 99_000 }))).toBe(0.2);
    expect(added(review({ quantity: 100, tradedQuantity24h: 5.67 }))).toBe(0.056);
  });

  it('stays in the tiers that allow its leverage, at the dearer of entry and today', () => {
    const three = { ...held, leverage: 3, stopPrice: undefined };
    expect(added(review({ quantity: 100, held: three }))).toBe(0.6);
    expect(added(review({ quantity: 100, held: three, price: 5_000 }))).toBe(1);
    // 0.4 × 20,000 leave 2,000 of the first tier.
    expect(added(review({ quantity: 100, held: three, price: 20_000 }))).toBe(0.1);
  });
});

/** Evenly spread, unlike doubles. */
const between = (least: number, most: number): fc.Arbitrary<number> =>
  fc.integer({ min: 0, max: 10_007 }).map((step) => least + ((most - least) * step) / 10_007);

describe('no limit is exceeded by a position that grows', () => {
  const wide: Instrument = {
    ...INSTRUMENT,
    maxMarketQuantity: 1_000,
    tiers: [
      { maxNotional: 50_000, maintenanceRate: 0.005, deduction: 0, maxLeverage: 25 },
      { maxNotional: 500_000, maintenanceRate: 0.01, deduction: 250, maxLeverage: 10 },
    ],
  };
  const share = between(0.001, 1);
  const given = fc.record({
    direction: fc.constantFrom<Direction[]>(1, -1),
    price: between(10, 50_000),
    drift: between(0.8, 1.25),
    leverage: fc.integer({ min: 1, max: 25 }),
    heldShare: share,
    usedShare: share,
    wanted: between(0.001, 5),
    equity: between(1_000, 500_000),
    stop: between(0.005, 0.2),
    maxMarginFraction: share,
    maxPositionFraction: share,
    room: between(-1_000, 500_000),
    traded: between(100, 1e6),
  });

  it('whatever is wanted', () => {
    let allowed = 0;
    fc.assert(
      fc.property(given, ({ direction, price, drift, leverage, equity, ...more }) => {
        const entry = price * drift;
        const quantity = (more.heldShare * equity * leverage) / entry / 10;
        const held = { direction, quantity, price: entry, leverage, stopPrice: entry * (1 - direction * more.stop) };
        const proposal: IncreaseProposal = {
          ...PROPOSAL,
          instrument: wide,
          price,
          equity,
          held,
          quantity: more.wanted * quantity,
          tradedQuantity24h: more.traded,
          marginInUse: Math.max(more.usedShare * equity, (quantity * entry) / leverage),
          portfolio: {
            maxMarginFraction: more.maxMarginFraction,
            room: { notional: more.room, limit: 'gross-limit' },
          },
        };
        const params = { ...PARAMS, maxPositionFraction: more.maxPositionFraction };
        const verdict = reviewIncrease(proposal, params, createAccountLimits());
        if (verdict.kind === 'refused') return;
        allowed += 1;
        const ulps = 1 + 16 * Number.EPSILON;
        const { quantity: extra } = verdict;
        const whole = quantity + extra;
        expect(verdict.leverage).toBe(leverage);
        expect(extra).toBeLessThanOrEqual(proposal.quantity * ulps);
        expect(extra).toBeLessThanOrEqual(PARAMS.maxParticipation * more.traded * ulps);
        expect(extra * price).toBeLessThanOrEqual(more.room);
        const cap = Math.min(more.maxMarginFraction, more.maxPositionFraction) * equity;
        expect((whole * price) / leverage).toBeLessThanOrEqual(cap * ulps);
        expect(proposal.marginInUse + (extra * price) / leverage).toBeLessThanOrEqual(equity * ulps);
        const cost = quantity * entry + extra * price;
        expect(leverage).toBeLessThanOrEqual(tierOf(wide, cost / ulps).maxLeverage);
        const liquidation = liquidationPriceOfMargin(wide, {
          direction,
          quantity: whole,
          entry: cost / whole,
          margin: cost / leverage,
          feeRate: PROPOSAL.closeFeeRate,
        });
        expect(direction * (held.stopPrice - (liquidation ?? -direction * Infinity))).toBeGreaterThan(0);
      }),
      { seed: 32, numRuns: 3000 },
    );
    expect(allowed).toBeGreaterThan(300);
  });
});

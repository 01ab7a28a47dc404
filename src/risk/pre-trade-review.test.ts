// May rounding ever exceed a limit? Random contracts and the real ones: on the grid, within every cap, or refused with a reason.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { storedInstruments } from '../adapters/instruments/stored-instruments.ts';
import { decimalsOf, tierOf, type Instrument } from '../domain/instrument.ts';
import { toAtoms } from '../domain/money.ts';
import { createAccountLimits, type AccountLimitState } from './account-limits.ts';
import { reviewEntry, type EntryProposal, type RiskParams, type RiskVerdict } from './pre-trade-review.ts';

const PARAMS: RiskParams = {
  maxLeverage: 3,
  basePositionFraction: 0.02,
  maxPositionFraction: 0.1,
  confidenceThreshold: 0.6,
  dailyVolatilityTarget: 0.01,
  dailyLossLimit: 0.05,
  drawdownLimit: 0.15,
  maxOpenPositions: 3,
  cooldownHours: 2,
  maxParticipation: 0.01,
};
const INSTRUMENT: Instrument = {
  symbol: 'TESTUSDT',
  tickSize: 0.1,
  lotSize: 0.001,
  minQuantity: 0.001,
  maxMarketQuantity: 100,
  minNotional: 5,
  tiers: [
    { maxNotional: 10_000, maintenanceRate: 0.01, deduction: 0, maxLeverage: 20 },
    { maxNotional: 100_000, maintenanceRate: 0.02, deduction: 100, maxLeverage: 2 },
  ],
};
const PROPOSAL: EntryProposal = {
  time: 0,
  instrument: INSTRUMENT,
  price: 50_000,
  tradedQuantity24h: 1e12,
  marginFraction: 0.02,
  equity: 100_000,
  marginInUse: 0,
  openPositions: 0,
  cooldownUntil: 0,
};

const review = (more: Partial<EntryProposal>, params = PARAMS, limits = createAccountLimits()): RiskVerdict =>
  reviewEntry({ ...PROPOSAL, ...more }, params, limits);
const reason = (verdict: RiskVerdict): string => (verdict.kind === 'refused' ? verdict.reason : 'allowed');

describe('a refusal', () => {
  const halted: AccountLimitState = { ...createAccountLimits(), haltedAt: 0 };
  const blocked: AccountLimitState = { ...createAccountLimits(), blockedDay: 0 };
  it.each<[string, Partial<EntryProposal>, AccountLimitState | undefined]>([
    ['drawdown-limit', { openPositions: 3, cooldownUntil: 1 }, halted],
    ['daily-loss-limit', { openPositions: 3, cooldownUntil: 1 }, blocked],
    ['cooldown', { openPositions: 3, cooldownUntil: 1 }, undefined],
    ['max-open-positions', { openPositions: 3, marginFraction: NaN }, undefined],
    ['zero-size', { marginFraction: 0, marginInUse: 1e9 }, undefined],
    ['zero-size', { marginFraction: NaN }, undefined],
    ['no-free-margin', { marginInUse: 100_000 }, undefined],
    ['no-free-margin', { equity: -1 }, undefined],
    ['below-minimum', { price: 1e9 }, undefined],
    ['below-minimum', { price: 0 }, undefined],
    ['below-minimum', { price: 1e9, tradedQuantity24h: 0 }, undefined],
    ['participation', { tradedQuantity24h: 0 }, undefined],
    ['participation', { tradedQuantity24h: NaN }, undefined],
    ['participation', { tradedQuantity24h: 0.0999 }, undefined],
  ])('names %s, the gravest first', (expected, more, limits) => {
    expect(reason(review(more, PARAMS, limits))).toBe(expected);
  });

  it('ends with the cool-down to the millisecond', () => {
    expect(reason(review({ time: 9, cooldownUntil: 10 }))).toBe('cooldown');
    expect(reason(review({ time: 10, cooldownUntil: 10 }))).toBe('allowed');
  });

  it('meets what is just below a minimum, which is never rounded up to', () => {
    const small = { ...INSTRUMENT, lotSize: 0.1, minQuantity: 0.5, minNotional: 0 };
    // 2,000 of margin at 3 × is 6,000.
    expect(review({ instrument: small, price: 12_000 })).toEqual({ kind: 'allowed', quantity: 0.5, leverage: 3 });
    expect(reason(review({ instrument: small, price: 12_001 }))).toBe('below-minimum');
    const dear = { ...INSTRUMENT, lotSize: 0.1, minNotional: 6_000 };
    expect(review({ instrument: dear, price: 12_000 })).toEqual({ kind: 'allowed', quantity: 0.5, leverage: 3 });
    expect(reason(review({ instrument: dear, price: 11_999 }))).toBe('below-minimum');
  });
});

describe('a cap', () => {
  it('of the position fraction holds whatever is wanted', () => {
    expect(
      review({ marginFraction: 5, price: 100_000, instrument: { ...INSTRUMENT, tiers: [INSTRUMENT.tiers[0]] } }),
    ).toEqual({ kind: 'allowed', quantity: 0.1, leverage: 3 });
  });

  it('of the free margin cuts the size', () => {
    expect(review({ marginInUse: 99_000 })).toEqual({ kind: 'allowed', quantity: 0.06, leverage: 3 });
  });

  it('of the tier cuts the leverage', () => {
    // 10 % of 100,000 at 3 × is 30,000: the second tier, which allows 2 ×.
    expect(review({ marginFraction: 0.1 })).toEqual({ kind: 'allowed', quantity: 0.4, leverage: 2 });
  });

  it('of the largest tier cuts the quantity', () => {
    expect(review({ equity: 1e6, marginFraction: 0.1 })).toEqual({ kind: 'allowed', quantity: 2, leverage: 2 });
  });

  it('of the participation cuts the quantity to whole lots of what was traded', () => {
    // 2,000 of margin at 3 × is 0.12; 1 % of 5.67 is 0.0567.
    expect(review({ tradedQuantity24h: 12 })).toEqual({ kind: 'allowed', quantity: 0.12, leverage: 3 });
    expect(review({ tradedQuantity24h: 5.67 })).toEqual({ kind: 'allowed', quantity: 0.056, leverage: 3 });
    expect(review({ tradedQuantity24h: 5.67 }, { ...PARAMS, maxParticipation: 1 })).toMatchObject({ quantity: 0.12 });
    const least = { ...INSTRUMENT, minNotional: 2_800 };
    expect(review({ instrument: least, tradedQuantity24h: 5.67 })).toMatchObject({ quantity: 0.056 });
    expect(reason(review({ instrument: least, tradedQuantity24h: 5.59 }))).toBe('participation');
  });

  it('of the largest market order is itself cut to whole lots', () => {
    const odd = { ...INSTRUMENT, maxMarketQuantity: 0.01234 };
    expect(review({ instrument: odd })).toEqual({ kind: 'allowed', quantity: 0.012, leverage: 3 });
  });
});

/** A quantity is a whole multiple of a step: in decimals, exactly. */
function isOnGrid(quantity: number, step: number): boolean {
  return toAtoms(quantity) % toAtoms(step) === 0n;
}

/** What must hold of any verdict; doubles are given a few units in the last place, nothing more. */
function expectWithinLimits(proposal: EntryProposal, params: RiskParams, verdict: RiskVerdict): void {
  const { instrument, price, equity, marginInUse, marginFraction } = proposal;
  const ulps = 1 + 16 * Number.EPSILON;
  const wanted = Math.min(equity * Math.min(marginFraction, params.maxPositionFraction), equity - marginInUse);
  const share = params.maxParticipation * proposal.tradedQuantity24h;
  if (verdict.kind === 'refused') {
    const smallest = Math.max(instrument.minQuantity, instrument.minNotional / price, instrument.lotSize);
    if (verdict.reason === 'participation') {
      expect(share).toBeLessThan(smallest + instrument.lotSize);
      return;
    }
    expect(verdict.reason).toBe('below-minimum');
    // One lot more than the largest quantity within the limits would break one of them, so the refusal is right.
    const leverage = Math.min(params.maxLeverage, tierOf(instrument, wanted * params.maxLeverage).maxLeverage);
    const largest = Math.min((wanted * leverage) / price, instrument.maxMarketQuantity);
    const cap = instrument.tiers[instrument.tiers.length - 1].maxNotional / price;
    expect(smallest + instrument.lotSize > Math.min(largest, cap)).toBe(true);
    return;
  }
  const { quantity, leverage } = verdict;
  const notional = quantity * price;
  expect(isOnGrid(quantity, instrument.lotSize)).toBe(true);
  expect(notional / leverage).toBeLessThanOrEqual(wanted * ulps);
  expect(leverage).toBeLessThanOrEqual(params.maxLeverage);
  expect(leverage).toBeLessThanOrEqual(tierOf(instrument, notional / ulps).maxLeverage);
  expect(notional).toBeLessThanOrEqual(instrument.tiers[instrument.tiers.length - 1].maxNotional * ulps);
  expect(quantity).toBeLessThanOrEqual(instrument.maxMarketQuantity * ulps);
  expect(quantity).toBeLessThanOrEqual(share * ulps);
  expect(quantity).toBeGreaterThanOrEqual(instrument.minQuantity);
  expect(notional).toBeGreaterThanOrEqual(instrument.minNotional);
}

const account = fc.record({
  equity: fc.double({ min: 50, max: 5e7, noNaN: true }),
  usedShare: fc.double({ min: 0, max: 0.999, noNaN: true }),
  marginFraction: fc.double({ min: 1e-5, max: 2, noNaN: true }),
  maxPositionFraction: fc.double({ min: 0.001, max: 1, noNaN: true }),
  tradedNotional: fc.double({ min: 100, max: 1e10, noNaN: true }),
  maxParticipation: fc.double({ min: 1e-4, max: 1, noNaN: true }),
  maxLeverage: fc.oneof(fc.integer({ min: 1, max: 125 }), fc.double({ min: 1, max: 125, noNaN: true })),
});
type Account = typeof account extends fc.Arbitrary<infer T> ? T : never;

function check(instrument: Instrument, price: number, given: Account): void {
  const { equity, usedShare, marginFraction, maxPositionFraction, maxLeverage, maxParticipation } = given;
  const params = { ...PARAMS, maxPositionFraction, maxLeverage, maxParticipation };
  const proposal = {
    ...PROPOSAL,
    instrument,
    price,
    equity,
    marginInUse: usedShare * equity,
    marginFraction,
    tradedQuantity24h: given.tradedNotional / price,
  };
  expectWithinLimits(proposal, params, reviewEntry(proposal, params, createAccountLimits()));
}

const steps = fc.tuple(fc.constantFrom(1, 2, 5), fc.integer({ min: -6, max: 3 })).map(([digit, power]) => {
  return Number(`${digit}e${power}`);
});
const tiers = fc
  .array(
    fc.record({ width: fc.integer({ min: 1_000, max: 5_000_000 }), cut: fc.double({ min: 0.3, max: 1, noNaN: true }) }),
    {
      minLength: 1,
      maxLength: 8,
    },
  )
  .map((list) => {
    let bound = 0;
    let leverage = 125;
    return list.map(({ width, cut }) => {
      bound += width;
      leverage = Math.max(1, Math.round(leverage * cut));
      return { maxNotional: bound, maintenanceRate: 0.4 / leverage, deduction: 0, maxLeverage: leverage };
    });
  });
const instrument: fc.Arbitrary<Instrument> = fc
  .record({
    tickSize: steps,
    lotSize: steps,
    minLots: fc.integer({ min: 1, max: 50 }),
    tiers,
    maxLots: fc.integer({ min: 60, max: 1e7 }),
  })
  .map(({ tickSize, lotSize, minLots, tiers: list, maxLots }) => ({
    symbol: 'RANDOMUSDT',
    tickSize,
    lotSize,
    minQuantity: Number((minLots * lotSize).toFixed(decimalsOf(lotSize))),
    maxMarketQuantity: maxLots % 3 === 0 ? Infinity : (maxLots + 0.37) * lotSize,
    minNotional: 5,
    tiers: list,
  }));

describe('no limit is exceeded after rounding (L10)', () => {
  it('for random contracts', () => {
    fc.assert(
      fc.property(instrument, fc.double({ min: 1e-7, max: 2e5, noNaN: true }), account, (contract, price, given) => {
        // Beyond this many lots a double does not hold the grid; no venue has such an order.
        fc.pre((given.equity * given.maxLeverage) / price / contract.lotSize < 1e13);
        check(contract, price, given);
      }),
      { seed: 29, numRuns: 3000 },
    );
  });

  const folder = new URL('../../../shared/data/', import.meta.url);
  const bybit = new URL('instruments/bybit-v5-linear-instruments-info-2025-01-23.json', folder);
  it.skipIf(!existsSync(bybit))('for the real contracts (skipped without stored instruments)', async () => {
    const reply = JSON.parse(readFileSync(bybit, 'utf8')) as {
      result: { list: { symbol: string; contractType: string; priceFilter: { tickSize: string } }[] };
    };
    const linear = reply.result.list.filter(({ contractType }) => contractType === 'LinearPerpetual');
    const stored = storedInstruments(fileURLToPath(folder));
    const contracts: Instrument[] = [];
    for (const { symbol } of linear) {
      const found = await stored.find(symbol);
      if (found !== undefined) contracts.push(found.instrument);
    }
    expect(contracts.length).toBeGreaterThan(300);
    fc.assert(
      fc.property(
        fc.constantFrom(...contracts),
        fc.integer({ min: 1, max: 1_000_000 }),
        account,
        (contract, ticks, given) => {
          check(contract, ticks * contract.tickSize, given);
        },
      ),
      { seed: 31, numRuns: 5000 },
    );
  });
});

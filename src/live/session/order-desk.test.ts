// L1: is one decision ever more than one position, and is the engine told the truth? Random venues, lost answers and deaths against the desk.
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createRandom, type Random } from '../../domain/random.ts';
import { intentOf, deskWorld, type DeskWorld, type WorldOptions } from '../../../test/scenarios/live/desk-world.ts';

const MARKET = { orders: 'market', restMs: 20_000, postOnly: false, maxSlippageBps: undefined } as const;
const LIMIT = { ...MARKET, orders: 'limit-then-market' } as const;
const ENTRIES = [MARKET, { ...MARKET, maxSlippageBps: 10 }, LIMIT, { ...LIMIT, postOnly: true, maxSlippageBps: 10 }];

/** A life with everything that can go wrong, then a quiet end. */
async function troubled(random: Random, options: Partial<WorldOptions>): Promise<DeskWorld> {
  const world = deskWorld({ ...options, random });
  await world.decide();
  for (let round = 0; round < 40; round += 1) {
    const dice = random.next();
    if (dice < 0.3) await world.pass(random.next() * 8_000);
    else if (dice < 0.5) await world.fillSome();
    else if (dice < 0.7) await world.deliver();
    else if (dice < 0.78) await world.streams();
    else if (dice < 0.82) await world.takeBack();
    else if (dice < 0.88) await world.dieSoon();
    else await world.pass(200);
  }
  await world.calmDown();
  return world;
}

function expectOnePosition(world: DeskWorld): void {
  expect(world.violations).toEqual([]);
  expect(world.filledAtVenue).toBeLessThanOrEqual(world.intent.quantity + 1e-9);
  expect(world.booked).toBeCloseTo(world.filledAtVenue, 9);
  expect(world.openAtVenue).toEqual([]);
  expect(world.isAwaited).toBe(false);
  expect(new Set(world.sent).size).toBe(world.sent.length);
}

test('L1: 1,000 troubled lives of a decision leave one position and a told engine', { timeout: 120_000 }, async () => {
  let several = 0;
  let deaths = 0;
  let whole = 0;
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 30 }), fc.constantFrom(...ENTRIES), async (seed, entries) => {
      const world = await troubled(createRandom(`desk/${seed}`), { entries });
      expectOnePosition(world);
      several += world.sent.length > 1 ? 1 : 0;
      deaths += world.deaths;
      whole += world.filledAtVenue > world.intent.quantity - 1e-9 ? 1 : 0;
    }),
    { numRuns: 1_000, seed: 11 },
  );
  // The property says nothing where nothing happens.
  expect(several).toBeGreaterThan(100);
  expect(deaths).toBeGreaterThan(300);
  expect(whole).toBeGreaterThan(100);
});

test('an exit larger than the largest order goes in parts, under every trouble', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 30 }), async (seed) => {
      const intent = { ...intentOf('exit', 1), reduceOnly: true };
      const world = await troubled(createRandom(`exit/${seed}`), { intent, maxMarketQuantity: 0.3, entries: MARKET });
      expectOnePosition(world);
      for (const { quantity } of world.requests) expect(quantity).toBeLessThanOrEqual(0.3);
    }),
    { numRuns: 200, seed: 12 },
  );
});

test('what a limit order leaves is bought at the market, never beyond the cap', async () => {
  const world = deskWorld({ entries: { ...LIMIT, maxSlippageBps: 10 } });
  await world.decide();
  await world.fillSome(0.4);
  await world.deliver();
  await world.pass(20_000);
  await world.calmDown();
  expect(world.requests).toMatchObject([
    { type: 'limit', timeInForce: 'gtc', price: 99.9, quantity: 1 },
    { type: 'limit', timeInForce: 'ioc', price: 100.1, quantity: 0.6 },
  ]);
  expect(world.requests[1].clientOrderId).toBe(`${world.requests[0].clientOrderId}2`);
  expectOnePosition(world);
});

test('a market that has run away is not followed, and the engine knows', async () => {
  const world = deskWorld({ entries: { ...LIMIT, maxSlippageBps: 10 }, ask: 101 });
  await world.decide();
  await world.pass(20_000);
  await world.calmDown();
  expect(world.filledAtVenue).toBe(0);
  expect(world.refusals).toEqual(['slippage-limit']);
});

test('what would take although it must not is followed by the market', async () => {
  const world = deskWorld({ entries: { ...LIMIT, postOnly: true }, postOnlyTakes: true });
  await world.decide();
  await world.calmDown();
  expect(world.requests.map(({ timeInForce, type }) => timeInForce ?? type)).toEqual(['post-only', 'market']);
  expect(world.filledAtVenue).toBe(1);
});

test('an entry that was cancelled by another hand is not bought at the market', async () => {
  const world = deskWorld({ entries: LIMIT });
  await world.decide();
  await world.cancelByHand();
  await world.calmDown();
  expect(world.sent).toHaveLength(1);
  expect(world.refusals).toEqual(['cancelled']);
});

test('entries that are forbidden meanwhile end with the order that rests', async () => {
  const world = deskWorld({ entries: LIMIT });
  await world.decide();
  world.forbid();
  await world.pass(20_000);
  await world.calmDown();
  expect(world.sent).toHaveLength(1);
  expect(world.refusals).toEqual(['entries-blocked']);
});

test('row 32: too little margin makes it smaller once, by what is there', async () => {
  const world = deskWorld({ entries: MARKET, margin: 30 });
  await world.decide();
  await world.calmDown();
  // 30 of margin, 98 % of it, at leverage 2 and a price of 100.
  expect(world.requests.map(({ quantity }) => quantity)).toEqual([1, 0.588]);
  expect(world.filledAtVenue).toBe(0.588);
  expect(world.refusals).toEqual(['MARGIN_INSUFFICIENT']);
});

test('row 48: a balance that was wrong twice is given up', async () => {
  const world = deskWorld({ entries: MARKET, margin: 30, marginClaimed: 40 });
  await world.decide();
  await world.calmDown();
  expect(world.sent).toHaveLength(2);
  expect(world.filledAtVenue).toBe(0);
  expect(world.refusals).toEqual(['MARGIN_INSUFFICIENT']);
});

test('row 48: nothing is ordered where the margin does not suffice for the minimum', async () => {
  const world = deskWorld({ entries: MARKET, margin: 1 });
  await world.decide();
  await world.calmDown();
  expect(world.sent).toHaveLength(1);
  expect(world.refusals).toEqual(['MARGIN_INSUFFICIENT']);
});

test('row 39: another lot size makes another order, once', async () => {
  const world = deskWorld({ intent: { ...intentOf('entry', 1), quantity: 1.234 }, entries: MARKET, lotAtVenue: 0.01 });
  await world.decide();
  await world.calmDown();
  expect(world.requests.map(({ quantity }) => quantity)).toEqual([1.234, 1.23]);
  expect(world.filledAtVenue).toBe(1.23);
  expect(world.refusals).toEqual(['BELOW_MINIMUM']);
});

test('row 39: a refusal that no rule explains is not tried again', async () => {
  const world = deskWorld({ entries: MARKET, refusal: 'PARAMETER_REFUSED' });
  await world.decide();
  await world.calmDown();
  expect(world.sent).toHaveLength(1);
  expect(world.refusals).toEqual(['PARAMETER_REFUSED']);
});

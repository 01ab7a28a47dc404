// L10: does any order that leaves for a venue exceed a limit after rounding, or fall below a minimum? Every stored contract, from the close to the request.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { storedInstruments } from '../../../src/adapters/instruments/stored-instruments.ts';
import type { Instrument } from '../../../src/domain/instrument.ts';
import { tierOf } from '../../../src/domain/instrument.ts';
import { firstLeg, nextLeg, type EntryRules, type LegContext } from '../../../src/live/orders/order-legs.ts';
import type { OrderRequest } from '../../../src/ports/venue-account.ts';
import { botOf } from '../engine/scripted-bot.ts';

const DATA = process.env['PERPILOT_DATA'] ?? fileURLToPath(new URL('../../../../shared/data/', import.meta.url));
const hasData = existsSync(join(DATA, 'instruments'));
const ENTRIES: readonly EntryRules[] = [
  { orders: 'market', restMs: 60_000, postOnly: false, maxSlippageBps: undefined },
  { orders: 'market', restMs: 60_000, postOnly: false, maxSlippageBps: 20 },
];

const contextOf = (instrument: Instrument, entries: EntryRules): LegContext => ({
  instrument,
  prefix: 'ppt1-',
  entries,
  triggerBy: 'last',
  attachesProtection: true,
});

/** A whole number of steps, to the last digit that a venue reads. */
function expectOnGrid(value: number, step: number): void {
  const steps = Math.round(value / step);
  expect(Math.abs(value / step - steps)).toBeLessThan(1e-6);
}

function expectTakable(request: OrderRequest, instrument: Instrument, price: number): void {
  expectOnGrid(request.quantity, instrument.lotSize);
  expect(request.quantity).toBeLessThanOrEqual(instrument.maxMarketQuantity);
  if (request.price !== undefined) expectOnGrid(request.price, instrument.tickSize);
  const stop = request.protection?.stopPrice;
  if (typeof stop === 'number') expectOnGrid(stop, instrument.tickSize);
  if (request.reduceOnly) return;
  expect(request.quantity).toBeGreaterThanOrEqual(instrument.minQuantity);
  expect(request.quantity * price).toBeGreaterThanOrEqual(instrument.minNotional * (1 - 1e-12));
}

test.skipIf(!hasData)(
  'L10: no order exceeds a limit by rounding, over every stored contract',
  { timeout: 60_000 },
  async () => {
    const rules = await everyContract();
    expect(rules.length).toBeGreaterThan(3);
    let entered = 0;
    let skipped = 0;
    fc.assert(
      fc.property(
        fc.constantFrom(...rules),
        fc.constantFrom(...ENTRIES),
        fc.noBias(fc.integer({ min: 0, max: 1_000_000 }).map((each) => each / 1_000_000)),
        fc.noBias(fc.integer({ min: 0, max: 6_000_000 }).map((each) => each / 1_000_000)),
        (instrument, entries, level, size) => {
          const price = Math.max(
            instrument.tickSize * 100,
            Math.round(10 ** (4 * level - 1) / instrument.tickSize) * instrument.tickSize,
          );
          const equity = 10 ** size;
          const bot = botOf({
            script: () => ({ signal: 1 }),
            instruments: [instrument],
            equity,
            volume: 1e12,
            calmBars: 0,
            sizing: { volatilityTarget: false },
            risk: { basePositionFraction: 0.1, maxPositionFraction: 0.1, maxLeverage: 5 },
          });
          for (let bar = 0; bar < 4; bar += 1) bot.bar([price, price, price, price]);
          const entry = bot.commands.find((command) => command.kind === 'place');
          if (entry?.kind !== 'place') {
            skipped += 1;
            return;
          }
          entered += 1;
          const context = contextOf(instrument, entries);
          const { request } = firstLeg(entry.order, context);
          expectTakable(request, instrument, entry.order.decisionPrice);
          // What was decided, or less: never a lot more, and never more than the margin and the tier allow.
          expect(request.quantity).toBeLessThanOrEqual(entry.order.quantity);
          const notional = request.quantity * entry.order.decisionPrice;
          expect(notional / entry.order.leverage).toBeLessThanOrEqual(equity * 0.1 * (1 + 1e-9));
          expect(entry.order.leverage).toBeLessThanOrEqual(tierOf(instrument, notional).maxLeverage);
          expectClosable(entry.order.quantity, context);
        },
      ),
      { numRuns: 2_000, seed: 5 },
    );
    expect(entered).toBeGreaterThan(300);
    expect(skipped).toBeGreaterThan(100);
  },
);

/** Contracts of all stored listings, by the rules that the program would use. */
async function everyContract(): Promise<readonly Instrument[]> {
  const folder = join(DATA, 'instruments');
  const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
  const names = new Set(texts.flatMap((text) => [...text.matchAll(/"([A-Z0-9]{2,20}USDT)"/g)].map(([, name]) => name)));
  const store = storedInstruments(DATA);
  const found = await Promise.all([...names].map((name) => store.find(name)));
  return found.flatMap((each) => (each === undefined ? [] : [each.instrument]));
}

/** Any rest of a position, be it below the minimum or above the largest order, goes by reduce-only orders until nothing is left. */
function expectClosable(held: number, context: LegContext): void {
  const { instrument } = context;
  for (const quantity of [instrument.lotSize, held, held * 7]) {
    const intent = { ...EXIT, symbol: instrument.symbol, quantity };
    let order = firstLeg(intent, context);
    let closed = 0;
    for (let parts = 0; parts < 35 && closed < quantity; parts += 1) {
      expectTakable(order.request, instrument, 1);
      expect(order.request).toMatchObject({ reduceOnly: true, type: 'market' });
      closed += order.request.quantity;
      const next = nextLeg({ ...order, phase: 'done', filled: order.request.quantity }, context, false);
      if (next.kind !== 'order') break;
      order = next.order;
    }
    const isWhole = closed >= quantity - instrument.lotSize / 2;
    expect(isWhole || quantity > 35 * instrument.maxMarketQuantity).toBe(true);
    expect(closed).toBeLessThanOrEqual(quantity + instrument.lotSize);
  }
}

const EXIT = {
  clientOrderId: 'X-1-exit',
  side: 'sell',
  reduceOnly: true,
  leverage: 5,
  reason: 'time-exit',
  decidedAt: 1_000_000,
  decisionPrice: 1,
  protection: undefined,
} as const;

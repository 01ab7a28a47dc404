// Is a position booked right when it is added to and taken from in any order? Against the exact ledger and sums over its fills.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { A, botOf, paramsOf, START } from '../../test/scenarios/engine/scripted-bot.ts';
import type { Fill } from '../domain/fill.ts';
import { floorToLot } from '../domain/instrument.ts';
import { entryPriceOf, heldQuantity, ledgerEquity, ledgerTotals } from '../domain/ledger.ts';
import { atomsToNumber } from '../domain/money.ts';
import { epochMs, price, quantity } from '../domain/units.ts';
import type { Direction } from '../domain/side.ts';
import type { EntryDecision } from './entry-decision.ts';
import { digestFill, digestRefusal } from './book-fill.ts';
import { exposureOf } from './exposure.ts';
import type { EngineState, OrderPurpose, SymbolState } from './state.ts';

const LEVERAGE = 4;

const decisionOf = (direction: Direction): EntryDecision => ({
  direction,
  quantity: 1,
  leverage: LEVERAGE,
  probability: 0.7,
  confidence: 0.7,
  regime: 'TEST',
  modelId: 'none',
  validatedWinRate: undefined,
  sizing: { base: 0.1, confidence: 1, volatility: 1, regime: 1, guard: 1, final: 0.1 },
  shadow: false,
});

/** An order of `lots` lots under way. */
function send(symbol: SymbolState, order: { purpose: OrderPurpose; lots: number; direction: Direction }): void {
  const { purpose, lots, direction } = order;
  const adds = purpose === 'entry' || purpose === 'increase';
  symbol.pending = {
    order: {
      clientOrderId: purpose,
      symbol: A.symbol,
      side: adds === (direction === 1) ? 'buy' : 'sell',
      quantity: quantity(units(lots)),
      reduceOnly: !adds,
      leverage: LEVERAGE,
      reason: purpose === 'entry' ? 'entry' : 'rebalance',
      decidedAt: epochMs(START),
      decisionPrice: price(100),
      protection: undefined,
    },
    purpose,
    decision: adds ? decisionOf(direction) : undefined,
    remaining: units(lots),
    cancelled: false,
  };
}

const units = (lots: number): number => floorToLot(A, (lots + 0.5) * A.lotSize);

function fillOf(symbol: SymbolState, lots: number, at: { price: number; stopPrice?: number | undefined }): Fill {
  const { order } = symbol.pending ?? {};
  return {
    kind: 'fill',
    time: START,
    symbol: A.symbol,
    clientOrderId: order?.clientOrderId ?? '',
    side: order?.side ?? 'buy',
    quantity: units(lots),
    price: at.price,
    fee: 0.25,
    slippage: 0.5,
    liquidity: 'taker',
    reason: order?.reason ?? 'stop',
    stopPrice: at.stopPrice,
    targetPrice: undefined,
    liquidationPrice: undefined,
    ambiguous: false,
  };
}

const stateOf = (): EngineState => botOf({ script: () => ({}), params: paramsOf(), calmBars: 0 }).state;
const cents = fc.integer({ min: 5_000, max: 20_000 }).map((count) => count / 100);

describe('a position that is added to and taken from', () => {
  const moves = fc.array(
    fc.record({ adds: fc.boolean(), lots: fc.integer({ min: 1, max: 400 }), price: cents, pieces: fc.boolean() }),
    { maxLength: 12 },
  );

  it('is what the ledger holds at every fill, and its round trip tells all of it', () => {
    fc.assert(
      fc.property(
        moves,
        fc.constantFrom<Direction[]>(1, -1),
        fc.record({ lots: fc.integer({ min: 1, max: 400 }), entry: cents, exit: cents }),
        (more, direction, { lots, entry, exit }) => {
          const state = stateOf();
          const [symbol] = state.symbols;
          let held = 0;
          let risk = 0;
          const sums = { entered: 0, paid: 0, got: 0, fills: 0 };
          const trade = (purpose: OrderPurpose, count: number, at: number): void => {
            const stopPrice = at - direction * 3;
            const adds = purpose === 'entry' || purpose === 'increase';
            digestFill(state, symbol, fillOf(symbol, count, { price: at, stopPrice: adds ? stopPrice : undefined }));
            held += adds ? count : -count;
            sums.fills += 1;
            if (adds) {
              sums.entered += units(count);
              sums.paid += units(count) * at;
              risk += 3 * units(count);
            } else sums.got += units(count) * at;
            expect(symbol.trade?.quantity ?? 0).toBe(held > 0 ? units(held) : 0);
            expect(Math.abs(heldQuantity(state.ledger, A.symbol))).toBe(symbol.trade?.quantity ?? 0);
            if (symbol.trade === undefined) return;
            expect(symbol.trade.heldPrice / (entryPriceOf(state.ledger, A.symbol) ?? NaN)).toBeCloseTo(1, 9);
            const { marginInUse } = exposureOf(state);
            const left = symbol.pending?.decision === undefined ? 0 : symbol.pending.remaining * 100;
            const margin = (symbol.trade.quantity * symbol.trade.heldPrice + left) / LEVERAGE;
            expect(marginInUse / margin).toBeCloseTo(1, 12);
          };
          send(symbol, { purpose: 'entry', lots, direction });
          trade('entry', lots, entry);
          for (const { adds, lots: count, price: at, pieces } of more) {
            const some = adds ? count : Math.min(count, held - 1);
            if (some < 1) continue;
            const purpose = adds ? 'increase' : 'reduce';
            send(symbol, { purpose, lots: some, direction });
            const first = pieces && some > 1 ? Math.floor(some / 2) : some;
            trade(purpose, first, at);
            if (first < some) trade(purpose, some - first, at + 1);
            expect(symbol.pending).toBeUndefined();
          }
          expect(symbol.trade?.openedQuantity).toBe(units(lots));
          send(symbol, { purpose: 'exit', lots: held, direction });
          trade('exit', held, exit);

          const [trip, ...none] = state.roundTrips;
          expect(none).toEqual([]);
          const { realised, fees, slippage } = ledgerTotals(state.ledger);
          expect(trip.quantity).toBeCloseTo(sums.entered, 9);
          expect(trip.entryPrice / (sums.paid / sums.entered)).toBeCloseTo(1, 11);
          expect(trip.exitPrice / (sums.got / sums.entered)).toBeCloseTo(1, 11);
          expect(trip.grossPnl).toBeCloseTo(direction * (sums.got - sums.paid), 6);
          expect(trip.grossPnl).toBeCloseTo(atomsToNumber(realised), 6);
          expect([trip.fees, trip.slippage]).toEqual([atomsToNumber(fees), atomsToNumber(slippage)]);
          expect(trip.netPnl).toBeCloseTo(ledgerEquity(state.ledger) - 10_000, 6);
          expect(trip.initialRisk).toBeCloseTo(risk, 6);
          expect(symbol.funnel.fills).toBe(1);
        },
      ),
      { seed: 71, numRuns: 300 },
    );
  });

  it('risks by what was added only the way to the stop that rests then, never less than nothing', () => {
    const state = stateOf();
    const [symbol] = state.symbols;
    send(symbol, { purpose: 'entry', lots: 1000, direction: 1 });
    digestFill(state, symbol, fillOf(symbol, 1000, { price: 100, stopPrice: 98 }));
    expect(symbol.trade?.initialRisk).toBe(2);
    send(symbol, { purpose: 'increase', lots: 500, direction: 1 });
    digestFill(state, symbol, fillOf(symbol, 500, { price: 110, stopPrice: 104 }));
    expect(symbol.trade).toMatchObject({ initialRisk: 5, stopPrice: 104 });
    send(symbol, { purpose: 'increase', lots: 500, direction: 1 });
    digestFill(state, symbol, fillOf(symbol, 500, { price: 103, stopPrice: 104 }));
    expect(symbol.trade).toMatchObject({ initialRisk: 5, quantity: 2, entryQuantity: 2, openedQuantity: 1 });
  });
});

describe('an increase', () => {
  it('that the venue refuses is no refused entry', () => {
    const state = stateOf();
    const [symbol] = state.symbols;
    send(symbol, { purpose: 'entry', lots: 10, direction: 1 });
    digestFill(state, symbol, fillOf(symbol, 10, { price: 100, stopPrice: 98 }));
    send(symbol, { purpose: 'increase', lots: 10, direction: 1 });
    digestRefusal(symbol, {
      kind: 'order-refused',
      time: START,
      symbol: A.symbol,
      clientOrderId: 'increase',
      reason: 'leverage-above-tier',
    });
    expect(symbol.pending).toBeUndefined();
    expect(symbol.funnel.refused.venue).toBe(0);
    expect(symbol.trade?.quantity).toBe(units(10));
  });

  it('that is still under way when the position is gone is to be closed, should it fill', () => {
    const state = stateOf();
    const [symbol] = state.symbols;
    send(symbol, { purpose: 'entry', lots: 10, direction: 1 });
    digestFill(state, symbol, fillOf(symbol, 10, { price: 100, stopPrice: 98 }));
    send(symbol, { purpose: 'increase', lots: 5, direction: 1 });
    const coming = fillOf(symbol, 5, { price: 97 });
    const stopped = { ...fillOf(symbol, 10, { price: 98 }), clientOrderId: 'entry:stop', side: 'sell' as const };
    digestFill(state, symbol, stopped);
    expect(symbol).toMatchObject({ trade: undefined, closing: 'rebalance' });
    expect(symbol.pending?.purpose).toBe('increase');
    digestFill(state, symbol, coming);
    expect(symbol).toMatchObject({ pending: undefined, closing: 'rebalance' });
    expect(symbol.trade).toMatchObject({ quantity: units(5), entryPrice: 97 });
    expect(symbol.funnel.fills).toBe(1);
  });

  it('that is taken back after the position is gone leaves nothing to close', () => {
    const state = stateOf();
    const [symbol] = state.symbols;
    send(symbol, { purpose: 'entry', lots: 10, direction: -1 });
    digestFill(state, symbol, fillOf(symbol, 10, { price: 100, stopPrice: 102 }));
    send(symbol, { purpose: 'increase', lots: 5, direction: -1 });
    const stopped = { ...fillOf(symbol, 10, { price: 102 }), clientOrderId: 'entry:stop', side: 'buy' as const };
    digestFill(state, symbol, stopped);
    const refusal = { kind: 'order-refused', time: START, symbol: A.symbol, reason: 'cancelled' } as const;
    digestRefusal(symbol, { ...refusal, clientOrderId: 'increase' });
    expect(symbol).toMatchObject({ trade: undefined, pending: undefined, closing: undefined });
  });
});

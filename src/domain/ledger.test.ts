// Does the ledger lose nothing? Against an independent cash-flow account, exact in integers after every event.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Fill, FundingPayment } from './fill.ts';
import {
  bookDeposit,
  bookFill,
  bookFunding,
  createLedger,
  entryPriceOf,
  exactEquity,
  exactUnrealised,
  heldQuantity,
  ledgerEquity,
  ledgerSnapshot,
  ledgerTotals,
  markPosition,
} from './ledger.ts';
import type { Ledger } from './ledger.ts';
import { atomsToNumber } from './money.ts';

const SYMBOLS = ['AUSDT', 'BUSDT', 'CUSDT'];

function fill(symbol: string, side: 'buy' | 'sell', quantity: number, price: number, fee = 0): Fill {
  return {
    kind: 'fill',
    time: 0,
    symbol,
    clientOrderId: 'x',
    side,
    quantity,
    price,
    fee,
    slippage: 0.25,
    liquidity: 'taker',
    reason: 'entry',
    stopPrice: undefined,
    targetPrice: undefined,
    liquidationPrice: undefined,
    ambiguous: false,
  };
}

function funding(symbol: string, payment: number): FundingPayment {
  return { kind: 'funding', time: 0, symbol, rate: 0, markPrice: 1, payment, source: 'history' };
}

/** Prices in cents, quantities in thousandths, money in millionths: whole numbers, so that the reference is plain integer cash. */
const event = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('fill' as const),
      symbol: fc.nat({ max: 2 }),
      buy: fc.boolean(),
      lots: fc.integer({ min: 1, max: 5_000_000 }),
      ticks: fc.integer({ min: 1, max: 10_000_000 }),
      fee: fc.integer({ min: -1_000_000, max: 50_000_000 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('funding' as const),
      symbol: fc.nat({ max: 2 }),
      payment: fc.integer({ min: -90_000_000, max: 90_000_000 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('deposit' as const),
      amount: fc.integer({ min: -1e9, max: 1e9 }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('mark' as const),
      symbol: fc.nat({ max: 2 }),
      ticks: fc.integer({ min: 1, max: 10_000_000 }),
    }),
  },
);

interface Cash {
  /** Atoms. */
  balance: bigint;
  readonly lots: bigint[];
  readonly ticks: bigint[];
}

/** One lot × one tick is 1e-5 quote currency = 1e7 atoms. */
const LOT_TICK_ATOMS = 10n ** 7n;
const MILLIONTH_ATOMS = 10n ** 6n;

type Happening = typeof event extends fc.Arbitrary<infer T> ? T : never;

function applyBoth(ledger: Ledger, cash: Cash, happening: Happening): void {
  switch (happening.kind) {
    case 'fill': {
      const { symbol, buy, lots, ticks, fee } = happening;
      bookFill(ledger, fill(SYMBOLS[symbol], buy ? 'buy' : 'sell', lots / 1000, ticks / 100, fee / 1e6));
      const signed = buy ? BigInt(lots) : -BigInt(lots);
      cash.balance -= signed * BigInt(ticks) * LOT_TICK_ATOMS + BigInt(fee) * MILLIONTH_ATOMS;
      cash.lots[symbol] += signed;
      cash.ticks[symbol] = BigInt(ticks);
      break;
    }
    case 'funding':
      bookFunding(ledger, funding(SYMBOLS[happening.symbol], happening.payment / 1e6));
      cash.balance -= BigInt(happening.payment) * MILLIONTH_ATOMS;
      break;
    case 'deposit':
      bookDeposit(ledger, 0, happening.amount / 1e6);
      cash.balance += BigInt(happening.amount) * MILLIONTH_ATOMS;
      break;
    case 'mark':
      markPosition(ledger, SYMBOLS[happening.symbol], happening.ticks / 100);
      cash.ticks[happening.symbol] = BigInt(happening.ticks);
      break;
  }
}

function checkIdentity(ledger: Ledger, cash: Cash): void {
  const market = cash.lots.reduce((sum, lots, index) => sum + lots * cash.ticks[index] * LOT_TICK_ATOMS, 0n);
  const amounts = ledger.lines.reduce((sum, line) => sum + line.amount, 0n);
  const unrealised = SYMBOLS.reduce((sum, symbol) => sum + exactUnrealised(ledger, symbol), 0n);
  expect(ledger.wallet).toBe(ledger.start + amounts);
  expect(ledger.start + amounts + unrealised).toBe(cash.balance + market);
  expect(exactEquity(ledger)).toBe(cash.balance + market);
  const totals = ledgerTotals(ledger);
  expect(totals.realised - totals.fees - totals.funding + totals.deposits).toBe(amounts);
  for (const line of ledger.lines) {
    if (line.kind !== 'deposit') expect(line.amount).toBe(line.realised - line.fee - line.funding);
  }
  SYMBOLS.forEach((symbol, index) => expect(heldQuantity(ledger, symbol)).toBe(Number(cash.lots[index]) / 1000));
  const marketValues = cash.lots.map((lots, index) => Math.abs(Number(lots * cash.ticks[index])) / 1e5);
  const bases = ledger.accounts.map((account) => Math.abs(account.basis));
  const scale = [...marketValues, ...bases].reduce((sum, value) => sum + value, Math.abs(atomsToNumber(ledger.wallet)));
  expect(Math.abs(ledgerEquity(ledger) - atomsToNumber(exactEquity(ledger)))).toBeLessThanOrEqual(1e-14 * scale);
}

describe('the ledger', () => {
  it('equals plain cash flow after every event of 2,000 random histories', () => {
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 14 }), (happenings) => {
        const ledger = createLedger(1000);
        const cash: Cash = { balance: 1000n * 10n ** 12n, lots: [0n, 0n, 0n], ticks: [0n, 0n, 0n] };
        for (const happening of happenings) {
          applyBoth(ledger, cash, happening);
          checkIdentity(ledger, cash);
        }
      }),
      { seed: 4, numRuns: 2000 },
    );
  });

  it('keeps the remainder of a cost that does not divide', () => {
    const ledger = createLedger(0);
    bookFill(ledger, fill('AUSDT', 'buy', 3, 1 / 3));
    for (let part = 0; part < 3; part += 1) bookFill(ledger, fill('AUSDT', 'sell', 1, 1 / 3));
    expect(heldQuantity(ledger, 'AUSDT')).toBe(0);
    const sold = 3n * 333_333_333_333n;
    expect(ledger.wallet).toBe(sold - 10n ** 12n);
  });

  it('does not move the average entry on a partial close, and reopens at the price of a flip', () => {
    const ledger = createLedger(0);
    bookFill(ledger, fill('AUSDT', 'buy', 1, 3000));
    bookFill(ledger, fill('AUSDT', 'buy', 1, 3100));
    expect(bookFill(ledger, fill('AUSDT', 'sell', 0.5, 3250))).toBe(100);
    expect(entryPriceOf(ledger, 'AUSDT')).toBe(3050);
    expect(bookFill(ledger, fill('AUSDT', 'sell', 2, 3000))).toBe(-75);
    expect(entryPriceOf(ledger, 'AUSDT')).toBe(3000);
    expect(heldQuantity(ledger, 'AUSDT')).toBe(-0.5);
  });

  it('has one line per event and books slippage as information only', () => {
    const ledger = createLedger(1000);
    bookFill(ledger, fill('AUSDT', 'buy', 1, 100, 0.05));
    bookFunding(ledger, funding('AUSDT', 0.01));
    bookFill(ledger, { ...fill('AUSDT', 'sell', 1, 50, 0.25), reason: 'liquidation' });
    bookDeposit(ledger, 0, 7);
    expect(ledger.lines.map((line) => line.kind)).toEqual(['fill', 'funding', 'liquidation', 'deposit']);
    expect(ledger.lines.map((line) => atomsToNumber(line.amount))).toEqual([-0.05, -0.01, -50.25, 7]);
    expect(atomsToNumber(ledgerTotals(ledger).slippage)).toBe(0.5);
    expect(ledgerEquity(ledger)).toBe(956.69);
  });

  it('knows nothing of a symbol that was never booked', () => {
    const ledger = createLedger(10);
    const { position, averageEntry, unrealised, equity } = ledgerSnapshot(ledger, 'NEVER');
    expect({ position, averageEntry, unrealised, equity }).toEqual({
      position: 0,
      averageEntry: undefined,
      unrealised: 0,
      equity: 10,
    });
  });
});

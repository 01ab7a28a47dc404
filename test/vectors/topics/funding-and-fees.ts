// Do ledger, liquidation prices, exits and funding stamps agree with the reference results?
import { barExit } from '../../../src/domain/bar-exit.ts';
import type { Fill } from '../../../src/domain/fill.ts';
import { createFundingSchedule, fundingDue } from '../../../src/domain/funding-due.ts';
import {
  bookDeposit,
  bookFill,
  bookFunding,
  createLedger,
  ledgerSnapshot,
  markPosition,
} from '../../../src/domain/ledger.ts';
import type { Ledger } from '../../../src/domain/ledger.ts';
import { bankruptcyPrice, isolatedMargin, liquidationPrice } from '../../../src/domain/liquidation-price.ts';
import { exitSide } from '../../../src/domain/side.ts';
import type { Side } from '../../../src/domain/side.ts';
import { feeOf, fillOf } from '../../../src/simulation/fill-model.ts';
import { fundingPaymentOf } from '../../../src/simulation/funding-model.ts';
import { differences, toleranceOf } from '../format.ts';
import type { TopicRunner } from '../format.ts';

const SYMBOL = 'PERP';
const NEVER_MISSING = { missingFunding: 'fail', missingFundingBps: 0 } as const;

export const run: TopicRunner = (vectorCase, file) => {
  const { input, expected, kind } = vectorCase;
  const compare = (actual: unknown): string[] => differences(actual, expected, toleranceOf(file));
  switch (kind) {
    case 'ledger':
      return compare(ledgerRows(input));
    case 'liquidation_price':
      return compare({
        liquidation_price: liquidationPrice({
          direction: input.side,
          quantity: input.qty,
          entry: input.entry,
          margin: input.margin,
          maintenanceRate: input.maintenance_rate,
          deduction: input.deduction,
          closeFeeRate: input.close_fee_rate,
          model: input.model,
        }),
      });
    case 'bar_stop_or_liquidation': {
      const exits = {
        direction: input.side,
        stopPrice: input.stop ?? undefined,
        targetPrice: undefined,
        liquidationPrice: input.liquidation_price ?? undefined,
      };
      const exit = barExit(exits, input, false);
      return compare({ outcome: exit?.kind ?? 'none', price: exit?.price });
    }
    case 'funding_stamps': {
      const schedule = createFundingSchedule(SYMBOL, undefined, input.interval_ms);
      return compare({ stamps: fundingDue(schedule, input.opened, input.closed).map((stamp) => stamp.time) });
    }
    default:
      return [`unknown kind ${kind}`];
  }
};

function ledgerRows(input: any): unknown[] {
  const ledger = createLedger(input.initial_wallet);
  return input.events.map((event: any) => {
    const extra = bookEvent(ledger, event);
    const row = ledgerSnapshot(ledger, SYMBOL);
    return {
      wallet: row.wallet,
      position: row.position,
      average_entry: row.averageEntry,
      realised_total: row.realisedTotal,
      fees_total: row.feesTotal,
      funding_total: row.fundingTotal,
      unrealised: row.unrealised,
      equity: row.equity,
      ...extra,
    };
  });
}

/** Books one event of the reference and returns what its row says besides the account. */
function bookEvent(ledger: Ledger, event: any): Readonly<Record<string, number>> {
  const { position, averageEntry } = ledgerSnapshot(ledger, SYMBOL);
  switch (event.type) {
    case 'fill': {
      const fill = takerFill(event.side, event.qty, event.price, event.fee_rate);
      const realised = bookFill(ledger, fill);
      if (event.mark !== undefined) markPosition(ledger, SYMBOL, event.mark);
      return { fee: fill.fee, realised };
    }
    case 'mark':
      markPosition(ledger, SYMBOL, event.price);
      return {};
    case 'funding': {
      markPosition(ledger, SYMBOL, event.mark);
      const terms = { symbol: SYMBOL, time: 0, rate: event.rate, quantity: position, markPrice: event.mark };
      const payment = fundingPaymentOf(terms, NEVER_MISSING);
      bookFunding(ledger, payment);
      return { payment: payment.payment };
    }
    case 'deposit':
      bookDeposit(ledger, 0, event.amount);
      return {};
    case 'liquidation': {
      if (averageEntry === undefined) throw new Error('liquidation without a position');
      const direction = position > 0 ? 1 : -1;
      const quantity = Math.abs(position);
      const margin = isolatedMargin({ quantity, entry: averageEntry, leverage: event.leverage });
      const price = bankruptcyPrice({ direction, quantity, entry: averageEntry, margin });
      const fill = takerFill(exitSide(direction), quantity, price, event.fee_rate ?? 0);
      return { margin_lost: -bookFill(ledger, { ...fill, reason: 'liquidation' }) };
    }
    default:
      throw new Error(`unknown event ${event.type}`);
  }
}

function takerFill(side: Side, quantity: number, price: number, feeRate: number): Fill {
  const fill = fillOf({
    time: 0,
    symbol: SYMBOL,
    clientOrderId: 'reference',
    side,
    quantity,
    price,
    quoted: price,
    feeBps: 0,
    liquidity: 'taker',
    reason: 'entry',
  });
  return { ...fill, fee: feeOf(quantity, price, feeRate * 10_000) };
}

// How are the paper account and the venue's own one traded alike, and compared?
import { expect } from 'vitest';
import { VenueError } from '../../../src/domain/venue-error.ts';
import type { PlaceRequest } from '../../../src/exchange-simulator/core/order-record.ts';
import { venueExecutionOf } from '../../../src/exchange-simulator/paper/paper-rows.ts';
import type { OrderRequest, VenueExecution } from '../../../src/ports/venue-account.ts';
import { atomsText } from '../../../src/exchange-simulator/venues/number-text.ts';
import type { PaperDesk } from './paper-desk.ts';

const number = (price: number | 'none' | undefined): number | undefined => (price === 'none' ? undefined : price);

/** The same order in both accounts. Whether both took it. */
export async function placeInBoth({ venue, exchange }: PaperDesk, order: OrderRequest): Promise<boolean> {
  const { protection, safety: _, ...rest } = order;
  const trigger = protection?.triggerBy ?? 'last';
  const request: PlaceRequest = {
    ...rest,
    stopPrice: number(protection?.stopPrice),
    stopTrigger: trigger,
    targetPrice: number(protection?.targetPrice),
    targetTrigger: trigger,
    triggerSource: order.triggerBy,
  };
  const at = exchange.now;
  const outcome = exchange.place(request);
  let taken = true;
  try {
    await venue.account.place(order);
  } catch (error) {
    if (!(error instanceof VenueError)) throw error;
    taken = false;
  }
  expect(exchange.now).toBe(at);
  expect(taken).toBe(outcome.kind === 'done');
  return taken;
}

/** Money and prices of an execution, without names and times. */
export const moneyOf = ({ kind, symbol, side, quantity, price, feeText, liquidity, rate, origin }: VenueExecution) => ({
  kind,
  symbol,
  side,
  quantity,
  price,
  fee: feeText,
  liquidity,
  rate,
  origin,
});

/** Executions of both accounts. */
export async function tradesOf({ venue, exchange }: PaperDesk) {
  return {
    paper: await venue.account.executions({ from: 0 }),
    venue: exchange.executions({}).map(venueExecutionOf),
  };
}

/** Both accounts have done the same, to the last digit. */
export async function expectSame(desk: PaperDesk): Promise<void> {
  const { paper, venue } = await tradesOf(desk);
  for (const { instrument } of desk.exchange.contracts()) {
    const of = (executions: readonly VenueExecution[]) =>
      executions.filter(({ symbol }) => symbol === instrument.symbol).map(moneyOf);
    expect(of(paper)).toEqual(of(venue));
  }
  const { walletText, equity } = await desk.venue.account.balance();
  const { wallet, equity: worth } = desk.exchange.wallet();
  expect(walletText).toBe(atomsText(wallet));
  expect(equity).toBe(Number(atomsText(worth)));
}

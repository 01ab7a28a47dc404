// What did a canary leave that came to no end? Its orders go, and its position, unless more is there than a canary ever orders.
import { VenueError } from '../../domain/venue-error.ts';
import type { Instrument } from '../../domain/instrument.ts';
import type { Clock } from '../../ports/clock.ts';
import type { HeldPosition, VenueAccount, VenueOrder } from '../../ports/venue-account.ts';
import type { VenueMarket } from '../../ports/venue-market.ts';
import { smallestQuantity } from './canary-steps.ts';
import { flattenAccount } from './flatten-account.ts';

export interface CleanUpRequest {
  readonly account: VenueAccount;
  readonly market: VenueMarket;
  readonly clock: Clock;
  readonly symbol: string;
  /** What the client order ids of the canary begin with. */
  readonly idPrefix: string;
  readonly pauseMs: number;
  /** Gives up after so long, milliseconds. */
  readonly patienceMs: number;
}

/** `clean`: the venue shows neither a position nor an order; `not-ours`: only what somebody else has there is left. */
export type CleanUp =
  | { readonly kind: 'clean' }
  | { readonly kind: 'not-ours'; readonly text: string }
  | { readonly kind: 'failed'; readonly text: string };

export async function cleanUpCanary(request: CleanUpRequest): Promise<CleanUp> {
  const { account, clock, symbol, idPrefix, pauseMs, patienceMs } = request;
  try {
    const orders = await account.openOrders(symbol);
    const position = (await account.positions()).find((each) => each.symbol === symbol);
    const instrument = await instrumentOf(request);
    const strangers = orders.filter((order) => !isOfCanary(order, idPrefix));
    if (strangers.length > 0 || isTooMuch(position, instrument)) {
      for (const order of orders) if (order.clientOrderId.startsWith(idPrefix)) await cancel(account, order);
      const text = position === undefined ? `${strangers.length} orders` : `${position.quantity} held`;
      return { kind: 'not-ours', text: `${symbol}: ${text} that no canary ordered` };
    }
    const { flat, failures } = await flattenAccount({
      account,
      clock,
      instrument: () => instrument,
      idPrefix: `${idPrefix}z`,
      sliceShare: 1,
      pauseMs,
      maxPauseMs: pauseMs,
      symbols: [symbol],
      deadline: clock.now() + patienceMs,
    });
    return flat ? { kind: 'clean' } : { kind: 'failed', text: failures.join('; ') };
  } catch (error) {
    if (error instanceof VenueError) return { kind: 'failed', text: `${error.code} ${error.message}` };
    throw error;
  }
}

/** Stops and targets of a position that a person opened would go with it; there is none, where the size is that of a canary. */
function isOfCanary({ clientOrderId, parentClientOrderId, origin }: VenueOrder, idPrefix: string): boolean {
  if (clientOrderId.startsWith(idPrefix) || parentClientOrderId?.startsWith(idPrefix) === true) return true;
  return origin !== 'client' && parentClientOrderId === undefined;
}

/** Canaries hold long positions of the smallest size, which is counted anew at another price. */
const ROOM = 2;

function isTooMuch(position: HeldPosition | undefined, instrument: Instrument | undefined): boolean {
  if (position === undefined || instrument === undefined) return false;
  const { quantity, entryPrice } = position;
  return quantity < 0 || quantity > smallestQuantity(instrument, entryPrice) * ROOM;
}

async function instrumentOf({ market, symbol }: CleanUpRequest): Promise<Instrument | undefined> {
  return (await market.instruments()).find(({ instrument }) => instrument.symbol === symbol)?.instrument;
}

async function cancel(account: VenueAccount, { symbol, clientOrderId }: VenueOrder): Promise<void> {
  try {
    await account.cancel({ symbol, clientOrderId });
  } catch (error) {
    if (!(error instanceof VenueError) || !['ORDER_NOT_FOUND', 'ORDER_FINAL'].includes(error.code)) throw error;
  }
}

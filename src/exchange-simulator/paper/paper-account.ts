// What does the paper venue do for its account? The port's questions and orders, answered by the simulated exchange after a delay like the real one's.
import { atomsToNumber } from '../../domain/money.ts';
import { PerpilotError } from '../../domain/errors.ts';
import type { OrderRequest, ProtectionRequest, VenueAccount, VenueBalance } from '../../ports/venue-account.ts';
import type { PlaceRequest, ProtectRequest } from '../core/order-record.ts';
import { atomsText } from '../venues/number-text.ts';
import type { MarketFollower } from './market-follower.ts';
import type { PaperBook } from './paper-book.ts';
import type { PaperRequest } from './paper-entry.ts';
import type { PaperVenueOptions } from './paper-options.ts';
import { doneOr, failure, heldPositionOf, venueExecutionOf, venueOrderOf, worthMore } from './paper-rows.ts';

export interface PaperAccountParts {
  readonly options: PaperVenueOptions;
  readonly book: PaperBook;
  readonly follower: MarketFollower;
  readonly isClosed: () => boolean;
  /** Resolves when the connection is closed: nothing is waited for any more. */
  readonly closing: Promise<void>;
}

/** The account that is simulated here. */
export function createPaperAccount(parts: PaperAccountParts): VenueAccount {
  return { ...questionsOf(parts), ...writesOf(parts) };
}

type Questions = Pick<
  VenueAccount,
  'keyFacts' | 'modes' | 'balance' | 'positions' | 'openOrders' | 'findOrder' | 'executions'
>;

function questionsOf({ book, follower, isClosed }: PaperAccountParts): Questions {
  const ask = async <Value>(answer: () => Value): Promise<Value> => {
    await Promise.resolve();
    if (isClosed()) throw failure('CLOSED', 'the connection was closed');
    return answer();
  };
  const exchange = () => book.followed.exchange;
  return {
    keyFacts: () =>
      ask(() => ({
        readOnly: false,
        mayTrade: true,
        mayWithdraw: false,
        expiresAt: undefined,
        allowedAddresses: undefined,
      })),
    modes: () => ask(() => exchange().account()),
    balance: () => ask(() => balanceOf({ book, follower })),
    positions: () =>
      ask(() =>
        exchange()
          .positions()
          .flatMap((held) => heldPositionOf(held, follower.priceOf(held.symbol)) ?? []),
      ),
    openOrders: (symbol) =>
      ask(() =>
        exchange()
          .openOrders({ symbol })
          .map((order) => venueOrderOf(order, book.happenedLate(order.orderId))),
      ),
    findOrder: ({ symbol, clientOrderId }) =>
      ask(() => {
        const found = book.orderOf(symbol, clientOrderId);
        return found === undefined ? undefined : venueOrderOf(found, book.happenedLate(found.orderId));
      }),
    executions: ({ symbol, from, until = Infinity }) =>
      ask(() =>
        book
          .executions()
          .filter(({ time, symbol: its }) => time >= from && time <= until && (symbol === undefined || its === symbol))
          .map(venueExecutionOf),
      ),
  };
}

/** Money of the account at the prices of now. */
export function balanceOf({ book, follower }: Pick<PaperAccountParts, 'book' | 'follower'>): VenueBalance {
  const { exchange } = book.followed;
  const { wallet, equity, available } = exchange.wallet();
  let worth = equity;
  for (const held of exchange.positions()) worth += worthMore(held, follower.priceOf(held.symbol));
  return {
    wallet: atomsToNumber(wallet),
    equity: atomsToNumber(worth),
    available: atomsToNumber(available),
    walletText: atomsText(wallet),
  };
}

type Writes = Omit<VenueAccount, keyof Questions>;

function writesOf({ options, book, follower, isClosed, closing }: PaperAccountParts): Writes {
  const { clock, terms } = options;
  /** The request is on its way, then meets the market as it stands by then. */
  const send = async (request: PaperRequest, symbol: string | undefined, needsPrice: boolean) => {
    if (terms.latencyMs > 0) {
      const arrival = new Promise<void>((resolve) => void clock.after(terms.latencyMs, resolve));
      await Promise.race([arrival, closing]);
    }
    if (symbol !== undefined && !isClosed()) await follower.bringUp(symbol, needsPrice);
    if (isClosed()) throw failure('CLOSED', 'the connection was closed');
    try {
      return doneOr(book.write(request, clock.now()));
    } catch (error) {
      if (!(error instanceof PerpilotError && error.code === 'JOURNAL_UNWRITABLE')) throw error;
      throw failure('OVERLOADED', `the log of the account cannot be written: ${error.message}`, { retryable: true });
    }
  };
  return {
    async place(order) {
      assertClientOrderId(order.clientOrderId);
      if (book.orderOf(undefined, order.clientOrderId) !== undefined) {
        throw failure('ORDER_ID_TAKEN', `there is an order ${order.clientOrderId}`, { orderMayExist: true });
      }
      await send({ kind: 'place', request: placeRequestOf(order) }, order.symbol, true);
      const placed = book.orderOf(order.symbol, order.clientOrderId);
      const isAsked = order.protection?.stopPrice !== undefined || order.protection?.targetPrice !== undefined;
      const protection = isAsked ? 'attached' : 'none';
      return { clientOrderId: order.clientOrderId, venueOrderId: placed?.orderId ?? '', protection };
    },
    async protect(symbol, protection) {
      await send({ kind: 'protect', request: protectRequestOf(symbol, protection) }, symbol, true);
    },
    async cancel({ symbol, clientOrderId }) {
      await send({ kind: 'cancel', symbol, key: { clientOrderId } }, symbol, false);
    },
    async cancelAll(symbol) {
      await send({ kind: 'cancel-all', symbol }, symbol, false);
    },
    async setLeverage(symbol, leverage) {
      await send({ kind: 'leverage', symbol, leverage }, symbol, false);
    },
    async setMarginMode(mode) {
      await send({ kind: 'margin-mode', mode }, undefined, false);
    },
    async setPositionMode(mode) {
      await send({ kind: 'position-mode', mode }, undefined, false);
    },
  };
}

const CLIENT_ORDER_ID = /^[A-Za-z0-9_-]{1,36}$/;

function assertClientOrderId(id: string): void {
  if (!CLIENT_ORDER_ID.test(id)) throw failure('PARAMETER_REFUSED', `${id} is no client order id`);
}

function placeRequestOf(order: OrderRequest): PlaceRequest {
  const { protection } = order;
  const stopPrice = priceOf(protection?.stopPrice);
  const targetPrice = priceOf(protection?.targetPrice);
  const trigger = protection?.triggerBy ?? 'last';
  return {
    clientOrderId: order.clientOrderId,
    symbol: order.symbol,
    side: order.side,
    type: order.type,
    quantity: order.quantity,
    price: order.price,
    timeInForce: order.timeInForce,
    reduceOnly: order.reduceOnly,
    triggerPrice: order.triggerPrice,
    triggerSource: order.triggerBy,
    ...(stopPrice === undefined ? {} : { stopPrice, stopTrigger: trigger }),
    ...(targetPrice === undefined ? {} : { targetPrice, targetTrigger: trigger }),
  };
}

/** Nothing rests yet that could be taken away. */
const priceOf = (price: number | 'none' | undefined): number | undefined => (price === 'none' ? undefined : price);

const levelOf = (price: number | 'none' | undefined): number | undefined => (price === 'none' ? 0 : price);

function protectRequestOf(symbol: string, { stopPrice, targetPrice, triggerBy }: ProtectionRequest): ProtectRequest {
  return {
    symbol,
    stopPrice: levelOf(stopPrice),
    targetPrice: levelOf(targetPrice),
    ...(stopPrice === undefined ? {} : { stopTrigger: triggerBy }),
    ...(targetPrice === undefined ? {} : { targetTrigger: triggerBy }),
  };
}

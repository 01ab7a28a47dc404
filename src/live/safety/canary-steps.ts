// What does the canary try, in which order, and how is each step seen to have worked?
import { floorToLot, roundToTick, type Instrument } from '../../domain/instrument.ts';
import { VenueError } from '../../domain/venue-error.ts';
import type { HeldPosition, OrderRequest, VenueAccount } from '../../ports/venue-account.ts';
import type { VenueMarket } from '../../ports/venue-market.ts';

export interface CanaryDesk {
  readonly account: VenueAccount;
  readonly market: VenueMarket;
  readonly instrument: Instrument;
  /** A client order id that was never used before. */
  readonly nextId: () => string;
}

/** Undefined: the venue shows what it should; otherwise what is missing. */
export type CanaryLook = () => Promise<string | undefined>;

export interface CanaryStep {
  readonly name: string;
  /** It is not the venue alone that must act: a price must be reached. */
  readonly waitsForMarket?: boolean;
  readonly act: (desk: CanaryDesk) => Promise<CanaryLook>;
}

/** Away from the market, so that nothing fills or triggers by chance, and still within what venues take. */
const FAR = 0.04;
const NEARER = 0.03;
/** So near that any market that moves reaches one of the two in a short while. */
const NEAR = 0.0005;
const NEAR_TICKS = 2;
/** The size is the smallest also where the price falls meanwhile. */
const MARGIN = 1.1;

export const CANARY_STEPS: readonly CanaryStep[] = [
  { name: 'limit order: place', act: (desk) => restAt(desk, FAR) },
  { name: 'limit order: amend', act: amend },
  { name: 'limit order: cancel', act: cancel },
  { name: 'immediate-or-cancel limit order', act: immediateOrCancel },
  { name: 'market order with stop and target', act: (desk) => enter(desk, FAR) },
  { name: 'stop: move', act: shiftStop },
  { name: 'reduce-only close', act: close },
  { name: 'stop or target: place near', act: (desk) => enter(desk, NEAR) },
  { name: 'stop or target: trigger', waitsForMarket: true, act: (desk) => Promise.resolve(() => gone(desk)) },
];

/** Smallest size that the contract takes at `price` and a little below it. */
export function smallestQuantity(instrument: Instrument, price: number): number {
  const { minQuantity, minNotional, lotSize } = instrument;
  const lowest = price * (1 - FAR);
  const forValue = floorToLot(instrument, (minNotional * MARGIN) / lowest + lotSize);
  return Math.max(minQuantity, minNotional > 0 ? forValue : minQuantity);
}

async function priceOf({ market, instrument: { symbol } }: CanaryDesk): Promise<number> {
  const ticker = (await market.tickers()).find((each) => each.symbol === symbol);
  if (ticker !== undefined) return ticker.lastPrice;
  throw new VenueError({
    code: 'SYMBOL_NOT_TRADING',
    message: `there is no price of ${symbol}`,
    retryable: false,
    orderMayExist: false,
  });
}

async function place(desk: CanaryDesk, price: number, more: Partial<OrderRequest>): Promise<string> {
  const clientOrderId = desk.nextId();
  const { instrument } = desk;
  await desk.account.place({
    clientOrderId,
    symbol: instrument.symbol,
    side: 'buy',
    quantity: smallestQuantity(instrument, price),
    reduceOnly: false,
    type: 'market',
    safety: false,
    ...more,
  });
  return clientOrderId;
}

async function restAt(desk: CanaryDesk, distance: number): Promise<CanaryLook> {
  const { account, instrument } = desk;
  const last = await priceOf(desk);
  const price = roundToTick(instrument, last * (1 - distance), 'down');
  const id = await place(desk, last, { type: 'limit', price, timeInForce: 'gtc' });
  return async () => {
    const orders = await account.openOrders(instrument.symbol);
    const [only] = orders;
    const rests = orders.length === 1 && only.clientOrderId === id && only.price === price;
    return rests ? undefined : `one order at ${price} should rest, and there are ${orders.length} orders`;
  };
}

/** The bot moves an order by cancelling it and placing another. */
async function amend(desk: CanaryDesk): Promise<CanaryLook> {
  await cancelAllByName(desk);
  return restAt(desk, NEARER);
}

async function cancel(desk: CanaryDesk): Promise<CanaryLook> {
  await cancelAllByName(desk);
  return () => noOrders(desk);
}

async function cancelAllByName({ account, instrument: { symbol } }: CanaryDesk): Promise<void> {
  for (const { clientOrderId } of await account.openOrders(symbol)) await account.cancel({ symbol, clientOrderId });
}

async function immediateOrCancel(desk: CanaryDesk): Promise<CanaryLook> {
  const { account, instrument } = desk;
  const { symbol } = instrument;
  const last = await priceOf(desk);
  const price = roundToTick(instrument, last * (1 - FAR), 'down');
  const clientOrderId = await place(desk, last, { type: 'limit', price, timeInForce: 'ioc' });
  return async () => {
    const order = await account.findOrder({ symbol, clientOrderId });
    if (order === undefined) return 'the order is not known';
    if (order.state !== 'cancelled') return `the order should have ended as cancelled, and it is ${order.state}`;
    return (await noOrders(desk)) ?? (await noPosition(desk));
  };
}

async function enter(desk: CanaryDesk, distance: number): Promise<CanaryLook> {
  const { account, instrument } = desk;
  const last = await priceOf(desk);
  const quantity = smallestQuantity(instrument, last);
  const away = Math.max(last * distance, instrument.tickSize * NEAR_TICKS);
  const stopPrice = roundToTick(instrument, last - away, 'down');
  const targetPrice = roundToTick(instrument, last + away, 'up');
  const clientOrderId = await place(desk, last, { protection: { stopPrice, targetPrice } });
  return async () => {
    const position = await positionOf(desk);
    if (position === undefined) {
      // Near the market, stop or target may have triggered before anybody could look.
      const entry = await account.findOrder({ symbol: instrument.symbol, clientOrderId });
      return distance === NEAR && entry?.state === 'filled' ? undefined : 'there is no position';
    }
    if (position.quantity !== quantity) return `${quantity} should be held, and it is ${position.quantity}`;
    return stopAndTarget(position, stopPrice, targetPrice);
  };
}

async function shiftStop(desk: CanaryDesk): Promise<CanaryLook> {
  const { account, instrument } = desk;
  const last = await priceOf(desk);
  const stopPrice = roundToTick(instrument, last * (1 - NEARER), 'down');
  const targetPrice = (await positionOf(desk))?.targetPrice;
  await account.protect(instrument.symbol, { stopPrice });
  return async () => {
    const position = await positionOf(desk);
    return position === undefined ? 'the position is gone' : stopAndTarget(position, stopPrice, targetPrice);
  };
}

function stopAndTarget(position: HeldPosition, stop: number, target: number | undefined): string | undefined {
  const { stopPrice, targetPrice } = position;
  if (stopPrice !== stop) return `the stop should lie at ${stop}, and it is ${stopPrice ?? 'not there'}`;
  if (targetPrice !== target) return `the target should lie at ${target}, and it is ${targetPrice ?? 'not there'}`;
  return undefined;
}

async function close(desk: CanaryDesk): Promise<CanaryLook> {
  const { account, instrument } = desk;
  const held = await positionOf(desk);
  if (held === undefined) return () => Promise.resolve('there was no position to close');
  await place(desk, held.entryPrice, { side: 'sell', quantity: held.quantity, reduceOnly: true, safety: true });
  // Stops that are orders of their own stay behind where the venue does not take them away.
  await account.cancelAll(instrument.symbol);
  return () => gone(desk);
}

async function gone(desk: CanaryDesk): Promise<string | undefined> {
  const missing = await noPosition(desk);
  if (missing !== undefined) return missing;
  const left = await noOrders(desk);
  if (left !== undefined) await desk.account.cancelAll(desk.instrument.symbol);
  return left;
}

async function positionOf({ account, instrument: { symbol } }: CanaryDesk): Promise<HeldPosition | undefined> {
  return (await account.positions()).find((each) => each.symbol === symbol);
}

async function noPosition(desk: CanaryDesk): Promise<string | undefined> {
  const position = await positionOf(desk);
  return position === undefined ? undefined : `${position.quantity} is still held`;
}

async function noOrders({ account, instrument: { symbol } }: CanaryDesk): Promise<string | undefined> {
  const orders = await account.openOrders(symbol);
  return orders.length === 0 ? undefined : `${orders.length} orders are still there`;
}

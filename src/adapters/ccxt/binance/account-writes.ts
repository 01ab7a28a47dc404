// How is something changed at Binance? Orders with their protection beside them, and settings, each sent once.
import { z } from 'zod';
import { VenueError } from '../../../domain/venue-error.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { OrderAck, OrderName, OrderRequest, PositionMode } from '../../../ports/venue-account.ts';
import type { WireParams } from '../load-exchange.ts';
import { assertClientOrderId, assertSymbol, refuse } from '../names.ts';
import { positiveText } from '../number-text.ts';
import { wireId } from '../streams/wire-values.ts';
import type { VenueClient } from '../venue-client.ts';
import { binancePrice } from './market.ts';
import { algoAck, orderAck, SIDE, TIME_IN_FORCE, WORKING_TYPE } from './order-words.ts';
import { putProtection } from './protection.ts';
import { accountWrite, orderWrite } from './requests.ts';

/** How the venue says that it was done. */
const success = z.object({ code: z.literal([200, '200']) });
const cancelAck = z.object({ orderId: wireId });

export async function binancePlace(client: VenueClient, clock: Clock, order: OrderRequest): Promise<OrderAck> {
  assertSymbol(order.symbol);
  assertClientOrderId(order.clientOrderId);
  const { clientOrderId, protection } = order;
  if (order.reduceOnly && protection !== undefined)
    throw refuse('UNSUPPORTED', 'an order that only reduces carries no stop or target');
  const venueOrderId =
    order.triggerPrice === undefined ? await placeNow(client, order) : await placeLater(client, order);
  if (protection === undefined) return { clientOrderId, venueOrderId, protection: 'none' };
  const isPut = await putProtection({ client, clock, entry: order, protection });
  return { clientOrderId, venueOrderId, protection: isPut ? 'placed' : 'failed' };
}

async function placeNow(client: VenueClient, order: OrderRequest): Promise<string> {
  const params = { ...common(order), ...pricing(order, order.type === 'market' ? 'MARKET' : 'LIMIT') };
  const named = { ...params, newClientOrderId: order.clientOrderId, newOrderRespType: 'ACK' };
  const shape = orderAck.refine((ack) => ack.clientOrderId === order.clientOrderId, 'it acknowledges another order');
  return (await client.ask(orderWrite('order', named, order.safety), shape)).orderId;
}

/** Which kind of conditional order it is follows from where the price is now. */
async function placeLater(client: VenueClient, order: OrderRequest): Promise<string> {
  const { symbol, side, triggerPrice = NaN, triggerBy = 'last' } = order;
  const trigger = positiveText(triggerPrice, 'trigger price');
  const price = await binancePrice(client, symbol, triggerBy);
  if (price === undefined) throw refuse('SYMBOL_NOT_TRADING', `${symbol} has no price that could reach a trigger`);
  const isStop = side === 'buy' ? triggerPrice > price : triggerPrice <= price;
  const type = `${isStop ? 'STOP' : 'TAKE_PROFIT'}${order.type === 'market' ? '_MARKET' : ''}`;
  const params = {
    ...common(order),
    ...pricing(order, type),
    algoType: 'CONDITIONAL',
    triggerPrice: trigger,
    workingType: WORKING_TYPE[triggerBy],
    clientAlgoId: order.clientOrderId,
  };
  const shape = algoAck.refine((ack) => ack.clientAlgoId === order.clientOrderId, 'it acknowledges another order');
  return (await client.ask(orderWrite('algoOrder', params, order.safety), shape)).algoId;
}

const common = ({ symbol, side, quantity, reduceOnly }: OrderRequest): WireParams => ({
  symbol,
  side: SIDE[side],
  quantity: positiveText(quantity, 'quantity'),
  ...(reduceOnly ? { reduceOnly: 'true' } : {}),
});

function pricing(order: OrderRequest, type: string): WireParams {
  if (order.type === 'market') return { type };
  if (order.price === undefined) throw refuse('PARAMETER_REFUSED', 'a limit order needs a price');
  return { type, price: positiveText(order.price, 'price'), timeInForce: TIME_IN_FORCE[order.timeInForce ?? 'gtc'] };
}

/** An order is in one of two books; which, only the venue knows. */
export async function binanceCancel(client: VenueClient, { symbol, clientOrderId }: OrderName): Promise<void> {
  assertSymbol(symbol);
  assertClientOrderId(clientOrderId);
  try {
    await client.ask(accountWrite('DELETE', 'order', { symbol, origClientOrderId: clientOrderId }, true), cancelAck);
  } catch (error) {
    if (!(error instanceof VenueError) || error.code !== 'ORDER_NOT_FOUND') throw error;
    await client.ask(accountWrite('DELETE', 'algoOrder', { clientAlgoId: clientOrderId }, true), success);
  }
}

export async function binanceCancelAll(client: VenueClient, symbol: string): Promise<void> {
  assertSymbol(symbol);
  await client.ask(accountWrite('DELETE', 'allOpenOrders', { symbol }, true), success);
  await client.ask(accountWrite('DELETE', 'algoOpenOrders', { symbol }, true), success);
}

export async function binanceSetLeverage(client: VenueClient, symbol: string, leverage: number): Promise<void> {
  assertSymbol(symbol);
  if (!Number.isInteger(leverage) || leverage < 1)
    throw refuse('LEVERAGE_REFUSED', `Binance has whole leverages from 1 on, not ${leverage}`);
  // Success without a leverage: it was so already.
  const shape = z.union([z.object({ leverage: z.literal(leverage) }), success]);
  await client.ask(accountWrite('POST', 'leverage', { symbol, leverage }), shape);
}

export async function binanceSetMarginMode(
  client: VenueClient,
  mode: 'isolated' | 'cross',
  symbol: string,
): Promise<void> {
  assertSymbol(symbol);
  const marginType = mode === 'isolated' ? 'ISOLATED' : 'CROSSED';
  await client.ask(accountWrite('POST', 'marginType', { symbol, marginType }), success);
}

export async function binanceSetPositionMode(client: VenueClient, mode: PositionMode): Promise<void> {
  const dualSidePosition = mode === 'hedge' ? 'true' : 'false';
  await client.ask(accountWrite('POST', 'positionSide/dual', { dualSidePosition }), success);
}

// How is something changed at Bybit? Orders, protection and settings, each sent once.
import { z } from 'zod';
import type {
  OrderAck,
  OrderName,
  OrderRequest,
  PositionMode,
  ProtectionRequest,
} from '../../../ports/venue-account.ts';
import { assertClientOrderId, assertSymbol, refuse } from '../names.ts';
import { positiveText } from '../number-text.ts';
import type { WireParams } from '../load-exchange.ts';
import type { VenueClient } from '../venue-client.ts';
import { accountWrite, resultOf } from './requests.ts';
import { bybitTickers } from './tickers.ts';

const LINEAR = { category: 'linear' } as const;
/** One-way mode; always said, because the venue's default follows the account. */
const ONE_WAY = { positionIdx: 0 } as const;
const TRIGGER_BY = { last: 'LastPrice', mark: 'MarkPrice' } as const;
const TIME_IN_FORCE = { gtc: 'GTC', ioc: 'IOC', 'post-only': 'PostOnly' } as const;
/** Most orders that one cancel-all takes, and how often it is asked again. */
const CANCELLED_AT_ONCE = 500;
const CANCEL_ROUNDS = 5;

export const orderAck = resultOf(z.object({ orderId: z.string().min(1), orderLinkId: z.string() }));
const nothing = resultOf(z.unknown());
const cancelAllReply = resultOf(z.object({ list: z.array(z.unknown()).nullish() }));

/** An acknowledgement without an id, or with another one, is none: whether there is an order must be looked up. */
const ackOf = (clientOrderId: string) =>
  orderAck.refine(({ orderLinkId }) => orderLinkId === clientOrderId, 'it acknowledges another order');

export async function bybitPlace(client: VenueClient, order: OrderRequest): Promise<OrderAck> {
  assertSymbol(order.symbol);
  assertClientOrderId(order.clientOrderId);
  if (order.reduceOnly && order.protection !== undefined)
    throw refuse('UNSUPPORTED', 'Bybit attaches no stop or target to an order that only reduces');
  const params: WireParams = {
    ...LINEAR,
    ...ONE_WAY,
    symbol: order.symbol,
    side: order.side === 'buy' ? 'Buy' : 'Sell',
    qty: positiveText(order.quantity, 'quantity'),
    orderLinkId: order.clientOrderId,
    reduceOnly: order.reduceOnly,
    ...limitParams(order),
    ...(await triggerParams(client, order)),
    ...(order.protection === undefined ? {} : protectionParams(order.protection)),
  };
  const { clientOrderId, safety } = order;
  const ack = await client.ask(accountWrite('v5/order/create', params, safety), ackOf(clientOrderId));
  return { clientOrderId, venueOrderId: ack.orderId, protection: order.protection === undefined ? 'none' : 'attached' };
}

function limitParams(order: OrderRequest): WireParams {
  if (order.type === 'market') return { orderType: 'Market' };
  if (order.price === undefined) throw refuse('PARAMETER_REFUSED', 'a limit order needs a price');
  const timeInForce = TIME_IN_FORCE[order.timeInForce ?? 'gtc'];
  return { orderType: 'Limit', price: positiveText(order.price, 'price'), timeInForce };
}

/** The venue wants to know from which side the price will come, so the price is looked up first. */
async function triggerParams(client: VenueClient, order: OrderRequest): Promise<WireParams> {
  const { symbol, triggerPrice, triggerBy = 'last' } = order;
  if (triggerPrice === undefined) return {};
  const text = positiveText(triggerPrice, 'trigger price');
  const [ticker] = await bybitTickers(client, symbol);
  const price = triggerBy === 'mark' ? ticker?.markPrice : ticker?.lastPrice;
  if (price === undefined) throw refuse('SYMBOL_NOT_TRADING', `${symbol} has no price that could reach a trigger`);
  return { triggerPrice: text, triggerBy: TRIGGER_BY[triggerBy], triggerDirection: triggerPrice > price ? 1 : 2 };
}

/** 0 takes it away. */
const protectionText = (price: number | 'none', name: string): string =>
  price === 'none' ? '0' : positiveText(price, name);

/** Raw names: ccxt's own silently lose which price triggers. Full mode, so that they grow and shrink with the position. */
function protectionParams({ stopPrice, targetPrice, triggerBy = 'last' }: ProtectionRequest): WireParams {
  return {
    tpslMode: 'Full',
    ...(stopPrice === undefined
      ? {}
      : { stopLoss: protectionText(stopPrice, 'stop price'), slTriggerBy: TRIGGER_BY[triggerBy] }),
    ...(targetPrice === undefined
      ? {}
      : { takeProfit: protectionText(targetPrice, 'target price'), tpTriggerBy: TRIGGER_BY[triggerBy] }),
  };
}

export async function bybitProtect(client: VenueClient, symbol: string, protection: ProtectionRequest): Promise<void> {
  assertSymbol(symbol);
  const params = { ...LINEAR, ...ONE_WAY, symbol, ...protectionParams(protection) };
  await client.ask(accountWrite('v5/position/trading-stop', params, true), nothing);
}

export async function bybitCancel(client: VenueClient, { symbol, clientOrderId }: OrderName): Promise<void> {
  assertSymbol(symbol);
  assertClientOrderId(clientOrderId);
  const params = { ...LINEAR, symbol, orderLinkId: clientOrderId };
  await client.ask(accountWrite('v5/order/cancel', params, true), ackOf(clientOrderId));
}

/** Without a filter it takes both books and the stops of the position. */
export async function bybitCancelAll(client: VenueClient, symbol: string): Promise<void> {
  assertSymbol(symbol);
  for (let round = 0; round < CANCEL_ROUNDS; round += 1) {
    const request = accountWrite('v5/order/cancel-all', { ...LINEAR, symbol }, true);
    const { list } = await client.ask(request, cancelAllReply);
    if ((list?.length ?? 0) < CANCELLED_AT_ONCE) return;
  }
}

export async function bybitSetLeverage(client: VenueClient, symbol: string, leverage: number): Promise<void> {
  assertSymbol(symbol);
  const text = positiveText(leverage, 'leverage');
  const params = { ...LINEAR, symbol, buyLeverage: text, sellLeverage: text };
  await client.ask(accountWrite('v5/position/set-leverage', params), nothing);
}

/** For the whole account: the venue knows no margin mode of one symbol. */
export async function bybitSetMarginMode(client: VenueClient, mode: 'isolated' | 'cross'): Promise<void> {
  const setMarginMode = mode === 'isolated' ? 'ISOLATED_MARGIN' : 'REGULAR_MARGIN';
  await client.ask(accountWrite('v5/account/set-margin-mode', { setMarginMode }), nothing);
}

export async function bybitSetPositionMode(client: VenueClient, mode: PositionMode): Promise<void> {
  const params = { ...LINEAR, mode: mode === 'hedge' ? 3 : 0, coin: 'USDT' };
  await client.ask(accountWrite('v5/position/switch-mode', params), nothing);
}

// How does a client trade at Binance? Orders of the ordinary book: placed, changed, cancelled and looked up.
import type { ListedContract } from '../../core/exchange.ts';
import type { OrderRecord, Outcome, PlaceRequest } from '../../core/order-record.ts';
import { badFields, done, missing, refused, type BinanceAnswer, type Refused } from './answer.ts';
import { MAX_OPEN_ORDERS } from './contract-row.ts';
import {
  allOrdersOf,
  findOrder,
  openOrdersOf,
  orderContext,
  readCall,
  readHistory,
  rowsOf,
  type FoundOrder,
} from './find-orders.ts';
import { isConditionalType, readAmount, readCommon, unwanted, type Read } from './order-fields.ts';
import { orderRow } from './order-row.ts';
import { CANCEL_UNKNOWN, ORDER_UNKNOWN, SYMBOL_INVALID, refusedAtOnce, rejection, type Asked } from './refusals.ts';
import { limitOf } from './request-fields.ts';
import { bySymbol, namedContracts, withContract, type RouteContext, type Routes } from './route.ts';

export const ALL_CANCELLED: BinanceAnswer = done({ code: 200, msg: 'The operation of cancel all open order is done.' });

const USE_ALGO = refused(
  -4120,
  'Order type not supported for this endpoint. Please use the Algo Order API endpoints instead.',
);

const bad = (answer: Refused): Read<PlaceRequest> => ({ kind: 'refused', answer });

/** The order that the fields describe. */
function readOrder({ world, fields, names }: RouteContext, contract: ListedContract): Read<PlaceRequest> {
  const type = fields.text('type');
  if (type === undefined) return bad(missing('type'));
  if (isConditionalType(type)) return bad(USE_ALGO);
  if (type !== 'MARKET' && type !== 'LIMIT') return bad(refused(-1116, 'Invalid orderType.'));
  const common = readCommon(fields, 'newClientOrderId', world.exchange.account().positionMode);
  if (common.kind === 'refused') return common;
  if (fields.flag('closePosition')) {
    return bad(refused(-4136, `Target strategy invalid for orderType ${type},closePosition true.`));
  }
  const quantity = readAmount(fields, 'quantity', contract);
  if (quantity.kind === 'refused') return quantity;
  const isLimit = type === 'LIMIT';
  const price = isLimit ? readAmount(fields, 'price', contract) : undefined;
  if (price?.kind === 'refused') return price;
  const { side, clientId, timeInForce, reduceOnly, positionIndex } = common.value;
  if (isLimit && timeInForce === undefined) return bad(missing('timeInForce'));
  if (!isLimit && timeInForce !== undefined) return bad(unwanted('timeinforce'));
  const value: PlaceRequest = {
    clientOrderId: clientId ?? names.spareClientId(),
    symbol: contract.instrument.symbol,
    side,
    type: isLimit ? 'limit' : 'market',
    quantity: quantity.value,
    price: price?.value,
    timeInForce: isLimit ? timeInForce : 'ioc',
    reduceOnly,
    positionIndex,
  };
  return { kind: 'read', value };
}

function place(context: RouteContext): BinanceAnswer {
  return withContract(context, (contract) => {
    const { fields, world, names } = context;
    const answerType = fields.oneOf('newOrderRespType', ['ACK', 'RESULT']) ?? 'ACK';
    const request = readOrder(context, contract);
    if (fields.problem !== undefined) return badFields(fields.problem);
    if (request.kind === 'refused') return request.answer;
    const { symbol } = contract.instrument;
    if (openOrdersOf(context, 'ordinary', symbol).length >= MAX_OPEN_ORDERS) {
      return rejection('too-many-orders', { asked: 'order' });
    }
    const outcome = world.exchange.place(request.value);
    if (outcome.kind === 'rejected') {
      return rejection(outcome.reason, { asked: 'order', contract, side: request.value.side });
    }
    const order = outcome.value;
    const refusal = refusalOf(order, contract);
    if (refusal !== undefined) return refusal;
    const shown = answerType === 'ACK' ? justTaken(order) : order;
    return done(
      orderRow(shown, { contract, positionMode: world.exchange.account().positionMode, name: names.of(order) }),
    );
  });
}

/** What became of an order at once, where the venue says no. */
function refusalOf(order: OrderRecord, contract: ListedContract): BinanceAnswer | undefined {
  if (order.status === 'rejected') return rejection(order.rejectReason ?? 'unsupported', { asked: 'order', contract });
  return refusedAtOnce(order);
}

/** The order as it was before the engine saw it. */
const justTaken = (order: OrderRecord): OrderRecord => ({
  ...order,
  status: 'new',
  filledQuantity: 0,
  filledValue: 0n,
});

/** The row of an order that something was done to. */
function acknowledged(context: RouteContext, outcome: Outcome<OrderRecord>, asked: Asked): BinanceAnswer {
  if (outcome.kind === 'rejected') return rejection(outcome.reason, { asked });
  return oneRow(context, { order: outcome.value, name: context.names.of(outcome.value) });
}

function oneRow(context: RouteContext, found: FoundOrder): BinanceAnswer {
  const rowContext = orderContext(context, found);
  return rowContext === undefined ? SYMBOL_INVALID : done(orderRow(found.order, rowContext));
}

/** The named order of the ordinary book, if it is one of the symbol. */
function named(context: RouteContext, symbol: string): FoundOrder | BinanceAnswer | undefined {
  const call = readCall(context.fields, 'orderId', 'origClientOrderId');
  if ('kind' in call) return call;
  const found = findOrder(context, 'ordinary', call);
  return found?.order.symbol === symbol ? found : undefined;
}

function cancel(context: RouteContext): BinanceAnswer {
  return withContract(context, ({ instrument: { symbol } }) => {
    const found = named(context, symbol) ?? CANCEL_UNKNOWN;
    if ('kind' in found) return found;
    return acknowledged(context, context.world.exchange.cancel(symbol, { orderId: found.order.orderId }), 'cancel');
  });
}

function amend(context: RouteContext): BinanceAnswer {
  return withContract(context, (contract) => {
    const { symbol } = contract.instrument;
    const quantity = readAmount(context.fields, 'quantity', contract);
    if (quantity.kind === 'refused') return quantity.answer;
    const price = readAmount(context.fields, 'price', contract);
    if (price.kind === 'refused') return price.answer;
    const found = named(context, symbol) ?? ORDER_UNKNOWN;
    if ('kind' in found) return found;
    const { orderId } = found.order;
    const change = { quantity: quantity.value, price: price.value };
    return acknowledged(context, context.world.exchange.amend(symbol, { orderId }, change), 'amend');
  });
}

function lookUp(context: RouteContext): BinanceAnswer {
  return withContract(context, ({ instrument: { symbol } }) => {
    const found = named(context, symbol) ?? ORDER_UNKNOWN;
    return 'kind' in found ? found : oneRow(context, found);
  });
}

function lookUpOpen(context: RouteContext): BinanceAnswer {
  return withContract(context, ({ instrument: { symbol } }) => {
    const found = named(context, symbol) ?? ORDER_UNKNOWN;
    if ('kind' in found) return found;
    const isOpen = openOrdersOf(context, 'ordinary', symbol).some(({ order }) => order.orderId === found.order.orderId);
    return isOpen ? oneRow(context, found) : ORDER_UNKNOWN;
  });
}

function openOrders(context: RouteContext): BinanceAnswer {
  if (namedContracts(context) === undefined) return SYMBOL_INVALID;
  return done(rowsOf(context, openOrdersOf(context, 'ordinary', context.fields.text('symbol')), orderRow));
}

function allOrders(context: RouteContext): BinanceAnswer {
  return withContract(context, ({ instrument: { symbol } }) => {
    const limit = limitOf(context.fields, 500, 1000);
    const history = readHistory(context.fields, 'orderId', context.world.exchange.now);
    if ('kind' in history) return history;
    const { from, until, firstNumber } = history;
    const found = allOrdersOf(context, 'ordinary', symbol)
      .filter(({ order }) => order.createdAt >= from && order.createdAt <= until)
      .filter(({ name }) => firstNumber === undefined || (name.orderNumber ?? 0) >= firstNumber);
    return done(rowsOf(context, firstNumber === undefined ? found.slice(-limit) : found.slice(0, limit), orderRow));
  });
}

function cancelAll(context: RouteContext): BinanceAnswer {
  return withContract(context, ({ instrument: { symbol } }) => {
    context.world.exchange.cancelAll(symbol, false);
    return ALL_CANCELLED;
  });
}

/** The dead man's switch: ordinary orders go, conditional ones stay. */
function countdown(context: RouteContext): BinanceAnswer {
  return withContract(context, ({ instrument: { symbol } }) => {
    const { fields, countdowns } = context;
    const delayMs = fields.whole('countdownTime') ?? fields.refuse('countdownTime is required');
    if (fields.problem !== undefined || delayMs === undefined) return badFields(fields.problem ?? '');
    countdowns.set(symbol, delayMs);
    return done({ symbol, countdownTime: String(delayMs) });
  });
}

export const orderRoutes: Routes = {
  'POST /fapi/v1/order': { access: 'write', weight: 0, limit: 'orders', run: place },
  'PUT /fapi/v1/order': { access: 'write', weight: 1, limit: 'orders', run: amend },
  'DELETE /fapi/v1/order': { access: 'write', weight: 1, run: cancel },
  'GET /fapi/v1/order': { access: 'read', weight: 1, run: lookUp },
  'GET /fapi/v1/openOrder': { access: 'read', weight: 1, run: lookUpOpen },
  'GET /fapi/v1/openOrders': { access: 'read', weight: bySymbol(1, 40), run: openOrders },
  'GET /fapi/v1/allOrders': { access: 'read', weight: 5, run: allOrders },
  'DELETE /fapi/v1/allOpenOrders': { access: 'write', weight: 1, run: cancelAll },
  'POST /fapi/v1/countdownCancelAll': { access: 'write', weight: 10, run: countdown },
};

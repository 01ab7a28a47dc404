// How does a client leave orders that wait for a price at Binance? The conditional book: placed, cancelled and looked up.
import type { ListedContract } from '../../core/exchange.ts';
import { badFields, done, missing, refused, type BinanceAnswer, type Refused } from './answer.ts';
import { MAX_ALGO_ORDERS } from './contract-row.ts';
import {
  allOrdersOf,
  findOrder,
  numberIn,
  openOrdersOf,
  orderContext,
  readCall,
  readHistory,
  rowsOf,
  withRecord,
  type FoundOrder,
} from './find-orders.ts';
import {
  conditionalKind,
  isConditionalType,
  readAmount,
  readCommon,
  unwanted,
  type CommonFields,
} from './order-fields.ts';
import { algoRow } from './order-row.ts';
import { ALL_CANCELLED } from './order-routes.ts';
import { CANCEL_UNKNOWN, ORDER_UNKNOWN, SYMBOL_INVALID, rejection } from './refusals.ts';
import { limitOf } from './request-fields.ts';
import { bySymbol, namedContracts, withContract, type RouteContext, type Routes } from './route.ts';

/** A conditional order as it was asked for. */
interface AlgoRequest extends CommonFields {
  readonly clientId: string;
  readonly isStop: boolean;
  readonly type: 'market' | 'limit';
  readonly triggerPrice: number;
  readonly trigger: 'last' | 'mark';
}

/** The row that the venue shows of a new conditional order: what only comes later is not in it. */
const LATER = new Set([
  'actualOrderId',
  'actualPrice',
  'tpTriggerPrice',
  'tpPrice',
  'slTriggerPrice',
  'slPrice',
  'tpOrderType',
]);

function place(context: RouteContext): BinanceAnswer {
  return withContract(context, (contract) => {
    const request = readRequest(context, contract);
    if ('status' in request) return request;
    const refusal = context.fields.flag('closePosition')
      ? closeAtTrigger(context, contract, request)
      : tradeAtTrigger(context, contract, request);
    if (refusal !== undefined) return refusal;
    const name = context.names.find('conditional', request);
    const found = name && withRecord(context, name);
    const rowContext = found && orderContext(context, found);
    if (found === undefined || rowContext === undefined) return rejection('unsupported', { asked: 'algo-order' });
    const row = Object.entries(algoRow(found.order, rowContext)).filter(([field]) => !LATER.has(field));
    return done(Object.fromEntries(row));
  });
}

function readRequest(context: RouteContext, contract: ListedContract): AlgoRequest | Refused {
  const { world, fields, names } = context;
  const type = fields.text('type');
  if (fields.text('algoType') !== 'CONDITIONAL') return missing('algotype');
  if (type === undefined) return missing('type');
  const kind = conditionalKind(type);
  if (kind === undefined) {
    return isConditionalType(type)
      ? rejection('unsupported', { asked: 'algo-order' })
      : refused(-1116, 'Invalid orderType.');
  }
  const common = readCommon(fields, 'clientAlgoId', world.exchange.account().positionMode);
  if (common.kind === 'refused') return common.answer;
  if (fields.text('triggerPrice') === undefined) return missing('triggerprice');
  const triggerPrice = readAmount(fields, 'triggerPrice', contract);
  if (triggerPrice.kind === 'refused') return triggerPrice.answer;
  const working = fields.oneOf('workingType', ['CONTRACT_PRICE', 'MARK_PRICE']) ?? 'CONTRACT_PRICE';
  if (fields.problem !== undefined) return badFields(fields.problem);
  const clientId = common.value.clientId ?? names.spareClientId();
  if (names.isTaken(clientId)) return rejection('duplicate-client-id', { asked: 'algo-order' });
  if (openOrdersOf(context, 'conditional', contract.instrument.symbol).length >= MAX_ALGO_ORDERS) {
    return rejection('too-many-conditional-orders', { asked: 'algo-order' });
  }
  return {
    ...common.value,
    ...kind,
    clientId,
    triggerPrice: triggerPrice.value,
    trigger: working === 'MARK_PRICE' ? 'mark' : 'last',
  };
}

/** An order of its own that waits for its trigger; undefined: it was taken. */
function tradeAtTrigger(context: RouteContext, contract: ListedContract, request: AlgoRequest): Refused | undefined {
  const { world, fields } = context;
  const quantity = readAmount(fields, 'quantity', contract);
  if (quantity.kind === 'refused') return quantity.answer;
  const price = request.type === 'limit' ? readAmount(fields, 'price', contract) : undefined;
  if (price?.kind === 'refused') return price.answer;
  const { side, isStop, triggerPrice, trigger } = request;
  const outcome = world.exchange.place({
    clientOrderId: request.clientId,
    symbol: contract.instrument.symbol,
    side,
    type: request.type,
    quantity: quantity.value,
    price: price?.value,
    timeInForce: request.type === 'limit' ? (request.timeInForce ?? 'gtc') : 'ioc',
    reduceOnly: request.reduceOnly,
    triggerPrice,
    triggerSource: trigger,
    triggerDirection: (side === 'buy') === isStop ? 'up' : 'down',
    positionIndex: request.positionIndex,
  });
  return outcome.kind === 'done' ? undefined : rejection(outcome.reason, { asked: 'algo-order', contract });
}

const ONE_EACH = refused(
  -4130,
  'An open stop or take profit order with GTE and closePosition in the direction is existing.',
);

/**
 * What closes the whole position is its own stop or target: it lives and dies with the position, and leaves it by the rule
 * that research uses. One stop and one target there can be.
 */
function closeAtTrigger(context: RouteContext, contract: ListedContract, request: AlgoRequest): Refused | undefined {
  const { world, fields, names } = context;
  const { exchange } = world;
  const { symbol } = contract.instrument;
  if (request.type === 'limit') {
    return refused(-4136, `Target strategy invalid for orderType ${fields.text('type')},closePosition true.`);
  }
  if (fields.text('quantity') !== undefined)
    return refused(-4137, 'Quantity must be zero with closePosition equals true');
  if (fields.text('reduceOnly') !== undefined) return unwanted('reduceonly');
  const { quantity, stopPrice, targetPrice } = exchange.position(symbol);
  const closes = request.side === 'sell' ? quantity > 0 : quantity < 0;
  if (!closes) return rejection('no-position', { asked: 'algo-order' });
  if ((request.isStop ? stopPrice : targetPrice) !== undefined) return ONE_EACH;
  names.expect(request.clientId);
  const { triggerPrice, trigger, positionIndex } = request;
  const outcome = exchange.protect({
    symbol,
    positionIndex,
    ...(request.isStop
      ? { stopPrice: triggerPrice, stopTrigger: trigger }
      : { targetPrice: triggerPrice, targetTrigger: trigger }),
  });
  if (outcome.kind === 'done') for (const order of exchange.openOrders({ symbol })) names.of(order);
  names.expect(undefined);
  return outcome.kind === 'done' ? undefined : rejection(outcome.reason, { asked: 'algo-order', contract });
}

/** The named conditional order. */
function named(context: RouteContext): FoundOrder | BinanceAnswer | undefined {
  const call = readCall(context.fields, 'algoId', 'clientAlgoId');
  return 'kind' in call ? call : findOrder(context, 'conditional', call);
}

function cancel(context: RouteContext): BinanceAnswer {
  const found = named(context) ?? CANCEL_UNKNOWN;
  if ('kind' in found) return found;
  const { order, name } = found;
  if (order.status !== 'untriggered') return CANCEL_UNKNOWN;
  const outcome = context.world.exchange.cancel(order.symbol, { orderId: order.orderId });
  if (outcome.kind === 'rejected') return rejection(outcome.reason, { asked: 'cancel' });
  return done({ algoId: name.algoNumber, clientAlgoId: name.clientId, code: '200', msg: 'success' });
}

function lookUp(context: RouteContext): BinanceAnswer {
  const found = named(context) ?? ORDER_UNKNOWN;
  if ('kind' in found) return found;
  const rowContext = orderContext(context, found);
  return rowContext === undefined ? SYMBOL_INVALID : done(algoRow(found.order, rowContext));
}

function openOrders(context: RouteContext): BinanceAnswer {
  if (namedContracts(context) === undefined) return SYMBOL_INVALID;
  return done(rowsOf(context, openOrdersOf(context, 'conditional', context.fields.text('symbol')), algoRow));
}

function allOrders(context: RouteContext): BinanceAnswer {
  return withContract(context, ({ instrument: { symbol } }) => {
    const { fields, world } = context;
    const limit = limitOf(fields, 500, 1000);
    const history = readHistory(fields, 'algoId', world.exchange.now);
    if ('kind' in history) return history;
    const { from, until, firstNumber = 0 } = history;
    const found = allOrdersOf(context, 'conditional', symbol)
      .filter(({ order }) => order.createdAt >= from && order.createdAt <= until)
      .filter(({ name }) => numberIn(name, 'conditional') >= firstNumber);
    return done(rowsOf(context, firstNumber === 0 ? found.slice(-limit) : found.slice(0, limit), algoRow));
  });
}

function cancelAll(context: RouteContext): BinanceAnswer {
  return withContract(context, ({ instrument: { symbol } }) => {
    context.world.exchange.cancelAll(symbol, true);
    return ALL_CANCELLED;
  });
}

export const algoRoutes: Routes = {
  'POST /fapi/v1/algoOrder': { access: 'write', weight: 0, limit: 'orders', run: place },
  'DELETE /fapi/v1/algoOrder': { access: 'write', weight: 1, run: cancel },
  'GET /fapi/v1/algoOrder': { access: 'read', weight: 1, run: lookUp },
  'GET /fapi/v1/openAlgoOrders': { access: 'read', weight: bySymbol(1, 40), run: openOrders },
  'GET /fapi/v1/allAlgoOrders': { access: 'read', weight: 5, run: allOrders },
  'DELETE /fapi/v1/algoOpenOrders': { access: 'write', weight: 1, run: cancelAll },
};

// How does a client trade at Bybit? Create, amend and cancel orders; the answer only says that they were taken.
import type { OrderKey, OrderRecord, Outcome, PlaceRequest } from '../../core/order-record.ts';
import { badParameter, done, refused, type BybitAnswer } from './answer.ts';
import type { Fields } from '../fields.ts';
import { rejection, type Asked } from './return-codes.ts';
import { categoryOf, type RouteContext, type Routes } from './route.ts';

const TRIGGER = { LastPrice: 'last', MarkPrice: 'mark', IndexPrice: 'index' } as const;
const TRIGGER_WORDS = ['LastPrice', 'MarkPrice', 'IndexPrice'] as const;
const FORCE = { GTC: 'gtc', IOC: 'ioc', FOK: 'fok', PostOnly: 'post-only' } as const;
const FORCE_WORDS = ['GTC', 'IOC', 'FOK', 'PostOnly'] as const;
const LINK_ID = /^[A-Za-z0-9_-]{1,36}$/;

/** A trigger source by Bybit's name. */
export function triggerOf(fields: Fields, name: string): 'last' | 'mark' | 'index' | undefined {
  const word = fields.oneOf(name, TRIGGER_WORDS);
  return word === undefined ? undefined : TRIGGER[word];
}

/** A category other than linear cannot be traded. */
export function requireLinear(fields: Fields): void {
  const category = categoryOf(fields);
  if (category !== undefined && category !== 'linear') fields.refuse(`category ${category} is not simulated`);
}

/** The order that the fields describe, or with the first problem noted. */
function placeRequest(fields: Fields): PlaceRequest {
  requireLinear(fields);
  const force = fields.oneOf('timeInForce', FORCE_WORDS);
  const type = fields.oneOf('orderType', ['Market', 'Limit']) ?? fields.refuse('orderType invalid');
  const side = fields.oneOf('side', ['Buy', 'Sell']) ?? fields.refuse('side invalid');
  const direction = fields.oneOf('triggerDirection', ['1', '2']);
  const linkId = fields.text('orderLinkId') ?? '';
  const triggerPrice = positive(fields, 'triggerPrice');
  const quantity = fields.decimal('qty') ?? fields.refuse('qty invalid');
  const reduceOnly = fields.flag('reduceOnly');
  const closesOnTrigger = fields.flag('closeOnTrigger');
  const stopPrice = positive(fields, 'stopLoss');
  const targetPrice = positive(fields, 'takeProfit');
  if (linkId !== '' && !LINK_ID.test(linkId)) fields.refuse('orderLinkId invalid');
  if (triggerPrice !== undefined && direction === undefined) fields.refuse('triggerDirection invalid');
  if (type === 'Limit' && fields.decimal('price') === undefined) fields.refuse('price invalid');
  if (quantity === 0 && !(reduceOnly && closesOnTrigger)) fields.refuse('Qty invalid');
  if (reduceOnly && (stopPrice ?? targetPrice) !== undefined) fields.refuse('reduceOnly order cannot carry TP/SL');
  refusePartial(fields);
  return {
    clientOrderId: linkId,
    symbol: fields.required('symbol'),
    side: side === 'Sell' ? 'sell' : 'buy',
    type: type === 'Limit' ? 'limit' : 'market',
    quantity: quantity ?? 0,
    price: type === 'Limit' ? fields.decimal('price') : undefined,
    timeInForce: type === 'Market' ? 'ioc' : FORCE[force ?? 'GTC'],
    reduceOnly,
    // Quantity 0 stands for whatever is held.
    closesPosition: quantity === 0,
    triggerPrice,
    triggerSource: triggerOf(fields, 'triggerBy'),
    triggerDirection: triggerPrice === undefined ? undefined : direction === '2' ? 'down' : 'up',
    stopPrice,
    stopTrigger: triggerOf(fields, 'slTriggerBy'),
    targetPrice,
    targetTrigger: triggerOf(fields, 'tpTriggerBy'),
    positionIndex: fields.whole('positionIdx'),
  };
}

/** Zero means none. */
function positive(fields: Fields, name: string): number | undefined {
  const value = fields.decimal(name);
  return value === 0 ? undefined : value;
}

/** Stops and targets for a part of the position are not simulated. */
export function refusePartial(fields: Fields): void {
  const mode = fields.oneOf('tpslMode', ['Full', 'Partial']);
  const limits = [fields.oneOf('tpOrderType', ['Market', 'Limit']), fields.oneOf('slOrderType', ['Market', 'Limit'])];
  if (mode === 'Partial') fields.refuse('tpslMode Partial is not simulated');
  if (limits.includes('Limit')) fields.refuse('tpOrderType and slOrderType Limit need tpslMode Partial');
}

/** Which order is meant; the problem is noted when none is. */
function orderKey(fields: Fields): OrderKey {
  const orderId = fields.text('orderId');
  const clientOrderId = fields.text('orderLinkId');
  if (orderId !== undefined) return { orderId };
  if (clientOrderId === undefined) fields.refuse('orderId or orderLinkId is required');
  return { clientOrderId: clientOrderId ?? '' };
}

const idsOf = ({ orderId, clientOrderId }: OrderRecord): unknown => ({ orderId, orderLinkId: clientOrderId });

function acknowledged(outcome: Outcome<OrderRecord>, asked: Asked): BybitAnswer {
  return outcome.kind === 'done' ? done(idsOf(outcome.value)) : rejection(outcome.reason, outcome.detail, asked);
}

function create({ world, fields }: RouteContext): BybitAnswer {
  const request = placeRequest(fields);
  if (fields.problem !== undefined) return badParameter(fields.problem);
  const { triggerDirection } = request;
  return acknowledged(world.exchange.place(request), { of: 'order', triggerDirection });
}

function amend({ world, fields }: RouteContext): BybitAnswer {
  requireLinear(fields);
  const symbol = fields.required('symbol');
  const key = orderKey(fields);
  const quantity = positive(fields, 'qty');
  const price = positive(fields, 'price');
  const triggerPrice = positive(fields, 'triggerPrice');
  if (fields.text('stopLoss') !== undefined || fields.text('takeProfit') !== undefined) {
    fields.refuse('amending TP/SL of an order is not simulated');
  }
  if (fields.problem !== undefined) return badParameter(fields.problem);
  const change = {
    ...(quantity === undefined ? {} : { quantity }),
    ...(price === undefined ? {} : { price }),
    ...(triggerPrice === undefined ? {} : { triggerPrice }),
  };
  return acknowledged(world.exchange.amend(symbol, key, change), { of: 'amend' });
}

function cancel({ world, fields }: RouteContext): BybitAnswer {
  requireLinear(fields);
  const symbol = fields.required('symbol');
  const key = orderKey(fields);
  if (fields.problem !== undefined) return badParameter(fields.problem);
  return acknowledged(world.exchange.cancel(symbol, key), { of: 'cancel' });
}

function cancelAll({ world, fields }: RouteContext): BybitAnswer {
  requireLinear(fields);
  const symbol = fields.text('symbol');
  const filter = fields.oneOf('orderFilter', ['Order', 'StopOrder', 'tpslOrder', 'OpenOrder']);
  if (symbol === undefined && fields.text('baseCoin') === undefined && fields.text('settleCoin') === undefined) {
    fields.refuse('symbol, baseCoin or settleCoin is required');
  }
  if (symbol !== undefined && world.exchange.contract(symbol) === undefined) fields.refuse(`symbol invalid ${symbol}`);
  if (fields.problem !== undefined) return badParameter(fields.problem);
  const conditional = filter === undefined || filter === 'OpenOrder' ? undefined : filter !== 'Order';
  const cancelled = world.exchange.cancelAll(symbol, conditional);
  return done({ list: cancelled.map(idsOf), success: '1' });
}

/** The dead man's switch, which the venue gives to institutions only. */
const disconnectedCancelAll = (): BybitAnswer =>
  refused(10_005, 'Permission denied, please check your API key permissions.');

export const orderRoutes: Routes = {
  'POST /v5/order/create': { access: 'write', perSecond: 10, run: create },
  'POST /v5/order/amend': { access: 'write', perSecond: 10, run: amend },
  'POST /v5/order/cancel': { access: 'write', perSecond: 10, run: cancel },
  'POST /v5/order/cancel-all': { access: 'write', perSecond: 10, run: cancelAll },
  'POST /v5/order/disconnected-cancel-all': { access: 'write', perSecond: 5, run: disconnectedCancelAll },
};

// Which orders and executions does Bybit still know of? Open ones, recent ones, and histories within their windows.
import { DAY_MS } from '../../../domain/time.ts';
import type { ExecutionRecord, OrderRecord } from '../../core/order-record.ts';
import type { CodecWorld } from '../venue-codec.ts';
import type { BybitAnswer } from './answer.ts';
import { executionRow } from './execution-row.ts';
import type { Fields } from '../fields.ts';
import { orderRow, type RowContext } from './order-row.ts';
import { limitOf, pageOf, windowOf, type TimeWindow } from './paging.ts';
import { linearList, rowContextOf, type RouteContext, type Routes } from './route.ts';
import { EXEC_TYPE, ORDER_STATUS } from './words.ts';

/** How many orders that ended are still shown beside the open ones. */
const RECENT_ORDERS = 500;
/** Orders that ended without any fill are forgotten after this. */
const UNFILLED_KEPT_MS = DAY_MS;

interface OrderFilter {
  readonly symbol: string | undefined;
  readonly orderId: string | undefined;
  readonly clientOrderId: string | undefined;
}

function filterOf(fields: Fields): OrderFilter {
  const symbol = fields.text('symbol');
  return { symbol, orderId: fields.text('orderId'), clientOrderId: fields.text('orderLinkId') };
}

const namesOne = ({ orderId, clientOrderId }: OrderFilter): boolean => (orderId ?? clientOrderId) !== undefined;

/** Orders that were taken so recently that queries do not find them yet. */
function isHidden(orderId: string, world: CodecWorld): boolean {
  const lagMs = world.orderLagMs();
  if (lagMs <= 0) return false;
  const acceptedAt = world.acceptedAt(orderId);
  return acceptedAt !== undefined && world.serverTime() - acceptedAt < lagMs;
}

function contextOf(symbol: string, { exchange }: CodecWorld): RowContext | undefined {
  const contract = exchange.contract(symbol);
  return contract && rowContextOf(exchange, contract);
}

function rowsOf<Record extends { readonly symbol: string }>(
  records: readonly Record[],
  world: CodecWorld,
  write: (record: Record, context: RowContext) => unknown,
): readonly unknown[] {
  return records.flatMap((record) => {
    const context = contextOf(record.symbol, world);
    return context === undefined ? [] : [write(record, context)];
  });
}

const placeOfOrder = ({ createdAt, orderId }: OrderRecord) => ({ time: createdAt, id: orderId });
const placeOfExecution = ({ time, executionId }: ExecutionRecord) => ({ time, id: executionId });

function ofFilter(orders: readonly OrderRecord[], fields: Fields): readonly OrderRecord[] {
  const filter = fields.oneOf('orderFilter', ['Order', 'StopOrder', 'tpslOrder', 'OcoOrder', 'BidirectionalTpslOrder']);
  return filter === undefined ? orders : orders.filter(({ conditional }) => conditional === (filter !== 'Order'));
}

/** Newest first; among equal times the later one first. */
function newestFirst<Row>(rows: readonly Row[], timeOf: (row: Row) => number): readonly Row[] {
  return rows.toReversed().toSorted((a, b) => timeOf(b) - timeOf(a));
}

function realtime(context: RouteContext): BybitAnswer {
  return linearList(context, () => {
    const { world, fields } = context;
    const filter = filterOf(fields);
    const hasScope = filter.symbol ?? fields.text('settleCoin') ?? fields.text('baseCoin');
    if (hasScope === undefined && !namesOne(filter)) fields.refuse('symbol, settleCoin or baseCoin is required');
    const limit = limitOf(fields, 20, 50);
    const openOnly = fields.oneOf('openOnly', ['0', '1', '2']) ?? '0';
    const recent = world.exchange.closedOrders({ symbol: filter.symbol }).slice(-RECENT_ORDERS);
    const closed = namesOne(filter) ? recent.filter((order) => matches(order, filter)) : openOnly === '0' ? [] : recent;
    const open = namesOne(filter) || openOnly === '0' ? world.exchange.openOrders(filter) : [];
    const visible = ofFilter([...closed, ...open], fields).filter(({ orderId }) => !isHidden(orderId, world));
    const orders = newestFirst(visible, ({ createdAt }) => createdAt);
    const { rows, nextPageCursor } = pageOf(orders, fields, { limit, placeOf: placeOfOrder });
    return { list: rowsOf(rows, world, orderRow), nextPageCursor };
  });
}

const matches = (order: OrderRecord, { orderId, clientOrderId }: OrderFilter): boolean =>
  (orderId === undefined || order.orderId === orderId) &&
  (clientOrderId === undefined || order.clientOrderId === clientOrderId);

function isKept(order: OrderRecord, window: TimeWindow, now: number): boolean {
  if (order.createdAt < window.from || order.createdAt > window.until) return false;
  return order.filledQuantity > 0 || now - order.updatedAt <= UNFILLED_KEPT_MS;
}

function history(context: RouteContext): BybitAnswer {
  return linearList(context, () => {
    const { world, fields } = context;
    const filter = filterOf(fields);
    const status = fields.text('orderStatus');
    if (status !== undefined && !Object.values(ORDER_STATUS).includes(status)) fields.refuse('orderStatus invalid');
    const window = timesOf(context, namesOne(filter));
    const limit = limitOf(fields, 20, 50);
    const { now } = world.exchange;
    const orders = ofFilter(world.exchange.closedOrders(filter), fields)
      .filter((order) => status === undefined || ORDER_STATUS[order.status] === status)
      .filter((order) => isKept(order, window, now) && !isHidden(order.orderId, world));
    const { rows, nextPageCursor } = pageOf(
      newestFirst(orders, ({ createdAt }) => createdAt),
      fields,
      { limit, placeOf: placeOfOrder },
    );
    return { list: rowsOf(rows, world, orderRow), nextPageCursor };
  });
}

/** The window of a history; who names one order and no time gets it however old it is. */
function timesOf({ world, fields }: RouteContext, isOfOne: boolean): TimeWindow {
  const hasTimes = (fields.text('startTime') ?? fields.text('endTime')) !== undefined;
  return isOfOne && !hasTimes ? { from: 0, until: Infinity } : windowOf(fields, world.exchange.now);
}

function executions(context: RouteContext): BybitAnswer {
  return linearList(context, () => {
    const { world, fields } = context;
    const filter = filterOf(fields);
    const type = fields.text('execType');
    const window = timesOf(context, namesOne(filter));
    const limit = limitOf(fields, 50, 100);
    const found = world.exchange
      .executions({ ...filter, ...window })
      .filter((execution) => type === undefined || EXEC_TYPE[execution.kind] === type)
      .filter(({ orderId }) => !isHidden(orderId, world));
    const { rows, nextPageCursor } = pageOf(
      newestFirst(found, ({ time }) => time),
      fields,
      { limit, placeOf: placeOfExecution },
    );
    return { list: rowsOf(rows, world, executionRow), nextPageCursor };
  });
}

export const orderQueries: Routes = {
  'GET /v5/order/realtime': { access: 'read', perSecond: 50, run: realtime },
  'GET /v5/order/history': { access: 'read', perSecond: 50, run: history },
  'GET /v5/execution/list': { access: 'read', perSecond: 50, run: executions },
};

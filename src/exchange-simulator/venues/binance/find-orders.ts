// Which orders does Binance still find? Those of a book, within its memory, that are not so young that queries miss them.
import { DAY_MS } from '../../../domain/time.ts';
import type { OrderRecord } from '../../core/order-record.ts';
import type { Fields } from '../fields.ts';
import { badFields, refused, type Refused } from './answer.ts';
import type { Desk } from './desk.ts';
import type { OrderContext } from './order-row.ts';
import type { Book, OrderCall, OrderName } from './order-names.ts';

/** Orders that ended without a fill are forgotten after this, all others after the second. */
const UNFILLED_KEPT_MS = 3 * DAY_MS;
const KEPT_MS = 90 * DAY_MS;
/** Longest span of one history query, and the default one. */
const SPAN_MS = 7 * DAY_MS;

/** An order with its names. */
export interface FoundOrder {
  readonly order: OrderRecord;
  readonly name: OrderName;
}

/** An order that queries do not find: refused at once, or taken so recently that they lag behind. */
export function isHidden(orderId: string, { world, names }: Desk): boolean {
  if (names.isStruck(orderId)) return true;
  const lagMs = world.orderLagMs();
  if (lagMs <= 0) return false;
  const acceptedAt = world.acceptedAt(orderId);
  return acceptedAt !== undefined && world.serverTime() - acceptedAt < lagMs;
}

const isInBook = ({ orderNumber, algoNumber }: OrderName, book: Book): boolean =>
  (book === 'ordinary' ? orderNumber : algoNumber) !== undefined;

/** Orders that may still do something: in the conditional book only until they trigger. */
export function openOrdersOf(desk: Desk, book: Book, symbol: string | undefined): readonly FoundOrder[] {
  return desk.world.exchange
    .openOrders({ symbol })
    .filter(
      ({ status, orderId }) => (status === 'untriggered') === (book === 'conditional') && !isHidden(orderId, desk),
    )
    .map((order) => ({ order, name: desk.names.of(order) }));
}

/** Every order of a book that is remembered, by rising number. */
export function allOrdersOf(desk: Desk, book: Book, symbol: string): readonly FoundOrder[] {
  const { exchange } = desk.world;
  const found = [...exchange.closedOrders({ symbol }), ...exchange.openOrders({ symbol })]
    .filter((order) => isKept(order, exchange.now) && !isHidden(order.orderId, desk))
    .map((order) => ({ order, name: desk.names.of(order) }))
    .filter(({ name }) => isInBook(name, book));
  const number = ({ name }: FoundOrder): number => numberIn(name, book);
  return found.sort((a, b) => number(a) - number(b));
}

export const numberIn = ({ orderNumber, algoNumber }: OrderName, book: Book): number =>
  (book === 'ordinary' ? orderNumber : algoNumber) ?? 0;

function isKept({ status, filledQuantity, createdAt }: OrderRecord, now: number): boolean {
  const hasEnded = status === 'cancelled' || status === 'deactivated';
  return now - createdAt <= (hasEnded && filledQuantity === 0 ? UNFILLED_KEPT_MS : KEPT_MS);
}

/** The order that a client means, whether it is open or has ended; undefined: there is none that queries find. */
export function findOrder(desk: Desk, book: Book, call: OrderCall): FoundOrder | undefined {
  const name = desk.names.find(book, call);
  if (name === undefined || isHidden(name.orderId, desk)) return undefined;
  const found = withRecord(desk, name);
  return found !== undefined && isKept(found.order, desk.world.exchange.now) ? found : undefined;
}

/** The order of a name as it stands; undefined: it was lost. */
export function withRecord({ world, names }: Desk, { orderId, symbol }: OrderName): FoundOrder | undefined {
  const { exchange } = world;
  const order: OrderRecord | undefined =
    exchange.openOrders({ symbol, orderId })[0] ?? exchange.closedOrders({ symbol, orderId })[0];
  return order && { order, name: names.of(order) };
}

/** How the client says which order it means, by the two fields that may name it. */
export function readCall(fields: Fields, numberField: string, idField: string): OrderCall | Refused {
  const number = fields.whole(numberField);
  const clientId = fields.text(idField);
  if (fields.problem !== undefined) return badFields(fields.problem);
  if (number !== undefined) return { number };
  if (clientId !== undefined) return { clientId };
  return refused(-1102, `Param '${idField}' or '${numberField}' must be sent, but both were empty/null!`);
}

export interface History {
  /** Both inclusive, epoch milliseconds. */
  readonly from: number;
  readonly until: number;
  /** Numbers from here on; undefined: by time only. */
  readonly firstNumber: number | undefined;
}

/** The part of a history that the fields ask for, at market time `now`. */
export function readHistory(fields: Fields, numberField: string, now: number): History | Refused {
  const start = fields.whole('startTime');
  const end = fields.whole('endTime');
  const firstNumber = fields.whole(numberField);
  if (fields.problem !== undefined) return badFields(fields.problem);
  if (start !== undefined && end !== undefined) {
    if (end < start) return refused(-1023, 'Start time is greater than end time.');
    if (end - start > SPAN_MS) return refused(-1127, 'More than 168 hours between startTime and endTime.');
  }
  if (firstNumber !== undefined && start === undefined && end === undefined) {
    return { from: 0, until: Infinity, firstNumber };
  }
  if (start !== undefined) return { from: start, until: end ?? start + SPAN_MS, firstNumber };
  const until = end ?? now;
  return { from: until - SPAN_MS, until, firstNumber };
}

/** What the rows of an order need; undefined: its contract is gone. */
export function orderContext({ world }: Desk, { order, name }: FoundOrder): OrderContext | undefined {
  const contract = world.exchange.contract(order.symbol);
  return contract && { contract, positionMode: world.exchange.account().positionMode, name };
}

/** Rows of the orders that were found. */
export function rowsOf(
  desk: Desk,
  found: readonly FoundOrder[],
  write: (order: OrderRecord, context: OrderContext) => unknown,
): readonly unknown[] {
  return found.flatMap((each) => {
    const context = orderContext(desk, each);
    return context === undefined ? [] : [write(each.order, context)];
  });
}

// What does an event of the exchange mean on the account's stream? Each is turned into Binance's events once, in order, whoever listens.
import type { ExchangeEvent } from '../../core/exchange-event.ts';
import type { SimulatedExchange } from '../../core/exchange.ts';
import type { ExecutionRecord, OrderRecord } from '../../core/order-record.ts';
import type { CodecWorld } from '../venue-codec.ts';
import { accountEvent, isEndangered, leverageEvent, marginCallEvent, type AccountReason } from './account-events.ts';
import { accountAsset, accountMoney } from './account-routes.ts';
import { algoEvent, orderEvent, tradeLiteEvent, type ExecutionType } from './order-events.ts';
import type { OrderNames } from './order-names.ts';
import type { OrderContext } from './order-row.ts';
import { refusedAtOnce } from './refusals.ts';
import { isWanted } from './words.ts';

/** One event of the account's stream. */
export interface UserEvent {
  readonly name: string;
  readonly symbol: string | undefined;
  readonly event: object;
}

export interface UserStream {
  /** What `event` means; the same answer however often it is asked. */
  eventsOf(event: ExchangeEvent): readonly UserEvent[];
}

const NOTHING: readonly UserEvent[] = [];

/** Parts that turn one kind of event each. */
interface Memory {
  readonly world: CodecWorld;
  readonly names: OrderNames;
  /** Orders as they were last told of. */
  readonly orders: Map<string, OrderRecord>;
  /** Symbols whose positions changed since the wallet was last told of. */
  readonly touched: Set<string>;
  readonly leverage: Map<string, number>;
  /** Positions that were warned of. */
  readonly warned: Set<string>;
  /** Funding or transfers since the wallet was last told of: what the balance gained by neither profit nor fee. */
  wallet: bigint;
  lastExecution: ExecutionRecord | undefined;
}

/** It must be asked about every event once, in order. */
export function createUserStream(world: CodecWorld, names: OrderNames): UserStream {
  const { exchange } = world;
  const memory: Memory = {
    world,
    names,
    orders: new Map(),
    touched: new Set(),
    leverage: new Map(
      exchange.contracts().map(({ instrument: { symbol } }) => [symbol, exchange.position(symbol).leverage]),
    ),
    warned: new Set(),
    wallet: exchange.ledger.wallet,
    lastExecution: undefined,
  };
  const known = new WeakMap<ExchangeEvent, readonly UserEvent[]>();
  return {
    eventsOf(event) {
      const before = known.get(event);
      if (before !== undefined) return before;
      const events = translate(event, memory);
      known.set(event, events);
      return events;
    },
  };
}

function translate(event: ExchangeEvent, memory: Memory): readonly UserEvent[] {
  switch (event.kind) {
    case 'order':
      return orderEvents(event.order, memory);
    case 'execution':
      return executionEvents(event.execution, memory);
    case 'position':
      memory.touched.add(event.symbol);
      return NOTHING;
    case 'wallet':
      return walletEvents(event, memory);
    case 'settings':
      return event.symbol === undefined ? NOTHING : settingsEvents(event.time, event.symbol, memory);
    case 'price':
      return warnings(event.symbol, memory);
    default:
      return NOTHING;
  }
}

function contextOf(order: OrderRecord, { world: { exchange }, names }: Memory): OrderContext | undefined {
  const contract = exchange.contract(order.symbol);
  return contract && { contract, positionMode: exchange.account().positionMode, name: names.of(order) };
}

const told = (name: string, order: { readonly symbol: string }, event: object): UserEvent => ({
  name,
  symbol: order.symbol,
  event,
});

/** A change of an order. What a trade changed is told with the trade. */
function orderEvents(order: OrderRecord, memory: Memory): readonly UserEvent[] {
  const before = memory.orders.get(order.orderId);
  memory.orders.set(order.orderId, order);
  if (before === undefined && isRefusedAtOnce(order, memory)) memory.names.strike(order.orderId);
  if (memory.names.isStruck(order.orderId)) return NOTHING;
  const wasTriggered = memory.names.named(order.orderId)?.orderNumber !== undefined;
  const context = contextOf(order, memory);
  if (context === undefined) return NOTHING;
  const { orderNumber, algoNumber } = context.name;
  const algo = (status?: 'TRIGGERING' | 'TRIGGERED') => told('ALGO_UPDATE', order, algoEvent(order, context, status));
  if (orderNumber === undefined) return isNews(before, order) ? [algo()] : NOTHING;
  const isFirst = !wasTriggered;
  const type = executionType(before, order, isFirst || before === undefined);
  const plain =
    type === undefined
      ? []
      : [told('ORDER_TRADE_UPDATE', order, orderEvent(order, context, { type, execution: undefined }))];
  if (algoNumber === undefined) return plain;
  // A conditional order tells of itself twice: as what waited, and as the order that it has become.
  if (isFirst) return [algo('TRIGGERING'), algo('TRIGGERED'), ...plain];
  const ends = order.status === 'cancelled' || order.status === 'rejected';
  return ends ? [...plain, algo()] : plain;
}

/** Events come when all is done: what becomes of an order at once is known with the first of them. */
function isRefusedAtOnce({ orderId, symbol, conditional }: OrderRecord, { world: { exchange } }: Memory): boolean {
  if (conditional) return false;
  const [now] = exchange.closedOrders({ symbol, orderId });
  return now !== undefined && refusedAtOnce(now) !== undefined;
}

/** Whether a waiting order shows a change; the size of what closes a position does not show. */
function isNews(before: OrderRecord | undefined, order: OrderRecord): boolean {
  if (before === undefined || before.status !== order.status) return true;
  if (before.triggerPrice !== order.triggerPrice || before.price !== order.price) return true;
  return !order.closesPosition && before.quantity !== order.quantity;
}

/** What happened to an order of the ordinary book; undefined: a trade, which is told of by itself, or nothing that shows. */
function executionType(
  before: OrderRecord | undefined,
  order: OrderRecord,
  isFirst: boolean,
): ExecutionType | undefined {
  switch (order.status) {
    case 'cancelled':
      return isWanted(order) ? 'CANCELED' : 'EXPIRED';
    case 'deactivated':
      return 'EXPIRED';
    case 'rejected':
      return 'REJECTED';
    default:
      if (isFirst) return 'NEW';
      if (before === undefined || before.filledQuantity !== order.filledQuantity) return undefined;
      return before.price !== order.price || before.quantity !== order.quantity ? 'AMENDMENT' : undefined;
  }
}

function executionEvents(execution: ExecutionRecord, memory: Memory): readonly UserEvent[] {
  memory.lastExecution = execution;
  if (execution.kind === 'funding') return NOTHING;
  const order = memory.orders.get(execution.orderId);
  const context = order && contextOf(order, memory);
  if (order === undefined || context === undefined) return NOTHING;
  const type = execution.kind === 'trade' || execution.kind === 'settlement' ? 'TRADE' : 'CALCULATED';
  const update = told('ORDER_TRADE_UPDATE', execution, orderEvent(order, context, { type, execution }));
  const lite = told('TRADE_LITE', execution, tradeLiteEvent(execution, context, order.price ?? 0));
  const isOver = order.status === 'filled' && context.name.algoNumber !== undefined;
  const end = isOver ? [told('ALGO_UPDATE', order, algoEvent(order, context))] : [];
  return execution.kind === 'trade' ? [lite, update, ...end] : [update, ...end];
}

function walletEvents(
  { time, cause }: Extract<ExchangeEvent, { readonly kind: 'wallet' }>,
  memory: Memory,
): readonly UserEvent[] {
  const { world } = memory;
  const { exchange } = world;
  const gained = exchange.ledger.wallet - memory.wallet;
  memory.wallet = exchange.ledger.wallet;
  const isCross = exchange.account().marginMode === 'cross';
  // Funding of a cross account is told of without its position.
  const shows = cause === 'trade' || (cause === 'funding' && !isCross);
  const positions = shows ? [...memory.touched].map((symbol) => exchange.position(symbol)) : [];
  memory.touched.clear();
  const event = accountEvent(exchange, {
    time,
    reason: reasonOf(cause, gained, memory.lastExecution),
    asset: accountAsset(exchange),
    money: accountMoney(world),
    other: cause === 'trade' ? 0n : gained,
    positions,
  });
  return [{ name: 'ACCOUNT_UPDATE', symbol: undefined, event }];
}

function reasonOf(
  cause: 'trade' | 'funding' | 'transfer',
  gained: bigint,
  execution: ExecutionRecord | undefined,
): AccountReason {
  if (cause === 'funding') return 'FUNDING_FEE';
  if (cause === 'transfer') return gained < 0n ? 'WITHDRAW' : 'DEPOSIT';
  return execution?.kind === 'liquidation' ? 'INSURANCE_CLEAR' : 'ORDER';
}

function settingsEvents(time: number, symbol: string, { world, leverage }: Memory): readonly UserEvent[] {
  const now = world.exchange.position(symbol).leverage;
  if (leverage.get(symbol) === now) return NOTHING;
  leverage.set(symbol, now);
  return [{ name: 'ACCOUNT_CONFIG_UPDATE', symbol, event: leverageEvent(time, symbol, now) }];
}

/** A warning when the price endangers what is held, once until the danger is over. */
function warnings(symbol: string, { world, warned }: Memory): readonly UserEvent[] {
  const { exchange } = world;
  if (!holds(exchange, symbol)) {
    warned.delete(symbol);
    return NOTHING;
  }
  const position = exchange.position(symbol);
  if (!isEndangered(exchange, position)) {
    warned.delete(symbol);
    return NOTHING;
  }
  if (warned.has(symbol)) return NOTHING;
  warned.add(symbol);
  return [{ name: 'MARGIN_CALL', symbol, event: marginCallEvent(exchange, accountMoney(world), position) }];
}

/** Without asking for the whole position. */
const holds = ({ ledger }: SimulatedExchange, symbol: string): boolean =>
  (ledger.bySymbol.get(symbol)?.quantity ?? 0) !== 0;

// Under which numbers and names does Binance know the orders? Ordinary orders and conditional ones count apart.
import type { OrderRecord } from '../../core/order-record.ts';

const FIRST_ORDER = 20_888_500_000;
/** Conditional orders have numbers of 16 digits. */
const FIRST_ALGO = 1_000_000_132_541_000;

/** What one order is called. A conditional one has a number in the ordinary book only once it has triggered. */
export interface OrderName {
  readonly orderId: string;
  readonly symbol: string;
  readonly orderNumber: number | undefined;
  readonly algoNumber: number | undefined;
  readonly clientId: string;
}

export type Book = 'ordinary' | 'conditional';

/** How a client says which order it means. */
export type OrderCall = { readonly number: number } | { readonly clientId: string };

export interface OrderNames {
  /** The names of an order, given with its first mention. */
  of(order: OrderRecord): OrderName;
  /** The names of an order that has been mentioned; undefined: it has not. */
  named(orderId: string): OrderName | undefined;
  find(book: Book, call: OrderCall): OrderName | undefined;
  /** The stop or target that the exchange makes next is to be known by this client id; undefined: none is expected. */
  expect(clientId: string | undefined): void;
  /** Whether the conditional book has, or had, an order of this client id. */
  isTaken(clientId: string): boolean;
  /** The order was refused at once: it is in no history. */
  strike(orderId: string): void;
  isStruck(orderId: string): boolean;
  /** A client id for an order that comes without one. */
  spareClientId(): string;
}

/** Names by the order of their first mention, which is that of their making. */
export function createOrderNames(): OrderNames {
  const names = new Map<string, OrderName>();
  const byNumber = { ordinary: new Map<number, string>(), conditional: new Map<number, string>() };
  const byClientId = { ordinary: new Map<string, string>(), conditional: new Map<string, string>() };
  const struck = new Set<string>();
  let orders = 0;
  let algos = 0;
  let spares = 0;
  let expected: string | undefined;

  const keep = (name: OrderName): OrderName => {
    const { orderId, orderNumber, algoNumber, clientId } = name;
    names.set(orderId, name);
    if (orderNumber !== undefined) {
      byNumber.ordinary.set(orderNumber, orderId);
      byClientId.ordinary.set(clientId, orderId);
    }
    if (algoNumber !== undefined) {
      byNumber.conditional.set(algoNumber, orderId);
      byClientId.conditional.set(clientId, orderId);
    }
    return name;
  };
  const nextOrder = (): number => FIRST_ORDER + ++orders;
  const first = (order: OrderRecord): OrderName => {
    const { orderId, symbol, conditional } = order;
    const number = conditional ? FIRST_ALGO + ++algos : nextOrder();
    const isExpected = conditional && order.clientOrderId === '' && expected !== undefined;
    const clientId = isExpected ? expected : order.clientOrderId;
    if (isExpected) expected = undefined;
    return keep({
      orderId,
      symbol,
      orderNumber: conditional ? undefined : number,
      algoNumber: conditional ? number : undefined,
      clientId: clientId === undefined || clientId === '' ? ownClientId(order, number) : clientId,
    });
  };
  return {
    of(order) {
      const name = names.get(order.orderId) ?? first(order);
      if (name.orderNumber !== undefined || !hasTriggered(order)) return name;
      return keep({ ...name, orderNumber: nextOrder() });
    },
    named: (orderId) => names.get(orderId),
    find(book, call) {
      const orderId = 'number' in call ? byNumber[book].get(call.number) : byClientId[book].get(call.clientId);
      return orderId === undefined ? undefined : names.get(orderId);
    },
    expect(clientId) {
      expected = clientId;
    },
    strike: (orderId) => void struck.add(orderId),
    isStruck: (orderId) => struck.has(orderId),
    isTaken: (clientId) => byClientId.conditional.has(clientId),
    spareClientId: () => `sim${String(++spares).padStart(19, '0')}`,
  };
}

/** A conditional order has gone to the ordinary book. */
function hasTriggered({ status, filledQuantity }: OrderRecord): boolean {
  return filledQuantity > 0 || ['triggered', 'new', 'partly-filled', 'filled'].includes(status);
}

/** What the venue calls orders that no client named: those it made itself are known by how their names begin. */
function ownClientId({ source }: OrderRecord, number: number): string {
  switch (source) {
    case 'liquidation':
      return `autoclose-${number}`;
    case 'deleverage':
      return 'adl_autoclose';
    case 'settlement':
      return `settlement_autoclose-${number}`;
    case 'by-hand':
      return `web_${number}`;
    default:
      return `sim${number}`;
  }
}

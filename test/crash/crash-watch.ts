// What must never be seen at the exchange, however often the bot dies? Watched there, where nothing can be hidden.
import type { SimulatedExchange } from '../../src/exchange-simulator/core/exchange.ts';
import type { ExecutionRecord, OrderRecord } from '../../src/exchange-simulator/core/order-record.ts';

/** A position may be without its stop for so long, milliseconds of market time. */
const UNPROTECTED_MS = 5_000;

/** What the bot says that it has. */
export interface BotBooks {
  /** Wallet in atoms. */
  readonly wallet: string;
  /** Signed quantities of what is held, by symbol. */
  readonly positions: Readonly<Record<string, number>>;
  /** Decisions whose order is waited for although none is under way. */
  readonly forgotten: readonly string[];
}

export interface CrashWatch {
  /** What went wrong so far. */
  readonly broken: readonly string[];
  readonly executions: number;
  /** Orders that a program sent. */
  readonly orders: number;
  readonly longestUnprotectedMs: number;
  note(problem: string): void;
  /** The bot is quiet, has heard of everything and says what it has: that has to be what the exchange has. */
  compare(books: BotBooks): void;
  /** Looks at every position: after time has moved, and at the end. */
  look(): void;
}

export function watchExchange(exchange: SimulatedExchange, symbols: readonly string[]): CrashWatch {
  const broken: string[] = [];
  const note = (problem: string): void => void broken.push(problem);
  const ids = new Map<string, string>();
  const stops = watchStops(exchange, note);
  const entries = watchEntries(exchange, note);
  let executions = 0;
  exchange.listen((event) => {
    if (event.kind === 'order' && event.order.source === 'client') {
      const { clientOrderId, orderId } = event.order;
      const known = ids.get(clientOrderId);
      if (known !== undefined && known !== orderId) note(`${clientOrderId} is the name of two orders`);
      ids.set(clientOrderId, orderId);
    }
    if (event.kind === 'execution') {
      executions += 1;
      entries.take(event.execution);
    }
    if (event.kind === 'position') stops.look(event.symbol);
  });
  const look = (): void => {
    for (const symbol of symbols) stops.look(symbol);
  };
  return {
    broken,
    get executions() {
      return executions;
    },
    get orders() {
      return ids.size;
    },
    get longestUnprotectedMs() {
      return stops.longest();
    },
    note,
    look,
    compare({ wallet, positions, forgotten }) {
      const at = `at ${new Date(exchange.now).toISOString()}`;
      const { wallet: true_ } = exchange.ledger;
      if (wallet !== String(true_)) note(`the books say ${wallet}, the exchange ${true_} ${at}`);
      for (const order of forgotten) note(`${order} is waited for, and nobody follows it ${at}`);
      look();
      for (const symbol of symbols) {
        const { quantity } = exchange.position(symbol);
        const booked = positions[symbol] ?? 0;
        if (Math.abs(booked - quantity) > 1e-9) note(`${symbol}: ${booked} by the books, ${quantity} held ${at}`);
        const orphans = quantity === 0 ? exchange.openOrders({ symbol }) : [];
        if (orphans.length > 0) note(`${symbol}: ${orphans.length} orders are left without a position ${at}`);
      }
    },
  };
}

/**
 * An entry opens a position; nothing of it may come on top of one or turn one over. What is held is counted here from the
 * executions: several of one fill are told of after all of them have happened.
 */
function watchEntries(exchange: SimulatedExchange, note: (problem: string) => void) {
  const filledOf = new Map<string, { filled: number; readonly wanted: number }>();
  const heldOf = new Map<string, number>();
  const takeEntry = (
    entry: string,
    fill: { readonly symbol: string; readonly before: number; readonly quantity: number; readonly wanted: number },
  ): void => {
    const { symbol, before, quantity, wanted } = fill;
    // The first order of a decision asks for all of it.
    const known = filledOf.get(entry) ?? { filled: 0, wanted };
    if (Math.abs(before) > known.filled + 1e-9) note(`${symbol}: ${entry} was filled on top of a position`);
    known.filled += quantity;
    filledOf.set(entry, known);
    if (known.filled > known.wanted + 1e-9) note(`${symbol}: ${entry} was filled more than once`);
  };
  return {
    take({ kind, source, side, symbol, quantity, closedQuantity, orderId, clientOrderId }: ExecutionRecord): void {
      if (kind === 'funding') return;
      const before = heldOf.get(symbol) ?? 0;
      heldOf.set(symbol, before + (side === 'buy' ? quantity : -quantity));
      const order = exchange.closedOrders({ orderId })[0] ?? exchange.openOrders({ orderId })[0];
      if (source !== 'client' || order === undefined || order.reduceOnly) return;
      if (closedQuantity > 0) note(`${symbol}: ${clientOrderId} turned a position over`);
      const [, entry, purpose] = OPENING.exec(clientOrderId) ?? [];
      if (entry === undefined) note(`${symbol}: ${clientOrderId} opened something, and no decision has this name`);
      else if (purpose === 'en') takeEntry(entry, { symbol, before, quantity, wanted: order.quantity });
    },
  };
}

/** Ids say what an order is for, and which one of its decision it is: entries and increases open something. */
const OPENING = /^(.*-(en|in))[0-9a-z]{0,2}$/;

function watchStops(exchange: SimulatedExchange, note: (problem: string) => void) {
  const nakedSince = new Map<string, number>();
  let longest = 0;
  return {
    longest: () => longest,
    look(symbol: string): void {
      const since = nakedSince.get(symbol);
      if (!isProtected(exchange, symbol)) nakedSince.set(symbol, since ?? exchange.now);
      else nakedSince.delete(symbol);
      if (since === undefined) return;
      const naked = exchange.now - since;
      longest = Math.max(longest, naked);
      if (naked <= UNPROTECTED_MS) return;
      note(`${symbol} was ${naked} ms without a stop until ${new Date(exchange.now).toISOString()}`);
      nakedSince.delete(symbol);
    },
  };
}

/** Nothing is held, or a stop rests that closes all of it. */
function isProtected(exchange: SimulatedExchange, symbol: string): boolean {
  const { quantity, stopPrice } = exchange.position(symbol);
  if (quantity === 0 || stopPrice !== undefined) return true;
  const closes = ({ side, closesPosition, reduceOnly, quantity: size }: OrderRecord): boolean =>
    (side === 'sell') === quantity > 0 && (closesPosition || (reduceOnly && size >= Math.abs(quantity) - 1e-9));
  return exchange.openOrders({ symbol }).some((order) => order.conditional && closes(order));
}

// What must never be seen at the exchange, however often the bot dies? Watched there, where nothing can be hidden.
import type { SimulatedExchange } from '../../src/exchange-simulator/core/exchange.ts';
import type { ExecutionRecord, OrderRecord } from '../../src/exchange-simulator/core/order-record.ts';
import type { LatchName } from '../../src/ports/latch-store.ts';

/** A position may be without its stop for so long, milliseconds of market time. */
const UNPROTECTED_MS = 5_000;

/** What the bot says that it has. */
export interface BotBooks {
  /** Wallet in atoms. */
  readonly wallet: string;
  /** Signed quantities of what is held, by symbol. */
  readonly positions: Readonly<Record<string, number>>;
  /** Where their stops rest; undefined: there is none to be. */
  readonly stops: Readonly<Record<string, number | undefined>>;
  /** Decisions whose order is waited for although none is under way. */
  readonly forgotten: readonly string[];
  /** A step of this life by which the books were made to fit without an execution. */
  readonly corrected?: string | undefined;
}

export interface CrashWatch {
  /** What went wrong so far. */
  readonly broken: readonly string[];
  readonly executions: number;
  /** Orders that a program sent. */
  readonly orders: number;
  readonly longestUnprotectedMs: number;
  /** How often books and exchange were seen to be the same. */
  readonly compared: number;
  note(problem: string): void;
  /** From now on nothing may be opened, and with the kill switch nothing be held for long; undefined: that is over. */
  hold(latch: LatchName | undefined): void;
  /** The bot is quiet, has heard of everything and says what it has: that has to be what the exchange has. */
  compare(books: BotBooks): void;
  /** Looks at every position: after time has moved, and at the end. */
  look(): void;
}

/** `isWritten`: whether the disk knows the order; undefined: that is not looked at. */
export function watchExchange(
  exchange: SimulatedExchange,
  symbols: readonly string[],
  isWritten?: (order: OrderRecord) => boolean,
): CrashWatch {
  const broken: string[] = [];
  const note = (problem: string): void => void broken.push(problem);
  const ids = new Map<string, string>();
  const stops = watchStops(exchange, note);
  const entries = watchEntries(exchange, note);
  const seeSurplus = watchSurplus(exchange, note);
  const latches = watchLatches(exchange, { note, symbols });
  let executions = 0;
  let compared = 0;
  exchange.listen((event) => {
    if (event.kind === 'order' && event.order.source === 'client') {
      const { clientOrderId, orderId } = event.order;
      const known = ids.get(clientOrderId);
      if (known !== undefined && known !== orderId) note(`${clientOrderId} is the name of two orders`);
      if (known === undefined) {
        if (isWritten?.(event.order) === false) note(`${clientOrderId} was sent before it was written down`);
        latches.opened(event.order);
      }
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
    get compared() {
      return compared;
    },
    note,
    look,
    hold: (latch) => latches.hold(latch),
    compare(books) {
      compared += 1;
      look();
      latches.look();
      for (const symbol of symbols) seeSurplus(symbol);
      for (const problem of differences(exchange, symbols, books)) note(`${problem} at ${timeText(exchange)}`);
    },
  };
}

const timeText = (exchange: SimulatedExchange): string => new Date(exchange.now).toISOString();

/** Books and exchange, to the last digit. */
function differences(exchange: SimulatedExchange, symbols: readonly string[], books: BotBooks): string[] {
  const { wallet } = exchange.ledger;
  return [
    ...(books.wallet === String(wallet) ? [] : [`the books say ${books.wallet}, the exchange ${wallet}`]),
    ...books.forgotten.map((order) => `${order} is waited for, and nobody follows it`),
    ...(books.corrected === undefined ? [] : [`the books were made to fit: ${books.corrected}`]),
    ...symbols.flatMap((symbol) => differencesOf(exchange, symbol, books)),
  ];
}

function differencesOf(exchange: SimulatedExchange, symbol: string, { positions, stops }: BotBooks): string[] {
  const { quantity, stopPrice } = exchange.position(symbol);
  const booked = positions[symbol] ?? 0;
  if (Math.abs(booked - quantity) > 1e-9) return [`${symbol}: ${booked} by the books, ${quantity} held`];
  const open = exchange.openOrders({ symbol });
  if (quantity === 0) return open.length === 0 ? [] : [`${symbol}: ${open.length} orders are left without a position`];
  const prices = new Set(open.filter((order) => isStop(order, quantity)).map(({ triggerPrice }) => triggerPrice));
  if (stopPrice !== undefined) prices.add(stopPrice);
  const wanted = stops[symbol];
  if (wanted !== undefined && prices.has(wanted)) return [];
  return [`${symbol}: the stop rests at ${[...prices].join(' and ')}, and the books want ${String(wanted)}`];
}

/** What is one too many does no harm, and is found by the comparison of every minute; time moves by hours. */
const SURPLUS_MS = 7_200_000;

/** Beside a position rest one stop and perhaps a target, and nothing else for long. */
function watchSurplus(exchange: SimulatedExchange, note: (problem: string) => void) {
  const since = new Map<string, number>();
  return (symbol: string): void => {
    const { quantity } = exchange.position(symbol);
    const open = exchange.openOrders({ symbol });
    const stops = open.filter((order) => isStop(order, quantity)).length;
    const others = open.filter(({ conditional }) => !conditional).length;
    if (quantity === 0 || (stops <= 1 && others === 0)) {
      since.delete(symbol);
      return;
    }
    const first = since.get(symbol) ?? exchange.now;
    since.set(symbol, first);
    if (exchange.now - first <= SURPLUS_MS) return;
    note(
      `${symbol}: ${stops} stops and ${others} other orders rest since ${exchange.now - first} ms, at ${timeText(exchange)}`,
    );
  };
}

/** It closes the position when the price has gone against it. */
const isStop = ({ conditional, side, triggerDirection }: OrderRecord, quantity: number): boolean =>
  conditional && (side === 'sell') === quantity > 0 && triggerDirection === (quantity > 0 ? 'down' : 'up');

/** What was on its way when a switch was thrown may still come in, milliseconds of market time. */
const LATE_ENTRY_MS = 30_000;
const FLAT_AFTER_MS = 300_000;

/** Whoever threw a switch wants nothing opened until it is taken back, whoever lives or dies meanwhile. */
function watchLatches(
  exchange: SimulatedExchange,
  { note, symbols }: { readonly note: (problem: string) => void; readonly symbols: readonly string[] },
) {
  let held: { readonly latch: LatchName; readonly since: number } | undefined;
  return {
    hold(latch: LatchName | undefined): void {
      held = latch === undefined ? undefined : { latch, since: exchange.now };
    },
    opened({ reduceOnly, closesPosition, clientOrderId }: OrderRecord): void {
      if (held === undefined || reduceOnly || closesPosition || exchange.now <= held.since + LATE_ENTRY_MS) return;
      note(`${clientOrderId} was sent although ${held.latch} is set, at ${timeText(exchange)}`);
    },
    look(): void {
      if (held?.latch !== 'kill' || exchange.now <= held.since + FLAT_AFTER_MS) return;
      const kept = symbols.filter((symbol) => exchange.position(symbol).quantity !== 0);
      if (kept.length > 0) note(`${kept.join()} held although kill is set, at ${timeText(exchange)}`);
    },
  };
}

/**
 * An entry opens a position; nothing of it may come on top of one or turn one over, and nothing be filled twice. What is held is counted here from the
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
    const isIncrease = entry.endsWith('-in');
    if (!isIncrease && Math.abs(before) > known.filled + 1e-9)
      note(`${symbol}: ${entry} was filled on top of a position`);
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
      const [, entry] = OPENING.exec(clientOrderId) ?? [];
      if (entry === undefined) note(`${symbol}: ${clientOrderId} opened something, and no decision has this name`);
      else takeEntry(entry, { symbol, before, quantity, wanted: order.quantity });
    },
  };
}

/** Ids say what an order is for, and which one of its decision it is: entries and increases open something. */
const OPENING = /^(.*-(?:en|in))[0-9a-z]{0,2}$/;

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

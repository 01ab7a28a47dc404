// What must never be seen at the exchange, however often the bot dies? Watched there, where nothing can be hidden.
import type { SimulatedExchange } from '../../src/exchange-simulator/core/exchange.ts';

/** A position may be without its stop for so long, milliseconds of market time. */
const UNPROTECTED_MS = 5_000;

export interface CrashWatch {
  /** What went wrong so far. */
  readonly broken: readonly string[];
  readonly executions: number;
  readonly longestUnprotectedMs: number;
  note(problem: string): void;
  /** The bot says that it is quiet and has so much: it has to be what the exchange has. */
  compare(wallet: string): void;
}

export function watchExchange(exchange: SimulatedExchange, symbols: readonly string[]): CrashWatch {
  const broken: string[] = [];
  const ids = new Set<string>();
  const nakedSince = new Map<string, number>();
  let executions = 0;
  let longest = 0;
  const look = (symbol: string): void => {
    const { quantity, stopPrice } = exchange.position(symbol);
    const since = nakedSince.get(symbol);
    if (quantity !== 0 && stopPrice === undefined) {
      if (since === undefined) nakedSince.set(symbol, exchange.now);
    } else if (since !== undefined) {
      longest = Math.max(longest, exchange.now - since);
      if (exchange.now - since > UNPROTECTED_MS) broken.push(`${symbol} was ${exchange.now - since} ms without a stop`);
      nakedSince.delete(symbol);
    }
  };
  exchange.listen((event) => {
    if (event.kind === 'execution') {
      const { kind, source, symbol, quantity, closedQuantity, orderId } = event.execution;
      executions += 1;
      const order = exchange.closedOrders({ orderId })[0] ?? exchange.openOrders({ orderId })[0];
      const opens = kind === 'trade' && source === 'client' && order !== undefined && !order.reduceOnly;
      const held = Math.abs(exchange.position(symbol).quantity);
      if (opens && held > quantity + 1e-9) broken.push(`${symbol}: an entry was filled on top of a position`);
      if (opens && closedQuantity > 0) broken.push(`${symbol}: an entry turned a position over`);
    }
    if (event.kind === 'order' && event.order.source === 'client' && event.order.status === 'new')
      ids.add(event.order.clientOrderId);
    if (event.kind === 'position') look(event.symbol);
  });
  return {
    broken,
    get executions() {
      return executions;
    },
    get longestUnprotectedMs() {
      return longest;
    },
    note: (problem) => void broken.push(problem),
    compare(wallet) {
      if (wallet !== String(exchange.ledger.wallet))
        broken.push(`books ${wallet}, exchange ${exchange.ledger.wallet} at ${exchange.now}`);
      for (const symbol of symbols) {
        look(symbol);
        if (exchange.position(symbol).quantity !== 0) continue;
        const orphans = exchange.openOrders({ symbol });
        if (orphans.length > 0) broken.push(`${symbol}: ${orphans.length} orders are left without a position`);
      }
    },
  };
}

// What must never be seen at the exchange, however often the bot dies? Watched there, where nothing can be hidden.
import type { SimulatedExchange } from '../../src/exchange-simulator/core/exchange.ts';

/** A position may be without its stop for so long, milliseconds of market time. */
const UNPROTECTED_MS = 5_000;
/** The books may be behind for so long: lost messages are found by the next comparison, and time moves by hours. */
const UNSURE_MS = 3 * 3_600_000;

export interface CrashWatch {
  /** What went wrong so far. */
  readonly broken: readonly string[];
  readonly executions: number;
  readonly longestUnprotectedMs: number;
  note(problem: string): void;
  /**
   * Before every step of the market. The bot is quiet, has heard of everything and says what it has: that has to be what the
   * exchange has. Undefined: it is not; it may not be so for long.
   */
  compare(wallet: string | undefined): void;
}

export function watchExchange(exchange: SimulatedExchange, symbols: readonly string[]): CrashWatch {
  const broken: string[] = [];
  const nakedSince = new Map<string, number>();
  const note = (problem: string): void => void broken.push(problem);
  let unsureSince: number | undefined;
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
    note,
    compare(wallet) {
      if (wallet === undefined) {
        unsureSince ??= exchange.now;
        if (exchange.now - unsureSince > UNSURE_MS)
          note(`books and exchange were apart for ${exchange.now - unsureSince} ms`);
        return;
      }
      unsureSince = undefined;
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

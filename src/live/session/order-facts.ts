// What do orders need to know of engine and market? Whether they may open something, what is quoted, and what the engine waits for.
import { isBlocked } from '../../engine/blocks.ts';
import { objectionTo } from './exposure-watch.ts';
import type { OrderDeskSetup } from './order-desk.ts';
import type { SessionSetup } from './session-setup.ts';

export function orderFacts(
  setup: SessionSetup,
  readContracts: () => Promise<void>,
): Pick<OrderDeskSetup, 'mayOpen' | 'objection' | 'touch' | 'readContracts' | 'awaited'> {
  const { engine, connection } = setup;
  return {
    readContracts,
    objection: (intent) => objectionTo(intent, setup),
    mayOpen(symbol) {
      const state = engine.state.bySymbol.get(symbol);
      return state !== undefined && !isBlocked(engine.state, state);
    },
    async touch(symbol) {
      const ticker = (await connection.market.tickers()).find((each) => each.symbol === symbol);
      return { bid: ticker?.bid, ask: ticker?.ask };
    },
    awaited: () => engine.state.symbols.flatMap(({ pending }) => (pending === undefined ? [] : [pending.order])),
  };
}

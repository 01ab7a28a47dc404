// What does the session hear from the venue, and whom does it concern?
import type { EngineState } from '../../engine/state.ts';
import type { StreamEvent, StreamTopic } from '../../ports/venue-streams.ts';
import type { AccountWatch } from './account-watch.ts';
import type { SessionHand } from './session-hand.ts';
import type { SessionRules, SessionSetup } from './session-setup.ts';

export interface EarParts {
  readonly session: SessionHand;
  readonly setup: SessionSetup;
  readonly watch: AccountWatch;
}

/** Everything that a session listens to. */
export function topicsOf(state: EngineState, rules: SessionRules): readonly StreamTopic[] {
  const { barMs, symbols } = state;
  const candles = symbols.map(({ instrument }): StreamTopic => ({
    kind: 'candle',
    symbol: instrument.symbol,
    intervalMs: barMs,
  }));
  // The rate of the next payment of funding stands in the tickers.
  const tickers = symbols.map(({ instrument }): StreamTopic => ({ kind: 'ticker', symbol: instrument.symbol }));
  const asked = rules.entryWindows.fundingAbove === undefined ? candles : [...candles, ...tickers];
  return [...asked, { kind: 'orders' }, { kind: 'executions' }, { kind: 'positions' }];
}

export function hear(event: StreamEvent, { session, setup, watch }: EarParts): void {
  switch (event.kind) {
    case 'candle':
      if (event.confirmed) session.market.closed(event.symbol, event.candle);
      else session.market.running(event.symbol, event.candle.openTime);
      return;
    case 'execution':
      session.executions.take(event.execution, (id) => setup.engine.hasExecution(id));
      session.bookDue(session.market.nextClose);
      return;
    case 'order':
      session.orders.seen(event.order);
      return;
    case 'position':
      watch.heard(event.symbol, event.position);
      return;
    case 'stream':
      watch.streamChanged(event);
      return;
    case 'unreadable':
      session.incident({
        kind: 'unreadable-message',
        symbol: undefined,
        detail: { reason: event.reason },
        time: event.receivedAt,
      });
      session.kills.count('errors', event.reason);
      return;
    case 'field-unknown':
      session.unknowns.heard({ kind: 'field-unknown', name: `${event.of} ${event.name}`, words: 'on a stream' });
      return;
    case 'ticker':
      session.entryWindows.heard(event.ticker);
      return;
    default:
      // Balances are asked for when they are needed.
      return;
  }
}

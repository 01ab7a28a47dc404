// What of the messages of a venue is told to the listener? What is new, each once, and never backwards.
import type { VenueBalance } from '../../../ports/venue-account.ts';
import type { StreamEvent } from '../../../ports/venue-streams.ts';
import { createCandleMemory, type CandleMemory } from './candle-memory.ts';
import type { DataMessage } from './channel.ts';
import { createExecutionMemory } from './execution-memory.ts';
import { createOrderMemory } from './order-memory.ts';
import { createTickerMemory } from './ticker-memory.ts';
import { topicKey } from './topic-key.ts';

export interface HeardEvents {
  take(message: DataMessage): void;
  /** The public connection is gone. */
  publicLost(): void;
}

export interface HeardEventsOptions {
  readonly now: () => number;
  readonly tell: (event: StreamEvent) => void;
  /** The balance has changed, but the message does not say to what. */
  readonly balanceChanged: () => void;
}

export function createHeardEvents({ now, tell, balanceChanged }: HeardEventsOptions): HeardEvents {
  const candles = new Map<string, CandleMemory>();
  const executions = createExecutionMemory();
  const orders = createOrderMemory();
  const tickers = createTickerMemory();
  const updated = new Map<string, number>();
  /** False: something later was told before. */
  const isLatest = (key: string, updatedAt: number): boolean => {
    if (updatedAt < (updated.get(key) ?? -Infinity)) return false;
    updated.set(key, updatedAt);
    return true;
  };
  const takeCandle = (message: Extract<DataMessage, { kind: 'candle' }>): void => {
    const { symbol, intervalMs, candle, confirmed } = message;
    const topic = { kind: 'candle', symbol, intervalMs } as const;
    const key = topicKey(topic);
    const memory = candles.get(key) ?? createCandleMemory(intervalMs);
    candles.set(key, memory);
    const { isNew, missingFrom } = memory.judge({ candle, confirmed });
    if (!isNew) return;
    const receivedAt = now();
    if (missingFrom !== undefined) {
      const reason = 'the end of at least one candle was not told';
      tell({ kind: 'stream', topic, state: 'live', reason, gapSince: missingFrom, receivedAt });
    }
    tell({ kind: 'candle', symbol, intervalMs, candle, confirmed, receivedAt });
  };
  const takeBalance = (balance: VenueBalance | undefined, updatedAt: number): void => {
    if (!isLatest('balance', updatedAt)) return;
    if (balance === undefined) balanceChanged();
    else tell({ kind: 'balance', balance, receivedAt: now() });
  };
  return {
    take(message) {
      switch (message.kind) {
        case 'candle':
          return takeCandle(message);
        case 'ticker': {
          const ticker = tickers.merge(message.symbol, message.patch, message.whole);
          if (ticker !== undefined) tell({ kind: 'ticker', ticker, receivedAt: now() });
          return undefined;
        }
        case 'order': {
          const order = orders.take(message.order);
          return order === undefined ? undefined : tell({ kind: 'order', order, receivedAt: now() });
        }
        case 'execution':
          return executions.isNew(message.execution.executionId)
            ? tell({ kind: 'execution', execution: message.execution, receivedAt: now() })
            : undefined;
        case 'position': {
          const { symbol, side, position, updatedAt } = message;
          if (isLatest(`position ${symbol} ${side}`, updatedAt))
            tell({ kind: 'position', symbol, position, receivedAt: now() });
          return undefined;
        }
        case 'balance':
          return takeBalance(message.balance, message.updatedAt);
      }
    },
    publicLost: () => tickers.forget(),
  };
}

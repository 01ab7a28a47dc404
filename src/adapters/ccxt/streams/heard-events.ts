// What of the messages of a venue is told to the listener? What is new, each once, and never backwards.
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

export function createHeardEvents(options: HeardEventsOptions): HeardEvents {
  const { now, tell, balanceChanged } = options;
  const takeCandle = candleTaker(options);
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
  return {
    take(message) {
      const receivedAt = now();
      switch (message.kind) {
        case 'candle':
          return takeCandle(message);
        case 'ticker': {
          const ticker = tickers.merge(message.symbol, message.patch, message.whole);
          return ticker === undefined ? undefined : tell({ kind: 'ticker', ticker, receivedAt });
        }
        case 'order': {
          const order = orders.take(message.order);
          return order === undefined ? undefined : tell({ kind: 'order', order, receivedAt });
        }
        case 'execution': {
          const { execution } = message;
          return executions.isNew(execution.executionId)
            ? tell({ kind: 'execution', execution, receivedAt })
            : undefined;
        }
        case 'position': {
          const { symbol, side, position, updatedAt } = message;
          const isNews = isLatest(`position ${symbol} ${side}`, updatedAt);
          return isNews ? tell({ kind: 'position', symbol, position, receivedAt }) : undefined;
        }
        case 'balance': {
          if (!isLatest('balance', message.updatedAt)) return undefined;
          const { balance } = message;
          return balance === undefined ? balanceChanged() : tell({ kind: 'balance', balance, receivedAt });
        }
      }
    },
    publicLost: () => tickers.forget(),
  };
}

/** Tells each candle once, and before it what the stream left out. */
function candleTaker({ now, tell }: HeardEventsOptions): (message: Extract<DataMessage, { kind: 'candle' }>) => void {
  const memories = new Map<string, CandleMemory>();
  return ({ symbol, intervalMs, candle, confirmed }) => {
    const topic = { kind: 'candle', symbol, intervalMs } as const;
    const key = topicKey(topic);
    const memory = memories.get(key) ?? createCandleMemory(intervalMs);
    memories.set(key, memory);
    const { isNew, missingFrom } = memory.judge({ candle, confirmed });
    if (!isNew) return;
    const receivedAt = now();
    if (missingFrom !== undefined) {
      const reason = 'the end of at least one candle was not told';
      tell({ kind: 'stream', topic, state: 'live', reason, gapSince: missingFrom, receivedAt });
    }
    tell({ kind: 'candle', symbol, intervalMs, candle, confirmed, receivedAt });
  };
}

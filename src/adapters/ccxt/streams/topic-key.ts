// What is a topic called? One text for each, under which its state is kept.
import type { StreamTopic } from '../../../ports/venue-streams.ts';

/** `candle BTCUSDT 3600000`, `ticker BTCUSDT`, or the kind alone for what covers all symbols. */
export function topicKey(topic: StreamTopic): string {
  switch (topic.kind) {
    case 'candle':
      return `candle ${topic.symbol} ${topic.intervalMs}`;
    case 'ticker':
      return `ticker ${topic.symbol}`;
    default:
      return topic.kind;
  }
}

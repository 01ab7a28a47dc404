// What does the paper venue push? Candles and tickers come from the real venue, what happens to the account from here.
import type { StreamEvent, StreamState, StreamTopic, VenueStreams } from '../../ports/venue-streams.ts';
import type { ExchangeEvent } from '../core/exchange-event.ts';
import { balanceOf, type PaperAccountParts } from './paper-account.ts';
import { heldPositionOf, venueExecutionOf, venueOrderOf } from './paper-rows.ts';

type Kind = StreamTopic['kind'];

/** Streams that cannot fail, since they do not leave the program, beside those of `real`. */
export function createPaperStreams(parts: PaperAccountParts): VenueStreams {
  const { options, book } = parts;
  return {
    subscribe(topics, listener) {
      const own = topics.filter(({ kind }) => kind !== 'candle' && kind !== 'ticker');
      const open = topics.filter(({ kind }) => kind === 'candle' || kind === 'ticker');
      const outer = open.length === 0 ? undefined : options.real.streams.subscribe(open, listener);
      const kinds = new Set(own.map(({ kind }) => kind));
      const stop = book.listen((event) => {
        for (const heard of heardOf(event, kinds, parts)) listener(heard);
      });
      for (const topic of own) {
        listener({
          kind: 'stream',
          topic,
          state: 'live',
          reason: 'subscribed',
          gapSince: undefined,
          receivedAt: options.clock.now(),
        });
      }
      return {
        states: () => new Map<string, StreamState>([...(outer?.states() ?? []), ...own.map(liveNow)]),
        async close() {
          stop();
          await outer?.close();
        },
      };
    },
  };
}

const liveNow = ({ kind }: StreamTopic): readonly [string, StreamState] => [kind, 'live'];

function heardOf(
  event: ExchangeEvent,
  kinds: ReadonlySet<Kind>,
  { options, book, follower }: PaperAccountParts,
): readonly StreamEvent[] {
  const receivedAt = options.clock.now();
  if (event.kind === 'order' && kinds.has('orders')) {
    const isLate = book.happenedLate(event.order.orderId);
    return [{ kind: 'order', order: venueOrderOf(event.order, isLate), receivedAt }];
  }
  if (event.kind === 'execution' && kinds.has('executions')) {
    return [{ kind: 'execution', execution: venueExecutionOf(event.execution), receivedAt }];
  }
  if (event.kind === 'position' && kinds.has('positions')) {
    const { symbol } = event;
    const position = heldPositionOf(book.followed.exchange.position(symbol), follower.priceOf(symbol));
    return [{ kind: 'position', symbol, position, receivedAt }];
  }
  if (event.kind === 'wallet' && kinds.has('balance'))
    return [{ kind: 'balance', balance: balanceOf({ book, follower }), receivedAt }];
  return [];
}

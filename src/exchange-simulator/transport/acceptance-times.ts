// When did an order reach the exchange, by the server's clock? Remembered for as long as queries may lag behind.
import type { SimulatedExchange } from '../core/exchange.ts';

/** Orders taken longer ago than this are forgotten: every query finds them. */
const KEPT_MS = 600_000;

export interface AcceptanceTimes {
  /** Server clock, epoch milliseconds; undefined: long ago, or never. */
  readonly acceptedAt: (orderId: string) => number | undefined;
  readonly stop: () => void;
}

/** Notes the first time that each order is heard of. */
export function createAcceptanceTimes(
  exchange: Pick<SimulatedExchange, 'listen'>,
  serverTime: () => number,
): AcceptanceTimes {
  const times = new Map<string, number>();
  const stop = exchange.listen((event) => {
    if (event.kind !== 'order' || times.has(event.order.orderId)) return;
    const now = serverTime();
    // Times rise, so the oldest stand first.
    for (const [orderId, time] of times) {
      if (time >= now - KEPT_MS) break;
      times.delete(orderId);
    }
    times.set(event.order.orderId, now);
  });
  return { acceptedAt: (orderId) => times.get(orderId), stop };
}

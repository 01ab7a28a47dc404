// Through which account does a canary inside the bot order? One that opens nothing after a switch was thrown, and counts what it changes.
import { VenueError } from '../../domain/venue-error.ts';
import type { VenueAccount } from '../../ports/venue-account.ts';

export interface WriteCount {
  /** Changes that were asked for so far. */
  asked: number;
  /** Of these, on their way now. */
  underWay: number;
}

/** The same account; orders that may open something are refused, for certain, unless `mayOpen`. */
export function canaryAccount(account: VenueAccount, count: WriteCount, mayOpen: () => boolean): VenueAccount {
  const counted = async <Value>(write: () => Promise<Value>): Promise<Value> => {
    count.asked += 1;
    count.underWay += 1;
    try {
      return await write();
    } finally {
      count.underWay -= 1;
    }
  };
  return {
    ...account,
    place: async (order) => {
      if (!order.reduceOnly && !mayOpen()) {
        const message = 'withheld: the canary has to end';
        throw new VenueError({ code: 'CLOSED', message, retryable: true, orderMayExist: false });
      }
      return counted(() => account.place(order));
    },
    protect: (symbol, protection) => counted(() => account.protect(symbol, protection)),
    cancel: (name) => counted(() => account.cancel(name)),
    cancelAll: (symbol) => counted(() => account.cancelAll(symbol)),
  };
}

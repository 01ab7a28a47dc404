// How does no entry leave after a switch was thrown, whoever decided it and however long ago? The last look is just before it goes.
import { VenueError } from '../../domain/venue-error.ts';
import type { VenueConnection } from '../../ports/venue-connection.ts';

/** The same connection; an order that may open something is refused here, for certain, unless `mayEnter`. */
export function fencedConnection(connection: VenueConnection, mayEnter: () => boolean): VenueConnection {
  const { account } = connection;
  const place: typeof account.place = async (order) => {
    if (!order.reduceOnly && !mayEnter()) {
      const message = 'withheld: the kill switch or a pause is set';
      throw new VenueError({ code: 'CLOSED', message, retryable: true, orderMayExist: false });
    }
    return account.place(order);
  };
  return { ...connection, account: { ...account, place } };
}

// What does the venue refuse, whoever asks? The same connection, with an ear for every request that fails.
import { VenueError } from '../../domain/venue-error.ts';
import type { VenueConnection } from '../../ports/venue-connection.ts';

/** `failed` hears of every failed request of account and market, beside whoever made it. */
export function heardConnection(connection: VenueConnection, failed: (error: VenueError) => void): VenueConnection {
  return {
    ...connection,
    account: heard(connection.account, failed),
    market: heard(connection.market, failed),
  };
}

function heard<Methods extends object>(methods: Methods, failed: (error: VenueError) => void): Methods {
  return new Proxy(methods, {
    get(target, name, receiver) {
      const method: unknown = Reflect.get(target, name, receiver);
      if (typeof method !== 'function') return method;
      return (...given: readonly unknown[]): unknown => {
        const answer: unknown = Reflect.apply(method, target, given);
        if (answer instanceof Promise) {
          answer.catch((error: unknown) => {
            if (error instanceof VenueError) failed(error);
          });
        }
        return answer;
      };
    },
  });
}

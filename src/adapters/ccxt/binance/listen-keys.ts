// How is the key of the account's event stream had at Binance? Opened or prolonged by the same request.
import { z } from 'zod';
import type { ListenKeys } from '../streams/stream-client.ts';
import type { ClientRequest, VenueClient } from '../venue-client.ts';
import { accountWrite } from './requests.ts';

const keyReply = z.object({ listenKey: z.string().min(1) });

/** To ask twice changes nothing: such a request may be sent again. */
const request = (method: 'POST' | 'PUT'): ClientRequest => ({
  ...accountWrite(method, 'listenKey', {}),
  isWrite: false,
});

export function createListenKeys(client: VenueClient): ListenKeys {
  return {
    obtain: async () => (await client.ask(request('POST'), keyReply)).listenKey,
    extend: async () => {
      await client.ask(request('PUT'), z.looseObject({}));
    },
  };
}

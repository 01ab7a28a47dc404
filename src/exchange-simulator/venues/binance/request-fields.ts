// What did the client write into a request? Query and form body together, as Binance reads them.
import { Fields } from '../fields.ts';
import type { VenueRequest } from '../venue-codec.ts';

/** The fields of query and body; of a name that comes twice the query's counts. */
export function requestFields({ query, body }: Pick<VenueRequest, 'query' | 'body'>): Fields {
  return new Fields(new Map([...new URLSearchParams(body), ...query]));
}

/** `limit` within the bounds of the endpoint; what is above is cut. */
export function limitOf(fields: Fields, usual: number, most: number): number {
  const limit = fields.whole('limit') ?? usual;
  if (limit < 1) fields.refuse('limit invalid');
  return Math.min(Math.max(1, limit), most);
}

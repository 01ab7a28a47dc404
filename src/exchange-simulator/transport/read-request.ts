// What did a client ask for? The bytes of one HTTP request as a venue's request, or why there is none.
import type { IncomingMessage } from 'node:http';
import type { VenueRequest } from '../venues/venue-codec.ts';

/** Longest body that is read, bytes. */
export const BODY_LIMIT = 256 * 1024;

export type ReadRequest =
  | { readonly kind: 'read'; readonly request: VenueRequest }
  | { readonly kind: 'too-large' }
  /** The client went away before the end. */
  | { readonly kind: 'gone' };

/** Path and query of a request target, whatever its form; never throws. */
export function splitTarget(target: string): { readonly path: string; readonly rawQuery: string } {
  const origin = /^[a-z]+:\/\/[^/?#]*/i.exec(target);
  const rest = origin === null ? target : target.slice(origin[0].length);
  const mark = rest.indexOf('?');
  const path = mark < 0 ? rest : rest.slice(0, mark);
  return { path: path === '' ? '/' : path, rawQuery: mark < 0 ? '' : rest.slice(mark + 1) };
}

/** Reads the whole body, up to the limit. */
export function readRequest(message: IncomingMessage): Promise<ReadRequest> {
  const { promise, resolve } = Promise.withResolvers<ReadRequest>();
  const chunks: Buffer[] = [];
  let length = 0;
  message.on('data', (chunk: Buffer) => {
    length += chunk.length;
    if (length <= BODY_LIMIT) chunks.push(chunk);
    else resolve({ kind: 'too-large' });
  });
  message.on('end', () => resolve({ kind: 'read', request: requestOf(message, Buffer.concat(chunks)) }));
  message.on('error', () => resolve({ kind: 'gone' }));
  message.on('close', () => resolve({ kind: 'gone' }));
  return promise;
}

function requestOf({ method = 'GET', url = '/', headers }: IncomingMessage, body: Buffer): VenueRequest {
  const { path, rawQuery } = splitTarget(url);
  return { method, path, rawQuery, query: new URLSearchParams(rawQuery), headers, body: body.toString('utf8') };
}

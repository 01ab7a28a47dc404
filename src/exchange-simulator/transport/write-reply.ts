// What goes over the wire as an answer? The venue's reply, or what a fault makes of it.
import type { ServerResponse } from 'node:http';
import type { HttpFate } from '../faults/fault-pipeline.ts';
import type { VenueReply } from '../venues/venue-codec.ts';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Sends a reply whole. */
export function writeReply(response: ServerResponse, reply: VenueReply): void {
  const body = Buffer.from(reply.body, 'utf8');
  response.writeHead(reply.status, { ...headersOf(reply), 'content-length': body.length });
  response.end(body);
}

const headersOf = ({ headers }: VenueReply): Record<string, string> => ({ 'content-type': JSON_TYPE, ...headers });

/**
 * Sends half of the body. With an end the reply is complete for HTTP and broken as a text; without, the rest is promised
 * and never comes.
 */
function writeHalf(response: ServerResponse, reply: VenueReply, hasEnd: boolean): void {
  const body = Buffer.from(reply.body, 'utf8');
  const half = body.subarray(0, body.length >> 1);
  response.writeHead(reply.status, { ...headersOf(reply), 'content-length': hasEnd ? half.length : body.length });
  if (hasEnd) response.end(half);
  else response.write(half);
}

/** Sends what the fault leaves of `reply`, which is the venue's own refusal for `refuse`. */
export function writeFate(response: ServerResponse, fate: HttpFate, reply: VenueReply): void {
  switch (fate.kind) {
    case 'pass':
    case 'refuse':
      return writeReply(response, reply);
    case 'no-reply':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'replace': {
      const { status, contentType, headers, body } = fate;
      return writeReply(response, { status, body, headers: { 'content-type': contentType, ...headers } });
    }
    case 'truncate':
      return writeHalf(response, reply, true);
    case 'stall':
      return writeHalf(response, reply, false);
  }
}

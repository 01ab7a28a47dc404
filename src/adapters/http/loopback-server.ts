// How do other programs on this machine ask? A small HTTP server on the loopback interface, with fixed answers to GET.
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface HttpAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export type HttpRoutes = Readonly<Record<string, () => Promise<HttpAnswer> | HttpAnswer>>;

export interface LoopbackServer {
  readonly port: number;
  close(): Promise<void>;
}

const TEXT = 'text/plain; charset=utf-8';

export function jsonAnswer(status: number, value: unknown): HttpAnswer {
  return { status, type: 'application/json; charset=utf-8', body: `${JSON.stringify(value)}\n` };
}

/** Listens on 127.0.0.1 alone; port 0 takes any free one. Rejects when the port is taken. */
export async function startLoopbackServer(port: number, routes: HttpRoutes): Promise<LoopbackServer> {
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').split('?')[0];
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
    // A page of another site that a browser on this machine has open may not ask under a name of its own.
    if (!isLocalHost(request.headers.host))
      send(response, { status: 403, type: TEXT, body: 'only for this machine\n' });
    else if (route === undefined)
      send(response, { status: 404, type: TEXT, body: `${Object.keys(routes).join('\n')}\n` });
    else if (!isRead) send(response, { status: 405, type: TEXT, body: 'GET only\n' });
    else void answer(response, route);
  });
  server.headersTimeout = 5_000;
  server.requestTimeout = 5_000;
  server.keepAliveTimeout = 1_000;
  server.maxConnections = 32;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return { port: isAddress(address) ? address.port : port, close: () => closed(server) };
}

async function answer(response: ServerResponse, route: HttpRoutes[string]): Promise<void> {
  try {
    send(response, await route());
  } catch {
    send(response, { status: 500, type: TEXT, body: 'no answer could be made\n' });
  }
}

function send(response: ServerResponse, { status, type, body }: HttpAnswer): void {
  response.writeHead(status, {
    'content-type': type,
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
  });
  response.end(body);
}

function isLocalHost(host: string | undefined): boolean {
  return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/.test(host ?? '');
}

const isAddress = (address: AddressInfo | string | null): address is AddressInfo =>
  typeof address === 'object' && address !== null;

function closed(server: ReturnType<typeof createServer>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

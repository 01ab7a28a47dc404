// Does a real socket behave as the streams expect? Against a server on the loopback.
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { openWebSocket, type Socket, type SocketListener } from './socket.ts';

const servers: WebSocketServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    for (const client of server.clients) client.terminate();
    await new Promise((resolve) => server.close(resolve));
  }
});

async function listen(): Promise<{ readonly server: WebSocketServer; readonly url: string }> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  servers.push(server);
  await once(server, 'listening');
  return { server, url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** Opens a socket; `heard` grows, and `until` resolves once it holds what is wanted. */
function open(url: string) {
  const heard: string[] = [];
  const waiting: { readonly what: string; readonly resolve: () => void }[] = [];
  const hear = (what: string): void => {
    heard.push(what);
    for (const wait of waiting) if (what.startsWith(wait.what)) wait.resolve();
  };
  const listener: SocketListener = {
    opened: () => hear('opened'),
    text: (payload) => hear(`text ${payload}`),
    binary: (length) => hear(`binary ${length}`),
    ponged: () => hear('ponged'),
    closed: (reason) => hear(`closed ${reason}`),
  };
  const socket: Socket = openWebSocket(url, listener);
  const until = (what: string): Promise<void> =>
    heard.some((entry) => entry.startsWith(what))
      ? Promise.resolve()
      : new Promise((resolve) => waiting.push({ what, resolve }));
  return { socket, heard, until };
}

describe('a socket', () => {
  it('sends, hears texts, binaries and pongs, and ends without a trace', async () => {
    const { server, url } = await listen();
    server.on('connection', (client) =>
      client.on('message', (data: Buffer) => client.send(`you said ${data.toString('utf8')}`)),
    );
    const { socket, heard, until } = open(url);
    await until('opened');
    socket.send('ä');
    socket.ping();
    await until('text');
    await until('ponged');
    for (const client of server.clients) client.send(Buffer.from([1, 2, 3]));
    await until('binary');
    await socket.end();
    await socket.end();
    expect(heard).toContain('text you said ä');
    expect(heard).toContain('binary 3');
    expect(heard.some((entry) => entry.startsWith('closed'))).toBe(false);
  });

  it('tells the close of the other side', async () => {
    const { server, url } = await listen();
    server.on('connection', (client) => client.close(1001, 'restart'));
    const { until } = open(url);
    await until('closed closed with code 1001 restart');
  });

  it('tells why it could not be opened, and may be ended while it tries', async () => {
    const { server, url } = await listen();
    await new Promise((resolve) => server.close(resolve));
    const { until, socket } = open(url);
    await until('closed connect ECONNREFUSED');
    await socket.end();
    const other = open(url);
    await other.socket.end();
    expect(other.heard).toEqual([]);
  });

  it('ends at a message that is too large', async () => {
    const { server, url } = await listen();
    server.on('connection', (client) => client.send('x'.repeat(9 * 1024 * 1024)));
    const { until } = open(url);
    await until('closed Max payload size exceeded');
  });
});

// Which sockets do tests have? Both ends in one process, with latencies of a manual clock and a server that can be told to misbehave.
import type { OpenSocket, SocketListener } from '../../../src/adapters/ccxt/streams/socket.ts';
import type { Clock } from '../../../src/ports/clock.ts';

/** The server's end of one connection. */
export interface FakeConnection {
  readonly url: string;
  /** What the client sent, oldest first. */
  readonly received: readonly string[];
  readonly isOpen: boolean;
  readonly pings: number;
  /** Sends a frame; objects as JSON. Dropped when the connection is gone. */
  send(frame: unknown): void;
  close(reason?: string): void;
}

export interface FakeServer {
  /** Undefined: never opened; false: refused. */
  accepts?: (url: string) => boolean | undefined;
  opened?: (connection: FakeConnection) => void;
  received?: (connection: FakeConnection, text: string) => void;
  answersPings?: () => boolean;
}

export interface FakeNetwork {
  readonly openSocket: OpenSocket;
  readonly connections: readonly FakeConnection[];
  /** Those that are open now. */
  readonly open: readonly FakeConnection[];
}

const LATENCY_MS = 2;

export function createFakeNetwork(clock: Clock, server: FakeServer): FakeNetwork {
  const connections: FakeConnection[] = [];
  return {
    openSocket: (url, listener) => connect({ url, listener, clock, server, connections }),
    connections,
    get open() {
      return connections.filter((connection) => connection.isOpen);
    },
  };
}

interface Dial {
  readonly url: string;
  readonly listener: SocketListener;
  readonly clock: Clock;
  readonly server: FakeServer;
  readonly connections: FakeConnection[];
}

function connect({ url, listener, clock, server, connections }: Dial): ReturnType<OpenSocket> {
  const received: string[] = [];
  let isOpen = false;
  let isGone = false;
  let pings = 0;
  const later = (event: () => void): void => {
    clock.after(LATENCY_MS, () => {
      if (!isGone) event();
    });
  };
  const close = (reason: string): void =>
    later(() => {
      isGone = true;
      isOpen = false;
      listener.closed(reason);
    });
  const connection: FakeConnection = {
    url,
    received,
    get isOpen() {
      return isOpen;
    },
    get pings() {
      return pings;
    },
    send: (frame) => later(() => listener.text(typeof frame === 'string' ? frame : JSON.stringify(frame))),
    close: (reason = 'closed with code 1006') => close(reason),
  };
  connections.push(connection);
  const accepted = server.accepts === undefined ? true : server.accepts(url);
  if (accepted === false) close('connect ECONNREFUSED');
  if (accepted === true)
    later(() => {
      isOpen = true;
      listener.opened();
      server.opened?.(connection);
    });
  return {
    send: (payload) =>
      later(() => {
        received.push(payload);
        server.received?.(connection, payload);
      }),
    ping() {
      pings += 1;
      if (server.answersPings?.() !== false) later(() => listener.ponged());
    },
    end() {
      isGone = true;
      isOpen = false;
      return Promise.resolve();
    },
  };
}

// How is one WebSocket reached? As a few calls and four events, so that tests have sockets of their own.
import { WebSocket } from 'ws';

/** No event comes after `closed`. */
export interface SocketListener {
  opened(): void;
  text(payload: string): void;
  /** A binary message: no venue here sends one. */
  binary(length: number): void;
  /** The other side answered a ping of the protocol, or sent one itself. */
  ponged(): void;
  closed(reason: string): void;
}

export interface Socket {
  /** Dropped when the socket is not open. */
  send(payload: string): void;
  ping(): void;
  /** Cuts the connection; nothing is heard of it any more. Resolves when nothing of it is left. */
  end(): Promise<void>;
}

export type OpenSocket = (url: string, listener: SocketListener) => Socket;

/** Larger than any message of the venues; more is an attack or a defect. */
const MOST_BYTES = 8 * 1024 * 1024;

/** A socket of the `ws` library. It never throws: what goes wrong ends in `closed`. */
export const openWebSocket: OpenSocket = (url, listener) => {
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: MOST_BYTES, followRedirects: false });
  let failure = '';
  let isEnded = false;
  const gone = new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
  });
  const heard = (event: () => void): void => {
    if (!isEnded) event();
  };
  socket.on('open', () => heard(() => listener.opened()));
  socket.on('message', (data: Buffer, isBinary: boolean) =>
    heard(() => (isBinary ? listener.binary(data.length) : listener.text(data.toString('utf8')))),
  );
  socket.on('ping', () => heard(() => listener.ponged()));
  socket.on('pong', () => heard(() => listener.ponged()));
  socket.on('error', (error) => {
    failure = error.message;
  });
  socket.on('close', (code, reason) => {
    heard(() => {
      isEnded = true;
      listener.closed(failure === '' ? `closed with code ${code} ${reason.toString('utf8')}`.trim() : failure);
    });
  });
  const isOpen = (): boolean => socket.readyState === WebSocket.OPEN;
  return {
    send(payload) {
      if (isOpen()) socket.send(payload, () => undefined);
    },
    ping() {
      if (isOpen()) socket.ping(undefined, undefined, () => undefined);
    },
    end() {
      isEnded = true;
      socket.terminate();
      return gone;
    },
  };
};

// How is a venue reached over the network? One HTTP and WebSocket server on this machine's own address only.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type RawData, type WebSocket } from 'ws';
import type { SimulatedExchange } from '../core/exchange.ts';
import type { CodecSession } from '../venues/venue-codec.ts';
import { answerRequest, notFound, type AnswerParts } from './answer-request.ts';
import { readRequest, splitTarget } from './read-request.ts';
import type { SideDoor } from './side-door.ts';
import { SocketConnection } from './socket-connection.ts';
import { writeFate, writeReply } from './write-reply.ts';

const LOOPBACK = '127.0.0.1';
/** Longest frame that is read, bytes. */
const FRAME_LIMIT = 64 * 1024;
/** How often connections are asked for whether a fault drops them, milliseconds of wall time. */
const DROP_CHECK_MS = 50;

export interface ServerParts extends AnswerParts {
  readonly exchange: Pick<SimulatedExchange, 'listen'>;
  readonly sideDoor: SideDoor | undefined;
}

interface Client {
  readonly connection: SocketConnection;
  readonly session: CodecSession;
}

export interface ServerCounts {
  readonly requests: number;
  readonly connections: number;
  /** Since the beginning. */
  readonly connectionsEver: number;
}

/** The running server. It listens after `listen` and leaves nothing open after `close`. */
export class ExchangeServer {
  readonly #parts: ServerParts;
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({ noServer: true, maxPayload: FRAME_LIMIT, autoPong: false });
  readonly #clients = new Set<Client>();
  readonly #doorSockets = new Set<WebSocket>();
  readonly #unlisten: () => void;
  #stopTimer: (() => void) | undefined;
  #requests = 0;
  #connectionsEver = 0;

  constructor(parts: ServerParts) {
    this.#parts = parts;
    this.#http = createServer((message, response) => void this.#serve(message, response));
    this.#http.on('upgrade', (message, stream, head) => this.#upgrade(message, stream, head));
    this.#http.on('clientError', (_error, stream) => {
      if (stream.writable) stream.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      else stream.destroy();
    });
    this.#unlisten = parts.exchange.listen((event) => {
      for (const { session } of this.#clients) this.#guarded(() => session.hear(event));
    });
  }

  /** Opens the port (0: any that is free) and returns the one it got. @throws the system's error, such as EADDRINUSE */
  listen(port: number): Promise<number> {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    this.#http.once('error', reject);
    this.#http.listen(port, LOOPBACK, () => {
      this.#http.off('error', reject);
      this.#http.on('error', this.#parts.report);
      this.#checkLater();
      const { port } = this.#http.address() as AddressInfo;
      resolve(port);
    });
    return promise;
  }

  get counts(): ServerCounts {
    const connections = this.#clients.size;
    return { requests: this.#requests, connections, connectionsEver: this.#connectionsEver };
  }

  /** Market time rests: every session sends what it only samples. */
  sample(): void {
    for (const { session } of this.#clients) this.#guarded(() => session.sample?.());
  }

  /** Resolves when every frame sent so far has been handed to the network. */
  async written(): Promise<void> {
    for (const { connection } of this.#clients) await connection.written();
  }

  async close(): Promise<void> {
    this.#stopTimer?.();
    this.#unlisten();
    for (const { connection } of this.#clients) connection.drop();
    for (const socket of this.#doorSockets) socket.terminate();
    this.#sockets.close();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#http.close(() => resolve());
    this.#http.closeAllConnections();
    await promise;
  }

  #guarded(act: () => void): void {
    try {
      act();
    } catch (error) {
      this.#parts.report(error);
    }
  }

  #checkLater(): void {
    this.#stopTimer = this.#parts.clock.after(DROP_CHECK_MS, () => {
      for (const { connection } of this.#clients) {
        connection.dropIfTold();
        connection.dropIfIdle();
      }
      this.#checkLater();
    });
  }

  async #serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    response.on('error', () => undefined);
    const read = await readRequest(message);
    if (read.kind === 'gone') return;
    if (read.kind === 'too-large') {
      writeReply(response, { status: 413, body: '', headers: { connection: 'close' } });
      return;
    }
    const { sideDoor, clock } = this.#parts;
    if (sideDoor?.owns(read.request.path) === true) {
      writeReply(response, await sideDoor.handle(read.request));
      return;
    }
    this.#requests += 1;
    const { fate, reply } = answerRequest(read.request, message.socket.remoteAddress ?? '', this.#parts);
    const delayMs = fate.kind === 'pass' ? (fate.delayMs ?? 0) : 0;
    if (delayMs <= 0) writeFate(response, fate, reply);
    else
      response.once(
        'close',
        clock.after(delayMs, () => writeFate(response, fate, reply)),
      );
  }

  #upgrade(message: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on('error', () => undefined);
    const { path, rawQuery } = splitTarget(message.url ?? '/');
    const { sideDoor, codec } = this.#parts;
    if (sideDoor?.owns(path) === true) {
      this.#sockets.handleUpgrade(message, stream, head, (socket) => this.#openDoor(socket, sideDoor));
      return;
    }
    const channel = codec.channelOf(path);
    if (channel === undefined) return refuseUpgrade(stream, '404 Not Found', notFound().body);
    if (!this.#mayConnect(message.socket.remoteAddress ?? '')) {
      return refuseUpgrade(stream, '403 Forbidden', 'too many connections\n');
    }
    this.#sockets.handleUpgrade(message, stream, head, (socket) => {
      this.#connectionsEver += 1;
      const id = this.#connectionsEver;
      const query = new URLSearchParams(rawQuery);
      const { faults, clock } = this.#parts;
      const idleLimitMs = codec.idleLimitMs?.(path, query);
      const parts = { id, path, query, channel, socket, stream, faults, clock, idleLimitMs };
      this.#open(new SocketConnection(parts), socket);
    });
  }

  #mayConnect(address: string): boolean {
    const { limits, codec, clock } = this.#parts;
    const rules = codec.limitRules?.('connect') ?? [];
    return limits?.spend({ rules, weight: 1, address, now: clock.now() }).refusal === undefined;
  }

  #open(connection: SocketConnection, socket: WebSocket): void {
    const client = { connection, session: this.#parts.codec.connect(connection) };
    this.#clients.add(client);
    socket.on('error', () => undefined);
    socket.on('message', (data, isBinary) => {
      if (isBinary || connection.isDead) return;
      this.#guarded(() => connection.receive(textOf(data), (text) => client.session.receive(text)));
    });
    socket.on('ping', (data) => {
      if (!connection.isDead && connection.isOpen) socket.pong(data);
    });
    socket.on('close', () => {
      this.#clients.delete(client);
      connection.forget();
      this.#guarded(() => client.session.closed());
    });
    connection.dropIfTold();
  }

  #openDoor(socket: WebSocket, door: SideDoor): void {
    this.#doorSockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#doorSockets.delete(socket));
    socket.on('ping', (data) => socket.pong(data));
    let last: Promise<void> = Promise.resolve();
    const answer = async (before: Promise<void>, text: string): Promise<void> => {
      await before;
      const reply = await door.answer(text);
      if (socket.readyState === socket.OPEN) socket.send(reply);
    };
    socket.on('message', (data) => {
      last = answer(last, textOf(data));
    });
  }
}

function refuseUpgrade(stream: Duplex, status: string, body: string): void {
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
}

/** A frame arrives as one buffer, unless the WebSocket is told otherwise. */
const textOf = (data: RawData): string => (Buffer.isBuffer(data) ? data.toString('utf8') : '');

// What does one WebSocket connection to Binance get? The streams in its address and those it asks for, the account's among them.
import type { ExchangeEvent } from '../../core/exchange-event.ts';
import { parseJson } from '../fields.ts';
import type { ClientConnection, CodecSession } from '../venue-codec.ts';
import type { Desk } from './desk.ts';
import { openStream, symbolOfStream, type PublicStream } from './public-streams.ts';
import type { UserStream } from './user-stream.ts';

/** Most messages of a client within a second, and most streams of a connection. */
const MESSAGES_PER_SECOND = 10;
const MAX_STREAMS = 1024;
/** After a day every connection ends, milliseconds of wall time. */
const LIFE_MS = 86_400_000;

interface Request {
  readonly method: string;
  readonly params: unknown;
  readonly id: unknown;
}

/** One client. */
export class StreamSession implements CodecSession {
  readonly #connection: ClientConnection;
  readonly #desk: Desk;
  readonly #userStream: UserStream;
  readonly #streams = new Map<string, PublicStream>();
  /** Stops of what was subscribed with a listen key, by the key. */
  readonly #accounts = new Map<string, () => void>();
  readonly #endLife: () => void;
  /** Events come in an envelope with the name of their stream. */
  #isCombined: boolean;
  #received: number[] = [];

  constructor(connection: ClientConnection, desk: Desk, userStream: UserStream) {
    this.#connection = connection;
    this.#desk = desk;
    this.#userStream = userStream;
    this.#isCombined = /\/stream\/?$/.test(connection.path);
    this.#endLife = desk.world.clock.after(LIFE_MS, () => connection.close(1001, 'a connection lives for 24 hours'));
    for (const name of namesInAddress(connection)) this.#open(name);
  }

  receive(text: string): void {
    const now = this.#desk.world.clock.now();
    this.#received = [...this.#received.filter((time) => time > now - 1_000), now];
    if (this.#received.length > MESSAGES_PER_SECOND) return this.#connection.close(1008, 'Too many requests');
    const request = readRequest(text);
    if ('error' in request) return this.#answer({ error: request.error, ...request.id });
    const { id, method, params } = request;
    switch (method) {
      case 'SUBSCRIBE':
        return this.#change(id, params, (name) => this.#open(name));
      case 'UNSUBSCRIBE':
        return this.#change(id, params, (name) => this.#close(name));
      case 'LIST_SUBSCRIPTIONS':
        return this.#answer({ result: [...this.#streams.keys(), ...this.#accounts.keys()], id });
      case 'SET_PROPERTY':
      case 'GET_PROPERTY':
        return this.#property(request);
      default:
        return this.#answer({ error: { code: 2, msg: `Invalid request: unknown method ${method}` }, id });
    }
  }

  hear(event: ExchangeEvent): void {
    if (event.kind === 'maintenance' && event.state === 'begun') this.#connection.close(1001, 'service restart');
    for (const stream of this.#streams.values()) stream.hear(event);
    if (this.#accounts.size === 0) return;
    for (const { name, symbol, event: told } of this.#userStream.eventsOf(event)) {
      for (const key of this.#accounts.keys()) this.#send({ stream: key, topic: name, symbol }, told);
    }
  }

  sample(): void {
    for (const stream of this.#streams.values()) stream.sample();
  }

  closed(): void {
    this.#endLife();
    for (const stream of this.#streams.values()) stream.end();
    this.#streams.clear();
    for (const stop of this.#accounts.values()) stop();
    this.#accounts.clear();
  }

  #change(id: unknown, params: unknown, act: (name: string) => void): void {
    const names = Array.isArray(params) ? params.filter((name) => typeof name === 'string') : [];
    if (!Array.isArray(params) || names.length !== params.length || names.length === 0) {
      this.#answer({ error: { code: 2, msg: 'Invalid request: params must be an array of stream names' }, id });
      return;
    }
    if (this.#streams.size + names.length > MAX_STREAMS) {
      this.#connection.close(1008, 'Too many subscriptions');
      return;
    }
    this.#answer({ result: null, id });
    for (const name of names) act(name);
  }

  #property({ id, method, params }: Request): void {
    const [name, value]: readonly unknown[] = Array.isArray(params) ? params : [];
    if (name !== 'combined') return this.#answer({ error: { code: 0, msg: 'Unknown property' }, id });
    if (method === 'GET_PROPERTY') return this.#answer({ result: this.#isCombined, id });
    if (typeof value !== 'boolean') {
      return this.#answer({ error: { code: 1, msg: 'Invalid value type: expected Boolean' }, id });
    }
    this.#isCombined = value;
    this.#answer({ result: null, id });
  }

  #open(name: string): void {
    if (this.#streams.has(name) || this.#accounts.has(name)) return;
    const { listenKeys, world } = this.#desk;
    if (listenKeys.isValid(name)) {
      this.#accounts.set(
        name,
        listenKeys.watch(name, () => this.#endAccount(name)),
      );
      return;
    }
    const symbol = symbolOfStream(name);
    const send = (event: object): void => this.#send({ stream: name, topic: name, symbol }, event);
    const stream = openStream(name, world.exchange, send);
    this.#streams.set(name, stream);
    stream.sample();
  }

  #close(name: string): void {
    this.#streams.get(name)?.end();
    this.#streams.delete(name);
    this.#accounts.get(name)?.();
    this.#accounts.delete(name);
  }

  /** The key has ended: the client is told so, and then hears no more. */
  #endAccount(key: string): void {
    this.#accounts.delete(key);
    const { now } = this.#desk.world.exchange;
    const event = { e: 'listenKeyExpired', E: now, listenKey: key };
    this.#send({ stream: key, topic: 'listenKeyExpired', symbol: undefined }, event);
  }

  #answer(answer: object): void {
    this.#connection.send('ack', JSON.stringify(answer));
  }

  #send(
    { stream, topic, symbol }: { readonly stream: string; readonly topic: string; readonly symbol: string | undefined },
    event: object,
  ): void {
    this.#connection.send(topic, JSON.stringify(this.#isCombined ? { stream, data: event } : event), symbol);
  }
}

/** Streams that the address of a connection names: a listen key, one stream, or several. */
function namesInAddress({ path, query }: ClientConnection): readonly string[] {
  const last = /\/ws\/([^/]+)\/?$/.exec(path)?.[1];
  const named = [query.get('listenKey'), ...(query.get('streams') ?? '').split('/'), last ?? ''];
  // A client may number its connections there.
  return named.filter((name) => name !== null).filter((name) => name !== '' && !/^\d+$/.test(name));
}

/** A request of a client, or what is wrong with its text. */
function readRequest(text: string): Request | { readonly error: object; readonly id: object } {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const msg =
      value === undefined ? 'Invalid JSON: expected value at line 1 column 1' : 'Invalid request: object expected';
    return { error: { code: value === undefined ? 3 : 2, msg }, id: {} };
  }
  const fields: Readonly<Record<string, unknown>> = { ...value };
  const { method, params, id } = fields;
  const isNamed = typeof id === 'number' || typeof id === 'string' || id === null;
  if (typeof method !== 'string') {
    return { error: { code: 2, msg: 'Invalid request: missing field `method`' }, id: isNamed ? { id } : {} };
  }
  if (!isNamed) {
    return { error: { code: 2, msg: 'Invalid request: request ID must be an unsigned integer' }, id: {} };
  }
  return { method, params, id };
}

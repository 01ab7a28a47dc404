// What does a connection to Bybit's public stream get? The topics it subscribed to, until it leaves them.
import type { ExchangeEvent } from '../../core/exchange-event.ts';
import type { ClientConnection, CodecSession, CodecWorld } from '../venue-codec.ts';
import { publicPong, readFrame, streamAck, topicsOf, type ClientFrame, type FrameName } from './frames.ts';
import { bookFeed, klineFeed, tickerFeed, tradeFeed, type MarketFeed } from './market-feed.ts';
import { publicTopic, STATUS_TOPIC, type PublicTopic } from './public-topics.ts';

/** One client of the public stream. */
export class PublicSession implements CodecSession {
  readonly #connection: ClientConnection;
  readonly #world: CodecWorld;
  readonly #feeds = new Map<string, MarketFeed>();

  constructor(connection: ClientConnection, world: CodecWorld) {
    this.#connection = connection;
    this.#world = world;
  }

  receive(text: string): void {
    const frame = readFrame(text);
    if (frame === undefined) {
      this.#answer({ op: '', requestId: undefined }, 'Invalid request: json format error');
      return;
    }
    switch (frame.op) {
      case 'ping':
        return this.#connection.send('pong', publicPong(this.#connection, frame));
      case 'subscribe':
        return this.#subscribe(frame);
      case 'unsubscribe':
        return this.#unsubscribe(frame);
      default:
        this.#answer(frame, `error:request op not found,op:${frame.op}`);
    }
  }

  hear(event: ExchangeEvent): void {
    for (const feed of this.#feeds.values()) feed.hear(event);
    // Who asks for the state of the system is not cut off by what it tells.
    const begins = event.kind === 'maintenance' && event.state === 'begun';
    if (begins && !this.#feeds.has(STATUS_TOPIC)) this.#connection.close(1001, 'service restart');
  }

  sample(): void {
    for (const feed of this.#feeds.values()) feed.sample();
  }

  closed(): void {
    for (const feed of this.#feeds.values()) feed.end();
    this.#feeds.clear();
  }

  #answer(frame: FrameName, problem: string | undefined): void {
    this.#connection.send('ack', streamAck(this.#connection, frame, problem));
  }

  /** All topics of a request, or none of them. */
  #subscribe(frame: ClientFrame): void {
    const names = topicsOf(frame.args);
    if (names === undefined) return this.#answer(frame, 'error:invalid args');
    const topics: PublicTopic[] = [];
    for (const name of names) {
      if (this.#feeds.has(name)) return this.#answer(frame, `error:already subscribed,topic:${name}`);
      const topic = publicTopic(name, this.#world.exchange);
      if (topic === undefined) return this.#answer(frame, `error:handler not found,topic:${name}`);
      topics.push(topic);
    }
    this.#answer(frame, undefined);
    for (const topic of topics) {
      if (this.#feeds.has(topic.name)) continue;
      const feed = this.#feedOf(topic);
      this.#feeds.set(topic.name, feed);
      feed.sample();
    }
  }

  #unsubscribe(frame: ClientFrame): void {
    const names = topicsOf(frame.args);
    if (names === undefined) return this.#answer(frame, 'error:invalid args');
    for (const name of names) {
      this.#feeds.get(name)?.end();
      this.#feeds.delete(name);
    }
    this.#answer(frame, undefined);
  }

  #feedOf(topic: PublicTopic): MarketFeed {
    const { exchange } = this.#world;
    if (topic.kind === 'status') return this.#statusFeed(topic.name);
    const { name, symbol } = topic;
    const send = (payload: string): void => this.#connection.send(name, payload, symbol);
    const contractNow = () => exchange.contract(symbol);
    switch (topic.kind) {
      case 'kline':
        return klineFeed(topic, exchange, send);
      case 'ticker':
        return tickerFeed(name, contractNow, { exchange, send });
      case 'book':
        return bookFeed(name, contractNow, { exchange, send });
      case 'trade':
        return tradeFeed(name, contractNow, { exchange, send });
      default:
        return { hear: () => undefined, sample: () => undefined, end: () => undefined };
    }
  }

  /** Announced, running and completed maintenance. */
  #statusFeed(name: string): MarketFeed {
    const hear = (event: ExchangeEvent): void => {
      if (event.kind !== 'maintenance') return;
      const state = { planned: 'scheduled', begun: 'ongoing', ended: 'completed' }[event.state];
      const notice = {
        id: 'maintenance',
        title: 'maintenance',
        state,
        begin: String(event.time),
        end: event.state === 'ended' ? String(event.time) : '0',
        href: '',
        serviceTypes: [2, 3, 4, 5],
        product: [1, 2],
        uidSuffix: [],
        maintainType: 1,
        env: 1,
      };
      this.#connection.send(name, JSON.stringify({ topic: name, ts: event.time, data: [notice] }));
    };
    return { hear, sample: () => undefined, end: () => undefined };
  }
}

// What does a connection to Bybit's private stream get? After a login, what happens to orders, executions, positions and wallet.
import type { ExchangeEvent } from '../../core/exchange-event.ts';
import type { ClientConnection, CodecSession, CodecWorld } from '../venue-codec.ts';
import { accountCoin } from './account-routes.ts';
import { executionFrameRow, fastExecutionRow } from './execution-row.ts';
import { privateLogin, privatePong, readFrame, streamAck, topicsOf, type ClientFrame } from './frames.ts';
import { orderFrameRow, type RowContext } from './order-row.ts';
import { positionFrameRow } from './position-row.ts';
import { rowContextOf } from './route.ts';
import { loginRefusal } from './signature.ts';
import { walletRow } from './wallet-row.ts';

const KINDS = ['order', 'execution', 'execution.fast', 'position'] as const;
/** Topics of an account that push nothing here. */
const SILENT: ReadonlySet<string> = new Set(['greeks', 'dcp.future', 'dcp.spot', 'dcp.option']);
const OTHER_CATEGORIES: ReadonlySet<string> = new Set(['spot', 'inverse', 'option']);

const NAMELESS = { op: '', requestId: undefined };

type Kind = (typeof KINDS)[number] | 'wallet';

/** What a topic is about, and whether it names a category; undefined: there is no such topic. */
function topicKind(topic: string): { readonly kind: Kind | 'silent'; readonly isOfCategory: boolean } | undefined {
  if (topic === 'wallet') return { kind: 'wallet', isOfCategory: false };
  if (SILENT.has(topic)) return { kind: 'silent', isOfCategory: false };
  const whole = KINDS.find((kind) => kind === topic);
  if (whole !== undefined) return { kind: whole, isOfCategory: false };
  const dot = topic.lastIndexOf('.');
  const kind = KINDS.find((kind) => kind === topic.slice(0, dot));
  const category = topic.slice(dot + 1);
  if (kind === undefined) return undefined;
  if (category === 'linear') return { kind, isOfCategory: true };
  return OTHER_CATEGORIES.has(category) ? { kind: 'silent', isOfCategory: true } : undefined;
}

/** One client of the private stream. */
export class PrivateSession implements CodecSession {
  readonly #connection: ClientConnection;
  readonly #world: CodecWorld;
  /** Topic names with what they are about. */
  readonly #topics = new Map<string, Kind | 'silent'>();
  #isLoggedIn = false;
  #messages = 0;

  constructor(connection: ClientConnection, world: CodecWorld) {
    this.#connection = connection;
    this.#world = world;
  }

  receive(text: string): void {
    const frame = readFrame(text);
    const connection = this.#connection;
    if (frame === undefined) {
      connection.send('ack', streamAck(connection, NAMELESS, 'Invalid request: json format error'));
      return;
    }
    switch (frame.op) {
      case 'ping':
        return connection.send('pong', privatePong(connection, frame, this.#world.serverTime()));
      case 'auth':
        return this.#logIn(frame);
      case 'subscribe':
        return connection.send('ack', streamAck(connection, frame, this.#subscribe(frame)));
      case 'unsubscribe':
        for (const name of topicsOf(frame.args) ?? []) this.#topics.delete(name);
        return connection.send('ack', streamAck(connection, frame, undefined));
      default:
        connection.send('ack', streamAck(connection, frame, `error:request op not found,op:${frame.op}`));
    }
  }

  #logIn(frame: ClientFrame): void {
    const refusal = loginRefusal(frame.args, this.#world);
    this.#isLoggedIn = refusal === undefined;
    this.#connection.send('auth', privateLogin(this.#connection, frame, refusal));
  }

  /** Why the subscription is refused; undefined: it was made. */
  #subscribe(frame: ClientFrame): string | undefined {
    if (!this.#isLoggedIn) return 'Request not authorized';
    const names = topicsOf(frame.args);
    if (names === undefined) return 'error:invalid args';
    const kinds = names.map(topicKind);
    const unknown = kinds.indexOf(undefined);
    if (unknown >= 0) return `error:handler not found,topic:${names[unknown]}`;
    const repeated = names.find((name) => this.#topics.has(name));
    if (repeated !== undefined) return `error:already subscribed,topic:${repeated}`;
    const whole = new Set(kinds.map((kind) => kind?.isOfCategory === false && kind.kind));
    const isMixed = kinds.some((kind) => kind?.isOfCategory === true && whole.has(kind.kind));
    if (isMixed) return 'error:topics with and without category cannot be mixed';
    names.forEach((name, index) => this.#topics.set(name, kinds[index]?.kind ?? 'silent'));
    return undefined;
  }

  hear(event: ExchangeEvent): void {
    if (event.kind === 'maintenance' && event.state === 'begun') this.#connection.close(1001, 'service restart');
    if (this.#topics.size === 0) return;
    switch (event.kind) {
      case 'order':
        return this.#push('order', event.time, event.order.symbol, (row) => orderFrameRow(event.order, row));
      case 'execution': {
        const { execution, time } = event;
        this.#push('execution', time, execution.symbol, (row) => executionFrameRow(execution, row));
        this.#push('execution.fast', time, execution.symbol, (row) => fastExecutionRow(execution, row));
        return;
      }
      case 'position':
        return this.#pushPosition(event.time, event.symbol);
      case 'settings':
        return event.symbol === undefined ? undefined : this.#pushPosition(event.time, event.symbol);
      case 'wallet':
        return this.#pushWallet(event.time);
      default:
        return;
    }
  }

  closed(): void {
    this.#topics.clear();
  }

  #pushPosition(time: number, symbol: string): void {
    const write = (row: RowContext) => positionFrameRow(this.#world.exchange.position(symbol), row);
    this.#push('position', time, symbol, write);
  }

  #pushWallet(time: number): void {
    const { exchange } = this.#world;
    const topic = this.#topicOf('wallet');
    if (topic !== undefined)
      this.#send({ topic, time, symbol: undefined, row: walletRow(exchange.wallet(), accountCoin(exchange)) });
  }

  #push(kind: Kind, time: number, symbol: string, write: (context: RowContext) => unknown): void {
    const topic = this.#topicOf(kind);
    const contract = topic === undefined ? undefined : this.#world.exchange.contract(symbol);
    if (topic === undefined || contract === undefined) return;
    this.#send({ topic, time, symbol, row: write(rowContextOf(this.#world.exchange, contract)) });
  }

  #topicOf(kind: Kind): string | undefined {
    for (const [name, known] of this.#topics) if (known === kind) return name;
    return undefined;
  }

  #send({ topic, time, symbol, row }: { topic: string; time: number; symbol: string | undefined; row: unknown }): void {
    this.#messages += 1;
    const id = `${this.#connection.id}_${symbol ?? 'account'}_${this.#messages}`;
    this.#connection.send(topic, JSON.stringify({ id, topic, creationTime: time, data: [row] }), symbol);
  }
}

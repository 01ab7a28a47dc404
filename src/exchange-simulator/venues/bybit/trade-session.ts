// How are orders entered at Bybit over a WebSocket? The same orders as by REST, each answered under the id of its request.
import type { CodecWorld, ClientConnection, CodecSession } from '../venue-codec.ts';
import type { ExchangeEvent } from '../../core/exchange-event.ts';
import type { BybitAnswer } from './answer.ts';
import { objectFields } from '../fields.ts';
import { connectionName, readFrame, tradeReply, type ClientFrame } from './frames.ts';
import { limitHeaders } from './limits.ts';
import { orderRoutes } from './order-routes.ts';
import { wireRefusal } from './return-codes.ts';
import { loginRefusal, timeRefusal } from './signature.ts';

const ROUTES: ReadonlyMap<string, string> = new Map([
  ['order.create', 'POST /v5/order/create'],
  ['order.amend', 'POST /v5/order/amend'],
  ['order.cancel', 'POST /v5/order/cancel'],
]);
/** Ids of requests that are remembered, to tell a repeated one. */
const REMEMBERED = 10_000;
const DEFAULT_WINDOW_MS = 5_000;

/** One client of the trade channel. */
export class TradeSession implements CodecSession {
  readonly #connection: ClientConnection;
  readonly #world: CodecWorld;
  readonly #seen = new Set<string>();
  #isLoggedIn = false;

  constructor(connection: ClientConnection, world: CodecWorld) {
    this.#connection = connection;
    this.#world = world;
  }

  receive(text: string): void {
    const frame = readFrame(text);
    if (frame === undefined) {
      this.#reply('ack', { op: '', requestId: undefined }, { code: 10_001, message: 'json format error' });
      return;
    }
    switch (frame.op) {
      case 'ping':
        return this.#pong(frame);
      case 'auth':
        return this.#logIn(frame);
      default:
        return this.#order(frame);
    }
  }

  hear(event: ExchangeEvent): void {
    if (event.kind === 'maintenance' && event.state === 'begun') this.#connection.close(1001, 'service restart');
  }

  closed(): void {
    this.#seen.clear();
  }

  #reply(topic: string, frame: Pick<ClientFrame, 'op' | 'requestId'>, said: { code: number; message: string }): void {
    this.#connection.send(topic, tradeReply(this.#connection, frame, said));
  }

  #pong({ requestId }: ClientFrame): void {
    const time = String(this.#world.serverTime());
    const id = requestId === undefined ? {} : { reqId: String(requestId) };
    const pong = {
      ...id,
      retCode: 0,
      retMsg: 'OK',
      op: 'pong',
      data: [time],
      connId: connectionName(this.#connection),
    };
    this.#connection.send('pong', JSON.stringify(pong));
  }

  #logIn(frame: ClientFrame): void {
    if (this.#isLoggedIn) return this.#reply('auth', frame, { code: 20_001, message: 'Repeat auth' });
    const refusal = loginRefusal(frame.args, this.#world);
    this.#isLoggedIn = refusal === undefined;
    this.#reply('auth', frame, refusal?.kind === 'refused' ? refusal : { code: 0, message: 'OK' });
  }

  #order(frame: ClientFrame): void {
    const route = ROUTES.get(frame.op);
    const spent = route === undefined || !this.#isLoggedIn ? undefined : this.#world.spend?.(route);
    const answer = spent?.refusal === undefined ? this.#carryOut(frame) : wireRefusal(spent.refusal);
    const isDone = answer.kind === 'done';
    const { op, requestId } = frame;
    const reply = {
      reqId: requestId === undefined ? '' : String(requestId),
      retCode: isDone ? 0 : answer.code,
      retMsg: isDone ? 'OK' : answer.message,
      op,
      data: answer.result ?? {},
      retExtInfo: {},
      header: { ...limitHeaders(spent?.usage ?? []), Timenow: String(this.#world.serverTime()) },
      connId: connectionName(this.#connection),
    };
    this.#connection.send('ack', JSON.stringify(reply));
  }

  #carryOut(frame: ClientFrame): BybitAnswer {
    const route = ROUTES.get(frame.op);
    if (route === undefined) return { kind: 'refused', code: 10_404, message: `op type is not found: ${frame.op}` };
    if (!this.#isLoggedIn) return { kind: 'refused', code: 10_003, message: 'Request not authorized' };
    const refusal = this.#headerRefusal(frame) ?? this.#repeatRefusal(frame);
    if (refusal !== undefined) return refusal;
    if (this.#world.credentials.readOnly) return wireRefusal('permission-missing');
    const fields = objectFields(Array.isArray(frame.args) ? frame.args[0] : undefined);
    if (fields === undefined) return { kind: 'refused', code: 10_001, message: 'params error: args invalid' };
    return orderRoutes[route].run({ world: this.#world, fields });
  }

  #headerRefusal(frame: ClientFrame): BybitAnswer | undefined {
    const header = frame.header;
    const timestamp = header?.whole('X-BAPI-TIMESTAMP');
    const windowMs = header?.whole('X-BAPI-RECV-WINDOW') ?? DEFAULT_WINDOW_MS;
    if (timestamp === undefined) return { kind: 'refused', code: 10_001, message: 'header X-BAPI-TIMESTAMP invalid' };
    return timeRefusal(timestamp, windowMs, this.#world.serverTime());
  }

  #repeatRefusal({ requestId }: ClientFrame): BybitAnswer | undefined {
    if (requestId === undefined) return undefined;
    const id = String(requestId);
    if (this.#seen.has(id)) return { kind: 'refused', code: 20_006, message: `Duplicate reqId: ${id}` };
    this.#seen.add(id);
    const [oldest] = this.#seen;
    if (this.#seen.size > REMEMBERED) this.#seen.delete(oldest);
    return undefined;
  }
}

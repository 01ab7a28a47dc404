// How do Bybit's WebSockets talk? What clients send, and the acknowledgements that come back, each channel in its own form.
import type { ClientConnection } from '../venue-codec.ts';
import type { BybitAnswer } from './answer.ts';
import { objectFields, parseJson, type Fields } from '../fields.ts';

/** Longest list of topics, characters. */
const ARGS_LIMIT = 21_000;

export interface ClientFrame {
  readonly op: string;
  /** As the client wrote it; undefined: it wrote none. */
  readonly requestId: string | number | undefined;
  readonly args: unknown;
  /** Fields of the header that orders carry. */
  readonly header: Fields | undefined;
}

/** What an answer repeats of a frame. */
export type FrameName = Pick<ClientFrame, 'op' | 'requestId'>;

/** A frame of a client; undefined: it is no JSON object. Keys that nobody knows do not matter. */
export function readFrame(text: string): ClientFrame | undefined {
  const value = parseJson(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  const keys: Readonly<Record<string, unknown>> = { ...value };
  const { op } = keys;
  return {
    op: typeof op === 'string' ? op : '',
    requestId: nameOf(keys['req_id'] ?? keys['reqId']),
    args: keys['args'],
    header: objectFields(keys['header']),
  };
}

const nameOf = (value: unknown): string | number | undefined =>
  typeof value === 'string' || typeof value === 'number' ? value : undefined;

/** The topics of a subscription; undefined: they are no list of texts. */
export function topicsOf(args: unknown): readonly string[] | undefined {
  if (!Array.isArray(args) || args.length === 0) return undefined;
  const topics = args.filter((topic) => typeof topic === 'string');
  const isShort = topics.reduce((sum, topic) => sum + topic.length, 0) <= ARGS_LIMIT;
  return topics.length === args.length && isShort ? topics : undefined;
}

export const connectionName = ({ id }: ClientConnection): string => `simulator-${id}`;

/** What a stream says to a request: `problem` undefined is yes. */
export function streamAck(connection: ClientConnection, frame: FrameName, problem: string | undefined): string {
  return JSON.stringify({
    success: problem === undefined,
    ret_msg: problem ?? '',
    conn_id: connectionName(connection),
    ...(frame.requestId === undefined ? {} : { req_id: frame.requestId }),
    op: frame.op,
  });
}

const idText = ({ requestId }: ClientFrame): string => (requestId === undefined ? '' : String(requestId));

/** Public streams answer a ping with `pong` as their message. */
export function publicPong(connection: ClientConnection, frame: ClientFrame): string {
  const conn_id = connectionName(connection);
  return JSON.stringify({ success: true, ret_msg: 'pong', conn_id, req_id: idText(frame), op: 'ping' });
}

/** The private stream answers with the operation `pong` and its time. */
export function privatePong(connection: ClientConnection, frame: ClientFrame, time: number): string {
  return JSON.stringify({
    req_id: idText(frame),
    op: 'pong',
    args: [String(time)],
    conn_id: connectionName(connection),
  });
}

/** The private stream's answer to a login. */
export function privateLogin(
  connection: ClientConnection,
  frame: ClientFrame,
  refusal: BybitAnswer | undefined,
): string {
  if (refusal === undefined || refusal.kind === 'done')
    return streamAck(connection, { ...frame, op: 'auth' }, undefined);
  return JSON.stringify({
    success: false,
    ret_msg: refusal.message,
    op: 'auth',
    conn_id: connectionName(connection),
    retCode: refusal.code,
    retMsg: refusal.message,
    connId: connectionName(connection),
  });
}

/** The trade channel's answer to anything but an order. */
export function tradeReply(
  connection: ClientConnection,
  frame: FrameName,
  { code, message }: { readonly code: number; readonly message: string },
): string {
  return JSON.stringify({
    ...(frame.requestId === undefined ? {} : { reqId: String(frame.requestId) }),
    retCode: code,
    retMsg: message,
    op: frame.op,
    connId: connectionName(connection),
  });
}

// What does a Bybit server do in tests? It logs in, acknowledges and answers pings, unless it is told otherwise.
import type { Clock } from '../../../src/ports/clock.ts';
import { createFakeNetwork, type FakeConnection, type FakeNetwork } from './fake-network.ts';

export interface FakeBybit extends FakeNetwork {
  /** Topics that a connection is subscribed to. */
  topicsOf(connection: FakeConnection): ReadonlySet<string>;
  /** Sends a frame to every open connection that is subscribed to its topic. */
  publish(topic: string, frame: object): void;
}

export interface Manners {
  accepts?: boolean | undefined;
  answersLogin?: 'yes' | 'no' | 'never';
  /** What becomes of a subscription; default: all is granted. */
  subscription?: (
    topics: readonly string[],
    connection: FakeConnection,
  ) => 'granted' | 'refused' | 'ignored' | 'granted in silence';
  answersPings?: boolean;
  /** The server neither answers nor sends on this connection, but keeps it open. */
  isDead?: (connection: FakeConnection) => boolean;
}

interface Request {
  readonly op: string;
  readonly req_id?: string;
  readonly args?: readonly string[];
}

/** `manners` may be changed while it runs. */
export function createFakeBybit(clock: Clock, manners: Manners = {}): FakeBybit {
  const subscribed = new Map<FakeConnection, Set<string>>();
  const topicsOf = (connection: FakeConnection): Set<string> => {
    const topics = subscribed.get(connection) ?? new Set();
    subscribed.set(connection, topics);
    return topics;
  };
  const received = (connection: FakeConnection, text: string): void => {
    if (manners.isDead?.(connection) === true) return;
    const { op, req_id, args = [] }: Request = JSON.parse(text);
    if (op === 'ping' && manners.answersPings !== false)
      connection.send({ success: true, ret_msg: 'pong', op: 'ping' });
    if (op === 'auth' && manners.answersLogin !== 'never') {
      const success = manners.answersLogin !== 'no';
      connection.send({ success, op: 'auth', retCode: success ? 0 : 10003, retMsg: success ? '' : 'Invalid apikey' });
    }
    if (op === 'unsubscribe') {
      for (const topic of args) topicsOf(connection).delete(topic);
      connection.send({ success: true, ret_msg: '', req_id, op });
    }
    if (op !== 'subscribe') return;
    const fate = manners.subscription?.(args, connection) ?? 'granted';
    if (fate.startsWith('granted')) for (const topic of args) topicsOf(connection).add(topic);
    if (fate === 'granted') connection.send({ success: true, ret_msg: '', req_id, op });
    if (fate === 'refused')
      connection.send({ success: false, ret_msg: `error:handler not found,topic:${args[0]}`, req_id, op });
  };
  const network = createFakeNetwork(clock, {
    accepts: () => ('accepts' in manners ? manners.accepts : true),
    answersPings: () => manners.answersPings !== false,
    received,
  });
  return {
    openSocket: network.openSocket,
    connections: network.connections,
    get open() {
      return network.open;
    },
    topicsOf,
    publish(topic, frame) {
      for (const connection of network.open)
        if (topicsOf(connection).has(topic) && manners.isDead?.(connection) !== true)
          connection.send({ topic, ...frame });
    },
  };
}

/** A candle frame of `minutes` that opened at `start`. */
export function klineFrame(start: number, minutes: number, confirm: boolean, close = '101'): object {
  const row = {
    start,
    end: start + minutes * 60_000 - 1,
    interval: String(minutes),
    open: '100',
    high: '103',
    low: '99',
  };
  return {
    type: 'snapshot',
    ts: start,
    data: [{ ...row, close, volume: '5.5', turnover: '550', confirm, timestamp: start }],
  };
}

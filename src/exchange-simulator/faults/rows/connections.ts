// Which faults befall connections? They are dropped, die in silence, lose a topic, or are refused what they ask for.
import type { ConnectionView, FrameView } from '../fault-pipeline.ts';
import { faultRow, type FaultEffect, type FaultOrigin, type FaultRow, type FaultTools } from '../fault-row.ts';
import { word } from '../parameters.ts';
import { ALL_DATA, isData } from './scopes.ts';

const MOMENT = { moment: true };

/** Connections that a fault has met: the one that made it begin, or all that were open; new ones too while it has a span. */
export interface MetConnections {
  readonly begin: (origin: FaultOrigin) => string;
  readonly has: (view: ConnectionView) => boolean;
}

export function metConnections(tools: FaultTools, channel?: FrameView['channel']): MetConnections {
  const met = new Set<number>();
  let allUpTo = 0;
  return {
    begin({ connection }) {
      if (connection === undefined) allUpTo = tools.lastConnection();
      else met.add(connection);
      return connection === undefined ? `connections up to ${allUpTo}` : `connection ${connection}`;
    },
    has(view) {
      if ((channel !== undefined && view.channel !== channel) || !tools.isNarrowedTo(view)) return false;
      return met.has(view.connection) || view.connection <= allUpTo || (tools.hasSpan && tools.isOn());
    },
  };
}

/** One topic of one connection hears nothing more. */
function stalledTopics(tools: FaultTools, heals: 'reconnect' | 'resubscribe'): FaultEffect {
  const stalled = new Map<number, Set<string>>();
  return {
    frame({ connection, topic }) {
      if (tools.hasSpan) return [];
      const topics = stalled.get(connection) ?? new Set();
      if (topics.has(topic)) return undefined;
      stalled.set(connection, topics.add(topic));
      return [];
    },
    anyFrame: ({ connection, topic }) => (stalled.get(connection)?.has(topic) === true ? [] : undefined),
    anyClientFrame({ connection, payload }) {
      if (heals === 'resubscribe' && tools.wire.subscribes(payload)) stalled.delete(connection);
      return undefined;
    },
  };
}

export const connectionRows: readonly FaultRow[] = [
  faultRow({
    number: 11,
    name: 'connection-drops',
    says: 'WebSocket connections end without a word; with a span, new ones end as well until it is over.',
    layers: ['W'],
    scope: ALL_DATA,
    lasts: MOMENT,
    lastsByMatch: MOMENT,
    parameters: {},
    create(tools) {
      const met = metConnections(tools);
      return { begin: met.begin, dropsConnection: met.has };
    },
  }),
  faultRow({
    number: 12,
    name: 'connection-dies-silently',
    says: 'WebSocket connections stay open, but nothing comes any more and nothing is heard, pings neither.',
    layers: ['W'],
    scope: ALL_DATA,
    lasts: MOMENT,
    lastsByMatch: MOMENT,
    parameters: {},
    create(tools) {
      const met = metConnections(tools);
      return { begin: met.begin, isDead: met.has };
    },
  }),
  faultRow({
    number: 13,
    name: 'topic-stalls',
    says: 'One topic of a connection goes silent, while its other topics and its pongs go on.',
    layers: ['W'],
    scope: ALL_DATA,
    lasts: { count: 1 },
    parameters: {
      heals: word('reconnect', ['reconnect', 'resubscribe'], 'what brings it back (a span ends it in any case)'),
    },
    create: (tools, { heals }) => stalledTopics(tools, heals),
  }),
  faultRow({
    number: 14,
    name: 'subscription-refused',
    says: 'A subscription gets no acknowledgement, or a refusal, and nothing is subscribed to.',
    layers: ['W'],
    scope: {
      counts: 'client-frames',
      says: 'subscriptions',
      isAbout: ({ payload }, wire) => wire.subscribes(payload),
    },
    lasts: { count: 1 },
    parameters: { kind: word('silence', ['silence', 'refusal'], 'no acknowledgement, or a refusal') },
    create: ({ wire }, { kind }) => ({
      clientFrame: ({ payload }) =>
        kind === 'silence'
          ? { kind: 'lost' }
          : { kind: 'answered', topic: 'ack', payload: wire.subscriptionRefused(payload) },
    }),
  }),
  faultRow({
    number: 15,
    name: 'login-refused',
    says: 'A login to the private stream gets no acknowledgement, or a refusal.',
    layers: ['W'],
    scope: {
      counts: 'client-frames',
      says: 'logins (at Binance: requests for a listen key)',
      isAbout: ({ payload }, wire) => wire.logsIn(payload),
      isAboutRequest: (view, wire) => wire.opensAccountStream(view),
    },
    lasts: { count: 1 },
    parameters: { kind: word('refusal', ['refusal', 'silence'], 'a refusal, or no acknowledgement') },
    create: ({ wire }, { kind }) => ({
      clientFrame: ({ payload }) =>
        kind === 'silence'
          ? { kind: 'lost' }
          : { kind: 'answered', topic: 'auth', payload: wire.loginRefused(payload) },
      request: () =>
        kind === 'silence'
          ? { kind: 'no-reply', commit: false }
          : { kind: 'refuse', commit: false, refusal: 'key-invalid' },
    }),
  }),
  faultRow({
    number: 49,
    name: 'listen-key-expires',
    says: "The account's stream says that its key has expired (Binance), and is silent from then on.",
    layers: ['W'],
    scope: {
      counts: 'frames',
      says: 'frames about the account',
      isAbout: (view) => view.channel === 'private' && isData(view),
    },
    lasts: MOMENT,
    lastsByMatch: MOMENT,
    parameters: {},
    create(tools) {
      const met = metConnections(tools, 'private');
      const told = new Set<number>();
      return {
        begin: met.begin,
        anyFrame: (view) => (met.has(view) && isData(view) ? [] : undefined),
        unasked(view) {
          if (!met.has(view) || told.has(view.connection)) return [];
          told.add(view.connection);
          const payload = tools.wire.streamExpired(tools.exchange.now);
          return payload === undefined ? [] : [payload];
        },
      };
    },
  }),
  faultRow({
    number: 50,
    name: 'process-restarts',
    says: 'All connections of the client end at once and nothing else happens: whoever tests restarts the client.',
    layers: ['W'],
    scope: ALL_DATA,
    lasts: MOMENT,
    lastsByMatch: MOMENT,
    parameters: {},
    create(tools) {
      let allUpTo = 0;
      return {
        begin() {
          allUpTo = tools.lastConnection();
          return `connections up to ${allUpTo}`;
        },
        dropsConnection: ({ connection }) => connection <= allUpTo,
      };
    },
  }),
];

// Which faults befall replies? Lost, late, broken and refused ones, whether or not the request was carried out.
import type { HttpFate } from '../fault-pipeline.ts';
import { faultRow, type FaultRow } from '../fault-row.ts';
import { delay, flag, whole, word } from '../parameters.ts';
import { ALL_REQUESTS, ORDERS_PLACED } from './scopes.ts';

const ONCE = { count: 1 };

const gatewayPage = (status: number): string =>
  `<html>\r\n<head><title>${status} Bad Gateway</title></head>\r\n<body>\r\n<center><h1>${status} Bad Gateway</h1></center>\r\n</body>\r\n</html>\r\n`;

const html = (status: number, commit: boolean): HttpFate => ({
  kind: 'replace',
  commit,
  status,
  contentType: 'text/html',
  body: gatewayPage(status),
});

const STATUS = { min: 500, max: 599, random: [502, 504] } as const;

const UNREADABLE: Readonly<Record<'page' | 'empty' | 'half' | 'status-524', HttpFate>> = {
  page: html(200, true),
  empty: { kind: 'replace', commit: true, status: 200, contentType: 'application/json', body: '' },
  half: { kind: 'truncate', commit: true },
  'status-524': html(524, true),
};

export const replyRows: readonly FaultRow[] = [
  faultRow({
    number: 1,
    name: 'create-times-out-after-acceptance',
    says: 'The order is taken, and no reply ever comes.',
    layers: ['H'],
    scope: ORDERS_PLACED,
    lasts: ONCE,
    parameters: {},
    create: () => ({ request: () => ({ kind: 'no-reply', commit: true }) }),
  }),
  faultRow({
    number: 2,
    name: 'create-fails-after-acceptance',
    says: 'The order is taken, and the reply is the page of a gateway with a status of the 5xx family.',
    layers: ['H'],
    scope: ORDERS_PLACED,
    lasts: ONCE,
    parameters: { status: whole(502, 'status of the reply', STATUS) },
    create: (_, { status }) => ({ request: () => html(status, true) }),
  }),
  faultRow({
    number: 3,
    name: 'create-lost-before-acceptance',
    says: 'The same bytes, or the same silence, as after acceptance, but the order was never taken.',
    layers: ['H'],
    scope: ORDERS_PLACED,
    lasts: ONCE,
    parameters: {
      kind: word('page', ['page', 'silence'], 'a page of a gateway, or no reply at all'),
      status: whole(502, 'status of the page', STATUS),
    },
    create: (_, { kind, status }) => ({
      request: () => (kind === 'page' ? html(status, false) : { kind: 'no-reply', commit: false }),
    }),
  }),
  faultRow({
    number: 4,
    name: 'create-answered-as-duplicate',
    says: 'The order is taken, and the reply to it (as to one that was sent twice on the way) says that its id is taken.',
    layers: ['H', 'E'],
    scope: ORDERS_PLACED,
    lasts: ONCE,
    parameters: {},
    create: () => ({ request: () => ({ kind: 'refuse', commit: true, refusal: 'duplicate-client-id' }) }),
  }),
  faultRow({
    number: 5,
    name: 'create-answered-with-server-error',
    says: "The reply is the venue's own code for a time-out or an internal error; the order may exist.",
    layers: ['H'],
    scope: ORDERS_PLACED,
    lasts: ONCE,
    parameters: {
      kind: word('timeout', ['timeout', 'error', 'overloaded'], 'which code'),
      committed: flag(true, 'whether the order was taken'),
    },
    create: (_, { kind, committed }) => {
      const refusal = ({ timeout: 'server-timeout', error: 'server-error', overloaded: 'overloaded' } as const)[kind];
      return { request: () => ({ kind: 'refuse', commit: committed, refusal }) };
    },
  }),
  faultRow({
    number: 6,
    name: 'reply-unreadable',
    says: 'The request is carried out, and the reply is a page, empty, cut in half, or has a status of its own.',
    layers: ['H'],
    scope: ORDERS_PLACED,
    lasts: ONCE,
    parameters: { kind: word('page', ['page', 'empty', 'half', 'status-524'], 'what comes instead of the reply') },
    create: (_, { kind }) => ({ request: () => UNREADABLE[kind] }),
  }),
  faultRow({
    number: 7,
    name: 'reply-stalls',
    says: 'The request is carried out; of the reply come the head and half of the body, and then nothing more.',
    layers: ['H'],
    scope: ALL_REQUESTS,
    lasts: ONCE,
    parameters: {},
    create: () => ({ request: () => ({ kind: 'stall', commit: true }) }),
  }),
  faultRow({
    number: 8,
    name: 'connection-reset',
    says: 'The connection is torn down in the middle of a request.',
    layers: ['H'],
    scope: ALL_REQUESTS,
    lasts: ONCE,
    parameters: { committed: flag(true, 'whether the request was carried out') },
    create: (_, { committed }) => ({ request: () => ({ kind: 'reset', commit: committed }) }),
  }),
  faultRow({
    number: 9,
    name: 'event-before-ack',
    says: 'The reply to an order comes late, so that the stream tells of the order first.',
    layers: ['W', 'H'],
    scope: ORDERS_PLACED,
    lasts: ONCE,
    parameters: { delay_ms: delay(300, 'how late the reply comes', { random: [20, 500] }) },
    create: (_, { delay_ms }) => ({ request: () => ({ kind: 'pass', delayMs: delay_ms }) }),
  }),
  faultRow({
    number: 33,
    name: 'rate-limited',
    says: "Requests are refused with the venue's code for too many of them, or the address is shut out.",
    layers: ['H'],
    scope: ALL_REQUESTS,
    lasts: { count: 3 },
    lastsByMatch: { count: 3 },
    parameters: {
      kind: word('limit', ['limit', 'ban'], 'the limit of the key, or a ban of the address', ['limit']),
    },
    create: (_, { kind }) => {
      const refusal = kind === 'ban' ? 'banned' : 'rate-limited';
      return { request: () => ({ kind: 'refuse', commit: false, refusal }) };
    },
  }),
  faultRow({
    number: 37,
    name: 'instruments-fail-once',
    says: 'The list of instruments cannot be had: the reply is the page of a gateway.',
    layers: ['H'],
    scope: {
      counts: 'requests',
      says: 'requests for the list of instruments',
      isAbout: (view, wire) => wire.asksInstruments(view),
    },
    lasts: ONCE,
    parameters: { status: whole(503, 'status of the page', STATUS) },
    create: (_, { status }) => ({ request: () => html(status, false) }),
  }),
  faultRow({
    number: 42,
    name: 'setting-not-modified',
    says: 'A leverage or mode is set, and the reply says that it was so already.',
    layers: ['E'],
    scope: {
      counts: 'requests',
      says: 'requests that set leverage or modes',
      isAbout: (view, wire) => wire.changesSettings(view),
    },
    lasts: ONCE,
    parameters: {},
    create: () => ({ request: () => ({ kind: 'refuse', commit: true, refusal: 'not-modified' }) }),
  }),
];

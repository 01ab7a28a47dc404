// L15: does a person hear of every code and every field of the venue that nobody here knows, once of each? Over the wire of both venues.
import { describe, expect, test } from 'vitest';
import type { VenueCodec, VenueReply, VenueRequest } from '../../../src/exchange-simulator/venues/venue-codec.ts';
import { alertOfIncident } from '../../../src/live/alerts/alerts-of-session.ts';
import type { VenueName } from '../../../src/ports/venue-connection.ts';
import { canaryBot, expectAllGone, OTHER, type CanaryBot } from './canary-bot.ts';
import { VENUES } from './venue-bot.ts';

const ROWS: Readonly<Record<VenueName, string>> = { bybit: '/v5/position/list', binance: '/fapi/v3/positionRisk' };
const ORDERS: Readonly<Record<VenueName, string>> = { bybit: '/v5/order/create', binance: '/fapi/v1/order' };
/** Codes that no venue has. */
const CODES: Readonly<Record<VenueName, object>> = {
  bybit: { retCode: 987_654, retMsg: 'something new', result: {} },
  binance: { code: -98_765, msg: 'something new' },
};
const CODE: Readonly<Record<VenueName, string>> = { bybit: '987654', binance: '-98765' };

/** The same codec, with other replies, and other frames of the account. */
function changed(
  own: VenueCodec,
  change: {
    readonly reply?: (request: VenueRequest, reply: VenueReply) => VenueReply;
    readonly frame?: (payload: string) => string;
  },
): VenueCodec {
  const { reply = (_, said) => said, frame = (payload) => payload } = change;
  return Object.assign(Object.create(own) as VenueCodec, {
    handle: (request: VenueRequest) => reply(request, own.handle(request)),
    connect: (connection: Parameters<VenueCodec['connect']>[0]) =>
      own.connect({ ...connection, send: (topic, payload, symbol) => connection.send(topic, frame(payload), symbol) }),
  });
}

/** Every row of the account gets a field of next year. */
const withNews = (body: string): string =>
  body.replaceAll('"symbol":', '"fieldOfNextYear":{"and":1},"symbol":').replaceAll('"ps":', '"zz":"new","ps":');

const names = ({ life }: CanaryBot, kind: string): readonly unknown[] =>
  life.incidents.filter((incident) => incident.kind === kind).map(({ detail }) => detail['name']);

describe.each(VENUES)('at %s', (venue) => {
  test('L15: a field that is new is told once of each kind of message, and nothing else changes', async () => {
    await using bot = await canaryBot({
      venue,
      others: [OTHER],
      codec: (own) =>
        changed(own, {
          reply: ({ path }, said) => (path === ROWS[venue] ? { ...said, body: withNews(said.body) } : said),
          frame: withNews,
        }),
    });
    await bot.run(3);
    bot.restart();
    await bot.run(6);
    const told = [...bot.journal.read({ stream: 'incident' })].map(({ payload }) => JSON.parse(payload));
    const fields = told.filter(({ kind }) => kind === 'field-unknown').map(({ detail }) => String(detail.name));
    expect(new Set(fields).size).toBe(fields.length);
    expect(fields.filter((name) => name.startsWith('GET '))).toHaveLength(1);
    const streams = venue === 'bybit' ? ['order', 'execution', 'position'] : ['ACCOUNT_UPDATE'];
    for (const of of streams) expect(fields.some((name) => name.startsWith(`${of} `))).toBe(true);
    expect(fields.some((name) => name.endsWith(' and'))).toBe(false);
    expect(bot.ended()).toEqual(['passed']);
    await expectAllGone(bot, OTHER);
  });

  test('L15: a code that is new is told of with the words of the venue, once, and fails the canary', async () => {
    let refusals = 0;
    await using bot = await canaryBot({
      venue,
      others: [OTHER],
      canary: { retryMs: 1_800_000 },
      codec: (own) =>
        changed(own, {
          reply: ({ method, path }, said) => {
            if (method !== 'POST' || path !== ORDERS[venue] || refusals >= 3) return said;
            refusals += 1;
            return { status: venue === 'bybit' ? 200 : 400, body: JSON.stringify(CODES[venue]) };
          },
        }),
    });
    await bot.run(6);
    expect(refusals).toBe(3);
    expect(names(bot, 'code-unknown')).toEqual([CODE[venue]]);
    const incident = bot.life.incidents.find(({ kind }) => kind === 'code-unknown');
    expect(incident?.detail['words']).toContain('something new');
    expect(bot.ended()).toEqual(['failed', 'failed', 'failed', 'passed']);
    expect(bot.latches.read('canary')).toBeUndefined();
    await expectAllGone(bot, OTHER);
  });
});

const alert = (kind: string, name: string) =>
  alertOfIncident({ kind, symbol: undefined, detail: { name, words: 'x' }, time: 0 }, 'x');

test('L15: each unknown word is an alert of its own, which the same one does not repeat', () => {
  expect(alert('code-unknown', '1')).toMatchObject({ kind: 'data', severity: 'warning', title: 'code unknown 1' });
  expect(alert('code-unknown', '1').key).toBe(alert('code-unknown', '1').key);
  expect(alert('code-unknown', '1').key).not.toBe(alert('code-unknown', '2').key);
  expect(alert('field-unknown', '1').key).not.toBe(alert('code-unknown', '1').key);
});

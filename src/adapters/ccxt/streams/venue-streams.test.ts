// Do streams come up, stay up, and say what was missed? On a clock that stands still and sockets of our own.
import { afterEach, describe, expect, it } from 'vitest';
import { createRandom } from '../../../domain/random.ts';
import { MINUTE_MS } from '../../../domain/time.ts';
import {
  createFakeBybit,
  klineFrame,
  type FakeBybit,
  type Manners,
} from '../../../../test/scenarios/streams/fake-bybit.ts';
import { createManualClock } from '../../../../test/scenarios/streams/manual-clock.ts';
import type { StreamEvent, StreamSubscription, StreamTopic } from '../../../ports/venue-streams.ts';
import type { StreamClient } from './stream-client.ts';
import { createVenueStreams } from './venue-streams.ts';

const START = 1_700_000_040_000;
const CANDLE: StreamTopic = { kind: 'candle', symbol: 'BTCUSDT', intervalMs: MINUTE_MS };
const TICKER: StreamTopic = { kind: 'ticker', symbol: 'BTCUSDT' };
const ACCOUNT: readonly StreamTopic[] = [
  { kind: 'orders' },
  { kind: 'executions' },
  { kind: 'positions' },
  { kind: 'balance' },
];

const subscriptions: StreamSubscription[] = [];
afterEach(async () => {
  for (const subscription of subscriptions.splice(0)) await subscription.close();
});

function setUp(topics: readonly StreamTopic[], manners: Manners = {}, client: Partial<StreamClient> = {}) {
  const clock = createManualClock(START);
  const venue = createFakeBybit(clock, manners);
  const events: StreamEvent[] = [];
  const random = createRandom('streams');
  const whole: StreamClient = {
    venue: 'bybit',
    addresses: { public: 'ws://venue/v5/public/linear', private: 'ws://venue/v5/private' },
    credentials: { key: 'the-key', secret: 'the-secret' },
    venueNow: () => clock.now() + 700,
    listenKeys: undefined,
    balance: () => Promise.reject(new Error('nobody asks Bybit')),
    ...client,
  };
  const streams = createVenueStreams(whole, { clock, random: () => random.next(), openSocket: venue.openSocket });
  const subscription = streams.subscribe(topics, (event) => events.push(event));
  subscriptions.push(subscription);
  return { clock, venue, events, subscription };
}

const streamEvents = (events: readonly StreamEvent[]) => events.filter((event) => event.kind === 'stream');
const closes = (events: readonly StreamEvent[]) =>
  events.flatMap((event) => (event.kind === 'candle' ? [event.candle.close] : []));
const urls = (venue: FakeBybit) => venue.connections.map((connection) => connection.url);

describe('coming up', () => {
  it('subscribes to candles and hands on what is sent', async () => {
    const { clock, venue, events, subscription } = setUp([CANDLE]);
    await clock.advance(1_000);
    expect(subscription.states()).toEqual(new Map([['candle BTCUSDT 60000', 'live']]));
    venue.publish('kline.1.BTCUSDT', klineFrame(START, 1, false));
    await clock.advance(100);
    expect(events.at(-1)).toEqual({
      kind: 'candle',
      symbol: 'BTCUSDT',
      intervalMs: MINUTE_MS,
      candle: {
        openTime: START,
        closeTime: START + MINUTE_MS,
        open: 100,
        high: 103,
        low: 99,
        close: 101,
        volume: 5.5,
        flags: 0,
      },
      confirmed: false,
      receivedAt: expect.any(Number),
    });
  });

  it('logs in with the corrected clock before it asks for the account', async () => {
    const { clock, venue, subscription } = setUp(ACCOUNT);
    await clock.advance(1_000);
    const [login, ...rest] = venue.connections[0].received.map((text) => JSON.parse(text));
    expect(login.op).toBe('auth');
    expect(login.args[0]).toBe('the-key');
    const expires = login.args[1];
    expect(expires - START).toBeGreaterThanOrEqual(10_700);
    expect(expires - START).toBeLessThan(11_000);
    expect(login.args[2]).toMatch(/^[0-9a-f]{64}$/);
    expect(rest[0]).toEqual({ op: 'subscribe', req_id: '1', args: ['order', 'execution', 'position', 'wallet'] });
    expect([...subscription.states().values()]).toEqual(['live', 'live', 'live', 'live']);
  });

  it('needs one connection for the public and one for the account', async () => {
    const { clock, venue } = setUp([CANDLE, TICKER, ...ACCOUNT]);
    await clock.advance(1_000);
    expect(urls(venue).toSorted()).toEqual(['ws://venue/v5/private', 'ws://venue/v5/public/linear']);
  });

  it('says at once what cannot be had', async () => {
    const odd: StreamTopic = { kind: 'candle', symbol: 'BTCUSDT', intervalMs: 1_000 };
    const { clock, venue, events, subscription } = setUp([odd, { kind: 'orders' }], {}, { credentials: undefined });
    await clock.advance(10_000);
    expect(venue.connections).toHaveLength(0);
    expect(streamEvents(events).map(({ state, reason }) => [state, reason])).toEqual([
      ['down', 'the venue has no such stream'],
      ['down', 'there is no API key'],
    ]);
    expect([...subscription.states().values()]).toEqual(['down', 'down']);
  });
});

describe('what fails on the way up', () => {
  it('a server that never opens is dialled again and again, more and more slowly, never all at once', async () => {
    const { clock, venue } = setUp([CANDLE], { accepts: undefined });
    await clock.advance(600_000);
    const count = venue.connections.length;
    expect(count).toBeGreaterThan(12);
    expect(count).toBeLessThan(40);
  });

  it('a refused connection follows the same back-off', async () => {
    const { clock, venue, events } = setUp([CANDLE], { accepts: false });
    await clock.advance(600_000);
    expect(venue.connections.length).toBeGreaterThan(20);
    expect(venue.connections.length).toBeLessThan(60);
    expect(streamEvents(events).map(({ state, reason }) => [state, reason])).toEqual([
      ['down', 'connect ECONNREFUSED'],
    ]);
  });

  it('a login that is never answered is tried on a new connection', async () => {
    const manners: Manners = { answersLogin: 'never' };
    const { clock, venue, events, subscription } = setUp([{ kind: 'orders' }], manners);
    await clock.advance(10_500);
    expect(streamEvents(events).at(-1)).toMatchObject({
      state: 'down',
      reason: 'the login was not answered for 10000 ms',
    });
    manners.answersLogin = 'yes';
    await clock.advance(5_000);
    expect(venue.connections).toHaveLength(2);
    expect(subscription.states().get('orders')).toBe('live');
  });

  it('a refused login is told with the words of the venue and tried again after a minute, signed anew', async () => {
    const manners: Manners = { answersLogin: 'no' };
    const { clock, venue, events, subscription } = setUp([{ kind: 'orders' }], manners);
    await clock.advance(30_000);
    expect(venue.connections).toHaveLength(1);
    expect(streamEvents(events).at(-1)).toMatchObject({
      state: 'down',
      reason: 'the login was refused: 10003 Invalid apikey',
    });
    manners.answersLogin = 'yes';
    await clock.advance(35_000);
    expect(subscription.states().get('orders')).toBe('live');
    const logins = venue.connections.map((connection) => JSON.parse(connection.received[0]).args[1]);
    expect(logins[1] - logins[0]).toBeGreaterThan(59_000);
  });

  it('a subscription that is not answered is asked once more, then on a new connection', async () => {
    const manners: Manners = { subscription: () => 'ignored' };
    const { clock, venue, subscription } = setUp([CANDLE], manners);
    await clock.advance(11_000);
    expect(venue.connections).toHaveLength(1);
    expect(venue.connections[0].received.filter((text) => text.includes('"subscribe"'))).toHaveLength(2);
    manners.subscription = () => 'granted';
    await clock.advance(11_000);
    expect(venue.connections).toHaveLength(2);
    expect(subscription.states().get('candle BTCUSDT 60000')).toBe('live');
  });

  it('data are as good as an acknowledgement that was lost', async () => {
    const { clock, venue, subscription } = setUp([CANDLE], { subscription: () => 'granted in silence' });
    await clock.advance(1_000);
    venue.publish('kline.1.BTCUSDT', klineFrame(START, 1, false));
    await clock.advance(25_000);
    expect(subscription.states().get('candle BTCUSDT 60000')).toBe('live');
    expect(venue.connections).toHaveLength(1);
  });

  it('one refused topic does not hold up the others, and is asked for again', async () => {
    const refused = new Set(['kline.1.GONEUSDT']);
    const manners: Manners = {
      subscription: (topics) => (topics.some((topic) => refused.has(topic)) ? 'refused' : 'granted'),
    };
    const gone: StreamTopic = { kind: 'candle', symbol: 'GONEUSDT', intervalMs: MINUTE_MS };
    const { clock, venue, events, subscription } = setUp([CANDLE, gone], manners);
    await clock.advance(1_000);
    expect(subscription.states().get('candle BTCUSDT 60000')).toBe('live');
    expect(subscription.states().get('candle GONEUSDT 60000')).toBe('down');
    expect(streamEvents(events).some(({ reason }) => reason.includes('handler not found'))).toBe(true);
    refused.clear();
    await clock.advance(60_500);
    expect(subscription.states().get('candle GONEUSDT 60000')).toBe('live');
    expect(venue.connections).toHaveLength(1);
  });
});

describe('what fails later', () => {
  it('after a drop it comes back and says since when something may be missing', async () => {
    const { clock, venue, events } = setUp([CANDLE, ...ACCOUNT]);
    await clock.advance(1_000);
    venue.publish('kline.1.BTCUSDT', klineFrame(START, 1, false));
    await clock.advance(4_000);
    for (const connection of venue.open) connection.close('closed with code 1006');
    await clock.advance(3_000);
    const again = streamEvents(events).filter(({ state, gapSince }) => state === 'live' && gapSince !== undefined);
    expect(again).toHaveLength(5);
    const gaps = new Map(again.map(({ topic, gapSince }) => [topic.kind, gapSince]));
    expect(gaps.get('candle')).toBe(START);
    // The account: until the last sign of life, on the venue's clock.
    expect(gaps.get('orders')).toBeGreaterThan(START);
    expect(gaps.get('orders')).toBeLessThanOrEqual(START + 5_000 + 700);
    expect(gaps.get('balance')).toBe(gaps.get('orders'));
  });

  it('a dead connection is noticed by its silence', async () => {
    const manners: Manners = {};
    const { clock, venue, events } = setUp([{ kind: 'orders' }], manners);
    await clock.advance(300_000);
    expect(venue.connections).toHaveLength(1);
    manners.answersPings = false;
    await clock.advance(40_000);
    expect(streamEvents(events).some(({ reason }) => reason === 'nothing heard for 35000 ms')).toBe(true);
    expect(venue.connections.length).toBeGreaterThan(1);
    // The dead one was cut, not left behind.
    expect(venue.connections[0].isOpen).toBe(false);
  });

  it('a topic that goes silent while others live is subscribed anew, without a new connection', async () => {
    const other: StreamTopic = { kind: 'candle', symbol: 'ETHUSDT', intervalMs: MINUTE_MS };
    const { clock, venue, events, subscription } = setUp([CANDLE, other]);
    await clock.advance(1_000);
    const tick = async (topics: readonly string[], minute: number): Promise<void> => {
      for (const topic of topics) venue.publish(topic, klineFrame(START + minute * MINUTE_MS, 1, true));
      await clock.advance(MINUTE_MS);
    };
    const both = ['kline.1.BTCUSDT', 'kline.1.ETHUSDT'];
    for (let minute = 0; minute < 5; minute += 1) await tick(both, minute);
    const topics = venue.topicsOf(venue.open[0]);
    await tick(['kline.1.ETHUSDT'], 5);
    await tick(['kline.1.ETHUSDT'], 6);
    expect(subscription.states().get('candle BTCUSDT 60000')).toBe('stale');
    expect(topics.has('kline.1.BTCUSDT')).toBe(true);
    expect(venue.open[0].received.some((text) => text.includes('"unsubscribe"'))).toBe(true);
    venue.publish('kline.1.BTCUSDT', klineFrame(START + 7 * MINUTE_MS, 1, false));
    await clock.advance(1_000);
    expect(venue.connections).toHaveLength(1);
    const live = streamEvents(events).find(({ topic, gapSince }) => topic.kind === 'candle' && gapSince !== undefined);
    expect(live).toMatchObject({
      topic: CANDLE,
      state: 'live',
      reason: 'heard again',
      gapSince: START + 4 * MINUTE_MS,
    });
  });

  it('if that does not help the connection is made new, but a topic that stays silent does not do so for ever', async () => {
    const { clock, venue } = setUp([CANDLE]);
    await clock.advance(245_000);
    expect(venue.connections).toHaveLength(2);
    await clock.advance(3_600_000);
    expect(venue.connections.length).toBeLessThanOrEqual(8);
  });

  it('is renewed before the venue cuts it by its age', async () => {
    const { clock, venue, subscription } = setUp([{ kind: 'orders' }]);
    await clock.advance(23.5 * 3_600_000 - 10_000);
    expect(venue.connections).toHaveLength(1);
    await clock.advance(20_000);
    expect(venue.connections).toHaveLength(2);
    expect(subscription.states().get('orders')).toBe('live');
  });

  it('unreadable messages are told, and the stream goes on', async () => {
    const { clock, venue, events } = setUp([CANDLE]);
    await clock.advance(1_000);
    for (const text of [
      '<html>',
      '',
      'null',
      '[]',
      '{"topic":"kline.1.BTCUSDT"}',
      '{"topic":5}',
      '{"topic":"kline.9.X","data":[]}',
    ])
      venue.open[0].send(text);
    venue.publish('kline.1.BTCUSDT', {
      data: [{ start: START, open: '0', high: '0', low: '0', close: '0', volume: '0', confirm: true }],
    });
    venue.publish('kline.1.BTCUSDT', klineFrame(START, 1, true));
    await clock.advance(100);
    expect(events.filter((event) => event.kind === 'unreadable')).toHaveLength(8);
    expect(closes(events)).toEqual([101]);
  });
});

describe('a clock that jumps', () => {
  it('neither cuts a connection that lives nor hides one that is dead', async () => {
    const clock = createManualClock(START);
    const manners: Manners = {};
    const venue = createFakeBybit(clock, manners);
    let jump = 0;
    const wall = { now: () => clock.now() + jump, after: clock.after.bind(clock) };
    const client: StreamClient = {
      venue: 'bybit',
      addresses: { public: 'ws://venue/public', private: 'ws://venue/private' },
      credentials: { key: 'k', secret: 's' },
      venueNow: () => clock.now(),
      listenKeys: undefined,
      balance: () => Promise.reject(new Error('not asked')),
    };
    const streams = createVenueStreams(client, {
      clock: wall,
      steady: () => clock.now(),
      random: () => 0.5,
      openSocket: venue.openSocket,
    });
    subscriptions.push(streams.subscribe([{ kind: 'orders' }], () => undefined));
    await clock.advance(10_000);
    jump = 3_600_000;
    await clock.advance(60_000);
    expect(venue.connections).toHaveLength(1);
    jump = -3_600_000;
    manners.answersPings = false;
    await clock.advance(60_000);
    expect(venue.connections.length).toBeGreaterThan(1);
  });
});

describe('the end', () => {
  it('leaves neither a timer nor a socket nor an event', async () => {
    const { clock, venue, events, subscription } = setUp([CANDLE, ...ACCOUNT]);
    await clock.advance(1_000);
    const count = events.length;
    const [first] = venue.open;
    await subscription.close();
    first.send(klineFrame(START, 1, true));
    await clock.advance(120_000);
    expect(clock.waiting).toBe(0);
    expect(venue.open).toHaveLength(0);
    expect(venue.connections).toHaveLength(2);
    expect(events).toHaveLength(count);
  });

  it('of the connection ends every subscription that is open', async () => {
    const clock = createManualClock(START);
    const venue = createFakeBybit(clock);
    const client: StreamClient = {
      venue: 'bybit',
      addresses: { public: 'ws://venue/public', private: 'ws://venue/private' },
      credentials: undefined,
      venueNow: () => clock.now(),
      listenKeys: undefined,
      balance: () => Promise.reject(new Error('not asked')),
    };
    const streams = createVenueStreams(client, { clock, random: () => 0.5, openSocket: venue.openSocket });
    const first = streams.subscribe([CANDLE], () => undefined);
    streams.subscribe([TICKER], () => undefined);
    await clock.advance(1_000);
    expect(venue.open).toHaveLength(2);
    await first.close();
    expect(venue.open).toHaveLength(1);
    await streams.close();
    await clock.advance(60_000);
    expect([venue.open.length, clock.waiting]).toEqual([0, 0]);
  });

  it('may come while it is being dialled', async () => {
    const { clock, venue, subscription } = setUp([CANDLE], { accepts: undefined });
    await clock.advance(1);
    await subscription.close();
    await clock.advance(60_000);
    expect(venue.connections).toHaveLength(1);
    expect(clock.waiting).toBe(0);
  });
});

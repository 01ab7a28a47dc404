// What do real messages of Binance USD-M mean? Each recorded sample, and how its listen key is cared for.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { createRandom } from '../../../domain/random.ts';
import { MINUTE_MS } from '../../../domain/time.ts';
import { VenueError } from '../../../domain/venue-error.ts';
import { createFakeNetwork, type FakeServer } from '../../../../test/scenarios/streams/fake-network.ts';
import { createManualClock } from '../../../../test/scenarios/streams/manual-clock.ts';
import type { VenueBalance } from '../../../ports/venue-account.ts';
import type { StreamEvent, StreamSubscription, StreamTopic } from '../../../ports/venue-streams.ts';
import { createBinanceProtocol } from './binance-protocol.ts';
import type { StreamClient } from './stream-client.ts';
import type { StreamMessage } from './stream-protocol.ts';
import { createVenueStreams } from './venue-streams.ts';

const SAMPLES = new URL('../../../../../shared/data/payloads/binance/', import.meta.url);
const protocol = createBinanceProtocol();
const read = (value: unknown): readonly StreamMessage[] => protocol.read(JSON.stringify(value));
const sample = (name: string): readonly StreamMessage[] =>
  protocol.read(readFileSync(new URL(`${name}.json`, SAMPLES), 'utf8'));

describe('what is asked and answered', () => {
  it('names streams in lower case and numbers its requests', () => {
    expect(protocol.namesOf({ kind: 'candle', symbol: 'BTCUSDT', intervalMs: 3_600_000 })).toEqual([
      'btcusdt@kline_1h',
    ]);
    expect(protocol.namesOf({ kind: 'ticker', symbol: 'BTCUSDT' })).toEqual(['btcusdt@ticker', 'btcusdt@markPrice@1s']);
    expect(protocol.namesOf({ kind: 'orders' })).toEqual([]);
    expect(protocol.namesOf({ kind: 'candle', symbol: 'BTCUSDT', intervalMs: 7 })).toBeUndefined();
    expect(protocol.subscribe(['a'], '4')).toBe('{"method":"SUBSCRIBE","params":["a"],"id":4}');
  });

  it.each([
    [
      { result: null, id: 1 },
      { kind: 'answer', id: '1', refusal: undefined },
    ],
    [
      { error: { code: 2, msg: 'Invalid request' }, id: 3 },
      { kind: 'answer', id: '3', refusal: '2 Invalid request' },
    ],
    [
      { code: 2, msg: 'Invalid request' },
      { kind: 'answer', id: undefined, refusal: '2 Invalid request' },
    ],
  ])('%j', (frame, meaning) => {
    expect(read(frame)).toEqual([meaning]);
  });
});

describe.skipIf(!existsSync(SAMPLES))('recorded messages', () => {
  it('candles say whether they have closed', () => {
    expect(sample('futures_market_data_json_kline_stream_closed')[0]).toMatchObject({
      symbol: 'BTCUSDT',
      intervalMs: MINUTE_MS,
      confirmed: true,
    });
    // The recorded running candle has its low above its open.
    expect(sample('futures_market_data_json_kline_stream_open')[0]).toEqual({
      kind: 'unreadable',
      reason: 'a candle of BTCUSDT with values that no market makes',
    });
  });

  it('tickers come from two streams', () => {
    expect(sample('futures_market_data_json_ticker_stream')).toEqual([
      {
        kind: 'ticker',
        symbol: 'BTCUSDT',
        whole: false,
        patch: { lastPrice: 16584.6, tradedValue24h: 2036102085.697464 },
      },
    ]);
    expect(sample('futures_market_data_json_mark_price_stream')).toEqual([
      {
        kind: 'ticker',
        symbol: 'BTCUSDT',
        whole: false,
        patch: { markPrice: 11794.15, fundingRate: 0.00038167, nextFundingTime: 1562306400000 },
      },
    ]);
  });

  it('an order update is an order and, where something was traded, an execution', () => {
    expect(sample('futures_user_data_json_order_update_trade_partial')).toMatchObject([
      {
        kind: 'order',
        order: {
          venueOrderId: '8886774',
          clientOrderId: 'TEST',
          state: 'partly-filled',
          quantity: 0.002,
          filledQuantity: 0.001,
          averagePrice: 7100.5,
        },
      },
      {
        kind: 'execution',
        execution: {
          kind: 'trade',
          executionId: 'BTCUSDT-12345678',
          quantity: 0.001,
          price: 7100.5,
          fee: 0.01,
          liquidity: 'maker',
          side: 'buy',
        },
      },
    ]);
    expect(sample('futures_user_data_json_order_update_new')).toHaveLength(1);
  });

  it.each([
    ['futures_user_data_json_order_update_calculated', 'liquidation'],
    ['futures_user_data_json_order_update_insurance', 'liquidation'],
    ['futures_user_data_json_order_update_adl', 'deleverage'],
    ['futures_user_data_json_order_update_settlement', 'delisting'],
    ['futures_user_data_json_order_update_delivery', 'delisting'],
    ['py_ws_futures_order_update_adl_filled', 'deleverage'],
    ['py_ws_futures_order_update_liquidation', 'liquidation'],
  ])('%s is of the kind %s', (name, kind) => {
    expect(sample(name)[1]).toMatchObject({ kind: 'execution', execution: { kind, origin: kind } });
  });

  it.each([
    ['futures_user_data_json_algo_update_new', 'untriggered'],
    ['py_ws_futures_algo_update_triggering', 'untriggered'],
    ['py_ws_futures_algo_update_triggered', 'new'],
    ['py_ws_futures_algo_update_finished', 'filled'],
    ['py_ws_futures_algo_update_finished_canceled', 'cancelled'],
    ['futures_user_data_json_algo_update_canceled', 'cancelled'],
  ])('%s: the conditional order is %s', (name, state) => {
    expect(sample(name)).toMatchObject([{ kind: 'order', order: { state, conditional: true } }]);
  });

  it('positions come by side, and the balance must be asked for', () => {
    expect(sample('futures_user_data_json_account_update')).toMatchObject([
      { kind: 'position', side: '', position: undefined },
      { kind: 'position', side: 'long', position: { quantity: 20, entryPrice: 6563.6, hedgeSide: 'long' } },
      { kind: 'position', side: 'short', position: { quantity: -10, hedgeSide: 'short' } },
      { kind: 'balance', balance: undefined },
    ]);
  });

  it('every message of the account and of the market that is asked for is understood', () => {
    const names = readdirSync(SAMPLES).filter((name) =>
      /(futures_user_data|py_ws_futures_(algo|order|trade|ticker)|market_data_json_(kline_stream_closed|ticker|mark))/.test(
        name,
      ),
    );
    expect(names.length).toBeGreaterThan(25);
    const odd = names.flatMap((name) =>
      sample(name.replace('.json', '')).flatMap((message) =>
        message.kind === 'unreadable' ? [`${name}: ${message.reason}`] : [],
      ),
    );
    expect(odd).toEqual([]);
  });
});

const START = 1_700_000_040_000;
const subscriptions: StreamSubscription[] = [];
afterEach(async () => {
  for (const subscription of subscriptions.splice(0)) await subscription.close();
});

function setUp(topics: readonly StreamTopic[], client: Partial<StreamClient> = {}, server: FakeServer = {}) {
  const clock = createManualClock(START);
  const network = createFakeNetwork(clock, server);
  const events: StreamEvent[] = [];
  const asked: string[] = [];
  let count = 0;
  const whole: StreamClient = {
    venue: 'binance',
    addresses: { public: 'ws://venue/market/ws', private: 'ws://venue/private/ws' },
    credentials: { key: 'the-key', secret: 'the-secret' },
    venueNow: () => clock.now(),
    listenKeys: {
      obtain: async () => {
        asked.push('obtain');
        count += 1;
        return `key${count}`;
      },
      extend: async () => {
        asked.push('extend');
      },
    },
    balance: () => Promise.reject(new Error('not asked')),
    ...client,
  };
  const source = createRandom('binance streams');
  const random = (): number => source.next();
  const streams = createVenueStreams(whole, { clock, random, openSocket: network.openSocket });
  const subscription = streams.subscribe(topics, (event) => events.push(event));
  subscriptions.push(subscription);
  return { clock, network, events, asked, subscription };
}

describe('the listen key', () => {
  it('is fetched before the connection, and prolonged while it lives', async () => {
    const { clock, network, asked, subscription } = setUp([{ kind: 'orders' }]);
    await clock.advance(1_000);
    expect(network.connections.map(({ url }) => url)).toEqual(['ws://venue/private/ws?listenKey=key1']);
    expect(subscription.states().get('orders')).toBe('live');
    await clock.advance(3_600_000);
    expect(asked).toEqual(['obtain', 'extend', 'extend']);
    expect(network.connections).toHaveLength(1);
  });

  it('that has expired is replaced on a new connection, and the gap is told', async () => {
    const { clock, network, events, asked } = setUp([{ kind: 'orders' }]);
    await clock.advance(1_000);
    network.open[0].send({ e: 'listenKeyExpired', E: START, listenKey: 'key1' });
    await clock.advance(2_000);
    expect(asked).toEqual(['obtain', 'obtain']);
    expect(network.connections.at(-1)?.url).toContain('key2');
    expect(events.at(-1)).toMatchObject({ kind: 'stream', state: 'live', gapSince: expect.any(Number) });
  });

  it('that the venue does not know any more is replaced; a passing failure is tried again', async () => {
    let failure: VenueError | undefined = new VenueError({
      code: 'TIMEOUT',
      message: 'late',
      retryable: true,
      orderMayExist: false,
    });
    let extended = 0;
    const { clock, network } = setUp([{ kind: 'orders' }], {
      listenKeys: {
        obtain: () => Promise.resolve('k'),
        extend: () => {
          extended += 1;
          return failure === undefined ? Promise.resolve() : Promise.reject(failure);
        },
      },
    });
    await clock.advance(25 * MINUTE_MS + 1_000);
    expect(extended).toBe(1);
    await clock.advance(3 * MINUTE_MS);
    expect(extended).toBe(2);
    expect(network.connections).toHaveLength(1);
    failure = new VenueError({ code: 'REFUSED', message: 'gone', retryable: false, orderMayExist: false });
    await clock.advance(3 * MINUTE_MS);
    expect(network.connections).toHaveLength(2);
  });

  it('that cannot be had keeps the topic down, with the reason and without the key', async () => {
    const { clock, network, events } = setUp([{ kind: 'orders' }], {
      listenKeys: {
        obtain: () => Promise.reject(new Error('the venue is under maintenance')),
        extend: () => Promise.resolve(),
      },
    });
    await clock.advance(60_000);
    expect(network.connections).toHaveLength(0);
    expect(events).toMatchObject([{ kind: 'stream', state: 'down', reason: 'the venue is under maintenance' }]);
  });
});

describe('the balance', () => {
  it('is asked for once for many changes, again after a failure, and never after the end', async () => {
    const balance: VenueBalance = { wallet: 5, equity: 6, available: 4, walletText: '5' };
    let calls = 0;
    const { clock, network, events, subscription } = setUp([{ kind: 'balance' }], {
      balance: () => {
        calls += 1;
        return calls === 1 ? Promise.reject(new Error('busy')) : Promise.resolve(balance);
      },
    });
    await clock.advance(1_000);
    const change = (T: number) =>
      network.open[0].send({ e: 'ACCOUNT_UPDATE', T, a: { B: [{ a: 'USDT', wb: '5' }], P: [] } });
    for (let index = 0; index < 5; index += 1) change(START + index);
    await clock.advance(10_000);
    expect(calls).toBe(2);
    expect(events.filter(({ kind }) => kind === 'balance')).toMatchObject([{ balance }]);
    expect(events.filter(({ kind }) => kind === 'unreadable')).toMatchObject([
      { reason: 'the balance could not be asked for: busy' },
    ]);
    change(START + 10);
    await subscription.close();
    await clock.advance(10_000);
    expect(calls).toBe(2);
  });
});

it('a connection whose pings are not answered is made new', async () => {
  let answers = true;
  const { clock, network } = setUp([{ kind: 'orders' }], {}, { answersPings: () => answers });
  await clock.advance(600_000);
  expect(network.connections).toHaveLength(1);
  expect(network.connections[0].pings).toBeGreaterThan(30);
  answers = false;
  await clock.advance(60_000);
  expect(network.connections.length).toBeGreaterThan(1);
});

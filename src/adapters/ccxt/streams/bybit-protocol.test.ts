// What do real messages of Bybit mean? Each recorded sample, and the odd ones among them.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createBybitProtocol } from './bybit-protocol.ts';
import type { StreamMessage } from './stream-protocol.ts';

const SAMPLES = new URL('../../../../../shared/data/payloads/bybit/', import.meta.url);
const protocol = createBybitProtocol({ credentials: { key: 'k', secret: 's' }, venueNow: () => 1_700_000_000_000 });
const read = (value: unknown): readonly StreamMessage[] => protocol.read(JSON.stringify(value));
const sample = (name: string): readonly StreamMessage[] =>
  protocol.read(readFileSync(new URL(`${name}.json`, SAMPLES), 'utf8'));

describe('what is asked', () => {
  it('names topics as the venue does', () => {
    const hour = 3_600_000;
    const names = [60_000, hour, 4 * hour, 24 * hour, 8 * hour].map((intervalMs) =>
      protocol.namesOf({ kind: 'candle', symbol: 'BTCUSDT', intervalMs }),
    );
    expect(names).toEqual([
      ['kline.1.BTCUSDT'],
      ['kline.60.BTCUSDT'],
      ['kline.240.BTCUSDT'],
      ['kline.D.BTCUSDT'],
      undefined,
    ]);
    expect(protocol.namesOf({ kind: 'ticker', symbol: 'BTCUSDT' })).toEqual(['tickers.BTCUSDT']);
    expect(protocol.namesOf({ kind: 'ticker', symbol: 'btc"],"x' })).toBeUndefined();
    expect(protocol.namesOf({ kind: 'balance' })).toEqual(['wallet']);
  });

  it('signs the login as the venue checks it', () => {
    const login = JSON.parse(protocol.login('private') ?? '');
    expect(login).toEqual({
      op: 'auth',
      args: ['k', 1_700_000_010_000, '69b70d464e6c59d285b387e6dfecfe81c0bacee2cab53d794c2c02a03214357c'],
    });
    expect(protocol.login('public')).toBeUndefined();
  });
});

describe('answers', () => {
  it.each([
    [
      { success: true, ret_msg: '', conn_id: 'x', req_id: '3', op: 'subscribe' },
      { kind: 'answer', id: '3', refusal: undefined },
    ],
    [
      { success: true, ret_msg: '', req_id: 3, op: 'subscribe' },
      { kind: 'answer', id: '3', refusal: undefined },
    ],
    [
      { success: false, ret_msg: 'error:already subscribed,topic:x', req_id: '', op: 'subscribe' },
      { kind: 'answer', id: undefined, refusal: undefined },
    ],
    [
      { success: false, ret_msg: 'Invalid topic: y', op: 'subscribe' },
      { kind: 'answer', id: undefined, refusal: 'Invalid topic: y' },
    ],
    [
      { op: 'auth', success: false, retCode: 10003, retMsg: 'Invalid apikey' },
      { kind: 'login', refusal: '10003 Invalid apikey' },
    ],
    [
      { op: 'auth', retCode: 0, retMsg: 'OK' },
      { kind: 'login', refusal: undefined },
    ],
    [
      { success: true, ret_msg: '', op: 'auth' },
      { kind: 'login', refusal: undefined },
    ],
    [
      { success: false, ret_msg: 'Params Error', op: 'auth' },
      { kind: 'login', refusal: 'Params Error' },
    ],
  ])('%j', (frame, meaning) => {
    expect(read(frame)).toEqual([meaning]);
  });

  it.each([
    { success: true, ret_msg: 'pong', op: 'ping' },
    { req_id: '7', op: 'pong', args: ['1700000000000'], conn_id: 'x' },
  ])('a pong says nothing: %j', (frame) => {
    expect(read(frame)).toEqual([]);
  });
});

describe.skipIf(!existsSync(SAMPLES))('recorded messages', () => {
  it('candles come with their end', () => {
    const [message] = sample('ws_kline');
    expect(message).toMatchObject({ kind: 'candle', symbol: 'BTCUSDT', intervalMs: 300_000, confirmed: false });
  });

  it('tickers come whole and in parts', () => {
    expect(sample('ws_ticker_linear')[0]).toMatchObject({
      kind: 'ticker',
      whole: true,
      patch: {
        lastPrice: 17216,
        markPrice: 17217.33,
        bid: 17215.5,
        ask: 17216,
        fundingRate: -0.000212,
        nextFundingTime: 1673280000000,
      },
    });
    expect(
      read({ topic: 'tickers.BTCUSDT', type: 'delta', data: { symbol: 'BTCUSDT', bid1Price: '1.5', ask1Price: '' } }),
    ).toEqual([{ kind: 'ticker', symbol: 'BTCUSDT', whole: false, patch: { bid: 1.5 } }]);
  });

  it('orders come with their origin and end', () => {
    expect(sample('ws_account_order')[0]).toMatchObject({
      kind: 'order',
      order: {
        venueOrderId: 'abcdef123456',
        clientOrderId: 'client-1',
        state: 'cancelled',
        reason: 'CancelByUser',
        updatedAt: 1700000005000,
        filledQuantity: 0,
        averagePrice: undefined,
        triggerPrice: undefined,
        price: 30000,
      },
    });
    expect(sample('ws_account_order_stop_loss')[0]).toMatchObject({
      order: {
        origin: 'stop',
        state: 'untriggered',
        type: 'market',
        triggerPrice: 48000,
        reduceOnly: true,
        closesPosition: true,
        conditional: true,
        reason: undefined,
      },
    });
  });

  it('executions tell who made them', () => {
    expect(sample('ws_account_execution')[0]).toMatchObject({
      kind: 'execution',
      execution: {
        kind: 'trade',
        executionId: '0ab1bdf7-4219-438b-b30a-32ec863018f7',
        side: 'sell',
        quantity: 0.5,
        price: 95900.1,
        fee: 26.3725275,
        feeText: '26.3725275',
        liquidity: 'taker',
        origin: 'client',
      },
    });
    expect(sample('ws_account_execution_adl')[0]).toMatchObject({
      execution: { kind: 'deleverage', origin: 'deleverage', clientOrderId: '' },
    });
  });

  it('a closed position is none', () => {
    expect(sample('docs__ws_position')[0]).toMatchObject({
      kind: 'position',
      symbol: 'BTCUSDT',
      side: 'short',
      position: undefined,
    });
    expect(sample('ws_account_position')[0]).toMatchObject({
      position: {
        quantity: -0.01,
        entryPrice: 3641.075,
        leverage: 30,
        stopPrice: undefined,
        deleverageRank: 2,
        liquidationPrice: 51764.83003276,
      },
    });
  });

  it('the wallet is the one in USDT', () => {
    expect(sample('ws_account_wallet')).toEqual([
      {
        kind: 'balance',
        updatedAt: 1700034722104,
        balance: {
          wallet: 9647.75537647,
          walletText: '9647.75537647',
          equity: 10226.20575506,
          available: 9556.6056555,
        },
      },
    ]);
    expect(sample('docs__ws_wallet')).toEqual([]);
  });

  // The fast executions are never asked for, and one sample is a bare row without its message.
  it('every message of a topic that is asked for is understood', () => {
    const names = readdirSync(SAMPLES).filter((name) =>
      /ws_(kline|ticker_linear|ticker|account_(order|execution(?!_fast)|position(?!_with)|wallet).*|auth.*|subscription.*)\.json/.test(
        name,
      ),
    );
    expect(names.length).toBeGreaterThan(20);
    const odd = names.flatMap((name) =>
      sample(name.replace('.json', '')).flatMap((message) =>
        message.kind === 'unreadable' ? [`${name}: ${message.reason}`] : [],
      ),
    );
    expect(odd).toEqual([]);
  });
});

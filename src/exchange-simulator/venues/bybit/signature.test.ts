import { describe, expect, it } from 'vitest';
import { exchangeOver } from '../../../../test/scenarios/exchange-market.ts';
import { deskOf, KEYS, NOW, requestOf, signed } from '../../../../test/scenarios/exchange-simulator/bybit-desk.ts';

const exchange = exchangeOver([[100, 101, 99, 100]]);
const desk = deskOf(exchange);
const WALLET = '/v5/account/wallet-balance?accountType=UNIFIED';

describe('a signed request', () => {
  it('is taken when it is signed well', () => {
    expect(desk.get(WALLET)).toMatchObject({ retCode: 0, time: NOW });
    expect(desk.post('/v5/position/set-leverage', {})).toMatchObject({ retCode: 10_001 });
  });

  it('may sign its query as sent or decoded', () => {
    const target = '/v5/order/realtime?category=linear&symbol=TESTUSDT&cursor=a%253A1';
    expect(desk.get(target).retCode).toBe(0);
    expect(desk.get(target, { payload: 'category=linear&symbol=TESTUSDT&cursor=a%3A1' }).retCode).toBe(0);
    expect(desk.get(target, { payload: 'category=linear' }).retCode).toBe(10_004);
    expect(desk.get('/v5/order/realtime?category=linear&symbol=TESTUSDT&odd=%').retCode).toBe(0);
  });

  it.each([
    [-5_000, 0],
    [-5_001, 10_002],
    [999, 0],
    [1_000, 10_002],
  ])('with a timestamp %i ms from the server is answered %i', (offset, code) => {
    expect(desk.get(WALLET, { timestamp: NOW + offset }).retCode).toBe(code);
  });

  it('has a window of its own choice, and the refusal names all three numbers', () => {
    expect(desk.get(WALLET, { timestamp: NOW - 8_000, window: '10000' }).retCode).toBe(0);
    expect(desk.get(WALLET, { timestamp: NOW - 8_000 }).retMsg).toBe(
      'invalid request, please check your server timestamp or recv_window param. ' +
        `req_timestamp[${NOW - 8_000}],server_timestamp[${NOW}],recv_window[5000]`,
    );
  });

  it.each([
    ['an unknown key', { key: 'somebody' }, 10_003, 'API key is invalid.'],
    ['a key of another environment', { key: 'live-key' }, 10_003, 'domain are matched'],
    ['a wrong secret', { secret: 'wrong' }, 10_004, 'error sign!'],
    ['a timestamp that is none', { timestamp: 'now' }, 10_001, 'invalid'],
    ['a window that is none', { window: 'wide' }, 10_001, 'invalid'],
  ])('is refused with %s', (_what, by, retCode, words) => {
    const reply = desk.get(WALLET, by);
    expect(reply.retCode).toBe(retCode);
    expect(reply.retMsg).toContain(words);
    expect(reply.status).toBe(200);
  });

  it('without headers is told which are empty', () => {
    expect(desk.send(requestOf('GET', WALLET))).toMatchObject({
      retCode: 10_001,
      retMsg: 'empty value: apiTimestamp[] apiKey[] apiSignature[]',
    });
  });

  it.each([
    ['expired', { expiresAt: NOW }, 33_004],
    ['bound to another address', { allowedAddresses: ['10.0.0.1'] }, 10_010],
    ['bound to this address', { allowedAddresses: ['10.0.0.1', '127.0.0.1'] }, 0],
    ['still good', { expiresAt: NOW + 1 }, 0],
  ])('with a key that is %s is answered %s', (_what, more, code) => {
    const other = deskOf(exchange, { credentials: { ...KEYS, ...more } });
    expect(other.get(WALLET).retCode).toBe(code);
  });

  it('with a read-only key may look and not touch', () => {
    const reader = deskOf(exchange, { credentials: { ...KEYS, readOnly: true } });
    expect(reader.get(WALLET).retCode).toBe(0);
    expect(reader.post('/v5/order/create', {}).retCode).toBe(10_005);
    expect(reader.get('/v5/user/query-api').result).toMatchObject({ readOnly: 1, permissions: { ContractTrade: [] } });
  });

  it('tells what the key may do', () => {
    const credentials = {
      ...KEYS,
      mayWithdraw: true,
      expiresAt: NOW + 86_400_000 * 3,
      allowedAddresses: ['127.0.0.1'],
    };
    const { result } = deskOf(exchange, { credentials }).get('/v5/user/query-api');
    expect(result).toMatchObject({ readOnly: 0, uta: 1, deadlineDay: 3, ips: ['127.0.0.1'] });
    expect(result.expiredAt).toBe('2027-01-18T08:00:00Z');
    expect(result.permissions.Wallet).toContain('Withdraw');
    expect(desk.get('/v5/user/query-api').result.permissions.Wallet).toEqual([]);
  });

  it('public requests need none', () => {
    expect(desk.send(requestOf('GET', '/v5/market/time'))).toMatchObject({
      retCode: 0,
      result: { timeSecond: '1800000000', timeNano: '1800000000000000000' },
    });
    expect(signed('GET', WALLET).headers['x-bapi-sign']).toHaveLength(64);
  });
});

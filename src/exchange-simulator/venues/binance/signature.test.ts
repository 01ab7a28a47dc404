import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  deskOf,
  KEYS,
  NOW,
  requestOf,
  signed,
  type SignedBy,
} from '../../../../test/scenarios/exchange-simulator/binance-desk.ts';
import { exchangeOver } from '../../../../test/scenarios/exchange-market.ts';
import type { Credentials } from '../venue-codec.ts';

const desk = (credentials: Partial<Credentials> = {}) =>
  deskOf(exchangeOver([[100, 101, 99, 100]]), { credentials: { ...KEYS, ...credentials } });
const ask = (by: SignedBy, credentials: Partial<Credentials> = {}) =>
  desk(credentials).send(signed('GET', '/fapi/v3/balance', {}, by));

const sign = (text: string): string => createHmac('sha256', KEYS.secret).update(text).digest('hex');

describe('a signed request', () => {
  it('is answered in the query and in the body', () => {
    expect(ask({}).status).toBe(200);
    expect(desk().post('/fapi/v1/leverage', { symbol: 'TESTUSDT', leverage: 4 }).status).toBe(200);
  });

  it('may have its signature anywhere, in capitals', () => {
    const { body, headers } = signed('POST', '/fapi/v1/leverage', { symbol: 'TESTUSDT', leverage: 3 });
    const [first, ...rest] = body.split('&');
    const signature =
      rest
        .pop()
        ?.replace(/[a-f]/g, (digit) => digit.toUpperCase())
        .replace('siGnAturE', 'signature') ?? '';
    const moved = [first, `signature=${signature.split('=')[1]}`, ...rest].join('&');
    expect(desk().send({ ...requestOf('POST', '/fapi/v1/leverage', { body: moved }), headers }).status).toBe(200);
  });

  it('may be split over query and body, which are signed as one text with nothing between', () => {
    const query = 'symbol=TESTUSDT';
    const body = `leverage=3&timestamp=${NOW}`;
    const send = (signature: string) =>
      desk().send(
        requestOf('POST', '/fapi/v1/leverage', {
          query,
          body: `${body}&signature=${signature}`,
          headers: { 'x-mbx-apikey': KEYS.key },
        }),
      );
    expect(send(sign(query + body)).status).toBe(200);
    expect(send(sign(`${query}&${body}`)).body.code).toBe(-1022);
  });

  it.each<[string, SignedBy, number, number]>([
    ['without a key', { key: undefined }, 401, -2014],
    ['with a key of no form', { key: 'a key' }, 401, -2014],
    ['with an unknown key', { key: 'other' }, 401, -2015],
    ['with a key of another environment', { key: 'live-key' }, 401, -2015],
    ['with another secret', { secret: 'wrong' }, 400, -1022],
    ['with something added', { after: '&symbol=TESTUSDT' }, 400, -1022],
    ['without a time', { timestamp: undefined }, 400, -1102],
    ['with a time that is none', { timestamp: 'now' }, 400, -1102],
    ['from too long ago', { timestamp: NOW - 5_001 }, 400, -1021],
    ['from the future', { timestamp: NOW + 1_000 }, 400, -1021],
    ['with too long a window', { recvWindow: 60_001 }, 400, -1131],
  ])('%s is refused', (_name, by, status, code) => {
    expect(ask(by)).toMatchObject({ status, body: { code } });
  });

  it('lies within its window to the millisecond', () => {
    expect(ask({ timestamp: NOW - 5_000 }).status).toBe(200);
    expect(ask({ timestamp: NOW + 999 }).status).toBe(200);
    expect(ask({ timestamp: NOW - 30_000, recvWindow: 30_000 }).status).toBe(200);
  });

  it('needs a signature', () => {
    const request = requestOf('GET', '/fapi/v3/balance', {
      query: `timestamp=${NOW}`,
      headers: { 'x-mbx-apikey': KEYS.key },
    });
    expect(desk().send(request)).toMatchObject({ status: 400, body: { code: -1102 } });
  });

  it('ends with the key', () => {
    expect(ask({}, { expiresAt: NOW })).toMatchObject({ status: 401, body: { code: -2015 } });
    expect(ask({}, { expiresAt: NOW + 1 }).status).toBe(200);
  });

  it('comes from an address that the key is bound to', () => {
    expect(ask({}, { allowedAddresses: ['10.0.0.1'] })).toMatchObject({
      status: 401,
      body: { code: -2015, msg: 'Invalid API-key, IP, or permissions for action, request ip: 127.0.0.1' },
    });
    expect(ask({}, { allowedAddresses: ['127.0.0.1'] }).status).toBe(200);
  });

  it('changes nothing with a key that may only read', () => {
    const readOnly = desk({ readOnly: true });
    expect(readOnly.get('/fapi/v3/account').status).toBe(200);
    expect(readOnly.post('/fapi/v1/leverage', { symbol: 'TESTUSDT', leverage: 3 })).toMatchObject({
      body: { code: -2015 },
    });
  });
});

describe('what the key may do', () => {
  it.each([
    [{}, { enableWithdrawals: false, enableFutures: true, ipRestrict: false }],
    [{ mayWithdraw: true }, { enableWithdrawals: true }],
    [{ readOnly: true }, { enableFutures: false }],
    [{ allowedAddresses: ['127.0.0.1'] }, { ipRestrict: true }],
    [{ expiresAt: NOW + 5 }, { tradingAuthorityExpirationTime: NOW + 5 }],
  ])('of %j is told', (credentials, told) => {
    expect(desk(credentials).get('/sapi/v1/account/apiRestrictions').body).toMatchObject(told);
  });
});

// May only an exchange on this machine stand in for the venue?
import { expect, test } from 'vitest';
import { assertLocal, streamAddresses } from './addresses.ts';

test.each(['http://127.0.0.1:8080', 'http://localhost:1', 'http://[::1]:9', 'http://127.1.2.3:80'])(
  '%s is local',
  (rest) => {
    assertLocal({ rest, stream: rest.replace('http', 'ws') });
  },
);

test.each([
  'https://api.bybit.com',
  'http://10.0.0.1:80',
  'http://127.0.0.1.evil.com:80',
  'http://evil.com/127.0.0.1',
  'http://user@127.0.0.1:80',
  'http://127.0.0.1:80/path',
  'http://127.0.0.1:80/',
  'https://127.0.0.1:80',
  'no address',
  '',
])('%s is not', (rest) => {
  expect(() => assertLocal({ rest, stream: 'ws://127.0.0.1:1' })).toThrow('no address of an exchange on this machine');
});

test('streams of each environment', () => {
  expect(streamAddresses('bybit', 'testnet', undefined).private).toBe('wss://stream-testnet.bybit.com/v5/private');
  expect(streamAddresses('bybit', 'demo', undefined)).toEqual({
    public: 'wss://stream.bybit.com/v5/public/linear',
    private: 'wss://stream-demo.bybit.com/v5/private',
  });
  expect(streamAddresses('binance', 'live', undefined).public).toBe('wss://fstream.binance.com/market/ws');
  const local = { rest: 'http://127.0.0.1:1', stream: 'ws://127.0.0.1:2' };
  expect(streamAddresses('binance', 'live', local).private).toBe('ws://127.0.0.1:2/private/ws');
});

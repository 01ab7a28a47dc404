// Where does ccxt send the requests of each environment, and with which time?
import { expect, test } from 'vitest';
import type { VenueEnvironment, VenueName } from '../../ports/venue-connection.ts';
import { createSystemClock } from '../system/system-clock.ts';
import { createExchange } from './exchange-instance.ts';
import { loadExchangeClass, type WireParams } from './load-exchange.ts';
import { createWire, type Fetch } from './wire.ts';

const NOW = 1_700_000_000_123.4;

async function sentBy(
  venue: VenueName,
  environment: VenueEnvironment,
  request: { api: string; path: string; params: WireParams },
) {
  const exchange = createExchange(await loadExchangeClass(venue), {
    environment,
    credentials: { key: 'the-key', secret: 'the-secret' },
    venueNow: () => NOW,
  });
  const seen: { url: string; init: RequestInit }[] = [];
  const fetch: Fetch = (url, init) => {
    seen.push({ url, init });
    return Promise.resolve(new Response('{"retCode":0,"code":200}'));
  };
  const wire = createWire(exchange, { clock: createSystemClock(), origin: undefined, fetch });
  const sent = await wire.send({ ...request, method: 'GET' }, 5_000);
  expect(sent.kind).toBe('replied');
  expect(seen).toHaveLength(1);
  return { url: new URL(seen[0].url), headers: new Headers(seen[0].init.headers) };
}

test.each([
  ['testnet', 'https://api-testnet.bybit.com'],
  ['demo', 'https://api-demo.bybit.com'],
  ['live', 'https://api.bybit.com'],
] as const)('Bybit %s', async (environment, origin) => {
  const { url, headers } = await sentBy('bybit', environment, {
    api: 'private',
    path: 'v5/position/list',
    params: { category: 'linear' },
  });
  expect(url.origin + url.pathname + url.search).toBe(`${origin}/v5/position/list?category=linear`);
  expect(headers.get('x-bapi-timestamp')).toBe('1700000000123');
  expect(headers.get('x-bapi-api-key')).toBe('the-key');
});

test.each([
  ['testnet', 'https://testnet.binancefuture.com'],
  ['demo', 'https://demo-fapi.binance.com'],
  ['live', 'https://fapi.binance.com'],
] as const)('Binance %s', async (environment, origin) => {
  const { url, headers } = await sentBy('binance', environment, { api: 'fapiPrivateV3', path: 'account', params: {} });
  expect(url.origin + url.pathname).toBe(`${origin}/fapi/v3/account`);
  expect(url.searchParams.get('timestamp')).toBe('1700000000123');
  expect(headers.get('x-mbx-apikey')).toBe('the-key');
});

// How is the connector fed with replies that somebody else wrote? By a `fetch` that answers from texts, and every question there is.
import { createSystemClock } from '../../../src/adapters/system/system-clock.ts';
import { createVenueConnection, type VenueConnectionOptions } from '../../../src/adapters/ccxt/venue-connection.ts';
import type { Fetch } from '../../../src/adapters/ccxt/wire.ts';
import { HOUR_MS } from '../../../src/domain/time.ts';
import type { Clock } from '../../../src/ports/clock.ts';
import type { VenueConnection, VenueName } from '../../../src/ports/venue-connection.ts';
import { START } from '../simulated-market.ts';
import { KEY, openVenue, SECRET } from './local-venue.ts';

export interface Sample {
  /** `METHOD /path`. */
  readonly request: string;
  readonly status: number;
  readonly text: string;
}

/** A question or an order, by the name of the port's method. */
export type Call = (connection: VenueConnection) => Promise<unknown>;

const symbol = 'AAAUSDT';
const order = { symbol, side: 'buy', quantity: 1, reduceOnly: false, safety: false } as const;
let count = 0;
const newId = (): string => `replay-${(count += 1)}`;

export const CALLS: Readonly<Record<string, Call>> = {
  serverTime: ({ market }) => market.serverTime(),
  instruments: ({ market }) => market.instruments(),
  candles: ({ market }) => market.candles({ symbol, intervalMs: HOUR_MS, from: START, price: 'trade' }),
  markCandles: ({ market }) => market.candles({ symbol, intervalMs: HOUR_MS, from: START, price: 'mark' }),
  fundingHistory: ({ market }) => market.fundingHistory({ symbol, from: START - 24 * HOUR_MS, until: START + HOUR_MS }),
  tickers: ({ market }) => market.tickers(),
  keyFacts: ({ account }) => account.keyFacts(),
  modes: ({ account }) => account.modes(),
  balance: ({ account }) => account.balance(),
  positions: ({ account }) => account.positions(),
  openOrders: ({ account }) => account.openOrders(),
  openOrdersOf: ({ account }) => account.openOrders(symbol),
  findOrder: ({ account }) => account.findOrder({ symbol, clientOrderId: 'entry' }),
  executions: ({ account }) => account.executions({ from: START }),
  placeMarket: ({ account }) =>
    account.place({
      ...order,
      clientOrderId: newId(),
      type: 'market',
      protection: { stopPrice: 80, targetPrice: 130 },
    }),
  placeTrigger: ({ account }) => account.place({ ...order, clientOrderId: newId(), type: 'market', triggerPrice: 120 }),
  protect: ({ account }) => account.protect(symbol, { stopPrice: 85 }),
  cancel: ({ account }) => account.cancel({ symbol, clientOrderId: 'resting' }),
  setLeverage: ({ account }) => account.setLeverage(symbol, 3),
  setMarginMode: ({ account }) => account.setMarginMode('isolated', symbol),
  setPositionMode: ({ account }) => account.setPositionMode('one-way'),
  cancelAll: ({ account }) => account.cancelAll(symbol),
};

const requestOf = (url: string, method: string): string => `${method} ${new URL(url).pathname}`;

/** Every reply that the simulated venue gives to these calls, the account having a position, orders and a past. */
export async function recordReplies(venue: VenueName): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  const tapping: Fetch = async (url, init) => {
    const response = await fetch(url, init);
    const text = await response.clone().text();
    samples.push({ request: requestOf(url, init.method ?? 'GET'), status: response.status, text });
    return response;
  };
  await using local = await openVenue({ venue, connection: { environment: 'live', fetch: tapping } });
  const { connection, running } = local;
  await running.advance(START + HOUR_MS);
  await connection.account.place({ ...order, clientOrderId: 'entry', type: 'market', protection: { stopPrice: 85 } });
  await running.advance(START + 9 * HOUR_MS);
  const resting = { ...order, clientOrderId: 'resting', type: 'limit', price: 50 } as const;
  await connection.account.place(resting).catch(() => undefined);
  for (const call of Object.values(CALLS)) await call(connection).catch(() => undefined);
  return samples;
}

/** Timers of less than a second go off at once: back-off takes no time, and deadlines still hold. */
export function hurriedClock(): Clock {
  const system = createSystemClock();
  return {
    now: () => system.now(),
    after(delayMs, wake) {
      if (delayMs >= 1_000) return system.after(delayMs, wake);
      const soon = setImmediate(wake);
      return () => clearImmediate(soon);
    },
  };
}

/** A connection to nothing but `answer`. Its first questions, for the time, are answered well. */
export async function connectReplayed(
  venue: VenueName,
  answer: (request: string) => { readonly status: number; readonly text: string },
  more: Partial<VenueConnectionOptions> = {},
): Promise<VenueConnection> {
  let isOpen = false;
  const replaying: Fetch = (url, init) => {
    const now = Date.now();
    const time = venue === 'bybit' ? { retCode: 0, retMsg: 'OK', result: {}, time: now } : { serverTime: now };
    const { status, text } = isOpen
      ? answer(requestOf(url, init.method ?? 'GET'))
      : { status: 200, text: JSON.stringify(time) };
    const bodyless = status === 204 || status === 304 || status < 200;
    return Promise.resolve(new Response(bodyless ? null : text, { status: status < 200 ? 200 : status }));
  };
  const connection = await createVenueConnection({
    venue,
    environment: 'live',
    credentials: { key: KEY, secret: SECRET },
    clock: hurriedClock(),
    random: () => 0,
    marketTime: () => Promise.resolve(START + 9 * HOUR_MS),
    limited: false,
    timing: { readTries: 2, patienceMs: 500 },
    fetch: replaying,
    ...more,
  });
  isOpen = true;
  return connection;
}

/** Numbers in `value` that no caller expects, by their place. A bound that there is not may be infinite. */
export function unsoundNumbers(value: unknown, place = ''): readonly string[] {
  if (typeof value === 'number') {
    const isBound = /(maxNotional|maxMarketQuantity)$/.test(place);
    return Number.isFinite(value) || (isBound && value === Infinity) ? [] : [`${place} is ${value}`];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) => unsoundNumbers(inner, `${place}.${key}`));
}

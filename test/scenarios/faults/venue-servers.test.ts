// Rows 33 to 37: what does the connector do when the venue limits it, has another clock, refuses the key, is shut, or fails at first?
import { describe, expect, test } from 'vitest';
import { checkAccess } from '../../../src/adapters/ccxt/check-access.ts';
import { VENUE_ERROR_CODES } from '../../../src/domain/venue-error.ts';
import { exchangeOver, type Prices } from '../exchange-market.ts';
import { START, SYMBOL } from '../simulated-market.ts';
import { ACCOUNT_TOPICS, CALM, entryOf, failureOf, scriptedVenue, until } from './scripted-venue.ts';

/** Binance says no more than that its service is unavailable. */
const SHUT = { bybit: 'MAINTENANCE', binance: 'OVERLOADED' } as const;

test('row 33: whoever has patience waits as long as the venue says, and asks again', async () => {
  await using venue = await scriptedVenue();
  await venue.strike({ fault: 33, count: 1 });
  expect(await venue.connection.account.positions()).toEqual([]);
  expect(venue.faults.log()).toHaveLength(1);
});

describe.each(['bybit', 'binance'] as const)('%s', (name) => {
  test('row 33: a question that met the limit says when to ask again', async () => {
    await using venue = await scriptedVenue({ venue: name, connection: { timing: { patienceMs: 0 } } });
    await venue.strike({ fault: 33, count: 1 });
    const question = await failureOf(venue.connection.account.positions());
    expect(question).toMatchObject({ code: 'RATE_LIMITED', retryable: true });
    expect(question.retryAt).toBeGreaterThan(Date.now() - 1_000);
  });

  test('row 33: an order that met the limit does not exist, and is not sent again by itself', async () => {
    await using venue = await scriptedVenue({ venue: name });
    await venue.strike({ fault: 33, count: 1 });
    const failure = await failureOf(venue.connection.account.place(entryOf('entry')));
    expect(failure).toMatchObject({ code: 'RATE_LIMITED', retryable: true, orderMayExist: false });
    expect(venue.faults.log()).toHaveLength(1);
    expect(venue.exchange.closedOrders({})).toEqual([]);
  });

  test('row 33: what is held back after a limit was met is not called a ban', async () => {
    await using venue = await scriptedVenue({
      venue: name,
      limits: true,
      connection: { timing: { patienceMs: 0 } },
    });
    await venue.strike({ fault: 33, count: 1 });
    const { account } = venue.connection;
    expect(await failureOf(account.positions())).toMatchObject({ code: 'RATE_LIMITED' });
    expect(await failureOf(account.positions())).toMatchObject({ code: 'RATE_LIMITED' });
  });

  test('row 33: shut out, it asks for nothing more until the venue listens again', async () => {
    await using venue = await scriptedVenue({ venue: name, limits: true });
    const { account } = venue.connection;
    await venue.strike({ fault: 33, kind: 'ban' });
    const failure = await failureOf(account.place(entryOf('entry')));
    expect(failure).toMatchObject({ code: 'BANNED', orderMayExist: false });
    const { blockedUntil = 0 } = venue.connection.health();
    expect(blockedUntil).toBeGreaterThan(Date.now() + 60_000);
    const refusals = venue.faults.log().length;
    for (const asked of [account.positions(), account.balance(), account.place(entryOf('entry'))]) {
      expect(await failureOf(asked)).toMatchObject({ orderMayExist: false });
    }
    expect(venue.faults.log()).toHaveLength(refusals);
  });

  test('row 34: a clock that jumps costs no order, and a new stream logs in', async () => {
    await using venue = await scriptedVenue({ venue: name });
    const { account } = venue.connection;
    await venue.strike({ fault: 34, offset_ms: -30_000 });
    await account.place(entryOf('entry'));
    expect(venue.exchange.closedOrders({})).toHaveLength(1);
    expect(venue.notices).toMatchObject([{ kind: 'clock-jumped', whose: 'venue' }]);
    expect(venue.connection.health().clockOffsetMs).toBeLessThan(-29_000);
    const heard = await venue.hear(ACCOUNT_TOPICS);
    await account.place(entryOf('more'));
    await until(() => heard.of('execution').length === 1);
    // No bot may start with such a clock.
    const findings = await checkAccess({ connection: venue.connection, symbols: [SYMBOL], now: Date.now() });
    expect(findings.map(({ code, severity }) => `${severity} ${code}`)).toContain('refuse CLOCK_OFF');
  });

  test('row 36: maintenance is named, streams come back and tell the gap, and the stop worked meanwhile', async () => {
    const falling: Prices[] = [...CALM.slice(0, 2), [100, 100, 90, 92], [92, 93, 91, 92]];
    await using venue = await scriptedVenue({ venue: name, exchange: exchangeOver(falling) });
    const { account, market } = venue.connection;
    const heard = await venue.hear(ACCOUNT_TOPICS);
    await account.place(entryOf('entry', { protection: { stopPrice: 95 } }));
    await until(() => heard.of('execution').length === 1);
    await venue.advance(1);
    await venue.strike({ fault: 36, for: '2h' });
    const question = await failureOf(market.tickers());
    expect(question).toMatchObject({ code: SHUT[name], retryable: true, orderMayExist: false });
    const order = await failureOf(account.place(entryOf('more')));
    expect(order).toMatchObject({ code: SHUT[name], retryable: true });
    await until(() => [...heard.subscription.states().values()].every((state) => state !== 'live'));
    await venue.advance(3);
    await until(() => [...heard.subscription.states().values()].every((state) => state === 'live'));
    expect(heard.of('stream').at(-1)?.gapSince).toBeDefined();
    expect(await account.positions()).toEqual([]);
    expect(await account.findOrder(entryOf('more'))).toBeUndefined();
    const executions = await account.executions({ symbol: SYMBOL, from: START });
    expect(executions.map(({ origin, price }) => [origin, price])).toEqual([
      ['client', 100],
      ['stop', 95],
    ]);
  });

  test('row 37: instruments that could not be had are asked for again, within the question and after it', async () => {
    await using venue = await scriptedVenue({ venue: name });
    const { account, market } = venue.connection;
    await venue.strike({ fault: 37, count: 1 });
    expect(await market.instruments()).toHaveLength(1);
    await venue.strike({ fault: 37, count: 4 });
    expect(await failureOf(market.instruments())).toMatchObject({ code: 'OVERLOADED', retryable: true });
    // Nothing else is poisoned by it.
    await account.place(entryOf('entry'));
    expect(await market.instruments()).toHaveLength(1);
  });
});

describe('a key that is not good any more', () => {
  test.each([
    ['expired', 'KEY_EXPIRED'],
    ['address-not-bound', 'IP_NOT_ALLOWED'],
    ['invalid', 'KEY_INVALID'],
    ['may-not-trade', 'PERMISSION_MISSING'],
  ] as const)('row 35: %s refuses entries for sure, with what to do, and leaves the stop', async (kind, code) => {
    await using venue = await scriptedVenue();
    const { account, market } = venue.connection;
    await account.place(entryOf('entry', { protection: { stopPrice: 95 } }));
    await venue.strike({ fault: 35, kind });
    const failure = await failureOf(account.place(entryOf('more')));
    expect(failure).toMatchObject({ code, retryable: false, orderMayExist: false });
    expect(VENUE_ERROR_CODES[failure.code].length).toBeGreaterThan(20);
    expect(await market.tickers()).toHaveLength(1);
    expect(venue.exchange.position(SYMBOL)).toMatchObject({ quantity: 1, stopPrice: 95 });
    expect(venue.exchange.closedOrders({})).toHaveLength(1);
  });

  test.each([
    ['may-withdraw', 'refuse WITHDRAWAL_PERMITTED'],
    ['read-only', 'refuse PERMISSION_MISSING'],
    ['expires-soon', 'warn KEY_EXPIRED'],
    ['expired', 'refuse KEY_EXPIRED'],
  ])('row 35: a bot does not start with a key that %s, or is warned', async (kind, finding) => {
    await using venue = await scriptedVenue({ faults: [{ fault: 35, kind }] });
    const findings = await checkAccess({ connection: venue.connection, symbols: [SYMBOL], now: Date.now() });
    expect(findings.map(({ code, severity }) => `${severity} ${code}`)).toEqual([finding]);
  });

  test('row 35: a stream whose login is refused is down with the reason, and other streams go on', async () => {
    await using venue = await scriptedVenue();
    await venue.strike({ fault: 35, kind: 'expired' });
    const events: string[] = [];
    const topics = [...ACCOUNT_TOPICS, { kind: 'ticker', symbol: SYMBOL } as const];
    const subscription = venue.connection.streams.subscribe(topics, (event) => {
      if (event.kind === 'stream') events.push(`${event.topic.kind} ${event.state}`);
    });
    await until(() => events.includes('orders down') && events.includes('ticker live'));
    expect(events).not.toContain('orders live');
    await subscription.close();
  });
});

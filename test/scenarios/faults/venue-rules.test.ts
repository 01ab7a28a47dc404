// Rows 38 to 42: what does the connector make of delistings, new steps, lowered limits and settings that somebody else changed?
import { describe, expect, test } from 'vitest';
import type { VenueAccount } from '../../../src/ports/venue-account.ts';
import { createSimulatedExchange } from '../../../src/exchange-simulator/core/create-simulated-exchange.ts';
import { exchangeOver, FREE, hours, tapeSymbol } from '../exchange-market.ts';
import { HOUR, seriesOf, START, SYMBOL } from '../simulated-market.ts';
import { ACCOUNT_TOPICS, CALM, entryOf, failureOf, scriptedVenue, until } from './scripted-venue.ts';

const OTHER = 'OTHERUSDT';
const DAY = 24 * HOUR;

const twoSymbols = () =>
  createSimulatedExchange({
    tape: { symbols: [SYMBOL, OTHER].map((symbol) => tapeSymbol(seriesOf(hours(CALM)), { symbol })) },
    from: START,
    until: undefined,
    // At Binance only what moved money is known to the list of executions.
    costs: { ...FREE, takerFeeBps: 5 },
    deposit: 100_000,
    marginMode: 'isolated',
    positionMode: 'one-way',
    defaultLeverage: 5,
    seed: 1,
  });

const quantities = async (account: VenueAccount) =>
  (await account.positions()).map(({ symbol, quantity }) => [symbol, quantity]);

describe.each(['bybit', 'binance'] as const)('a delisting at %s', (name) => {
  test('row 38: it is announced with its time, and the symbol trades until then', async () => {
    await using venue = await scriptedVenue({ venue: name, exchange: twoSymbols() });
    const { account, market } = venue.connection;
    await venue.strike({ fault: 38, symbol: SYMBOL, notice: '24h' });
    const listed = new Map((await market.instruments()).map((each) => [each.instrument.symbol, each]));
    expect(listed.get(SYMBOL)?.delistingAt).toBe(START + DAY);
    expect(listed.get(OTHER)).toMatchObject({ status: 'trading', delistingAt: undefined });
    await account.place(entryOf('entry'));
    expect(await quantities(account)).toEqual([[SYMBOL, 1]]);
  });

  test('row 38: a symbol that is gone was settled, and the others go on', async () => {
    await using venue = await scriptedVenue({ venue: name, exchange: twoSymbols() });
    const { account, market } = venue.connection;
    const heard = await venue.hear([...ACCOUNT_TOPICS, { kind: 'candle', symbol: OTHER, intervalMs: HOUR }]);
    await account.place(entryOf('entry'));
    await account.place(entryOf('other', { symbol: OTHER }));
    await account.place(entryOf('resting', { type: 'limit', price: 90 }));
    await venue.strike({ fault: 38, symbol: SYMBOL, kind: 'gone' });
    await venue.advance(2);
    await until(() => heard.of('execution').some(({ execution }) => execution.kind === 'delisting'));
    expect(await quantities(account)).toEqual([[OTHER, 1]]);
    expect(await account.openOrders()).toEqual([]);
    const executions = await account.executions({ from: START });
    expect(executions.filter(({ kind }) => kind === 'delisting')).toMatchObject([
      { symbol: SYMBOL, side: 'sell', quantity: 1, origin: 'delisting' },
    ]);
    const status = (await market.instruments()).find(({ instrument }) => instrument.symbol === SYMBOL)?.status;
    expect([undefined, 'closed']).toContain(status);
    expect(await failureOf(account.place(entryOf('late')))).toMatchObject({ retryable: false, orderMayExist: false });
    const query = { symbol: OTHER, intervalMs: HOUR, from: START, price: 'trade' } as const;
    expect(await market.candles(query)).toHaveLength(2);
    await account.place(entryOf('more', { symbol: OTHER }));
    await until(() => heard.of('candle').filter(({ confirmed }) => confirmed).length === 2);
  });

  test('row 38: one that may only be reduced takes no entry, and lets the position out', async () => {
    await using venue = await scriptedVenue({ venue: name });
    const { account } = venue.connection;
    await account.place(entryOf('entry'));
    await venue.strike({ fault: 38, kind: 'reduce-only' });
    const failure = await failureOf(account.place(entryOf('more')));
    expect(failure).toMatchObject({ code: 'SYMBOL_NOT_TRADING', retryable: false, orderMayExist: false });
    await account.place(entryOf('exit', { side: 'sell', reduceOnly: true, safety: true }));
    expect(await quantities(account)).toEqual([]);
  });
});

describe.each(['bybit', 'binance'] as const)('other rules at %s', (name) => {
  test('row 39: new steps refuse what fitted before; the instruments, asked anew, say how to round', async () => {
    await using venue = await scriptedVenue({ venue: name });
    const { account, market } = venue.connection;
    await account.place(entryOf('fits', { quantity: 0.12 }));
    await account.place(entryOf('fits-too', { quantity: 0.123, type: 'limit', price: 90.1 }));
    await venue.strike({ fault: 39 });
    const refused = await failureOf(account.place(entryOf('off', { quantity: 0.123 })));
    expect(refused).toMatchObject({ code: 'OFF_GRID', retryable: false, orderMayExist: false });
    const limit = { type: 'limit', price: 95.3, quantity: 0.2 } as const;
    expect(await failureOf(account.place(entryOf('off-price', limit)))).toMatchObject({ orderMayExist: false });
    const small = await failureOf(account.place(entryOf('small', { quantity: 0.06 })));
    expect(small).toMatchObject({ code: 'BELOW_MINIMUM', orderMayExist: false });
    const [{ instrument }] = await market.instruments();
    expect(instrument).toMatchObject({ tickSize: 1, lotSize: 0.01, minQuantity: 0.01, minNotional: 10 });
    await account.place(entryOf('rounded', { quantity: 0.12 }));
    await account.place(entryOf('rounded-price', { ...limit, price: 95 }));
    expect((await quantities(account))[0][1]).toBeCloseTo(0.24, 9);
  });

  test('row 40: less leverage than before is refused, and the tiers say how much there is', async () => {
    await using venue = await scriptedVenue({ venue: name });
    const { account, market } = venue.connection;
    await account.setLeverage(SYMBOL, 10);
    await account.place(entryOf('entry'));
    await venue.strike({ fault: 40, kind: 'leverage', leverage: 2 });
    expect((await market.instruments())[0].instrument.tiers.map(({ maxLeverage }) => maxLeverage)).toEqual([2, 2, 2]);
    expect(await failureOf(account.setLeverage(SYMBOL, 10))).toMatchObject({ code: 'LEVERAGE_REFUSED' });
    const [held] = await account.positions();
    if (name === 'bybit') expect(held.leverage).toBe(2);
    await account.setLeverage(SYMBOL, 2);
  });

  test('row 42: to set what is set already is no failure', async () => {
    await using venue = await scriptedVenue({ venue: name });
    const { account } = venue.connection;
    const setAll = async (marginMode: 'isolated' | 'cross', leverage: number): Promise<void> => {
      await account.setLeverage(SYMBOL, leverage);
      await account.setMarginMode(marginMode, SYMBOL);
      await account.setPositionMode('one-way');
    };
    await setAll('isolated', 3);
    await setAll('isolated', 3);
    await venue.strike({ fault: 42, count: 3 });
    await setAll('cross', 4);
    expect(venue.exchange.position(SYMBOL).leverage).toBe(4);
    expect(venue.exchange.account().marginMode).toBe('cross');
    expect(venue.faults.log()).toHaveLength(3);
  });
});

describe('settings that changed', () => {
  test('row 40: a position that may only be reduced says so', async () => {
    await using venue = await scriptedVenue();
    const { account } = venue.connection;
    await account.place(entryOf('entry'));
    expect((await account.positions())[0].reduceOnly).toBe(false);
    await venue.strike({ fault: 40 });
    expect((await account.positions())[0].reduceOnly).toBe(true);
    const failure = await failureOf(account.place(entryOf('more')));
    expect(failure).toMatchObject({ retryable: false, orderMayExist: false });
    await account.place(entryOf('exit', { side: 'sell', reduceOnly: true }));
    expect(await account.positions()).toEqual([]);
  });

  test('row 41: leverage and margin mode that a person set are seen, and can be set back when flat', async () => {
    await using venue = await scriptedVenue();
    const { account } = venue.connection;
    const heard = await venue.hear(ACCOUNT_TOPICS);
    await account.place(entryOf('entry'));
    await venue.strike({ fault: 41, leverage: 3 });
    expect((await account.positions())[0].leverage).toBe(3);
    await until(() => heard.of('position').at(-1)?.position?.leverage === 3);
    await account.place(entryOf('exit', { side: 'sell', reduceOnly: true }));
    await venue.strike({ fault: 41, kind: 'margin-mode' });
    expect((await account.modes()).marginMode).toBe('cross');
    await account.setMarginMode('isolated', SYMBOL);
    expect((await account.modes()).marginMode).toBe('isolated');
    // Not while something is held.
    await account.place(entryOf('entry-2'));
    expect(await failureOf(account.setMarginMode('cross', SYMBOL))).toMatchObject({ code: 'MODE_LOCKED' });
  });

  test.each(['bybit', 'binance'] as const)('row 41: hedge mode refuses every order by name, at %s', async (name) => {
    await using venue = await scriptedVenue({ venue: name, exchange: exchangeOver(CALM) });
    const { account } = venue.connection;
    await venue.strike({ fault: 41, kind: 'position-mode' });
    const failure = await failureOf(account.place(entryOf('entry')));
    expect(failure).toMatchObject({ code: 'MODE_MISMATCH', retryable: false, orderMayExist: false });
    await account.setPositionMode('one-way');
    await account.place(entryOf('entry-2'));
    expect(await quantities(account)).toEqual([[SYMBOL, 1]]);
  });
});

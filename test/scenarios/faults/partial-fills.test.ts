// Rows 25 and 26: what does the connector tell of orders that fill part by part, in part only, or not at all?
import { describe, expect, test } from 'vitest';
import { START, SYMBOL } from '../simulated-market.ts';
import { ACCOUNT_TOPICS, entryOf, scriptedVenue, until, type HeardStream } from './scripted-venue.ts';

const since = { symbol: SYMBOL, from: START };

const newestPosition = (heard: HeardStream) => heard.of('position').at(-1)?.position;

describe.each(['bybit', 'binance'] as const)('at %s', (name) => {
  test('row 25: an order that fills in parts is told part by part, and sums up', async () => {
    await using venue = await scriptedVenue({ venue: name });
    const { account } = venue.connection;
    const heard = await venue.hear(ACCOUNT_TOPICS);
    await venue.strike({ fault: 25, request: 1, parts: 4 });
    await account.place(entryOf('entry'));
    await until(() => heard.of('execution').length === 4 && newestPosition(heard)?.quantity === 1);
    await until(() => heard.of('order').at(-1)?.order.state === 'filled');
    expect(heard.of('execution').map(({ execution }) => execution.quantity)).toEqual([0.25, 0.25, 0.25, 0.25]);
    const filled = heard.of('order').map(({ order }) => order.filledQuantity);
    expect(filled).toEqual(filled.toSorted((a, b) => a - b));
    expect(heard.of('order').some(({ order }) => order.state === 'partly-filled')).toBe(true);
    expect(await account.executions(since)).toHaveLength(4);
  });

  test.each([0.4, 0])(
    'row 26: an order of which the book gives %d is cancelled, with what it filled',
    async (share) => {
      await using venue = await scriptedVenue({ venue: name });
      const { account } = venue.connection;
      const heard = await venue.hear(ACCOUNT_TOPICS);
      await venue.strike({ fault: 26, share, for: '1h' });
      await account.place(entryOf('entry'));
      const found = await account.findOrder({ symbol: SYMBOL, clientOrderId: 'entry' });
      expect(found).toMatchObject({ state: 'cancelled', quantity: 1, filledQuantity: share });
      await until(() => heard.of('order').at(-1)?.order.state === 'cancelled');
      expect(heard.of('order').at(-1)?.order.filledQuantity).toBe(share);
      expect((await account.positions()).map(({ quantity }) => quantity)).toEqual(share > 0 ? [share] : []);
    },
  );
});

test('a trade at Binance that neither cost nor earned anything is found where its symbol is named', async () => {
  await using venue = await scriptedVenue({ venue: 'binance' });
  const { account } = venue.connection;
  await account.place(entryOf('entry'));
  expect(await account.executions({ from: START })).toEqual([]);
  expect(await account.executions({ from: START, surely: [SYMBOL] })).toMatchObject([{ clientOrderId: 'entry' }]);
});

// What does the connector do for an account? The whole life of orders and positions, at both venues in the same words.
import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../../../src/domain/time.ts';
import { atomsToNumber } from '../../../src/domain/money.ts';
import type { OrderRequest, VenueExecution } from '../../../src/ports/venue-account.ts';
import type { VenueName } from '../../../src/ports/venue-connection.ts';
import { START } from '../simulated-market.ts';
import { openVenue, type LocalVenue } from './local-venue.ts';

const venues: readonly VenueName[] = ['bybit', 'binance'];

const buy = (clientOrderId: string, more: Partial<OrderRequest> = {}): OrderRequest => ({
  clientOrderId,
  symbol: 'AAAUSDT',
  side: 'buy',
  quantity: 1,
  reduceOnly: false,
  type: 'market',
  safety: false,
  ...more,
});

const sumOf = (executions: readonly VenueExecution[]): number => executions.reduce((sum, { fee }) => sum + fee, 0);

/** The account over the connection against what the exchange itself knows. */
async function compare(local: LocalVenue): Promise<void> {
  const { account } = local.connection;
  const wallet = local.exchange.wallet();
  const balance = await account.balance();
  expect(balance.wallet).toBe(atomsToNumber(wallet.wallet));
  const executions = await account.executions({ from: START - HOUR_MS });
  const known = local.exchange.executions({});
  expect(
    executions.map(({ kind, quantity, price }) => [
      kind,
      kind === 'funding' ? 0 : quantity,
      kind === 'funding' ? 0 : price,
    ]),
  ).toEqual(
    known.map(({ kind, quantity, price }) => {
      const name = kind === 'settlement' ? 'delisting' : kind;
      return [name, kind === 'funding' ? 0 : quantity, kind === 'funding' ? 0 : price];
    }),
  );
  expect(sumOf(executions)).toBeCloseTo(
    known.reduce((sum, { fee }) => sum + atomsToNumber(fee), 0),
    9,
  );
  const held = await account.positions();
  expect(new Map(held.map(({ symbol, quantity }) => [symbol, quantity]))).toEqual(
    new Map(local.exchange.positions().flatMap(({ symbol, quantity }) => (quantity === 0 ? [] : [[symbol, quantity]]))),
  );
}

describe.each(venues)('%s', (venue) => {
  test('entry with stop and target, funding, and the stop that ends it', async () => {
    await using local = await openVenue({ venue });
    const { account } = local.connection;
    await local.running.advance(START + HOUR_MS);
    const ack = await account.place(
      buy('entry', { protection: { stopPrice: 95, targetPrice: 130, triggerBy: 'mark' } }),
    );
    expect(ack.protection).toBe(venue === 'bybit' ? 'attached' : 'placed');
    await local.running.advance(START + 9 * HOUR_MS);
    const [position] = await account.positions();
    expect(position).toMatchObject({ symbol: 'AAAUSDT', quantity: 1, leverage: 5, stopPrice: 95, targetPrice: 130 });
    const open = await account.openOrders('AAAUSDT');
    expect(
      open
        .map(({ origin, state, conditional, closesPosition, parentClientOrderId }) => ({
          origin,
          state,
          conditional,
          closesPosition,
          parentClientOrderId,
        }))
        .toSorted((a, b) => a.origin.localeCompare(b.origin)),
    ).toEqual(
      ['stop', 'target'].map((origin) => ({
        origin,
        state: 'untriggered',
        conditional: true,
        closesPosition: true,
        parentClientOrderId: 'entry',
      })),
    );
    await compare(local);
    // In the twelfth hour the price falls through the stop.
    await local.running.advance(START + 13 * HOUR_MS);
    expect(await account.positions()).toEqual([]);
    expect(await account.openOrders()).toEqual([]);
    const executions = await account.executions({ from: START });
    expect(executions.map(({ kind, origin, side }) => [kind, origin, side])).toEqual([
      ['trade', 'client', 'buy'],
      ['funding', 'client', undefined],
      ['trade', 'stop', 'sell'],
    ]);
    expect(executions[1]).toMatchObject({ rate: 0.0003, liquidity: undefined });
    expect(executions[1].fee).toBeGreaterThan(0);
    await compare(local);
  });

  test('liquidation, auto-deleveraging, delisting and trades by hand are executions like any other', async () => {
    await using local = await openVenue({ venue });
    const { account } = local.connection;
    await account.setLeverage('CCCUSDT', 20);
    await account.place(buy('liquidated', { symbol: 'CCCUSDT' }));
    await account.place(buy('deleveraged', { symbol: 'AAAUSDT', quantity: 2 }));
    await account.place(buy('settled', { symbol: 'DDDUSDT', quantity: 5 }));
    await local.running.advance(START + 2 * HOUR_MS);
    local.exchange.fate.deleverage('AAAUSDT', 1);
    local.exchange.fate.tradeByHand('BBBUSDT', 'sell', 3);
    local.exchange.fate.delist('DDDUSDT', START + 6 * HOUR_MS);
    await local.running.advance(START + 12 * HOUR_MS);
    const executions = await account.executions({ from: START });
    const kinds = new Map(
      executions.filter(({ kind }) => kind !== 'funding').map((each) => [`${each.symbol} ${each.kind}`, each]),
    );
    expect(kinds.get('CCCUSDT liquidation')).toMatchObject({ origin: 'liquidation', side: 'sell' });
    expect(kinds.get('AAAUSDT deleverage')).toMatchObject({ origin: 'deleverage', side: 'sell', quantity: 1 });
    expect(kinds.get('DDDUSDT delisting')).toMatchObject({ origin: 'delisting', side: 'sell', quantity: 5 });
    expect(kinds.get('BBBUSDT trade')).toMatchObject({ origin: 'client', side: 'sell', quantity: 3 });
    expect(new Set(executions.map(({ executionId }) => executionId)).size).toBe(executions.length);
    await compare(local);
  });

  test('executions older than one window of the venue are found', async () => {
    await using local = await openVenue({ venue, exchange: { from: START } });
    const { account } = local.connection;
    await account.place(buy('old'));
    await local.running.advance(START + 47 * HOUR_MS);
    const from = START - 40 * 24 * HOUR_MS;
    const executions = await account.executions({ from });
    expect(executions.filter(({ kind }) => kind === 'trade')).toHaveLength(1);
    expect(await account.executions({ from, until: START - 1 })).toEqual([]);
    expect(await account.executions({ from, symbol: 'BBBUSDT' })).toEqual([]);
  });

  test('a limit order rests, is found, cancelled, and is final then', async () => {
    await using local = await openVenue({ venue });
    const { account } = local.connection;
    const name = { symbol: 'AAAUSDT', clientOrderId: 'resting' };
    await account.place(buy('resting', { type: 'limit', price: 90, timeInForce: 'post-only' }));
    expect(await account.findOrder(name)).toMatchObject({
      state: 'new',
      type: 'limit',
      price: 90,
      quantity: 1,
      conditional: false,
    });
    await account.cancel(name);
    const ended = await account.findOrder(name);
    expect(ended).toMatchObject({ state: 'cancelled', filledQuantity: 0 });
    await expect(account.cancel(name)).rejects.toMatchObject({
      code: expect.stringMatching(/^ORDER_(NOT_FOUND|FINAL)$/),
      orderMayExist: false,
    });
  });

  test.each([
    ['above the market', 'buy', 110],
    ['below the market', 'buy', 95],
    ['below the market', 'sell', 95],
    ['above the market', 'sell', 110],
  ] as const)('a conditional order %s to %s waits on the right side', async (_where, side, triggerPrice) => {
    await using local = await openVenue({ venue });
    const { account } = local.connection;
    await account.place(buy('waits', { side, triggerPrice, triggerBy: 'last' }));
    const found = await account.findOrder({ symbol: 'AAAUSDT', clientOrderId: 'waits' });
    expect(found).toMatchObject({
      state: 'untriggered',
      conditional: true,
      triggerPrice,
      side,
      clientOrderId: 'waits',
    });
    expect(local.exchange.openOrders({})[0].triggerDirection).toBe(triggerPrice > 100 ? 'up' : 'down');
    await account.cancel({ symbol: 'AAAUSDT', clientOrderId: 'waits' });
    expect(await account.openOrders()).toEqual([]);
  });

  test('a conditional order that was triggered is found by its own name, with what was filled', async () => {
    await using local = await openVenue({ venue });
    const { account } = local.connection;
    await account.place(buy('waits', { side: 'sell', triggerPrice: 95, triggerBy: 'last' }));
    await local.running.advance(START + 13 * HOUR_MS);
    const found = await account.findOrder({ symbol: 'AAAUSDT', clientOrderId: 'waits' });
    expect(found).toMatchObject({ state: 'filled', filledQuantity: 1, side: 'sell', clientOrderId: 'waits' });
  });

  test('protection is moved and taken away', async () => {
    await using local = await openVenue({ venue });
    const { account } = local.connection;
    await expect(account.protect('AAAUSDT', { stopPrice: 90 })).rejects.toMatchObject({ code: 'REDUCE_ONLY_REFUSED' });
    await local.running.advance(START + HOUR_MS);
    await account.place(buy('entry', { protection: { stopPrice: 95, targetPrice: 130 } }));
    await local.running.advance(START + 2 * HOUR_MS);
    const rests = async () => {
      const [{ stopPrice, targetPrice }] = await account.positions();
      return [stopPrice, targetPrice];
    };
    expect(await rests()).toEqual([95, 130]);
    await account.protect('AAAUSDT', { stopPrice: 96 });
    expect(await rests()).toEqual([96, 130]);
    await account.protect('AAAUSDT', { stopPrice: 96, targetPrice: 'none' });
    expect(await rests()).toEqual([96, undefined]);
    await account.protect('AAAUSDT', { stopPrice: 96 });
    // On the wrong side of the market it is refused, and what was there stays.
    await expect(account.protect('AAAUSDT', { stopPrice: 120 })).rejects.toMatchObject({ orderMayExist: false });
    expect(await rests()).toEqual([96, undefined]);
    await account.cancelAll('AAAUSDT');
    expect(await account.openOrders('AAAUSDT')).toEqual([]);
  });

  test('what is so already is no failure', async () => {
    await using local = await openVenue({ venue });
    const { account } = local.connection;
    for (let round = 0; round < 2; round += 1) {
      await account.setLeverage('AAAUSDT', 7);
      await account.setMarginMode('cross', 'AAAUSDT');
      await account.setPositionMode('one-way');
    }
    expect(local.exchange.position('AAAUSDT').leverage).toBe(7);
    expect(local.exchange.account()).toEqual({ marginMode: 'cross', positionMode: 'one-way' });
    await account.place(buy('held'));
    await local.running.advance(START + HOUR_MS);
    expect(await account.modes()).toEqual({ marginMode: 'cross', positionMode: 'one-way' });
    await expect(account.setPositionMode('hedge')).rejects.toMatchObject({ retryable: false, orderMayExist: false });
  });

  test.each([
    ['more than there is money for', { quantity: 900 }, 'MARGIN_INSUFFICIENT'],
    ['nothing to reduce', { reduceOnly: true }, 'REDUCE_ONLY_REFUSED'],
    ['a price off the tick', { type: 'limit', price: 90.05 }, 'OFF_GRID'],
    ['a quantity off the lot', { quantity: 1.0005 }, 'OFF_GRID'],
    ['too little', { quantity: 0.01 }, 'BELOW_MINIMUM'],
    ['an unknown symbol', { symbol: 'NOSUCHUSDT' }, 'SYMBOL_UNKNOWN'],
    ['a bad name', { clientOrderId: 'has a space' }, 'PARAMETER_REFUSED'],
    ['a name that is too long', { clientOrderId: 'x'.repeat(37) }, 'PARAMETER_REFUSED'],
    ['no quantity', { quantity: 0 }, 'PARAMETER_REFUSED'],
    ['no number', { quantity: NaN }, 'PARAMETER_REFUSED'],
    ['a limit without a price', { type: 'limit' }, 'PARAMETER_REFUSED'],
    ['a reduction with a stop', { reduceOnly: true, protection: { stopPrice: 90 } }, 'UNSUPPORTED'],
  ] as const)('%s', async (_name, more, code) => {
    await using local = await openVenue({ venue });
    const refused = local.connection.account.place(buy('refused', more));
    await expect(refused).rejects.toMatchObject({ code, retryable: false, orderMayExist: false });
    expect(local.exchange.openOrders({})).toEqual([]);
  });

  test('a leverage that the venue does not allow', async () => {
    await using local = await openVenue({ venue });
    await expect(local.connection.account.setLeverage('AAAUSDT', 99)).rejects.toMatchObject({
      code: 'LEVERAGE_REFUSED',
    });
  });

  test('an account in hedge mode says so, and one-way orders are refused there', async () => {
    await using local = await openVenue({ venue, exchange: { positionMode: 'hedge' } });
    await expect(local.connection.account.place(buy('x'))).rejects.toMatchObject({ code: 'MODE_MISMATCH' });
  });

  test('numbers too small to be written plainly still are', async () => {
    await using local = await openVenue({ venue });
    await expect(local.connection.account.place(buy('tiny', { quantity: 1e-7 }))).rejects.toMatchObject({
      code: expect.stringMatching(/OFF_GRID|BELOW_MINIMUM/),
    });
  });
});

describe('protection beside an entry at Binance', () => {
  test.each([
    ['refused', { kind: 'refuse', commit: false, refusal: 'server-error' }, 'failed'],
    ['lost, not carried out', { kind: 'no-reply', commit: false }, 'failed'],
    ['lost, but carried out', { kind: 'no-reply', commit: true }, 'placed'],
  ] as const)('%s: the entry stands, and its protection is known', async (_name, fate, protection) => {
    await using local = await openVenue({ venue: 'binance' });
    await local.running.advance(START + HOUR_MS);
    local.fail({ path: /algoOrder/, method: 'POST', fate });
    const ack = await local.connection.account.place(buy('entry', { protection: { stopPrice: 95 } }));
    expect(ack.protection).toBe(protection);
    expect(local.exchange.position('AAAUSDT').quantity).toBe(1);
    expect(local.exchange.position('AAAUSDT').stopPrice).toBe(protection === 'placed' ? 95 : undefined);
  });

  test('an entry that rests has nothing to protect yet, and says so', async () => {
    await using local = await openVenue({ venue: 'binance' });
    const ack = await local.connection.account.place(
      buy('entry', { type: 'limit', price: 90, protection: { stopPrice: 85 } }),
    );
    expect(ack.protection).toBe('failed');
    expect((await local.connection.account.openOrders()).map(({ clientOrderId }) => clientOrderId)).toEqual(['entry']);
  });
});

test('Bybit: an order that is in no list any more is found by its executions', async () => {
  await using local = await openVenue();
  const { account } = local.connection;
  await account.place(buy('filled'));
  await local.running.advance(START + HOUR_MS);
  const empty = { kind: 'replace', commit: true, status: 200, contentType: 'application/json' } as const;
  const body = '{"retCode":0,"retMsg":"OK","result":{"list":[],"nextPageCursor":""},"time":1}';
  local.fail({ path: /order\/(realtime|history)/, fate: { ...empty, body }, times: 2 });
  const found = await account.findOrder({ symbol: 'AAAUSDT', clientOrderId: 'filled' });
  expect(found).toMatchObject({ state: 'filled', filledQuantity: 1, side: 'buy', clientOrderId: 'filled' });
});

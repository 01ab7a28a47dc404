// Do clients of different makers see one and the same account at the simulated Bybit, and is it the true one?
import { afterEach, describe, expect, it } from 'vitest';
import { atomsText } from '../../src/exchange-simulator/venues/number-text.ts';
import type { SimulatedExchange } from '../../src/exchange-simulator/core/exchange.ts';
import { HOUR, START } from '../scenarios/simulated-market.ts';
import { bybitApiDriver } from './bybit-api-driver.ts';
import type { Driver, SeenAccount } from './bybit-driver.ts';
import { CREDENTIALS, startBybit, type SimulatedBybit } from './bybit-server.ts';
import { ccxtDriver } from './ccxt-driver.ts';

const running: SimulatedBybit[] = [];
const drivers: Driver[] = [];

afterEach(async () => {
  await Promise.all(drivers.splice(0).map((driver) => driver.close()));
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function serverWithBoth(): Promise<{ server: SimulatedBybit; both: readonly Driver[] }> {
  const server = await startBybit();
  running.push(server);
  const both = [await ccxtDriver(server, CREDENTIALS), bybitApiDriver(server, CREDENTIALS)];
  drivers.push(...both);
  return { server, both };
}

/** What is true, as far as counts and exact money go. */
function truth(exchange: SimulatedExchange) {
  const { wallet, equity, available } = exchange.wallet();
  return {
    wallet: atomsText(wallet),
    equity: atomsText(equity),
    available: atomsText(available),
    open: exchange
      .openOrders({})
      .map(({ orderId }) => orderId)
      .toSorted(),
    closed: exchange
      .closedOrders({})
      .map(({ orderId }) => orderId)
      .toSorted(),
    executions: exchange
      .executions({})
      .map(({ executionId, fee, quantity, price }) => ({ id: executionId, fee: atomsText(fee), quantity, price }))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    positions: exchange
      .positions()
      .map(({ symbol, quantity, entryPrice, unrealised, leverage }) => ({
        symbol,
        side: quantity > 0 ? 'long' : 'short',
        quantity: Math.abs(quantity),
        entryPrice,
        leverage,
        unrealised: atomsText(unrealised),
      }))
      .toSorted((a, b) => (a.symbol < b.symbol ? -1 : 1)),
  };
}

/** Both clients see the same, and it is the truth; returns what they see. */
async function agreed({ exchange, bugs }: SimulatedBybit, both: readonly Driver[]): Promise<SeenAccount> {
  const [first, second] = await Promise.all(both.map((driver) => driver.seen()));
  expect(first).toEqual(second);
  const { open, closed, ...rest } = truth(exchange);
  expect(first).toMatchObject(rest);
  expect(first.executions).toHaveLength(rest.executions.length);
  expect(first.positions).toHaveLength(rest.positions.length);
  expect(first.open.map(({ id }) => id)).toEqual(open);
  expect(first.closed.map(({ id }) => id)).toEqual(closed);
  expect(bugs).toEqual([]);
  return first;
}

/** The same script for whoever acts; at every step everybody looks. */
async function script(actor: Driver, server: SimulatedBybit, both: readonly Driver[]): Promise<SeenAccount[]> {
  const steps: SeenAccount[] = [];
  const look = async (): Promise<SeenAccount> => {
    const account = await agreed(server, both);
    steps.push(account);
    return account;
  };
  const market = { type: 'market', side: 'buy' } as const;
  await actor.setLeverage('AAAUSDT', 10);
  await expect(actor.setLeverage('AAAUSDT', 10)).rejects.toMatchObject({ code: 110_043 });
  await actor.setLeverage('CCCUSDT', 20);

  await actor.place({ ...market, symbol: 'AAAUSDT', quantity: 2, clientOrderId: 'a', stopPrice: 95, targetPrice: 120 });
  expect((await look()).open).toHaveLength(2);

  const resting = await actor.place({
    symbol: 'AAAUSDT',
    side: 'buy',
    type: 'limit',
    quantity: 1,
    price: 97,
    clientOrderId: 'b',
  });
  await look();
  await actor.amend('AAAUSDT', resting, { quantity: 0.5, price: 96.5 });
  expect((await look()).open.find(({ id }) => id === resting)).toMatchObject({ quantity: 0.5, price: 96.5 });
  await actor.cancel('AAAUSDT', resting);
  await expect(actor.cancel('AAAUSDT', resting)).rejects.toMatchObject({ code: 110_008 });
  await expect(actor.cancel('AAAUSDT', 'nobody')).rejects.toMatchObject({ code: 110_001 });
  await look();

  await actor.place({
    symbol: 'BBBUSDT',
    side: 'sell',
    type: 'market',
    quantity: 0.2,
    clientOrderId: 'c',
    triggerPrice: 40,
    triggerDirection: 'down',
  });
  expect((await look()).open.find(({ clientOrderId }) => clientOrderId === 'c')).toMatchObject({ triggerPrice: 40 });
  await actor.cancelAll('BBBUSDT');
  await look();

  await actor.place({ ...market, symbol: 'BBBUSDT', side: 'sell', quantity: 20, clientOrderId: 'd' });
  await actor.place({ ...market, symbol: 'CCCUSDT', quantity: 5, clientOrderId: 'e' });
  await actor.place({ ...market, symbol: 'DDDUSDT', quantity: 30, clientOrderId: 'f' });
  await expect(actor.setStop('BBBUSDT', 60)).rejects.toMatchObject({ code: 10_001 });
  await actor.setStop('BBBUSDT', 55);
  expect((await look()).positions).toHaveLength(4);

  await server.advance(START + 8 * HOUR);
  expect((await look()).executions.filter(({ kind }) => kind === 'Funding')).toHaveLength(4);

  await server.advance(START + 10 * HOUR);
  const liquidated = await look();
  expect(liquidated.executions.filter(({ kind }) => kind === 'BustTrade')).toHaveLength(1);

  server.exchange.fate.deleverage('BBBUSDT', 5);
  server.exchange.fate.delist('DDDUSDT', START + 14 * HOUR);
  expect((await look()).executions.filter(({ kind }) => kind === 'AdlTrade')).toHaveLength(1);

  await server.advance(START + 12 * HOUR);
  expect((await look()).positions.map(({ symbol }) => symbol)).toEqual(['BBBUSDT', 'DDDUSDT']);

  await server.advance(START + 15 * HOUR);
  const settled = await look();
  expect(settled.executions.filter(({ kind }) => kind === 'Delivery')).toHaveLength(1);

  await actor.place({ ...market, symbol: 'BBBUSDT', quantity: 15, clientOrderId: 'g', reduceOnly: true });
  const end = await look();
  expect(end).toMatchObject({ positions: [], open: [] });
  expect(end.wallet).toBe(end.equity);
  return steps;
}

describe('both clients do the same and see the same account', () => {
  it('whoever of them acts, and the two accounts are one to the last digit', async () => {
    const histories = [];
    for (const index of [0, 1]) {
      const { server, both } = await serverWithBoth();
      histories.push(await script(both[index], server, both));
    }
    expect(histories[0]).toEqual(histories[1]);
  });
});

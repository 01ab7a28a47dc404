// Does ccxt see the true account at the simulated Binance, and does a client of a few lines see the same?
import { afterEach, describe, expect, it } from 'vitest';
import type { Atoms } from '../../src/domain/money.ts';
import { HOUR, START } from '../scenarios/simulated-market.ts';
import { atomsOf, ccxtBinance, rawBinance, startBinance, unified, type SimulatedBinance } from './binance-server.ts';
import { CREDENTIALS } from './bybit-server.ts';

const KEYS = { apiKey: CREDENTIALS.key, secret: CREDENTIALS.secret };
const AAA = unified('AAAUSDT');
const BBB = unified('BBBUSDT');
const CCC = unified('CCCUSDT');
const DDD = unified('DDDUSDT');

const running: SimulatedBinance[] = [];
const clients: any[] = [];

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()));
  await Promise.all(running.splice(0).map((server) => server.close()));
});

async function serverAndClient(more: Parameters<typeof startBinance>[0] = {}, options: object = {}) {
  const server = await startBinance(more);
  running.push(server);
  const client = await ccxtBinance(server, KEYS, options);
  clients.push(client);
  return { server, client, raw: rawBinance(server, CREDENTIALS) };
}

/** ccxt's class of what went wrong; undefined: nothing did. */
const nameOfFailure = (attempt: Promise<unknown>): Promise<string | undefined> =>
  attempt.then(
    () => undefined,
    (error: unknown) => (error as Error).constructor.name,
  );

const numbers = (text: string | undefined): number => Number(text ?? NaN);

/** The account through ccxt, through the raw client, and as it is: all one, to the last digit. */
async function agreed(server: SimulatedBinance, client: any, raw: ReturnType<typeof rawBinance>): Promise<void> {
  const { exchange, bugs } = server;
  const { wallet, equity, available, unrealised } = exchange.wallet();
  const balance = await client.fetchBalance();
  const account = await raw('GET', '/fapi/v2/account');
  for (const seen of [balance.info, account]) {
    expect(atomsOf(seen.totalWalletBalance)).toBe(wallet);
    expect(atomsOf(seen.totalMarginBalance)).toBe(equity);
    expect(atomsOf(seen.availableBalance)).toBe(available);
    expect(atomsOf(seen.totalUnrealizedProfit)).toBe(unrealised);
  }
  expect(balance.USDT.total).toBe(Number(balance.info.totalMarginBalance));
  expect(balance.USDT.free).toBe(Number(balance.info.availableBalance));

  const held = exchange.positions();
  const positions: any[] = await client.fetchPositions();
  const rows: any[] = (await raw('GET', '/fapi/v2/positionRisk')).filter((row: any) => Number(row.positionAmt) !== 0);
  expect(
    positions
      .filter(({ contracts }) => contracts > 0)
      .map(({ info }): string => info.symbol)
      .toSorted((a, b) => (a < b ? -1 : 1)),
  ).toEqual(held.map(({ symbol }) => symbol));
  for (const position of held) {
    const seen = positions.find(({ info }) => info.symbol === position.symbol);
    const row = rows.find(({ symbol }) => symbol === position.symbol);
    expect(seen).toMatchObject({
      side: position.quantity > 0 ? 'long' : 'short',
      contracts: Math.abs(position.quantity),
      entryPrice: position.entryPrice,
      markPrice: position.markPrice,
      liquidationPrice: position.liquidationPrice,
    });
    expect(numbers(row.positionAmt)).toBe(position.quantity);
    expect(numbers(row.leverage)).toBe(position.leverage);
    for (const each of [seen.info, row]) expect(atomsOf(each.unRealizedProfit)).toBe(position.unrealised);
  }

  const open: any[] = [
    ...(await client.fetchOpenOrders()),
    ...(await client.fetchOpenOrders(undefined, undefined, undefined, { trigger: true })),
  ];
  const rawOpen: any[] = [
    ...(await raw('GET', '/fapi/v1/openOrders')),
    ...(await raw('GET', '/fapi/v1/openAlgoOrders')),
  ];
  expect(open.map(({ clientOrderId }) => clientOrderId)).toEqual(
    rawOpen.map((row) => row.clientOrderId ?? row.clientAlgoId),
  );
  expect(open).toHaveLength(exchange.openOrders({}).length);

  const incomes: any[] = await raw('GET', '/fapi/v1/income', { limit: 1000 });
  const sum = incomes.reduce((total: Atoms, { income }) => total + atomsOf(income), 0n);
  expect(sum).toBe(wallet - exchange.ledger.start);
  expect(bugs).toEqual([]);
}

describe('the market through ccxt', () => {
  it('has the rules of the contracts', async () => {
    const { server, client } = await serverAndClient();
    const market = client.market(AAA);
    const { instrument, maxLimitQuantity } = server.exchange.contract('AAAUSDT') ?? expect.fail('not listed');
    expect(market).toMatchObject({
      id: 'AAAUSDT',
      active: true,
      linear: true,
      precision: { price: instrument.tickSize, amount: instrument.lotSize },
      limits: { amount: { min: instrument.minQuantity, max: maxLimitQuantity }, cost: { min: instrument.minNotional } },
    });
    const tiers = (await client.fetchLeverageTiers())[AAA];
    expect(tiers.map((tier: any) => [tier.maintenanceMarginRate, tier.maxLeverage])).toEqual(
      instrument.tiers.map(({ maintenanceRate, maxLeverage }) => [maintenanceRate, maxLeverage]),
    );
  });

  it('has candles that page forward, tickers, funding and fees', async () => {
    const { server, client } = await serverAndClient();
    await server.advance(START + 20 * HOUR);
    const candles: number[][] = [];
    for (let since = START; ; since = candles[candles.length - 1][0] + HOUR) {
      const page = await client.fetchOHLCV(AAA, '1h', since, 7);
      if (page.length === 0) break;
      candles.push(...page);
    }
    const served = server.exchange.candles({
      symbol: 'AAAUSDT',
      intervalMs: HOUR,
      from: START,
      until: START + 20 * HOUR,
      price: 'last',
    });
    expect(candles).toEqual(
      served.map(({ openTime, open, high, low, close, volume }) => [openTime, open, high, low, close, volume]),
    );
    expect(await client.fetchOHLCV(AAA, '1h', START, 2, { price: 'mark' })).toHaveLength(2);
    expect((await client.fetchTicker(AAA)).last).toBe(server.exchange.quote('AAAUSDT').last);
    expect(Object.keys(await client.fetchTickers())).toHaveLength(4);
    const stamps = await client.fetchFundingRateHistory(AAA, START, 10);
    expect(stamps.map(({ timestamp, fundingRate }: any) => [(timestamp - START) / HOUR, fundingRate])).toEqual([
      [0, 0.0003],
      [8, 0.0003],
      [16, 0.0003],
    ]);
    const rate = await client.fetchFundingRate(AAA);
    expect(rate).toMatchObject({ fundingRate: 0.0003, fundingTimestamp: START + 24 * HOUR });
    expect(await client.fetchTradingFee(AAA)).toMatchObject({ taker: 0.0005, maker: 0.0002 });
  });
});

describe('an account through ccxt', () => {
  it('is the true one at every step of a busy day, and the same to a client of a few lines', async () => {
    const { server, client, raw } = await serverAndClient();
    const look = (): Promise<void> => agreed(server, client, raw);
    await client.setLeverage(10, AAA);
    await client.setLeverage(20, CCC);
    expect((await client.fetchLeverages())[AAA].longLeverage).toBe(10);

    const entry = await client.createOrder(AAA, 'market', 'buy', 2, undefined, { clientOrderId: 'a' });
    expect(entry).toMatchObject({ clientOrderId: 'a', status: 'closed', filled: 2, side: 'buy' });
    await client.createOrder(AAA, 'market', 'sell', undefined, undefined, {
      stopLossPrice: 95,
      closePosition: true,
      clientOrderId: 'a-stop',
    });
    await client.createOrder(AAA, 'market', 'sell', undefined, undefined, {
      takeProfitPrice: 120,
      closePosition: true,
      clientOrderId: 'a-target',
    });
    await look();

    const resting = await client.createOrder(AAA, 'limit', 'buy', 1, 97, { clientOrderId: 'b', postOnly: true });
    expect(resting).toMatchObject({ status: 'open', postOnly: true, price: 97 });
    await look();
    await client.editOrder(resting.id, AAA, 'limit', 'buy', 0.5, 96.5);
    expect(await client.fetchOrder(resting.id, AAA)).toMatchObject({ amount: 0.5, price: 96.5, status: 'open' });
    expect(await client.cancelOrder(resting.id, AAA)).toMatchObject({ status: 'canceled' });
    expect(await client.fetchOrder('', AAA, { clientOrderId: 'b' })).toMatchObject({
      id: resting.id,
      status: 'canceled',
    });

    await client.createOrder(BBB, 'market', 'sell', 0.2, undefined, { triggerPrice: 40, clientOrderId: 'c' });
    await look();
    await client.cancelAllOrders(BBB);
    expect(await client.fetchOpenOrders(BBB, undefined, undefined, { trigger: true })).toHaveLength(1);
    await client.cancelAllOrders(BBB, { trigger: true });
    await look();

    await client.createOrder(BBB, 'market', 'sell', 20, undefined, { clientOrderId: 'd' });
    await client.createOrder(CCC, 'market', 'buy', 5, undefined, { clientOrderId: 'e' });
    await client.createOrder(DDD, 'market', 'buy', 30, undefined, { clientOrderId: 'f' });
    await look();
    await server.advance(START + 8 * HOUR);
    expect(await client.fetchFundingHistory(BBB)).toMatchObject([{ symbol: BBB, code: 'USDT' }]);
    await look();
    await server.advance(START + 10 * HOUR);
    expect(await client.fetchMyLiquidations(CCC)).toHaveLength(1);
    await look();
    server.exchange.fate.deleverage('BBBUSDT', 5);
    server.exchange.fate.delist('DDDUSDT', START + 14 * HOUR);
    await look();
    // The stop is met in the twelfth hour; the target goes with it.
    await server.advance(START + 12 * HOUR);
    await look();
    expect(await client.fetchOrder('', AAA, { trigger: true, clientAlgoId: 'a-stop' })).toMatchObject({
      status: 'closed',
    });
    expect(await client.fetchOrder('', AAA, { trigger: true, clientAlgoId: 'a-target' })).toMatchObject({
      status: 'expired',
    });
    await server.advance(START + 15 * HOUR);
    await look();
    await client.createOrder(BBB, 'market', 'buy', 15, undefined, { reduceOnly: true, clientOrderId: 'g' });
    await look();
    expect(server.exchange.positions()).toEqual([]);

    const trades = await client.fetchMyTrades(BBB);
    expect(trades.map(({ side, amount }: any) => [side, amount])).toEqual([
      ['sell', 20],
      ['buy', 5],
      ['buy', 15],
    ]);
    const paid = server.exchange.executions({ symbol: 'BBBUSDT' }).filter(({ kind }) => kind !== 'funding');
    expect(trades.map(({ info }: any) => atomsOf(info.commission))).toEqual(paid.map(({ fee }) => fee));
    expect((await client.fetchClosedOrders(BBB)).map(({ clientOrderId }: any) => clientOrderId)).toEqual([
      'd',
      'adl_autoclose',
      'g',
    ]);
  });

  it('changes its modes', async () => {
    const { client } = await serverAndClient();
    await client.setMarginMode('cross', AAA);
    expect(await nameOfFailure(client.setMarginMode('cross', BBB))).toBe('MarginModeAlreadySet');
    expect((await client.fetchMarginModes())[BBB].marginMode).toBe('cross');
    expect(await client.fetchPositionMode()).toMatchObject({ hedged: false });
    await expect(client.setPositionMode(false)).rejects.toThrow('-4059');
  });
});

const order = (client: any, more: object = {}, amount = 1, price?: number) =>
  client.createOrder(AAA, price === undefined ? 'market' : 'limit', 'buy', amount, price, more);

describe('what ccxt makes of refusals', () => {
  it.each<[string, (client: any) => Promise<unknown>]>([
    ['InsufficientFunds', (client) => order(client, {}, 900)],
    ['InvalidOrder', (client) => order(client, {}, 0.001)],
    ['InvalidOrder', (client) => order(client, { reduceOnly: true })],
    [
      'OrderImmediatelyFillable',
      (client) => client.createOrder(AAA, 'market', 'sell', 1, undefined, { stopLossPrice: 105 }),
    ],
    ['OrderNotFillable', (client) => order(client, { postOnly: true }, 1, 101)],
    ['OrderNotFound', (client) => client.cancelOrder('12345', AAA)],
    ['OrderNotFound', (client) => client.fetchOrder('12345', AAA)],
    ['BadRequest', (client) => client.setLeverage(125, AAA)],
    ['BadSymbol', (client) => client.fapiPublicGetKlines({ symbol: 'NOBODYUSDT', interval: '1h' })],
    ['BadRequest', (client) => client.fapiPublicGetKlines({ symbol: 'AAAUSDT', interval: '9h' })],
  ])('%s', async (name, act) => {
    const { client } = await serverAndClient();
    expect(await nameOfFailure(act(client))).toBe(name);
  });

  it('of a name that is taken, of keys and clocks', async () => {
    const { server, client } = await serverAndClient();
    await order(client, { clientOrderId: 'once' });
    await expect(order(client, { clientOrderId: 'once' })).rejects.toThrow('-4116');
    const stranger = await ccxtBinance(server, { ...KEYS, apiKey: 'stranger' });
    expect(await nameOfFailure(stranger.fetchBalance())).toBe('AuthenticationError');
    const forger = await ccxtBinance(server, { ...KEYS, secret: 'forged' });
    await expect(forger.fetchBalance()).rejects.toThrow('-1022');
    const late = await ccxtBinance(server, KEYS);
    late.nonce = () => Date.now() - 60_000;
    expect(await nameOfFailure(late.fetchBalance())).toBe('InvalidNonce');
  });

  it('of too many requests', async () => {
    const { client } = await serverAndClient({ server: { limits: true } });
    const refusals: string[] = [];
    for (let count = 0; count < 90; count += 1) {
      await client
        .fapiPrivateGetIncome()
        .catch((error: Error) => refusals.push(`${error.constructor.name} ${error.message}`));
    }
    expect(refusals[0]).toContain('DDoSProtection binanceusdm 429');
    // The rest of the weight of a minute was used up; one request was of another weight.
    expect(refusals.length).toBeGreaterThanOrEqual(10);
    expect(
      Number(
        client.last_response_headers['X-Mbx-Used-Weight-1m'] ?? client.last_response_headers['x-mbx-used-weight-1m'],
      ),
    ).toBeLessThanOrEqual(2400);
  });
});

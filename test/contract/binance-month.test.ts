// Does the same month at the simulated Binance leave the account that the exchange keeps and research computes?
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSystemClock } from '../../src/adapters/system/system-clock.ts';
import { HOUR_MS } from '../../src/domain/time.ts';
import type { SimulatedExchange } from '../../src/exchange-simulator/core/exchange.ts';
import { atomsText } from '../../src/exchange-simulator/venues/number-text.ts';
import { exchangeOf, linesOf, researchRun } from '../scenarios/exchange-simulator/both-venues.ts';
import { atomsOf, ccxtBinance, serveBinance, type SimulatedBinance } from './binance-server.ts';
import { CREDENTIALS } from './bybit-server.ts';
import { DEPOSIT, found, HOURS, MonthBot, monthOf, passMonth, SYMBOLS, type VenueHands } from './month-bot.ts';

/** Stop and target are two orders that close the position, put up once it is there. */
const handsAt = (client: any): VenueHands => ({
  client,
  heldOf: ({ info }) => Number(info.positionAmt),
  orderParams: (reduceOnly) => (reduceOnly ? { reduceOnly } : {}),
  setLeverage: (market, leverage) => client.setLeverage(leverage, market),
  fillPrice: async (orderId, market) => (await client.fetchMyTrades(market, undefined, 1, { orderId }))[0].price,
  async protect({ symbol, side, id }, { stopPrice, targetPrice }) {
    const close = { algoType: 'CONDITIONAL', symbol, side: side === 'buy' ? 'SELL' : 'BUY', closePosition: 'true' };
    await client.fapiPrivatePostAlgoOrder({
      ...close,
      type: 'STOP_MARKET',
      triggerPrice: String(stopPrice),
      clientAlgoId: `sl_${id}`,
    });
    await client.fapiPrivatePostAlgoOrder({
      ...close,
      type: 'TAKE_PROFIT_MARKET',
      triggerPrice: String(targetPrice),
      clientAlgoId: `tp_${id}`,
    });
  },
});

/** Every row of a list that a private endpoint keeps, a week at a time. */
async function everyWeek(ask: (params: object) => Promise<any[]>, from: number, until: number): Promise<any[]> {
  const rows: any[] = [];
  const week = 7 * 24 * HOUR_MS;
  for (let startTime = from; startTime <= until; startTime += week) {
    const page = await ask({ startTime, endTime: startTime + week - 1, limit: 1000 });
    expect(page.length).toBeLessThan(1000);
    rows.push(...page);
  }
  return rows;
}

describe('a month through ccxt', () => {
  const market = monthOf('month');
  const from = market.series[0].openTime[0];
  const until = from + HOURS * HOUR_MS;
  let exchange: SimulatedExchange;
  let server: SimulatedBinance;
  let client: any;
  let bot: MonthBot;

  beforeAll(async () => {
    exchange = exchangeOf(market);
    server = await serveBinance(exchange, { clock: createSystemClock() });
    client = await ccxtBinance(server, { apiKey: CREDENTIALS.key, secret: CREDENTIALS.secret });
    bot = new MonthBot(handsAt(client), market);
    await passMonth(server, bot, from);
  }, 120_000);

  afterAll(async () => {
    await client.close();
    await server.close();
  });

  it('hears every candle as it is stored', () => {
    market.series.forEach((series, index) => {
      const seen = found(bot.closes.get(SYMBOLS[index]));
      const stored = Array.from(series.close).slice(0, HOURS - 1);
      expect(stored.map((_, bar) => seen.get(series.openTime[bar]))).toEqual(stored);
    });
  });

  it('trades much, by stops and targets too, and ends flat', async () => {
    expect(bot.orders.length).toBeGreaterThan(200);
    expect(exchange.positions()).toEqual([]);
    const algos = await Promise.all(
      SYMBOLS.map((symbol) =>
        everyWeek(
          (params) => client.fapiPrivateGetAllAlgoOrders({ symbol, ...params }),
          until - 3 * 24 * HOUR_MS,
          until,
        ),
      ),
    );
    const ends = new Set(algos.flat().map(({ orderType, algoStatus }): string => `${orderType} ${algoStatus}`));
    expect(ends).toEqual(
      new Set([
        'STOP_MARKET FINISHED',
        'STOP_MARKET EXPIRED',
        'TAKE_PROFIT_MARKET FINISHED',
        'TAKE_PROFIT_MARKET EXPIRED',
      ]),
    );
    expect(await client.fapiPrivateGetOpenAlgoOrders()).toEqual([]);
  });

  it('reads the account of the ledger, to the last digit', async () => {
    const { info } = await client.fetchBalance();
    const { wallet, start, lines } = exchange.ledger;
    expect(atomsOf(info.totalWalletBalance)).toBe(wallet);
    expect(atomsOf(info.totalMarginBalance)).toBe(wallet);
    const incomes = await everyWeek((params) => client.fapiPrivateGetIncome(params), from, until);
    expect(incomes.reduce((sum, { income }) => sum + atomsOf(income), 0n)).toBe(wallet - start);
    const trades = await Promise.all(
      SYMBOLS.map((symbol) =>
        everyWeek((params) => client.fapiPrivateGetUserTrades({ symbol, ...params }), from, until),
      ),
    );
    const fills = lines.filter(({ kind }) => kind === 'fill');
    expect(trades.flat()).toHaveLength(fills.length);
    const fees = trades.flat().reduce((sum, { commission }) => sum + atomsOf(commission), 0n);
    expect(fees).toBe(fills.reduce((sum, { fee }) => sum + fee, 0n));
  });

  it('equals what research computes for the same orders', () => {
    const research = researchRun(market, bot.orders, until);
    for (const symbol of SYMBOLS) {
      expect(linesOf(exchange.ledger, symbol, until + 1)).toEqual(linesOf(research.ledger, symbol, until + 1));
    }
    expect(atomsText(research.ledger.wallet)).toBe(atomsText(exchange.ledger.wallet));
    expect(exchange.ledger.walletNumber).not.toBe(DEPOSIT);
  });
});

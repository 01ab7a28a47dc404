// Does a bot that trades a month of hours on four symbols through ccxt have the account that the exchange keeps and research computes?
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { atomsToNumber, toAtoms } from '../../src/domain/money.ts';
import { HOUR_MS } from '../../src/domain/time.ts';
import type { SimulatedExchange } from '../../src/exchange-simulator/core/exchange.ts';
import { atomsText } from '../../src/exchange-simulator/venues/number-text.ts';
import { exchangeOf, linesOf, researchRun } from '../scenarios/exchange-simulator/both-venues.ts';
import { CREDENTIALS, serveBybit, type SimulatedBybit } from './bybit-server.ts';
import { ccxtClient } from './ccxt-driver.ts';
import { DEPOSIT, found, HOURS, MonthBot, monthOf, passMonth, SYMBOLS, type VenueHands } from './month-bot.ts';

const handsAt = (client: any): VenueHands => ({
  client,
  heldOf: ({ info, side }) => Number(info.size) * (side === 'long' ? 1 : -1),
  orderParams: (reduceOnly) => ({ positionIdx: 0, ...(reduceOnly ? { reduceOnly } : {}) }),
  setLeverage: (market, leverage) => client.setLeverage(leverage, market).catch(notModified),
  fillPrice: async (id, market) => (await client.fetchOrderTrades(id, market))[0].price,
  async protect({ symbol }, { stopPrice, targetPrice }) {
    await client.privatePostV5PositionTradingStop({
      category: 'linear',
      symbol,
      positionIdx: 0,
      tpslMode: 'Full',
      stopLoss: String(stopPrice),
      takeProfit: String(targetPrice),
    });
  },
});

function notModified(error: unknown): void {
  if (!String(error).includes('110043')) throw error;
}

/** Every page of a list that a private endpoint of Bybit keeps. */
async function everyPage(ask: (params: object) => Promise<any>, from: number, until: number): Promise<any[]> {
  const rows: any[] = [];
  const week = 7 * 24 * HOUR_MS;
  for (let start = from; start <= until; start += week) {
    let cursor = '';
    do {
      const { result } = await ask({
        startTime: start,
        endTime: start + week - 1,
        ...(cursor === '' ? {} : { cursor }),
      });
      rows.push(...result.list);
      cursor = result.nextPageCursor;
    } while (cursor !== '');
  }
  return rows;
}

describe('a month through ccxt', () => {
  const market = monthOf('month');
  const from = market.series[0].openTime[0];
  const until = from + HOURS * HOUR_MS;
  let exchange: SimulatedExchange;
  let server: SimulatedBybit;
  let client: any;
  let bot: MonthBot;

  beforeAll(async () => {
    exchange = exchangeOf(market);
    server = await serveBybit(exchange);
    client = await ccxtClient(server, { apiKey: CREDENTIALS.key, secret: CREDENTIALS.secret });
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

  it('trades much, and ends flat', () => {
    expect(bot.orders.length).toBeGreaterThan(200);
    expect(exchange.positions()).toEqual([]);
    const kinds = new Set(exchange.ledger.lines.map(({ kind }) => kind));
    expect([...kinds].toSorted()).toEqual(['fill', 'funding']);
  });

  it('reads the account of the ledger, to the last digit', async () => {
    const { info } = await client.fetchBalance();
    const [account] = info.result.list;
    expect(account.totalWalletBalance).toBe(atomsText(exchange.ledger.wallet));
    expect(account.totalEquity).toBe(atomsText(exchange.ledger.wallet));
    const log = await everyPage(
      (params) => client.privateGetV5AccountTransactionLog({ limit: 50, ...params }),
      from,
      until,
    );
    expect(log.map(({ change }): string => change).toSorted()).toEqual(
      exchange.ledger.lines.map(({ amount }) => atomsText(amount)).toSorted(),
    );
    const executions = await everyPage(
      (params) => client.privateGetV5ExecutionList({ category: 'linear', limit: 100, ...params }),
      from,
      until,
    );
    expect(executions).toHaveLength(exchange.ledger.lines.length);
    const paid = executions.reduce((sum, { execFee }) => sum + toAtoms(Number(execFee)), 0n);
    const booked = exchange.ledger.lines.reduce((sum, { fee, funding }) => sum + fee + funding, 0n);
    expect(atomsText(paid)).toBe(atomsText(booked));
  });

  it('equals what research computes for the same orders', () => {
    const research = researchRun(market, bot.orders, until);
    for (const symbol of SYMBOLS) {
      expect(linesOf(exchange.ledger, symbol, until + 1)).toEqual(linesOf(research.ledger, symbol, until + 1));
    }
    expect(atomsText(research.ledger.wallet)).toBe(atomsText(exchange.ledger.wallet));
    expect(atomsToNumber(exchange.ledger.wallet)).not.toBe(DEPOSIT);
  });
});

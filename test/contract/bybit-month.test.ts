// Does a bot that trades a month of hours on four symbols through ccxt have the account that the exchange keeps and research computes?
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { markSeries } from '../../src/domain/candle-quality.ts';
import { sliceSeries } from '../../src/domain/candle.ts';
import { floorToLot } from '../../src/domain/instrument.ts';
import { atomsToNumber, toAtoms } from '../../src/domain/money.ts';
import type { OrderIntent } from '../../src/domain/order.ts';
import { protectionPrices } from '../../src/domain/protection-prices.ts';
import { createRandom } from '../../src/domain/random.ts';
import { entrySide, signOf } from '../../src/domain/side.ts';
import { HOUR_MS } from '../../src/domain/time.ts';
import type { SimulatedExchange } from '../../src/exchange-simulator/core/exchange.ts';
import { atomsText } from '../../src/exchange-simulator/venues/number-text.ts';
import { createEmbeddedMarket } from '../../src/simulation/embedded-market/create-embedded-market.ts';
import { FULL_COSTS } from '../scenarios/engine/random-backtest.ts';
import { exchangeOf, linesOf, researchRun, type SharedMarket } from '../scenarios/exchange-simulator/both-venues.ts';
import { CREDENTIALS, serveBybit, type SimulatedBybit } from './bybit-server.ts';
import { ccxtClient } from './ccxt-driver.ts';

const SYMBOLS = ['ALPHAUSDT', 'BRAVOUSDT', 'CHARLIEUSDT', 'DELTAUSDT'];
const HOURS = 720;
const DEPOSIT = 10_000_000;

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the embedded market lacks it');
  return value;
}

function monthOf(seed: string): SharedMarket {
  const market = createEmbeddedMarket({ seed, years: 1 });
  const start = 2_000;
  return {
    instruments: SYMBOLS.map((symbol) => found(market.instrument(symbol))),
    series: SYMBOLS.map((symbol) =>
      markSeries(sliceSeries(found(market.candles(symbol)), start, start + HOURS), {
        maxGapBars: 6,
        jumpFraction: 0.25,
      }),
    ),
    finer: SYMBOLS.map(() => []),
    funding: SYMBOLS.map((symbol) => market.funding(symbol)),
    costs: FULL_COSTS,
  };
}

const unified = (symbol: string): string => symbol.replace(/USDT$/, '/USDT:USDT');

/** A client that knows nothing but what ccxt tells it. */
class CcxtBot {
  readonly orders: OrderIntent[] = [];
  /** Close of every candle that watchOHLCV brought, by symbol. */
  readonly closes = new Map<string, Map<number, number>>(SYMBOLS.map((symbol) => [symbol, new Map()]));
  readonly #client: any;
  readonly #market: SharedMarket;
  readonly #random = createRandom('month');
  #number = 0;

  constructor(client: any, market: SharedMarket) {
    this.#client = client;
    this.#market = market;
  }

  /** Resolves when the candle that opens at `openTime` has been seen. */
  async heard(symbol: string, openTime: number): Promise<void> {
    for (;;) {
      const rows: number[][] = await this.#client.watchOHLCV(unified(symbol), '1h');
      for (const [time, , , , close] of rows) this.closes.get(symbol)?.set(time, close);
      if (rows[rows.length - 1][0] >= openTime) return;
    }
  }

  async decide(now: number, isLast: boolean): Promise<void> {
    const positions: any[] = await this.#client.fetchPositions();
    for (const symbol of SYMBOLS) {
      const position = positions.find(({ info }) => info.symbol === symbol);
      const held = position === undefined ? 0 : Number(position.info.size) * (position.side === 'long' ? 1 : -1);
      if (isLast && held !== 0) await this.#trade(symbol, now, held, { closes: true });
      else if (!isLast && this.#random.next() < 0.2)
        await this.#trade(symbol, now, held, { closes: this.#random.next() < 0.6 });
    }
  }

  async #trade(symbol: string, now: number, held: number, { closes }: { closes: boolean }): Promise<void> {
    const instrument = found(this.#market.instruments.find((each) => each.symbol === symbol));
    const reduces = held !== 0 && closes;
    const direction = held === 0 ? (this.#random.next() < 0.5 ? 1 : -1) : held > 0 ? 1 : -1;
    const side = entrySide(reduces ? (direction === 1 ? -1 : 1) : direction);
    const price = found(this.closes.get(symbol)?.get(now - HOUR_MS));
    const quantity = reduces ? Math.abs(held) : floorToLot(instrument, (1_000 + 40_000 * this.#random.next()) / price);
    const leverage = held === 0 ? 2 + this.#random.below(8) : undefined;
    const market = unified(symbol);
    if (leverage !== undefined) await this.#client.setLeverage(leverage, market).catch(notModified);
    this.#number += 1;
    const clientOrderId = `month-${this.#number}`;
    const params = { clientOrderId, positionIdx: 0, ...(reduces ? { reduceOnly: true } : {}) };
    const { id } = await this.#client.createOrder(market, 'market', side, quantity, undefined, params);
    const known = this.orders.findLast((order) => order.symbol === symbol)?.leverage ?? 3;
    const protection =
      held === 0 ? { stopFraction: 0.012, targetFraction: 0.02, trailingFraction: undefined } : undefined;
    this.orders.push({
      clientOrderId,
      symbol,
      side,
      quantity,
      reduceOnly: reduces,
      leverage: leverage ?? known,
      reason: 'entry',
      decidedAt: now,
      decisionPrice: price,
      protection,
    });
    if (protection === undefined) return;
    const [fill] = await this.#client.fetchOrderTrades(id, market);
    const entry = { direction: signOf(side), price: fill.price };
    const prices = protectionPrices(instrument, entry, protection);
    await this.#client.privatePostV5PositionTradingStop({
      category: 'linear',
      symbol,
      positionIdx: 0,
      tpslMode: 'Full',
      stopLoss: String(prices.stopPrice),
      takeProfit: String(prices.targetPrice),
    });
  }
}

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
  let bot: CcxtBot;

  beforeAll(async () => {
    exchange = exchangeOf(market);
    server = await serveBybit(exchange);
    client = await ccxtClient(server, { apiKey: CREDENTIALS.key, secret: CREDENTIALS.secret });
    bot = new CcxtBot(client, market);
    let waiting = SYMBOLS.map((symbol) => bot.heard(symbol, from));
    // Time moves when all are subscribed.
    while (server.subscribed.length < SYMBOLS.length) await new Promise((resolve) => setImmediate(resolve));
    for (let hour = 1; hour < HOURS; hour += 1) {
      const now = from + hour * HOUR_MS;
      await server.advance(now);
      await Promise.all(waiting);
      await bot.decide(now, hour === HOURS - 1);
      waiting = SYMBOLS.map((symbol) => bot.heard(symbol, now + HOUR_MS));
    }
    await server.advance(until);
    void Promise.allSettled(waiting);
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

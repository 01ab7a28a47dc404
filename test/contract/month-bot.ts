// Which bot trades a month of hours on four symbols through ccxt? One that knows nothing but what ccxt tells it, at any venue.
import { markSeries } from '../../src/domain/candle-quality.ts';
import { sliceSeries } from '../../src/domain/candle.ts';
import { floorToLot } from '../../src/domain/instrument.ts';
import type { OrderIntent } from '../../src/domain/order.ts';
import { protectionPrices } from '../../src/domain/protection-prices.ts';
import { createRandom } from '../../src/domain/random.ts';
import { entrySide, signOf, type Side } from '../../src/domain/side.ts';
import { HOUR_MS } from '../../src/domain/time.ts';
import { createEmbeddedMarket } from '../../src/simulation/embedded-market/create-embedded-market.ts';
import { FULL_COSTS } from '../scenarios/engine/random-backtest.ts';
import type { SharedMarket } from '../scenarios/exchange-simulator/both-venues.ts';

export const SYMBOLS = ['ALPHAUSDT', 'BRAVOUSDT', 'CHARLIEUSDT', 'DELTAUSDT'];
export const HOURS = 720;
export const DEPOSIT = 10_000_000;

export function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the embedded market lacks it');
  return value;
}

export function monthOf(seed: string): SharedMarket {
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

/** What a bot does differently at each venue. */
export interface VenueHands {
  /** ccxt's client. */
  readonly client: any;
  /** Signed base units that a position of ccxt says to hold. */
  heldOf(position: any): number;
  /** Parameters of a market order besides its client id. */
  orderParams(reduceOnly: boolean): object;
  setLeverage(symbol: string, leverage: number): Promise<unknown>;
  /** Of the first trade of an order. */
  fillPrice(orderId: string, symbol: string): Promise<number>;
  /** Stop and target of what has just been entered. */
  protect(
    entry: { readonly symbol: string; readonly side: Side; readonly id: string },
    prices: ReturnType<typeof protectionPrices>,
  ): Promise<void>;
}

export class MonthBot {
  readonly orders: OrderIntent[] = [];
  /** Close of every candle that watchOHLCV brought, by symbol. */
  readonly closes = new Map<string, Map<number, number>>(SYMBOLS.map((symbol) => [symbol, new Map()]));
  readonly #hands: VenueHands;
  readonly #market: SharedMarket;
  readonly #random = createRandom('month');
  #number = 0;

  constructor(hands: VenueHands, market: SharedMarket) {
    this.#hands = hands;
    this.#market = market;
  }

  /** Resolves when the candle that opens at `openTime` has been seen. */
  async heard(symbol: string, openTime: number): Promise<void> {
    for (;;) {
      const rows: number[][] = await this.#hands.client.watchOHLCV(unified(symbol), '1h');
      for (const [time, , , , close] of rows) this.closes.get(symbol)?.set(time, close);
      if (rows[rows.length - 1][0] >= openTime) return;
    }
  }

  async decide(now: number, isLast: boolean): Promise<void> {
    const positions: any[] = await this.#hands.client.fetchPositions();
    for (const symbol of SYMBOLS) {
      const position = positions.find(({ info }) => info.symbol === symbol);
      const held = position === undefined ? 0 : this.#hands.heldOf(position);
      if (isLast && held !== 0) await this.#trade(symbol, now, held, { closes: true });
      else if (!isLast && this.#random.next() < 0.2)
        await this.#trade(symbol, now, held, { closes: this.#random.next() < 0.6 });
    }
  }

  async #trade(symbol: string, now: number, held: number, { closes }: { closes: boolean }): Promise<void> {
    const instrument = found(this.#market.instruments.find((each) => each.symbol === symbol));
    const { client } = this.#hands;
    const reduces = held !== 0 && closes;
    const direction = held === 0 ? (this.#random.next() < 0.5 ? 1 : -1) : held > 0 ? 1 : -1;
    const side = entrySide(reduces ? (direction === 1 ? -1 : 1) : direction);
    const price = found(this.closes.get(symbol)?.get(now - HOUR_MS));
    const quantity = reduces ? Math.abs(held) : floorToLot(instrument, (1_000 + 40_000 * this.#random.next()) / price);
    const leverage = held === 0 ? 2 + this.#random.below(8) : undefined;
    const market = unified(symbol);
    if (leverage !== undefined) await this.#hands.setLeverage(market, leverage);
    this.#number += 1;
    const clientOrderId = `month-${this.#number}`;
    const params = { clientOrderId, ...this.#hands.orderParams(reduces) };
    const { id } = await client.createOrder(market, 'market', side, quantity, undefined, params);
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
    const entry = { direction: signOf(side), price: await this.#hands.fillPrice(id, market) };
    const prices = protectionPrices(instrument, entry, protection);
    await this.#hands.protect({ symbol, side, id: clientOrderId }, prices);
  }
}

export interface MonthServer {
  /** What clients have subscribed to. */
  readonly subscribed: readonly string[];
  advance(time: number): Promise<void>;
}

/** Lets the month pass, hour by hour, each when the bot has seen and done all. */
export async function passMonth(server: MonthServer, bot: MonthBot, from: number): Promise<void> {
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
  await server.advance(from + HOURS * HOUR_MS);
  void Promise.allSettled(waiting);
}

// Which small exchange do the simulator's tests trade at? The venue's test market as a tape, with candles written as four prices.
import { FLAG_FILLED } from '../../src/domain/candle.ts';
import type { Candle, CandleSeries } from '../../src/domain/candle.ts';
import type { FundingSeries } from '../../src/domain/funding.ts';
import type { Instrument } from '../../src/domain/instrument.ts';
import { createSimulatedExchange } from '../../src/exchange-simulator/core/create-simulated-exchange.ts';
import type { ExchangeEvent } from '../../src/exchange-simulator/core/exchange-event.ts';
import type { ExchangeSetup, MarketTape, SimulatedExchange } from '../../src/exchange-simulator/core/exchange.ts';
import type { OrderRecord, Outcome, PlaceRequest } from '../../src/exchange-simulator/core/order-record.ts';
import { candleAt, COSTS, fundingEvery, HOUR, INSTRUMENT, seriesOf, START, SYMBOL } from './simulated-market.ts';

export type Prices = readonly [open: number, high: number, low: number, close: number];

/** Costs without slippage and fees, so that prices in a test are the prices written. */
export const FREE = { ...COSTS, slippageBps: 0, takerFeeBps: 0, makerFeeBps: 0 };

export type TapeSymbol = MarketTape['symbols'][number];

/** One symbol of a tape; `more` overrides. */
export function tapeSymbol(
  candles: CandleSeries,
  more: Partial<Omit<TapeSymbol, 'candles'>> & { readonly symbol?: string } = {},
): TapeSymbol {
  const { symbol = SYMBOL, ...rest } = more;
  const instrument: Instrument = { ...INSTRUMENT, symbol };
  const funding: FundingSeries = { ...fundingEvery(8 * HOUR, 0), symbol };
  return {
    instrument,
    baseCurrency: symbol.replace(/USDT$/, ''),
    candles: { ...candles, symbol },
    finer: [],
    funding,
    fundingIntervalHours: 8,
    listedAt: undefined,
    delisted: false,
    ...rest,
  };
}

/** Candles from START on, an hour each. */
export function hours(prices: readonly Prices[], flags: Readonly<Record<number, number>> = {}): Candle[] {
  return prices.map((each, index) => candleAt(index, each, { flags: flags[index] ?? 0 }));
}

/** An exchange over one symbol that begins at START; `more` overrides the setup, `filled` names candles without a trade. */
export function exchangeOver(
  prices: readonly Prices[],
  more: Partial<ExchangeSetup> & {
    readonly symbol?: Partial<Omit<TapeSymbol, 'candles'>>;
    readonly filled?: readonly number[];
  } = {},
): SimulatedExchange {
  const { symbol, filled = [], ...setup } = more;
  const flags = Object.fromEntries(filled.map((index) => [index, FLAG_FILLED]));
  return createSimulatedExchange({
    tape: { symbols: [tapeSymbol(seriesOf(hours(prices, flags)), symbol)] },
    from: START,
    until: undefined,
    costs: FREE,
    deposit: 100_000,
    marginMode: 'isolated',
    positionMode: 'one-way',
    defaultLeverage: 5,
    seed: 1,
    ...setup,
  });
}

/** A market order to buy 1; `more` overrides. */
export function marketOrder(more: Partial<PlaceRequest> = {}): PlaceRequest {
  return { clientOrderId: '', symbol: SYMBOL, side: 'buy', type: 'market', quantity: 1, reduceOnly: false, ...more };
}

/** The value of what was done; fails the test with the exchange's reason. */
export function done<Value>(outcome: Outcome<Value>): Value {
  if (outcome.kind === 'rejected') throw new Error(`${outcome.reason}: ${outcome.detail}`);
  return outcome.value;
}

/** The reason of a refusal, or what was done instead. */
export function reasonOf(outcome: Outcome<unknown>): string {
  return outcome.kind === 'rejected' ? outcome.reason : 'done';
}

/** Everything that happens from now on. */
export function heard(exchange: SimulatedExchange): ExchangeEvent[] {
  const events: ExchangeEvent[] = [];
  exchange.listen((event) => events.push(event));
  return events;
}

/** The order as it stands now. */
export function orderNow(exchange: SimulatedExchange, orderId: string): OrderRecord {
  const [record] = [...exchange.openOrders({ orderId }), ...exchange.closedOrders({ orderId })];
  return record;
}

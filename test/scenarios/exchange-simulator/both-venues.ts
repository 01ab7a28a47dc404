// How are the exchange and research's venue made to trade the same? Orders decided at closes go to both; their ledgers are laid side by side.
import type { CandleSeries } from '../../../src/domain/candle.ts';
import { createCandleView, loadCandle } from '../../../src/domain/candle.ts';
import type { VenueEvent } from '../../../src/domain/fill.ts';
import type { FundingSeries } from '../../../src/domain/funding.ts';
import type { Instrument } from '../../../src/domain/instrument.ts';
import { bookFill, bookFunding, createLedger } from '../../../src/domain/ledger.ts';
import type { Ledger } from '../../../src/domain/ledger.ts';
import type { OrderIntent } from '../../../src/domain/order.ts';
import { signOf } from '../../../src/domain/side.ts';
import { createSimulatedExchange } from '../../../src/exchange-simulator/core/create-simulated-exchange.ts';
import type { ExchangeSetup, SimulatedExchange } from '../../../src/exchange-simulator/core/exchange.ts';
import type { CostParams } from '../../../src/simulation/cost-model.ts';
import { protectionPrices } from '../../../src/domain/protection-prices.ts';
import { createSimulatedVenue } from '../../../src/simulation/simulated-venue.ts';

export interface SharedMarket {
  readonly instruments: readonly Instrument[];
  readonly series: readonly CandleSeries[];
  readonly finer: readonly (readonly CandleSeries[])[];
  readonly funding: readonly (FundingSeries | undefined)[];
  readonly costs: CostParams;
}

const endOf = (series: CandleSeries): number => series.openTime[series.length - 1];

/** The exchange over a market that begins with its first candle. A symbol that ends before the others is delisted. */
export function exchangeOf(market: SharedMarket, more: Partial<ExchangeSetup> = {}): SimulatedExchange {
  const last = Math.max(...market.series.map(endOf));
  return createSimulatedExchange({
    tape: {
      symbols: market.instruments.map((instrument, index) => ({
        instrument,
        baseCurrency: instrument.symbol.replace(/USDT$/, ''),
        candles: market.series[index],
        finer: market.finer[index],
        funding: market.funding[index],
        fundingIntervalHours: 8,
        listedAt: undefined,
        delisted: endOf(market.series[index]) < last,
      })),
    },
    from: Math.min(...market.series.map((series) => series.openTime[0])),
    until: undefined,
    costs: market.costs,
    deposit: 10_000_000,
    marginMode: 'isolated',
    positionMode: 'one-way',
    defaultLeverage: 3,
    seed: 7,
    ...more,
  });
}

/**
 * Lets the exchange act on an order of research: a market order now, and once it has filled, stop and target from the price
 * it filled at. Returns a function that places.
 */
export function traderAt(exchange: SimulatedExchange): (order: OrderIntent) => string {
  const asked = new Map<string, OrderIntent>();
  exchange.listen((event) => {
    if (event.kind !== 'execution' || event.execution.kind !== 'trade') return;
    const order = asked.get(event.execution.clientOrderId);
    if (order?.protection === undefined) return;
    const contract = exchange.contract(order.symbol);
    if (contract === undefined) return;
    const entry = { direction: signOf(order.side), price: event.execution.price };
    const prices = protectionPrices(contract.instrument, entry, order.protection);
    const { stopPrice, targetPrice = 0 } = prices;
    const outcome = exchange.protect({ symbol: order.symbol, stopPrice, targetPrice });
    if (outcome.kind === 'rejected' && outcome.reason !== 'not-modified') {
      throw new Error(`${order.clientOrderId}: ${outcome.reason} ${outcome.detail}`);
    }
  });
  return (order) => {
    asked.set(order.clientOrderId, order);
    const { clientOrderId, symbol, side, quantity, reduceOnly } = order;
    if (exchange.position(symbol).leverage !== order.leverage) exchange.setLeverage(symbol, order.leverage);
    const outcome = exchange.place({ clientOrderId, symbol, side, quantity, reduceOnly, type: 'market' });
    return outcome.kind === 'done' ? 'done' : outcome.reason;
  };
}

export interface VenueRun {
  readonly ledger: Ledger;
  readonly events: readonly VenueEvent[];
}

/** What research's venue does with the orders, each given at its `decidedAt`, up to the close at `until`. */
export function researchRun(market: SharedMarket, orders: readonly OrderIntent[], until: number): VenueRun {
  const funding = new Map<string, FundingSeries>();
  for (const history of market.funding) if (history !== undefined) funding.set(history.symbol, history);
  const finer = new Map(market.instruments.map(({ symbol }, index) => [symbol, market.finer[index]]));
  const { instruments, costs, series } = market;
  const venue = createSimulatedVenue({ instruments, costs, funding, finer, ambiguity: 'worst' });
  const ledger = createLedger(10_000_000);
  const events: VenueEvent[] = [];
  const views = series.map(() => createCandleView());
  const cursor = series.map(() => 0);
  const from = Math.min(...series.map((each) => each.openTime[0]));
  const { intervalMs } = series[0];
  const last = Math.max(...series.map((each) => each.openTime[each.length - 1]));
  let given = 0;
  const give = (time: number): void => {
    for (; given < orders.length && orders[given].decidedAt <= time; given += 1) venue.place(orders[given]);
  };
  give(from);
  for (let time = from + intervalMs; time <= until; time += intervalMs) {
    series.forEach((each, index) => {
      const at = cursor[index];
      if (at >= each.length || each.openTime[at] + intervalMs !== time) return;
      loadCandle(views[index], each, at);
      cursor[index] += 1;
      venue.onCandle(index, views[index], events);
      const isDelisted = at + 1 === each.length && each.openTime[at] < last;
      if (isDelisted) venue.closeAtLastPrice(each.symbol, 'delisting', events);
    });
    give(time);
  }
  for (const event of events) {
    if (event.kind === 'fill') bookFill(ledger, event);
    if (event.kind === 'funding') bookFunding(ledger, event);
  }
  return { ledger, events };
}

/** The lines of a symbol, with their times or without: what happened to the money, in order. */
export function linesOf(ledger: Ledger, symbol: string, until: number, withTimes = false): string[] {
  return ledger.lines
    .filter((line) => line.symbol === symbol && line.time < until)
    .map(({ kind, time, amount, realised, fee, funding, slippage }) =>
      [kind, withTimes ? time : '', amount, realised, fee, funding, slippage].join(' '),
    );
}

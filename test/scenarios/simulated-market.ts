// Which small market do the venue's tests trade in? One instrument, plain costs, candles written as four prices.
import type { Candle, CandleSeries } from '../../src/domain/candle.ts';
import type { VenueEvent } from '../../src/domain/fill.ts';
import type { FundingSeries } from '../../src/domain/funding.ts';
import type { Instrument } from '../../src/domain/instrument.ts';
import type { OrderIntent } from '../../src/domain/order.ts';
import type { CostParams } from '../../src/simulation/cost-model.ts';
import { createSimulatedVenue } from '../../src/simulation/simulated-venue.ts';
import type { SimulatedVenue, SimulatedVenueSetup } from '../../src/simulation/simulated-venue.ts';

export const HOUR = 3_600_000;
/** 2024-06-01 00:00 UTC: a funding stamp of every interval. */
export const START = 1_717_200_000_000;
export const SYMBOL = 'TESTUSDT';

export const INSTRUMENT: Instrument = {
  symbol: SYMBOL,
  tickSize: 0.1,
  lotSize: 0.001,
  minQuantity: 0.001,
  maxMarketQuantity: 1_000,
  minNotional: 5,
  tiers: [
    { maxNotional: 10_000, maintenanceRate: 0.01, deduction: 0, maxLeverage: 50 },
    { maxNotional: 100_000, maintenanceRate: 0.02, deduction: 100, maxLeverage: 20 },
    { maxNotional: 1_000_000, maintenanceRate: 0.05, deduction: 3_100, maxLeverage: 5 },
  ],
};

export const COSTS: CostParams = {
  takerFeeBps: 5,
  makerFeeBps: 2,
  slippageBps: 10,
  slippageWindowBars: 3,
  slippageAverageBars: 5,
  slippageMinFactor: 0.5,
  slippageMaxFactor: 5,
  impactCoefficient: 0,
  liquidationFeeBps: 50,
  missingFunding: 'charge',
  missingFundingBps: 5,
  fundingIntervalHours: 8,
};

/** A funding history with rate `rate` (a number, or by index) at every stamp of `intervalMs` around START. */
export function fundingEvery(
  intervalMs: number,
  rate: number | ((index: number) => number),
  count = 400,
): FundingSeries {
  const time = Float64Array.from({ length: count }, (_, index) => START + (index - 10) * intervalMs);
  const rates = time.map((_, index) => (typeof rate === 'number' ? rate : rate(index)));
  return { symbol: SYMBOL, length: count, time, rate: rates };
}

/** The candle that opens `index` intervals after START. */
export function candleAt(
  index: number,
  prices: readonly [open: number, high: number, low: number, close: number],
  more: { readonly intervalMs?: number; readonly flags?: number } = {},
): Candle {
  const { intervalMs = HOUR, flags = 0 } = more;
  const openTime = START + index * intervalMs;
  const [open, high, low, close] = prices;
  return { openTime, closeTime: openTime + intervalMs, open, high, low, close, volume: 1, flags };
}

/** Candles as a series. */
export function seriesOf(candles: readonly Candle[]): CandleSeries {
  const column = (pick: (candle: Candle) => number): Float64Array => Float64Array.from(candles, pick);
  return {
    symbol: SYMBOL,
    intervalMs: candles[0].closeTime - candles[0].openTime,
    length: candles.length,
    openTime: column((candle) => candle.openTime),
    open: column((candle) => candle.open),
    high: column((candle) => candle.high),
    low: column((candle) => candle.low),
    close: column((candle) => candle.close),
    volume: column((candle) => candle.volume),
    flags: Uint8Array.from(candles, (candle) => candle.flags),
  };
}

/** A market order decided at START; `more` overrides. */
export function orderOf(more: Partial<OrderIntent> = {}): OrderIntent {
  return {
    clientOrderId: 'order-1',
    symbol: SYMBOL,
    side: 'buy',
    quantity: 1,
    reduceOnly: false,
    leverage: 2,
    reason: 'entry',
    decidedAt: START,
    decisionPrice: 100,
    protection: { stopFraction: 0.02, targetFraction: 0.04, trailingFraction: undefined },
    ...more,
  };
}

/** A venue for INSTRUMENT with funding of rate 0 every 8 hours unless `more` says otherwise. */
export function venueOf(
  more: Partial<SimulatedVenueSetup> & { readonly instrument?: Instrument } = {},
): SimulatedVenue {
  const { instrument = INSTRUMENT, ...rest } = more;
  return createSimulatedVenue({
    instruments: [instrument],
    costs: COSTS,
    funding: new Map([[SYMBOL, fundingEvery(8 * HOUR, 0)]]),
    ambiguity: 'worst',
    ...rest,
  });
}

/** Feeds candles and returns what they did, funding payments of 0 left out. */
export function feed(venue: SimulatedVenue, candles: readonly Candle[]): VenueEvent[] {
  const events: VenueEvent[] = [];
  for (const candle of candles) venue.onCandle(0, candle, events);
  return events.filter((event) => event.kind !== 'funding' || event.payment !== 0);
}

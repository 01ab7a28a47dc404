// How long does the exchange simulator take per step of time? Four symbols candle by candle: idle, held with stops, quoted, with finer candles.
import { markSeries } from '../src/domain/candle-quality.ts';
import { sliceSeries } from '../src/domain/candle.ts';
import type { CandleSeries } from '../src/domain/candle.ts';
import { createSimulatedExchange } from '../src/exchange-simulator/core/create-simulated-exchange.ts';
import type { SimulatedExchange } from '../src/exchange-simulator/core/exchange.ts';
import { createEmbeddedMarket } from '../src/simulation/embedded-market/create-embedded-market.ts';
import type { BenchRow } from './bench-row.ts';

const SYMBOLS = ['ALPHAUSDT', 'BRAVOUSDT', 'DELTAUSDT', 'FOXTROTUSDT'];
const MARKS = { maxGapBars: 6, jumpFraction: 0.25 };
const HISTORY = 500;
const STEPS = 8_000;
const ROUNDS = 5;

const market = createEmbeddedMarket({ seed: 'bench', years: 2 });

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the embedded market has no such contract');
  return value;
}

function exchangeOf(withFiner: boolean): SimulatedExchange {
  const start = Math.max(...SYMBOLS.map((symbol) => found(market.candles(symbol)).openTime[0]));
  const of = (series: CandleSeries): CandleSeries => {
    const first = series.openTime.findIndex((time) => time >= start);
    const bars = Math.round(((HISTORY + STEPS + 1) * 3_600_000) / series.intervalMs);
    return markSeries(sliceSeries(series, first, first + bars), MARKS);
  };
  return createSimulatedExchange({
    tape: {
      symbols: SYMBOLS.map((symbol) => ({
        instrument: found(market.instrument(symbol)),
        baseCurrency: symbol.replace('USDT', ''),
        candles: of(found(market.candles(symbol))),
        finer: withFiner ? [of(found(market.finerCandles(symbol)))] : [],
        funding: market.funding(symbol),
        fundingIntervalHours: 8,
        listedAt: undefined,
        delisted: false,
      })),
    },
    from: start + HISTORY * 3_600_000,
    until: undefined,
    costs: {
      takerFeeBps: 5.5,
      makerFeeBps: 2,
      slippageBps: 1,
      slippageWindowBars: 24,
      slippageAverageBars: 168,
      slippageMinFactor: 0.5,
      slippageMaxFactor: 5,
      impactCoefficient: 0.7,
      liquidationFeeBps: 50,
      missingFunding: 'charge',
      missingFundingBps: 5,
      fundingIntervalHours: 8,
    },
    deposit: 1e7,
    marginMode: 'isolated',
    positionMode: 'one-way',
    defaultLeverage: 2,
    seed: 1,
  });
}

/** Microseconds of processor time per close, the median of all rounds: other programs on the machine do not count. */
function timed(each: (exchange: SimulatedExchange) => void, withFiner = false): number {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const exchange = exchangeOf(withFiner);
    let heard = 0;
    exchange.listen(() => {
      heard += 1;
    });
    const started = process.cpuUsage();
    let steps = 0;
    while (!exchange.ended && steps < STEPS) {
      exchange.advanceTo(exchange.nextClose());
      each(exchange);
      steps += 1;
    }
    const { user, system } = process.cpuUsage(started);
    if (heard < steps) throw new Error('the exchange told of fewer events than candles');
    return (user + system) / steps;
  });
  return rounds.toSorted((a, b) => a - b)[ROUNDS >> 1];
}

/** Holds a position with stop and target in every symbol; whatever has left is opened again. */
function hold(exchange: SimulatedExchange): void {
  for (const symbol of SYMBOLS) {
    if (exchange.position(symbol).quantity !== 0) continue;
    const { last } = exchange.quote(symbol);
    const { instrument } = found(exchange.contract(symbol));
    const onTick = (price: number): number =>
      Number((Math.round(price / instrument.tickSize) * instrument.tickSize).toFixed(8));
    exchange.place({
      clientOrderId: '',
      symbol,
      side: 'buy',
      type: 'market',
      quantity: Number((Math.round(1_000 / last / instrument.lotSize) * instrument.lotSize).toFixed(8)),
      reduceOnly: false,
      stopPrice: onTick(last * 0.97),
      targetPrice: onTick(last * 1.03),
    });
  }
}

/** Microseconds per close of four symbols; idle is limited. */
export async function run(): Promise<BenchRow[]> {
  let sum = 0;
  const rows: BenchRow[] = [
    { name: 'exchange core, 4 symbols, nothing to do', median: timed(() => undefined), unit: 'µs/close', limit: 20 },
    { name: 'exchange core, 4 symbols, positions with stop and target', median: timed(hold), unit: 'µs/close' },
    { name: 'exchange core, 4 symbols, the same over 5-minute candles', median: timed(hold, true), unit: 'µs/close' },
    {
      name: 'exchange core, 4 symbols, quoted and valued at each close',
      median: timed((exchange) => {
        for (const symbol of SYMBOLS) sum += exchange.quote(symbol).volume24h;
        sum += Number(exchange.wallet().available);
      }),
      unit: 'µs/close',
    },
  ];
  if (!Number.isFinite(sum)) throw new Error('the exchange lost its figures');
  return rows;
}

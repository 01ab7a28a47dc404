// On which history are whole backtests proved? The embedded market with holes and fillers, traded by random signals.
import { markSeries } from '../../../src/domain/candle-quality.ts';
import { sliceSeries, type CandleSeries } from '../../../src/domain/candle.ts';
import type { FundingSeries } from '../../../src/domain/funding.ts';
import type { Instrument } from '../../../src/domain/instrument.ts';
import type { OrderIntent } from '../../../src/domain/order.ts';
import { createRandom, type Random } from '../../../src/domain/random.ts';
import type { EngineParams, EngineState } from '../../../src/engine/state.ts';
import { HOUR_MS } from '../../../src/domain/time.ts';
import type { CostParams } from '../../../src/simulation/cost-model.ts';
import { createEmbeddedMarket } from '../../../src/simulation/embedded-market/create-embedded-market.ts';
import { runBacktest, type BacktestInput, type BacktestResult } from '../../../src/simulation/run-backtest.ts';
import { createSimulatedVenue, type SimulatedVenue } from '../../../src/simulation/simulated-venue.ts';
import { paramsOf, scripted, type Script, type Settings } from './scripted-bot.ts';

const MARKS = { maxGapBars: 6, jumpFraction: 0.25 };

/** Costs with everything in them: fees of both kinds, slippage that moves with volatility. */
export const FULL_COSTS: CostParams = {
  takerFeeBps: 5.5,
  makerFeeBps: 2,
  slippageBps: 3,
  slippageWindowBars: 24,
  slippageAverageBars: 168,
  slippageMinFactor: 0.5,
  slippageMaxFactor: 5,
  impactCoefficient: 0.7,
  liquidationFeeBps: 50,
  missingFunding: 'charge',
  missingFundingBps: 5,
  fundingIntervalHours: 8,
};

export interface TestMarket {
  readonly instruments: readonly Instrument[];
  readonly series: readonly CandleSeries[];
  readonly funding: readonly (FundingSeries | undefined)[];
}

const embedded = createEmbeddedMarket({ seed: 'engine-tests', years: 2 });

/** Bars `from` to `to` of embedded contracts, marked, without any hole. */
export function marketOf(symbols: readonly string[], from: number, to: number): TestMarket {
  return {
    instruments: symbols.map((symbol) => found(embedded.instrument(symbol))),
    series: symbols.map((symbol) => {
      const series = found(embedded.candles(symbol));
      return markSeries(sliceSeries(series, from, Math.min(to, series.length)), MARKS);
    }),
    funding: symbols.map((symbol) => embedded.funding(symbol)),
  };
}

/** The whole history of embedded contracts with their own first and last bars. */
export function wholeMarketOf(symbols: readonly string[]): TestMarket {
  return marketOf(symbols, 0, Math.max(...symbols.map((symbol) => found(embedded.candles(symbol)).length)));
}

function found<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the embedded market has no such contract');
  return value;
}

/** The same market with bars missing (some holes long enough to split the series) and bars that no trade made. */
export function withHoles(market: TestMarket, random: Random): TestMarket {
  return { ...market, series: market.series.map((series) => holed(series, random)) };
}

function holed(series: CandleSeries, random: Random): CandleSeries {
  const kept: number[] = [];
  const filler = new Set<number>();
  for (let index = 0; index < series.length; index += 1) {
    const draw = random.next();
    if (draw < 0.01) index += 1 + random.below(12);
    if (index >= series.length) break;
    if (draw > 0.97) filler.add(index);
    kept.push(index);
  }
  const column = (source: Float64Array): Float64Array => Float64Array.from(kept, (index) => source[index]);
  const price = (source: Float64Array): Float64Array =>
    Float64Array.from(kept, (index, at) => (filler.has(index) && at > 0 ? series.close[kept[at - 1]] : source[index]));
  const volume = Float64Array.from(kept, (index, at) => (filler.has(index) && at > 0 ? 0 : series.volume[index]));
  const columns = {
    openTime: column(series.openTime),
    open: price(series.open),
    high: price(series.high),
    low: price(series.low),
    close: price(series.close),
  };
  return markSeries({ ...series, ...columns, volume, length: kept.length }, MARKS);
}

/** Signals at random closes; about one bar in `every` speaks. */
export function randomScript(seed: string, every: number): Script {
  const random = createRandom(`${seed}/script`);
  return () => ({ signal: random.below(every) === 0 ? (random.next() < 0.5 ? 1 : -1) : 0 });
}

export interface Proof {
  readonly result: BacktestResult;
  readonly venue: SimulatedVenue;
  readonly input: BacktestInput;
  /** Every order that was ever under way at the end of a slice, by id. */
  readonly orders: ReadonlyMap<string, OrderIntent>;
}

export interface ProofSetup extends Settings {
  readonly market: TestMarket;
  readonly script: Script;
  readonly equity?: number;
  readonly costs?: CostParams;
  /** Instead of the test settings. */
  readonly params?: EngineParams;
  readonly schedule?: BacktestInput['schedule'];
  readonly until?: number;
  /** Traded opens that every order fills late. */
  readonly delayBars?: number;
  readonly check?: (state: EngineState, venue: SimulatedVenue, time: number) => void;
}

/** Runs a backtest; `check` looks at the state after every slice. */
export function prove(setup: ProofSetup): Proof {
  const { market, check } = setup;
  const { instruments, series, funding } = market;
  const histories = new Map<string, FundingSeries>();
  for (const history of funding) if (history !== undefined) histories.set(history.symbol, history);
  const venue = createSimulatedVenue({
    instruments,
    costs: setup.costs ?? FULL_COSTS,
    funding: histories,
    ambiguity: 'worst',
    delayBars: setup.delayBars,
  });
  const from = Math.min(...series.map((each) => each.openTime[0]));
  const last = Math.max(...series.map((each) => each.openTime[each.length - 1])) + HOUR_MS;
  const orders = new Map<string, OrderIntent>();
  const input: BacktestInput = {
    setup: {
      barMs: HOUR_MS,
      initialEquity: setup.equity ?? 100_000,
      params: setup.params ?? paramsOf(setup),
      strategy: scripted(setup.script),
      symbols: instruments.map((instrument, index) => ({ instrument, hasFunding: funding[index] !== undefined })),
    },
    venue,
    series,
    funding,
    schedule: setup.schedule ?? [],
    from,
    recordFrom: from,
    until: setup.until ?? last,
    observe(state, time) {
      for (const { pending } of state.symbols) {
        if (pending !== undefined) orders.set(pending.order.clientOrderId, pending.order);
      }
      check?.(state, venue, time);
    },
  };
  return { result: runBacktest(input), venue, input, orders };
}

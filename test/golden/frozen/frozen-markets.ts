// On which histories do the frozen runs trade? Short, seeded ones: invented contracts, a random walk, a planted edge, and damaged copies.
import { markSeries } from '../../../src/domain/candle-quality.ts';
import { sliceSeries, type CandleSeries } from '../../../src/domain/candle.ts';
import type { FundingSeries } from '../../../src/domain/funding.ts';
import type { Instrument } from '../../../src/domain/instrument.ts';
import { createRandom } from '../../../src/domain/random.ts';
import type { SymbolMarket } from '../../../src/research/market.ts';
import { createEmbeddedMarket } from '../../../src/simulation/embedded-market/create-embedded-market.ts';
import {
  createPlantedEdge,
  createRandomWalk,
  type NullMarket,
} from '../../../src/simulation/embedded-market/null-markets.ts';
import { withHoles, type TestMarket } from '../../scenarios/engine/random-backtest.ts';
import { marketOf } from '../../scenarios/research/small-research.ts';

const embedded = createEmbeddedMarket({ seed: 'frozen', years: 0.4 });
/** Bars of the walks: 140 days of hours. */
const BARS = 3360;
/** As the shipped settings mark candles. */
const MARKS = { maxGapBars: 6, jumpFraction: 0.25 };

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the embedded market has no such contract');
  return value;
}

/** An embedded contract with its own contract rules. */
function contract(symbol: string): SymbolMarket {
  const series = required(embedded.candles(symbol));
  return { ...marketOf(series, embedded.funding(symbol)), instrument: required(embedded.instrument(symbol)) };
}

const walk = ({ candles, funding }: NullMarket): SymbolMarket => marketOf(candles, funding);

/** Bars missing at random, some holes long enough to split the series, and bars that no trade made. */
function holed(market: SymbolMarket): SymbolMarket {
  const { instrument, series, funding } = market;
  const whole: TestMarket = { instruments: [instrument], series: [series], funding: [funding] };
  const damaged = withHoles(whole, createRandom('frozen/holes')).series[0];
  return { ...marketOf(damaged, funding), instrument };
}

const betweenHoles = (_: number, bar: number): boolean => bar % 97 > 2 && (bar < 1440 || bar >= 1464);
const isKnownRate = (_: number, stamp: number): boolean => stamp % 3 !== 1;

/** Short holes all along, and one of a day after two months: long enough for the strategy to become ready twice. */
function torn(market: SymbolMarket): SymbolMarket {
  const { series, funding, instrument } = market;
  const openTime = series.openTime.filter(betweenHoles);
  const { symbol, intervalMs } = series;
  const prices = {
    open: series.open.filter(betweenHoles),
    high: series.high.filter(betweenHoles),
    low: series.low.filter(betweenHoles),
    close: series.close.filter(betweenHoles),
  };
  const columns = {
    symbol,
    intervalMs,
    length: openTime.length,
    openTime,
    ...prices,
    volume: series.volume.filter(betweenHoles),
  };
  return { ...marketOf(markSeries(columns, MARKS), funding), instrument };
}

/** Every third rate is not there. */
function withoutSomeRates(market: SymbolMarket): SymbolMarket {
  const funding = required(market.funding);
  const time = funding.time.filter(isKnownRate);
  const some: FundingSeries = { ...funding, length: time.length, time, rate: funding.rate.filter(isKnownRate) };
  return { ...marketOf(market.series, some), instrument: market.instrument };
}

export type MarketName =
  | 'alpha'
  | 'bravo'
  | 'charlie'
  | 'delta'
  | 'foxtrot'
  | 'walk'
  | 'edge'
  | 'alpha-holed'
  | 'alpha-torn'
  | 'bravo-some-rates'
  | 'bravo-no-funding'
  | 'charlie-finer';

const makers: Readonly<Record<MarketName, () => SymbolMarket>> = {
  alpha: () => contract('ALPHAUSDT'),
  bravo: () => contract('BRAVOUSDT'),
  charlie: () => contract('CHARLIEUSDT'),
  delta: () => contract('DELTAUSDT'),
  foxtrot: () => contract('FOXTROTUSDT'),
  walk: () => walk(createRandomWalk({ seed: 'frozen', bars: BARS, fundingRate: 0.0001 })),
  edge: () => walk(createPlantedEdge({ seed: 'frozen', bars: BARS, fundingRate: -0.0001 })),
  'alpha-holed': () => holed(frozenMarket('alpha')),
  'alpha-torn': () => torn(frozenMarket('alpha')),
  'bravo-some-rates': () => withoutSomeRates(frozenMarket('bravo')),
  'bravo-no-funding': () => ({ ...frozenMarket('bravo'), funding: undefined }),
  'charlie-finer': () => ({ ...frozenMarket('charlie'), finer: [required(embedded.finerCandles('CHARLIEUSDT'))] }),
};

const made = new Map<MarketName, SymbolMarket>();

/** The market of that name, made once. */
export function frozenMarket(name: MarketName): SymbolMarket {
  const market = made.get(name) ?? makers[name]();
  made.set(name, market);
  return market;
}

/** One symbol of a market with several: bars `from` to `to` of the market of that name. */
export interface Part {
  readonly market: MarketName;
  readonly from: number;
  readonly to: number;
}

/** Several markets in one account. */
export function accountOf(parts: readonly Part[]): TestMarket {
  const instruments: Instrument[] = [];
  const series: CandleSeries[] = [];
  const funding: (FundingSeries | undefined)[] = [];
  for (const { market: name, from, to } of parts) {
    const market = frozenMarket(name);
    instruments.push(market.instrument);
    series.push(sliceSeries(market.series, from, Math.min(to, market.series.length)));
    funding.push(market.funding);
  }
  return { instruments, series, funding };
}

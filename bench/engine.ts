// How many bars per second does the bot take? A full decision step with a trained model, and a plain signal without one.
import type { CandleSeries } from '../src/domain/candle.ts';
import type { FundingSeries } from '../src/domain/funding.ts';
import type { Instrument } from '../src/domain/instrument.ts';
import { HOUR_MS } from '../src/domain/time.ts';
import type { EngineParams } from '../src/engine/state.ts';
import { loadConfig } from '../src/config/load-config.ts';
import { settingsOf } from '../src/cli/compose-variants.ts';
import { engineParams } from '../src/research/engine-params.ts';
import { runBacktest } from '../src/simulation/run-backtest.ts';
import { createSimulatedVenue } from '../src/simulation/simulated-venue.ts';
import type { MetaModel } from '../src/strategy/meta-model.ts';
import type { Strategy, SymbolStrategy } from '../src/strategy/strategy.ts';
import { createTrendStrategy } from '../src/strategy/trend-strategy.ts';
import { buildDataset } from '../src/training/dataset.ts';
import { trainModel } from '../src/training/train-model.ts';
import { syntheticFunding, syntheticSeries } from '../test/leaks/synthetic-candles.ts';

interface BenchRow {
  readonly name: string;
  readonly median: number;
  readonly unit: string;
  readonly note?: string;
}

const STEP_BARS = 100_000;
const PLAIN_BARS = 1_000_000;
const ROUNDS = 5;
/** Bars between two entries of the plain signal. */
const PLAIN_PERIOD = 48;

const settings = settingsOf('default', loadConfig());
const params = engineParams(settings, HOUR_MS);

const INSTRUMENT: Instrument = {
  symbol: 'SYNUSDT',
  tickSize: 0.0001,
  lotSize: 0.001,
  minQuantity: 0.001,
  maxMarketQuantity: Infinity,
  minNotional: 5,
  tiers: [{ maxNotional: Infinity, maintenanceRate: 0.005, deduction: 0, maxLeverage: 50 }],
};

interface Market {
  readonly series: CandleSeries;
  readonly funding: FundingSeries;
}

interface Contest {
  readonly market: Market;
  readonly strategy: Strategy;
  readonly params: EngineParams;
  readonly model: MetaModel | undefined;
}

/** One backtest over the whole market; returns the round trips it made. */
function drive({ market, strategy, params: engine, model }: Contest): number {
  const { series, funding } = market;
  const { symbol } = series;
  const until = series.openTime[series.length - 1] + series.intervalMs;
  const venue = createSimulatedVenue({
    instruments: [INSTRUMENT],
    costs: settings.costs,
    funding: new Map([[symbol, funding]]),
    ambiguity: 'worst',
  });
  const { state } = runBacktest({
    setup: {
      barMs: series.intervalMs,
      initialEquity: settings.initialEquity,
      params: engine,
      strategy,
      symbols: [{ instrument: INSTRUMENT, hasFunding: true }],
    },
    venue,
    series: [series],
    funding: [funding],
    schedule: model === undefined ? [] : [{ kind: 'model-promoted', time: series.openTime[0], symbol, model }],
    from: series.openTime[0],
    recordFrom: series.openTime[0],
    until,
  });
  return state.roundTrips.length;
}

function measured(name: string, contest: Contest): BenchRow {
  const { length } = contest.market.series;
  const trades = drive(contest);
  const rates = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    drive(contest);
    return length / ((performance.now() - start) / 1000);
  });
  const median = Math.round(rates.toSorted((a, b) => a - b)[ROUNDS >> 1]);
  return { name, median, unit: 'bars/s', note: `${length} bars, ${trades} round trips, one thread` };
}

/** The cheapest strategy there is: long or short every `PLAIN_PERIOD` bars, no model, no columns. */
const plainStrategy: Strategy = {
  name: 'plain',
  warmupBars: 1,
  rowNames: [],
  schemaHash: 'plain',
  create: () => new PlainSymbol(),
};

class PlainSymbol implements SymbolStrategy {
  readonly ready = true;
  readonly regime = 'none';
  readonly regimeSize = 1;
  signal: 1 | -1 | 0 = 0;
  private bars = 0;

  update(): void {
    this.bars += 1;
    this.signal = this.bars % PLAIN_PERIOD !== 0 ? 0 : (this.bars / PLAIN_PERIOD) % 2 === 0 ? 1 : -1;
  }

  allows(): boolean {
    return true;
  }

  writeRow(): void {
    // It has no columns.
  }
}

function market(bars: number): Market {
  const series = syntheticSeries(bars, 'bench/engine');
  return { series, funding: syntheticFunding(series, 'bench/engine') };
}

function trendContest(): Contest {
  const learned = market(STEP_BARS);
  const { features, primary, regime, labeling, model, costs } = settings;
  const strategy = createTrendStrategy({ barMs: HOUR_MS, features, primary, regime });
  const atrPeriod = features.atrPeriod;
  const dataset = buildDataset({ ...learned, strategy, labeling, costs, atrPeriod });
  const window = { start: learned.series.openTime[0], end: learned.series.openTime[8_760], embargoMs: 0 };
  const trained = trainModel(dataset, window, { params: model, seed: 'bench' });
  // Guard and account limits off, and every judged signal taken: each bar runs the whole chain, whatever the walk does.
  const busy: EngineParams = {
    ...params,
    guard: { ...params.guard, enabled: false },
    risk: { ...params.risk, confidenceThreshold: 0, dailyLossLimit: 1, drawdownLimit: 1 },
  };
  return { market: learned, strategy, params: busy, model: trained.model };
}

/** Measures both; medians of five rounds after one that is not counted. */
export async function run(): Promise<BenchRow[]> {
  const plain: EngineParams = {
    ...params,
    metaModel: 'off',
    guard: { ...params.guard, enabled: false },
    risk: { ...params.risk, dailyLossLimit: 1, drawdownLimit: 1 },
  };
  return [
    measured('engine: full decision step, trained ensemble', trendContest()),
    measured('engine: backtest of a plain signal', {
      market: market(PLAIN_BARS),
      strategy: plainStrategy,
      params: plain,
      model: undefined,
    }),
  ];
}

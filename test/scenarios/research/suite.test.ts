// Does a research run lose nothing, depend on nothing it should not, and admit what it does not know?
import { beforeAll, describe, expect, it } from 'vitest';
import { exitCodeOfResult } from '../../../src/cli/research-answer.ts';
import { FLAG_FILLED, FLAG_SEGMENT_START, type CandleSeries } from '../../../src/domain/candle.ts';
import { DAY_MS, HOUR_MS } from '../../../src/domain/time.ts';
import { planSuite } from '../../../src/research/plan-suite.ts';
import { reportCsv } from '../../../src/research/report-csv.ts';
import { createPlantedEdge } from '../../../src/simulation/embedded-market/null-markets.ts';
import { runSuite } from '../../../src/research/suite.ts';
import { createInlineRunner } from '../inline-runner.ts';
import {
  contextOf,
  HEADLINE,
  inputOf,
  marketOf,
  runSmall,
  variantsOf,
  type SmallRun,
  type SmallRunResult,
} from './small-research.ts';

const BARS = 130 * 24;
const LEVELS = ['conservative', 'moderate', 'aggressive'] as const;
const planted = (symbol: string, seed: number) => createPlantedEdge({ symbol, seed, bars: BARS, fundingRate: 0.0001 });
const [first, second] = [planted('AUSDT', 21), planted('BUSDT', 22)];
const markets = [first, second].map(({ candles, funding }) => marketOf(candles, funding));
const variants = variantsOf(LEVELS);
const run: SmallRun = { markets, variants };

/** `series` without the bars from day `from` to day `to`, marked as the data check marks it. */
function withHole(series: CandleSeries, from: number, to: number): CandleSeries {
  const kept = Array.from(series.openTime.keys()).filter((bar) => bar < from * 24 || bar >= to * 24);
  const column = (of: Float64Array): Float64Array => Float64Array.from(kept, (bar) => of[bar]);
  const flags = Uint8Array.from(kept, (bar) => series.flags[bar] | (bar === to * 24 ? FLAG_SEGMENT_START : 0));
  const { open, high, low, close, volume, openTime } = series;
  return {
    ...series,
    length: kept.length,
    openTime: column(openTime),
    open: column(open),
    high: column(high),
    low: column(low),
    close: column(close),
    volume: column(volume),
    flags,
  };
}

let whole: SmallRunResult;
beforeAll(async () => {
  whole = await runSmall(run);
});

const keyOf = ({ symbol, riskLevel }: { symbol: string; riskLevel: string }): string => `${symbol} ${riskLevel}`;

/** The largest position of a risk level over equity. */
const largestPosition = (riskLevel: string): number => {
  const own = whole.suite.outcomes.filter((outcome) => outcome.riskLevel === riskLevel);
  return Math.max(...own.flatMap(({ trades }) => trades.map((trade) => trade.sizing.final * trade.leverage)));
};

describe('what comes out', () => {
  it('depends neither on the order of the tasks, nor on the number of workers, nor on how folds are shared out', async () => {
    const other = { shuffled: 'x', workers: 3, cloned: true, foldsPerTask: 1, symbolsPerBatch: 1 };
    const again = await runSmall({ ...run, ...other });
    expect(again.result).toEqual(whole.result);
    expect(reportCsv(again.result)).toBe(reportCsv(whole.result));
  });

  it('of one symbol and level does not depend on which others run beside it, but on the seed', async () => {
    const small: SmallRun = { markets: [markets[1]], variants: variantsOf(['moderate']) };
    const [alone, otherwise] = [await runSmall(small), await runSmall({ ...small, seed: 2 })];
    const [{ trades }] = alone.suite.outcomes;
    expect(trades.length).toBeGreaterThan(10);
    expect(trades).toEqual(
      whole.suite.outcomes.find(({ symbol, riskLevel }) => symbol === 'BUSDT' && riskLevel === 'moderate')?.trades,
    );
    expect(otherwise.result.tradeHash).not.toBe(alone.result.tradeHash);
  });

  it('adds up: equity is the start and the trades, trades are price, fees, slippage and funding', () => {
    for (const outcome of whole.suite.outcomes) {
      const { trades, costs, initialEquity, finalEquity } = outcome;
      const net = trades.reduce((sum, { netPnl }) => sum + netPnl, 0);
      expect(finalEquity).toBeCloseTo(initialEquity + net, 6);
      expect(costs.grossBeforeCosts - costs.fees - costs.slippage - costs.funding).toBeCloseTo(net, 6);
      expect(outcome.folds.reduce((sum, fold) => sum + (fold.status === 'reported' ? fold.netPnl : 0), 0)).toBeCloseTo(
        net,
        6,
      );
    }
  });

  it('is traded with models that were trained before the trade, and never with those of another fold', () => {
    for (const { trades, folds } of whole.suite.outcomes) {
      for (const trade of trades) {
        const fold = folds.find(({ testStart, testEnd }) => trade.decidedAt >= testStart && trade.decidedAt < testEnd);
        expect(fold).toMatchObject({ status: 'reported', modelId: trade.modelId });
        expect(trade.exitTime).toBeLessThanOrEqual((fold?.testEnd ?? NaN) + HOUR_MS);
      }
    }
    for (const { card, window } of whole.suite.models.flatMap(({ folds }) =>
      folds.flatMap((fold) => (fold.status === 'trained' ? [{ card: fold.trained.card, window: fold.window }] : [])),
    )) {
      expect(card.validationUntil).toBeLessThanOrEqual(window.testStart);
    }
  });

  it('differs by risk level in size and leverage, as the levels promise', () => {
    expect(largestPosition('conservative')).toBeLessThan(largestPosition('moderate'));
    expect(largestPosition('moderate')).toBeLessThan(largestPosition('aggressive'));
    for (const { riskLevel, trades } of whole.suite.outcomes) {
      const limit = variants.find((variant) => variant.riskLevel === riskLevel)?.risk.maxLeverage ?? 0;
      for (const { leverage } of trades) expect(leverage).toBeLessThanOrEqual(limit);
    }
  });

  it('holds the primary signal alone beside the headline variant, for every symbol and level', () => {
    const headline = whole.suite.outcomes.filter(({ variant }) => variant === HEADLINE);
    expect(whole.suite.primaryAlone.map(keyOf)).toEqual(headline.map(keyOf));
    for (const { trades } of whole.suite.primaryAlone) {
      expect(trades.length).toBeGreaterThan(0);
      expect(trades.every(({ confidence, probability }) => confidence === 1 && Number.isNaN(probability))).toBe(true);
    }
  });

  it('has models of its own for every variant that learns otherwise, and shared ones for those that learn the same', async () => {
    const overrides = ['research.ensemble_variants=[true,false]'];
    const { suite } = await runSmall({
      markets: [markets[0]],
      variants: variantsOf(['moderate', 'aggressive'], overrides),
    });
    expect(suite.cards).toHaveLength(2 * suite.outcomes[0].folds.length);
    expect(suite.models).toHaveLength(1);
    const idsOf = (variant: string): string[][] =>
      suite.outcomes
        .filter((outcome) => outcome.variant === variant)
        .map(({ folds }) => folds.map((fold) => (fold.status === 'reported' ? fold.modelId : '')));
    const [ensemble, boosting] = [idsOf('ensemble/standard'), idsOf('boosting/standard')];
    expect(ensemble[0]).toEqual(ensemble[1]);
    expect(boosting[0]).toEqual(boosting[1]);
    expect(new Set([...ensemble[0], ...boosting[0]]).size).toBe(2 * ensemble[0].length);
  });

  it('reports progress from nothing to everything, one step at a time', async () => {
    const small = { markets: [markets[0]], variants: variantsOf(['moderate']) };
    const steps: number[][] = [];
    await runSuite(inputOf(small), createInlineRunner(contextOf(small)), (done, total) => steps.push([done, total]));
    expect(steps.map(([done]) => done)).toEqual(Array.from({ length: steps.length }, (_, step) => step));
    expect(new Set(steps.map(([, total]) => total))).toEqual(new Set([steps.length - 1]));
  });
});

describe('no fold vanishes', () => {
  const holed = marketOf(withHole(second.candles, 85, 105), second.funding);
  const holedRun: SmallRun = { markets: [markets[0], holed], variants };
  let broken: SmallRunResult;
  beforeAll(async () => {
    broken = await runSmall(holedRun);
  });

  it('planned folds are reported or failed with a reason, in every row', () => {
    const plans = planSuite(inputOf(holedRun));
    for (const { symbol, folds } of broken.result.rows) {
      const planned = plans.find((plan) => plan.market.symbol === symbol)?.windows ?? [];
      expect(folds.map(({ index, testStart }) => [index, testStart])).toEqual(
        planned.map(({ index, testStart }) => [index, testStart]),
      );
      for (const fold of folds) if (fold.status === 'failed') expect(fold.reason).not.toBe('');
    }
  });

  it('a hole starves the folds it touches and no other, with the reason, and the exit code says so', () => {
    expect(whole.result.failedFolds).toEqual([]);
    expect(exitCodeOfResult(whole.result)).toBe(0);
    const failed = broken.result.failedFolds;
    expect(failed.length).toBeGreaterThan(0);
    expect(new Set(failed.map(({ symbol }) => symbol))).toEqual(new Set(['BUSDT']));
    expect(
      failed.some(({ reason }) => /^nothing could be decided in the test window: \d+ of 480 candles/.test(reason)),
    ).toBe(true);
    expect(exitCodeOfResult(broken.result)).toBe(1);
    for (const { symbol, folds } of broken.result.rows) {
      const own = folds.flatMap((fold) => (fold.status === 'failed' ? [fold.index] : []));
      expect(own).toEqual(symbol === 'AUSDT' ? [] : failed.map(({ fold }) => fold));
    }
  });

  it('nothing is traded in a failed fold, and no level with one is recommended', () => {
    for (const { trades, folds } of broken.suite.outcomes) {
      for (const { decidedAt } of trades) {
        const fold = folds.find(({ testStart, testEnd }) => decidedAt >= testStart && decidedAt < testEnd);
        expect(fold?.status).toBe('reported');
      }
    }
    for (const { word } of broken.result.levels) expect(word).not.toBe('recommended');
  });

  it('labels that are too few fail the fold with their number', async () => {
    const poor = await runSmall({
      markets: [markets[0]],
      variants: variantsOf(['moderate'], ['model.min_train_samples=5000']),
    });
    expect(poor.result.failedFolds).toHaveLength(poor.result.rows[0].folds.length);
    expect(poor.result.failedFolds[0].reason).toMatch(/^\d+ usable labels, 5000 are needed/);
    expect(poor.result.rows[0]).toMatchObject({ figures: { trades: 0, sharpe: undefined }, finalEquity: 100_000 });
  });
});

/** Open of the hour that `time` lies in. */
const barOf = (time: number): number => Math.floor(time / HOUR_MS) * HOUR_MS;

describe('candles that nobody traded', () => {
  it('are never decided at, entered in or left in', async () => {
    const flags = first.candles.flags.slice();
    const filled = new Set<number>();
    for (let bar = 60 * 24; bar < BARS; bar += 17) {
      flags[bar] |= FLAG_FILLED;
      filled.add(first.candles.openTime[bar]);
    }
    const market = marketOf({ ...first.candles, flags }, first.funding);
    const { suite } = await runSmall({ markets: [market], variants: variantsOf(['aggressive']) });
    const trades = suite.outcomes.flatMap((outcome) => outcome.trades);
    expect(trades.length).toBeGreaterThan(50);
    for (const { decidedAt, entryTime, exitTime, reason } of trades) {
      expect(filled.has(decidedAt - HOUR_MS)).toBe(false);
      expect(filled.has(barOf(entryTime))).toBe(false);
      if (reason !== 'end-of-data') expect(filled.has(barOf(exitTime))).toBe(false);
    }
  });
});

describe('trades that one candle does not decide', () => {
  const wild = createPlantedEdge({
    symbol: 'WILDUSDT',
    seed: 5,
    bars: BARS * 12,
    intervalMs: HOUR_MS / 12,
    annualVolatility: 3,
  });
  const hourly = aggregated(wild.candles, 12);
  const coarse: SmallRun = { markets: [marketOf(hourly, wild.funding)], variants: variantsOf(['moderate']) };
  let undecidedRun: SmallRunResult;
  beforeAll(async () => {
    undecidedRun = await runSmall(coarse);
  });

  it('are counted, with the result if all of them went wrong or right', () => {
    const { suite, result } = undecidedRun;
    const [{ trades, ambiguity, figures }] = suite.outcomes;
    const undecided = trades.filter((trade) => trade.ambiguous);
    expect(undecided.length).toBeGreaterThan(0);
    expect(ambiguity.trades).toBe(undecided.length);
    expect(undecided.every(({ reason }) => reason === 'stop')).toBe(true);
    expect(ambiguity.worstTotalReturn).toBe(figures.totalReturn);
    expect(ambiguity.bestTotalReturn ?? NaN).toBeGreaterThan(ambiguity.worstTotalReturn ?? NaN);
    expect(result.rows[0].ambiguity).toEqual(ambiguity);
  });

  it('are decided by finer candles where they are stored', async () => {
    const fine = { ...coarse.markets[0], finer: [wild.candles] };
    const [without] = undecidedRun.suite.outcomes;
    const [decided] = (await runSmall({ ...coarse, markets: [fine] })).suite.outcomes;
    expect(decided.ambiguity.trades).toBeLessThan(without.ambiguity.trades / 2);
  });
});

/** `series` with `bars` bars put together into one each. */
function aggregated(series: CandleSeries, bars: number): CandleSeries {
  const length = series.length / bars;
  const column = (pick: (from: number) => number): Float64Array =>
    Float64Array.from({ length }, (_, index) => pick(index * bars));
  return {
    ...series,
    intervalMs: series.intervalMs * bars,
    length,
    openTime: column((from) => series.openTime[from]),
    open: column((from) => series.open[from]),
    close: column((from) => series.close[from + bars - 1]),
    high: column((from) => Math.max(...series.high.subarray(from, from + bars))),
    low: column((from) => Math.min(...series.low.subarray(from, from + bars))),
    volume: column((from) => series.volume.subarray(from, from + bars).reduce((sum, value) => sum + value, 0)),
    flags: Uint8Array.from({ length }, (_, index) => (index === 0 ? FLAG_SEGMENT_START : 0)),
  };
}

describe('the days of a result', () => {
  it('are all midnights of the joined test windows, each once', () => {
    for (const { days, dailyEquity, dailyReturns, from, to } of whole.suite.outcomes) {
      expect(days).toEqual(Array.from({ length: (to - from) / DAY_MS + 1 }, (_, day) => from + day * DAY_MS));
      expect(dailyEquity[0]).toBe(100_000);
      dailyReturns.forEach((value, day) => expect(value).toBeCloseTo(dailyEquity[day + 1] / dailyEquity[day] - 1, 14));
    }
  });
});

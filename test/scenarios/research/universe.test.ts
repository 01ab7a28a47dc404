// Does a coin that dies stand in the results with its loss, and is none traded before its age or while nobody trades it? (R15)
import { beforeAll, describe, expect, it } from 'vitest';
import { sliceSeries, type CandleSeries } from '../../../src/domain/candle.ts';
import { DAY_MS, HOUR_MS } from '../../../src/domain/time.ts';
import { strategyOf } from '../../../src/research/jobs.ts';
import type { SymbolMarket } from '../../../src/research/market.ts';
import type { VariantOutcome } from '../../../src/research/outcome.ts';
import { planSuite } from '../../../src/research/plan-suite.ts';
import type { VariantSettings, WalkForwardParams } from '../../../src/research/settings.ts';
import { simulateVariant } from '../../../src/research/simulate-variant.ts';
import type { BacktestResult } from '../../../src/simulation/run-backtest.ts';
import { createPlantedEdge } from '../../../src/simulation/embedded-market/null-markets.ts';
import { marketOf, runSmall, variantsOf, WINDOWS, type SmallRunResult } from './small-research.ts';

const BARS = 170 * 24;
const planted = (symbol: string, seed: number) => createPlantedEdge({ symbol, seed, bars: BARS, fundingRate: 0.0001 });
const [living, doomed] = [planted('LIVEUSDT', 21), planted('DEADUSDT', 22)];
const alive = marketOf(living.candles, living.funding);
const asMarket = (series: CandleSeries): SymbolMarket => marketOf(series, doomed.funding);

const settingsOf = (overrides: readonly string[] = []): VariantSettings => ({
  ...variantsOf(['moderate'], overrides)[0],
  metaModel: 'off',
});

/** The primary signal alone over all test windows of `market` beside the living one. */
function tradeAlone(market: SymbolMarket, settings = settingsOf(), walkForward = WINDOWS): BacktestResult {
  const [, plan] = planSuite({ markets: [alive, market], walkForward, years: 10 });
  return simulateVariant({
    market,
    settings,
    strategy: strategyOf(settings, HOUR_MS),
    folds: plan.windows.map((window) => ({ window, model: undefined })),
    ambiguity: 'worst',
  });
}

/** All prices fall to `share` of what they were at once, at the open of bar `from`, and stay there. */
function crashed(series: CandleSeries, from: number, share: number): CandleSeries {
  const fallen = (column: Float64Array): Float64Array =>
    column.map((price, index) => (index < from ? price : price * share));
  const { open, high, low, close } = series;
  return { ...series, open: fallen(open), high: fallen(high), low: fallen(low), close: fallen(close) };
}

const barAt = (series: CandleSeries, time: number): number => Math.round((time - series.openTime[0]) / HOUR_MS);

/** A coin that loses 95 % at once while a long is held, and whose candles end while another position is held. */
function deadCoin(): { readonly series: CandleSeries; readonly crashAt: number } {
  const { candles } = doomed;
  const long = tradeAlone(asMarket(candles)).state.roundTrips.find(
    ({ direction, entryTime, exitTime }) =>
      direction === 1 && exitTime - entryTime > 4 * HOUR_MS && entryTime > candles.openTime[0] + 90 * DAY_MS,
  );
  const crashAt = barAt(candles, long?.entryTime ?? NaN) + 2;
  const fallen = crashed(candles, crashAt, 0.05);
  const last = tradeAlone(asMarket(fallen)).state.roundTrips.find(
    ({ entryTime, exitTime }) =>
      exitTime - entryTime > 4 * HOUR_MS && entryTime > candles.openTime[crashAt] + 2 * DAY_MS,
  );
  return { series: sliceSeries(fallen, 0, barAt(candles, last?.entryTime ?? NaN) + 3), crashAt };
}

describe('a coin that crashes and is delisted', () => {
  const { series, crashAt } = deadCoin();
  const lastClose = series.openTime[series.length - 1] + HOUR_MS;
  let run: SmallRunResult;
  let alone: VariantOutcome;
  beforeAll(async () => {
    run = await runSmall({ markets: [alive, asMarket(series)], variants: variantsOf(['moderate']) });
    alone = run.suite.primaryAlone.find(({ symbol }) => symbol === 'DEADUSDT') ?? expect.fail('it is missing');
  });

  it('stands in the results with every fold up to its end, the last of which its candles cut off', () => {
    const row = run.result.rows.find(({ symbol }) => symbol === 'DEADUSDT') ?? expect.fail('it is missing');
    const { folds } = row;
    expect(run.result.rows.map(({ symbol }) => symbol)).toEqual(['LIVEUSDT', 'DEADUSDT']);
    expect(folds[folds.length - 1]).toMatchObject({ status: 'reported', testEnd: lastClose });
    expect((lastClose - folds[folds.length - 1].testStart) % (WINDOWS.testDays * DAY_MS)).not.toBe(0);
    const years = run.result.baselines.find(({ symbol }) => symbol === 'DEADUSDT');
    expect(years?.buyAndHold?.totalReturn).toBeLessThan(-0.8);
  });

  it('stands there with the loss of what was held when it crashed: the whole margin, and no more than it and the costs', () => {
    const crash = series.openTime[crashAt];
    const hit = alone.trades.find(({ entryTime, exitTime }) => entryTime < crash && exitTime >= crash);
    expect(hit).toMatchObject({ direction: 1, reason: 'liquidation' });
    const { netPnl = NaN, quantity = NaN, entryPrice = NaN, leverage = NaN, fees = NaN, funding = NaN } = hit ?? {};
    expect(netPnl).toBeCloseTo(-(quantity * entryPrice) / leverage - fees, -1);
    expect(netPnl).toBeLessThan(-500);
    expect(Math.abs(funding)).toBeLessThan(100);
    const net = alone.trades.reduce((sum, trade) => sum + trade.netPnl, 0);
    expect(alone.finalEquity).toBeCloseTo(alone.initialEquity + net, 6);
    const fold =
      alone.folds.find(({ testStart, testEnd }) => testStart <= crash && crash < testEnd) ?? expect.fail('no fold');
    expect(fold).toMatchObject({ status: 'reported' });
    const own = alone.trades.filter(({ decidedAt }) => decidedAt >= fold.testStart && decidedAt < fold.testEnd);
    const sum = own.reduce((total, trade) => total + trade.netPnl, 0);
    if (fold.status === 'reported') expect(fold.netPnl).toBeCloseTo(sum, 6);
  });

  it('is left at its last price, with fee and slippage', () => {
    const trade = alone.trades[alone.trades.length - 1];
    expect(trade).toMatchObject({ exitTime: lastClose, reason: 'end-of-data' });
    const price = series.close[series.length - 1];
    const against = (trade.direction * (price - trade.exitPrice)) / price;
    expect(against).toBeGreaterThan(0.00005);
    expect(against).toBeLessThan(0.01);
    expect(trade.fees).toBeGreaterThan(0.0005 * trade.quantity * trade.exitPrice);
  });
});

const EARLY: WalkForwardParams = { ...WINDOWS, trainDays: 30, testDays: 15, stepDays: 15 };
const AGED = settingsOf(['universe.min_listing_age_days=50']);

describe('a late listing', () => {
  const market = asMarket(doomed.candles);
  const listed = doomed.candles.openTime[0];

  it('is not traded before its age, whatever its signals say, and is from then on', () => {
    const { state } = tradeAlone(market, AGED, EARLY);
    expect(state.symbols[0].funnel.refused['too-young']).toBeGreaterThan(20);
    const first = state.roundTrips[0].decidedAt;
    expect(first).toBeGreaterThanOrEqual(listed + 50 * DAY_MS);
    expect(first).toBeLessThan(listed + 54 * DAY_MS);
  });

  it('counts its age from its record where there is one, not from where its stored candles begin', () => {
    const known = { ...market, listedAt: listed - 25 * DAY_MS };
    const { state } = tradeAlone(known, AGED, EARLY);
    expect(state.roundTrips[0].decidedAt).toBeLessThan(listed + 40 * DAY_MS);
    // Candles before the recorded listing prove that the record is another listing.
    const wrong = { ...market, listedAt: listed + 100 * DAY_MS };
    expect(tradeAlone(wrong, AGED, EARLY).state.roundTrips).toEqual(tradeAlone(market, AGED, EARLY).state.roundTrips);
  });

  it('has its age from the first stored candle although a simulation is fed only its warm-up', () => {
    const { state } = tradeAlone(market);
    expect(state.symbols[0].funnel.refused['too-young']).toBe(0);
    expect(state.roundTrips[0].decidedAt).toBeLessThan(listed + (WINDOWS.trainDays + 4) * DAY_MS);
  });
});

describe('hours in which hardly anybody trades', () => {
  const [from, to] = [80, 95].map((day) => day * 24);
  const { candles } = doomed;
  const volume = candles.volume.map((each, bar) => (bar >= from && bar < to ? each / 1_000 : each));
  const market = asMarket({ ...candles, volume });
  const [start, end] = [candles.openTime[from], candles.openTime[to]];
  const within = (result: BacktestResult): number[] =>
    result.state.roundTrips.map(({ decidedAt }) => decidedAt).filter((time) => time >= start + DAY_MS && time < end);

  it('see no entry where a traded value is asked for, and at the first close of the test the value is known', () => {
    const asked = tradeAlone(market, settingsOf(['universe.min_traded_value_24h=100000']));
    expect(within(asked)).toEqual([]);
    const { refused } = asked.state.symbols[0].funnel;
    expect(refused.illiquid).toBeGreaterThan(20);
    const quiet = tradeAlone(asMarket(candles), settingsOf(['universe.min_traded_value_24h=100000']));
    expect(quiet.state.symbols[0].funnel.refused.illiquid).toBe(0);
  });

  it('see smaller orders or none where participation is capped, and as many as ever where it is not', () => {
    const free = ['risk.max_participation=1', 'costs.impact_coefficient=0'];
    const uncapped = tradeAlone(market, settingsOf(free));
    expect(within(uncapped).length).toBeGreaterThan(3);
    const capped = tradeAlone(market, settingsOf(['costs.impact_coefficient=0']));
    for (const { decidedAt, quantity } of capped.state.roundTrips) {
      const bar = barAt(candles, decidedAt);
      const traded = volume.slice(bar - 24, bar).reduce((sum, each) => sum + each, 0);
      expect(quantity).toBeLessThanOrEqual(0.01 * traded * (1 + 1e-12));
    }
  });
});

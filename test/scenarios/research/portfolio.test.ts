// Does one account over many symbols tell what it did? Late and dead symbols, who brought what, and the account of one symbol. (R15)
import { describe, expect, it } from 'vitest';
import { composePortfolio } from '../../../src/cli/compose-portfolio.ts';
import { sliceSeries, type CandleSeries } from '../../../src/domain/candle.ts';
import { DAY_MS, HOUR_MS } from '../../../src/domain/time.ts';
import { assessPortfolio } from '../../../src/research/assess-portfolio.ts';
import { strategyOf } from '../../../src/research/jobs.ts';
import type { SymbolMarket } from '../../../src/research/market.ts';
import type { PortfolioOutcome } from '../../../src/research/outcome.ts';
import { planCalendar, planSuite } from '../../../src/research/plan-suite.ts';
import { rebalancesOf } from '../../../src/research/portfolio-figures.ts';
import { simulatePortfolio } from '../../../src/research/simulate-portfolio.ts';
import { createPlantedEdge } from '../../../src/simulation/embedded-market/null-markets.ts';
import { composedOf, HEADLINE, marketOf, WINDOWS } from './small-research.ts';

const BARS = 170 * 24;
const OVERRIDES = ['portfolio.cross_sectional.top_k=2', 'portfolio.cross_sectional.min_liquidity=0'];

function planted(symbol: string, seed: number): SymbolMarket {
  const { candles, funding } = createPlantedEdge({ symbol, seed, bars: BARS, fundingRate: 0.0001 });
  return marketOf(candles, funding);
}

const cut = ({ series, funding }: SymbolMarket, from: number, to: number): SymbolMarket =>
  marketOf(sliceSeries(series, from, to), funding);

const VARIANTS = new Map(
  composePortfolio(composedOf(['aggressive'], OVERRIDES), HEADLINE).map(({ settings }) => [settings.variant, settings]),
);

/** One account that trades every primary signal, so that nothing need be trained. */
function trade(markets: readonly SymbolMarket[], variant: string): PortfolioOutcome {
  const settings = { ...(VARIANTS.get(variant) ?? expect.fail(variant)), metaModel: 'off' as const };
  const input = { markets, walkForward: WINDOWS, years: 10 };
  const plans = planSuite(input);
  const calendar = planCalendar(input, plans);
  const symbols = plans.map(({ market, windows }) => ({
    market,
    folds: windows.map((window) => ({ window, model: undefined })),
  }));
  const strategy = strategyOf(settings, HOUR_MS);
  const result = simulatePortfolio({ symbols, settings, strategy, calendar, ambiguity: 'worst' });
  const coverage = { candles: 0, decidable: 0 };
  const folds = plans.map(({ market, windows }) => ({
    market,
    folds: windows.map((window) => ({ window, coverage, status: 'failed' as const, reason: 'not trained' })),
  }));
  return assessPortfolio({ symbols: folds, calendar, settings, result, bestTotalReturn: undefined });
}

function contributionOf(
  { portfolio }: PortfolioOutcome,
  symbol: string,
): PortfolioOutcome['portfolio']['contributions'][number] {
  return portfolio.contributions.find((each) => each.symbol === symbol) ?? expect.fail(symbol);
}

const [living, doomed, young] = [planted('LIVEUSDT', 21), planted('DEADUSDT', 22), planted('LATEUSDT', 23)];
const barAt = ({ series }: SymbolMarket, time: number): number => Math.round((time - series.openTime[0]) / HOUR_MS);

/** All prices are a twentieth from bar `from` on, at once. */
function crashed({ series, funding }: SymbolMarket, from: number): SymbolMarket {
  const fallen = (column: Float64Array): Float64Array =>
    column.map((price, bar) => (bar < from ? price : price * 0.05));
  const { open, high, low, close } = series;
  const crash: CandleSeries = {
    ...series,
    open: fallen(open),
    high: fallen(high),
    low: fallen(low),
    close: fallen(close),
  };
  return marketOf(crash, funding);
}

/** A trade of the doomed coin that lasts, in the given direction, in the last third of the time. */
function lasting(outcome: PortfolioOutcome, direction?: 1 | -1): number {
  const found = outcome.trades.find(
    (each) =>
      each.symbol === 'DEADUSDT' &&
      each.exitTime - each.entryTime > 4 * HOUR_MS &&
      each.entryTime > living.series.openTime[0] + 120 * DAY_MS &&
      (direction === undefined || each.direction === direction),
  );
  return barAt(doomed, found?.entryTime ?? expect.fail('no trade lasts'));
}

describe.each(['portfolio/off', 'portfolio/equal'])('a coin that dies in %s', (variant) => {
  const whole = trade([living, doomed], variant);

  it('brings the loss of what was held when it crashed', () => {
    const at = lasting(whole, 1) + 2;
    const market = crashed(doomed, at);
    const outcome = trade([living, market], variant);
    const crash = doomed.series.openTime[at];
    const hit = outcome.trades.find(
      ({ symbol, entryTime, exitTime }) => symbol === 'DEADUSDT' && entryTime < crash && exitTime >= crash,
    );
    expect(hit).toMatchObject({ direction: 1, reason: 'liquidation' });
    expect(hit?.netPnl).toBeLessThan(-500);
    expect(contributionOf(outcome, 'DEADUSDT').netPnl).toBeLessThan(contributionOf(whole, 'DEADUSDT').netPnl - 500);
    expect(outcome.finalEquity).toBeLessThan(whole.finalEquity - 500);
  });

  it('is closed at its last price with a cost when its candles end, and never selected again', () => {
    const at = lasting(whole);
    const market = cut(doomed, 0, at + 3);
    const outcome = trade([living, market], variant);
    const lastClose = doomed.series.openTime[at + 3];
    const last = outcome.trades.findLast(({ symbol }) => symbol === 'DEADUSDT');
    expect(last).toMatchObject({ exitTime: lastClose, reason: 'delisting' });
    const price = doomed.series.close[at + 2];
    expect(((last?.direction ?? 0) * (price - (last?.exitPrice ?? NaN))) / price).toBeGreaterThan(0.00005);
    expect(last?.fees).toBeGreaterThan(0.0005 * (last?.quantity ?? NaN) * price);
    expect(contributionOf(outcome, 'DEADUSDT').delistedTrades).toBe(1);
    expect(outcome.exits.delisting).toBe(1);
    const later = rebalancesOf(outcome.notes).filter(({ time }) => time > lastClose);
    expect(later.length > 0).toBe(variant !== 'portfolio/off');
    for (const { selected, ranking } of later) {
      expect(selected).not.toContain('DEADUSDT');
      expect(ranking.find(({ symbol }) => symbol === 'DEADUSDT')?.refusal).toBe('no-candle');
    }
    // Until then nothing knows that it will end.
    const before = (each: PortfolioOutcome): unknown => each.trades.filter(({ exitTime }) => exitTime < lastClose);
    expect(before(outcome)).toEqual(before(whole));
  });
});

describe('a late listing', () => {
  const late = cut(young, 45 * 24 + 7, BARS);
  const input = { markets: [living, late], walkForward: WINDOWS, years: 10 };
  const plans = planSuite(input);
  const calendar = planCalendar(input, plans);
  const firstTest = plans[1].windows[0].testStart;

  it('has windows of its own, and the calendar is that of the symbol tested longest', () => {
    expect(calendar).toEqual(plans[0].windows);
    expect(plans[1].windows.map(({ testStart }) => testStart)).not.toContain(calendar[3].testStart);
    expect(planCalendar({ ...input, markets: [late] }, [plans[1]])).toEqual(plans[1].windows);
  });

  it('enters with its first window, and changes nothing before', () => {
    for (const variant of VARIANTS.keys()) {
      const [alone, beside] = [trade([living], variant), trade([living, late], variant)];
      const own = beside.trades.filter(({ symbol }) => symbol === 'LATEUSDT');
      expect(own.length).toBeGreaterThan(10);
      expect(Math.min(...own.map(({ decidedAt }) => decidedAt))).toBeGreaterThanOrEqual(firstTest);
      expect(contributionOf(beside, 'LATEUSDT').trades).toBe(own.length);
      const fed = firstTest - 32 * DAY_MS;
      const before = (each: PortfolioOutcome): unknown => each.trades.filter(({ exitTime }) => exitTime < fed);
      expect(before(beside)).toEqual(before(alone));
    }
  });
});

describe('what is told of an account', () => {
  const markets = [living, doomed, young, planted('MOREUSDT', 24)];
  const outcomes = [...VARIANTS.keys()].map((variant) => trade(markets, variant));

  it('adds up: the contributions are what the account won or lost, and rebalances begin where the tests do', () => {
    for (const outcome of outcomes) {
      const { contributions, rebalances } = outcome.portfolio;
      const sum = contributions.reduce((total, { netPnl }) => total + netPnl, 0);
      expect(sum).toBeCloseTo(outcome.finalEquity - outcome.initialEquity, 6);
      expect(contributions.reduce((total, { trades }) => total + trades, 0)).toBe(outcome.figures.trades);
      const told = rebalancesOf(outcome.notes);
      expect(told).toHaveLength(rebalances);
      if (outcome.variant === 'portfolio/off') continue;
      expect(rebalances).toBe(Math.round((outcome.to - outcome.from) / DAY_MS));
      expect(told[0].time).toBe(outcome.from);
      const seats = contributions.reduce((total, { selectedShare = NaN }) => total + selectedShare, 0);
      expect(seats).toBeCloseTo(2, 6);
    }
  });

  it('enters nobody who is not selected', () => {
    for (const { notes, trades } of outcomes.slice(1)) {
      const rebalances = rebalancesOf(notes);
      for (const { symbol, decidedAt } of trades) {
        const inForce = rebalances.findLast(({ time }) => time <= decidedAt);
        expect(inForce?.selected).toContain(symbol);
      }
    }
  });

  it('is the same whatever the order in which the symbols were named', () => {
    const [, equal] = outcomes;
    const turned = trade(markets.toReversed(), 'portfolio/equal');
    expect(turned.trades).toEqual(equal.trades);
    expect(turned.dailyEquity).toEqual(equal.dailyEquity);
    expect(turned.portfolio).toEqual(equal.portfolio);
  });

  it('counts what a rebalance cost: orders with that reason and no others', () => {
    const [, equal] = outcomes;
    expect(equal.portfolio.rebalanceCost).toEqual({ fills: 0, fees: 0, slippage: 0 });
    expect(equal.exits).not.toHaveProperty('rebalance');
    const settings = VARIANTS.get('portfolio/equal') ?? expect.fail('it is missing');
    const { portfolio = expect.fail('it has none') } = settings;
    VARIANTS.set('portfolio/closing', {
      ...settings,
      portfolio: { ...portfolio, selection: { ...portfolio.selection, onLeaving: 'close', rankBuffer: 0 } },
    });
    const closing = trade(markets, 'portfolio/closing');
    const { fills, fees, slippage } = closing.portfolio.rebalanceCost;
    const closed = closing.trades.filter(({ reason }) => reason === 'rebalance');
    expect(closed.length).toBeGreaterThan(0);
    expect(fills).toBeGreaterThanOrEqual(closed.length);
    expect(fees).toBeGreaterThan(0);
    expect(fees + slippage).toBeLessThan(closed.reduce((sum, each) => sum + each.fees + each.slippage, 0));
    VARIANTS.delete('portfolio/closing');
  });
});

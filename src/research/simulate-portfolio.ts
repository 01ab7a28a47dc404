// How does one variant trade many symbols with one account over a calendar of folds? All candles of a close in one slice.
import { firstBarAtOrAfter, sliceSeries, type CandleSeries } from '../domain/candle.ts';
import { invariant } from '../domain/errors.ts';
import type { OrderIntent } from '../domain/order.ts';
import type { EngineEvent } from '../engine/event.ts';
import type { EngineState } from '../engine/state.ts';
import { portfolioWarmupBars } from '../portfolio/portfolio-params.ts';
import { runBacktest, type BacktestResult } from '../simulation/run-backtest.ts';
import { createSimulatedVenue, type SimulatedVenue } from '../simulation/simulated-venue.ts';
import type { MetaModel } from '../strategy/meta-model.ts';
import type { Strategy } from '../strategy/strategy.ts';
import { engineParams } from './engine-params.ts';
import { listedAtOf, type SymbolMarket } from './market.ts';
import type { FoldWindow } from './outcome.ts';
import type { VariantSettings } from './settings.ts';

/** A fold with the model that trades it; undefined: its training failed, so nothing is opened in it. */
export interface ModelledFold {
  readonly window: FoldWindow;
  readonly model: MetaModel | undefined;
}

/** A symbol of the account with its own folds: at least one, in rising time. */
export interface TradedSymbol {
  readonly market: SymbolMarket;
  readonly folds: readonly ModelledFold[];
}

export interface PortfolioSimulation {
  /** At least one, of one interval; in any order, for what happens at one moment happens by their names. */
  readonly symbols: readonly TradedSymbol[];
  readonly settings: VariantSettings;
  readonly strategy: Strategy;
  /** Windows at whose ends every position is closed; at least one, in rising time. */
  readonly calendar: readonly FoldWindow[];
  readonly ambiguity: 'worst' | 'best';
  /** Traded opens that every market order fills late (a stress). Default 0. */
  readonly delayBars?: number | undefined;
  /** Hears of every order as the venue is given it. */
  readonly onOrder?: (order: OrderIntent) => void;
  /** Called after every slice; it looks and changes nothing. */
  readonly observe?: ((state: EngineState, time: number) => void) | undefined;
}

/**
 * Runs the engine over the joined windows of the calendar. A symbol is fed from its warm-up before its own first test on: so
 * its first decision is at the first close of that window, and a late listing enters with its first model. Without a model
 * it is not entered. Positions end with the calendar's windows, at the next open, with costs; those of a symbol whose
 * candles end before the others', at its last price.
 */
export function simulatePortfolio(input: PortfolioSimulation): BacktestResult {
  const { settings, strategy, calendar, onOrder } = input;
  const from = calendar[0].testStart;
  const until = calendar[calendar.length - 1].testEnd;
  const fed = input.symbols
    .toSorted((a, b) => (a.market.symbol < b.market.symbol ? -1 : 1))
    .map((symbol) => ({ ...symbol, candles: fedCandles(symbol, settings, { strategy, until }) }))
    .filter(({ candles }, index) => index === 0 || candles.length > 0);
  const [{ candles: first }] = fed;
  const barMs = first.intervalMs;
  invariant(
    fed.every(({ candles }) => candles.intervalMs === barMs),
    'symbols of one account need candles of one interval',
  );
  const venue = createSimulatedVenue({
    instruments: fed.map(({ market }) => market.instrument),
    costs: settings.costs,
    funding: new Map(
      fed.flatMap(({ market: { symbol, funding } }) => (funding === undefined ? [] : [[symbol, funding] as const])),
    ),
    finer: new Map(fed.map(({ market }) => [market.symbol, market.finer])),
    ambiguity: input.ambiguity,
    delayBars: input.delayBars,
  });
  return runBacktest({
    setup: {
      barMs,
      initialEquity: settings.initialEquity,
      params: engineParams(settings, barMs),
      strategy,
      symbols: fed.map(({ market }) => ({
        instrument: market.instrument,
        hasFunding: market.funding !== undefined,
        listedAt: listedAtOf(market),
      })),
    },
    venue: onOrder === undefined ? venue : heard(venue, onOrder),
    series: fed.map(({ candles }) => candles),
    funding: fed.map(({ market }) => market.funding),
    schedule: schedule(fed, calendar),
    from: fed.reduce(
      (least, { candles }) => (candles.length === 0 ? least : Math.min(least, candles.openTime[0])),
      from,
    ),
    recordFrom: from,
    until,
    observe: input.observe,
  });
}

function heard(venue: SimulatedVenue, onOrder: (order: OrderIntent) => void): SimulatedVenue {
  return {
    ...venue,
    place(order) {
      onOrder(order);
      venue.place(order);
    },
  };
}

/** From the warm-up before the symbol's first test to the end of the calendar. */
function fedCandles(
  { market: { series }, folds }: TradedSymbol,
  settings: VariantSettings,
  { strategy, until }: { readonly strategy: Strategy; readonly until: number },
): CandleSeries {
  const end = firstBarAtOrAfter(series, until);
  const first = firstFedBar(series, settings, { strategy, testStart: folds[0].window.testStart });
  return sliceSeries(series, Math.min(end, first), end);
}

/** The bar from which on a symbol must be fed, so that strategy and ranking are warm at its first test. */
export function firstFedBar(
  series: CandleSeries,
  { portfolio }: VariantSettings,
  { strategy, testStart }: { readonly strategy: Strategy; readonly testStart: number },
): number {
  const ranked = portfolio?.crossSectional.enabled === true ? portfolioWarmupBars(portfolio, series.intervalMs) : 0;
  const firstDecision = firstBarAtOrAfter(series, testStart - series.intervalMs);
  return Math.max(0, firstDecision - Math.max(strategy.warmupBars, ranked) + 1);
}

/**
 * At the calendar's borders everything is closed; at a symbol's own borders its next model takes over, and between windows
 * that do not touch there is none. At one moment positions are closed first.
 */
function schedule(symbols: readonly TradedSymbol[], calendar: readonly FoldWindow[]): EngineEvent[] {
  const ends = calendar.map(({ testEnd }): EngineEvent => ({ kind: 'flatten', time: testEnd, reason: 'fold-end' }));
  const promotions = symbols.flatMap(({ market: { symbol }, folds }) =>
    folds.flatMap(({ window, model }, index): EngineEvent[] => {
      const begin: EngineEvent = { kind: 'model-promoted', time: window.testStart, symbol, model };
      const next = folds[index + 1];
      const isFollowed = next !== undefined && next.window.testStart <= window.testEnd;
      return isFollowed ? [begin] : [begin, { kind: 'model-promoted', time: window.testEnd, symbol, model: undefined }];
    }),
  );
  return [...ends, ...promotions].sort((a, b) => a.time - b.time);
}

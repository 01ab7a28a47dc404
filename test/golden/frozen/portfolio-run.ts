// How does one account over all contracts of the embedded market trade, frozen? Through every rebalance, with a late listing and a delisting.
import { settingsOf } from '../../../src/cli/compose-variants.ts';
import { loadConfig } from '../../../src/config/load-config.ts';
import { sliceSeries } from '../../../src/domain/candle.ts';
import { sha256Hex } from '../../../src/domain/sha256.ts';
import { DAY_MS } from '../../../src/domain/time.ts';
import type { Rebalance } from '../../../src/portfolio/rebalance.ts';
import { strategyOf } from '../../../src/research/jobs.ts';
import type { SymbolMarket } from '../../../src/research/market.ts';
import { rebalancesOf } from '../../../src/research/portfolio-figures.ts';
import { simulatePortfolio, type TradedSymbol } from '../../../src/research/simulate-portfolio.ts';
import { figuresOf, type Figures } from './frozen-figures.ts';
import { frozenMarket, type MarketName } from './frozen-markets.ts';
import { QUICK, testWindow, trainedFolds } from './variant-run.ts';

export interface PortfolioRun {
  /** Settings over the shipped ones, as `--set` takes them. */
  readonly set?: readonly string[];
  /** Default: true. */
  readonly selects?: boolean;
  /** Trains a meta-model for every symbol and window; default: the primary signal trades alone. */
  readonly trained?: boolean;
}

/** After so many the strategy is ready. */
const WARM_DAYS = 35;

/** Days of each contract that there are; undefined: all. */
const MEMBERS: readonly (readonly [MarketName, (readonly [from: number, to: number])?])[] = [
  ['alpha'],
  ['bravo'],
  ['charlie'],
  ['delta', [0, 112]],
  ['foxtrot', [62, 146]],
];
const CALENDAR = [
  [95, 115],
  [115, 135],
] as const;
/** Rebalances so often that a position sees several, and a memory so short that the ranking moves. */
const RESTLESS = [
  'portfolio.cross_sectional.rebalance_interval_hours=6',
  'portfolio.cross_sectional.sharpe_lookback_days=7',
  'portfolio.covariance.lookback_days=14',
  'exits.max_hold_hours=72',
  'exits.stop_fraction=0.03',
  'exits.target_fraction=0.04',
];

/** Runs the account from day 95 to day 135; everything that was ever selected is frozen beside what was traded. */
export function runPortfolio({ set = [], selects = true, trained = false }: PortfolioRun): Figures {
  const enabled = `portfolio.cross_sectional.enabled=${selects}`;
  const loaded = loadConfig({
    riskLevel: 'moderate',
    overrides: [enabled, ...RESTLESS, ...(trained ? QUICK : []), ...set],
  });
  const { portfolio } = loaded.config;
  const settings = { ...settingsOf('moderate', loaded), metaModel: trained ? 'on' : 'off', portfolio } as const;
  const strategy = strategyOf(settings, frozenMarket('alpha').series.intervalMs);
  const calendar = CALENDAR.map((days, index) => testWindow(frozenMarket('alpha'), index, days));
  const symbols = MEMBERS.map(([name, days]): TradedSymbol => {
    const market = memberOf(name, days);
    const [open, close] = [market.series.openTime[0], market.series.openTime[market.series.length - 1]];
    const windows = calendar.filter(({ testStart }) => testStart >= open + WARM_DAYS * DAY_MS && testStart < close);
    const folds = trained
      ? trainedFolds(market, settings, windows)
      : windows.map((window) => ({ window, model: undefined }));
    return { market, folds };
  });
  const result = simulatePortfolio({ symbols, settings, strategy, calendar, ambiguity: 'worst' });
  const rebalances = rebalancesOf(result.notes);
  return {
    ...figuresOf({ result, orders: [], data: symbols.map(({ market }) => market) }),
    rebalances: rebalances.length,
    replacements: rebalances.slice(1).reduce((sum, { entered }) => sum + entered.length, 0),
    fallbacks: rebalances.filter(({ fallback }) => fallback !== undefined).length,
    rebalancesHash: sha256Hex([new TextEncoder().encode(rebalances.map(lineOf).join('\n'))]),
  };
}

function memberOf(name: MarketName, days: readonly [number, number] | undefined): SymbolMarket {
  const market = frozenMarket(name);
  if (days === undefined) return market;
  const [from, to] = days;
  return { ...market, series: sliceSeries(market.series, from * 24, Math.min(to * 24, market.series.length)) };
}

/** Numbers in their shortest exact form. */
function lineOf({ time, selected, weights, riskContributions, fallback, ranking }: Rebalance): string {
  const ranks = ranking.map(({ symbol, rank, score, refusal }) => [symbol, rank, score, refusal]);
  return JSON.stringify([time, selected, weights, riskContributions, fallback?.method, ranks]);
}

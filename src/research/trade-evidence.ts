// How much of a result hangs on single trades, on their order and on costs? Figures from closed trades alone.
import type { Random } from '../domain/random.ts';
import type { RoundTrip } from '../engine/round-trip.ts';
import { figureOf, without, withoutInterval, type Figure, type IntervalFigure } from './figure.ts';
import { drawdownQuantiles, monteCarloDrawdown, randomPermutations } from './statistics/monte-carlo-drawdown.ts';
import { quantileOfSorted, sorted } from './statistics/quantile.ts';
import { stationaryResamples } from './statistics/stationary-bootstrap.ts';
import { tradeStatistics } from './statistics/trade-results.ts';

/** With fewer trades nothing is resampled. */
const MIN_TRADES = 20;
const BEST = 5;
/** Orders and resamples behind the odds of a drawdown; quantiles at 5 % and 95 % need no more. */
const DRAWDOWN_DRAWS = 1_000;

export type EvidenceTrade = Pick<
  RoundTrip,
  'entryPrice' | 'exitPrice' | 'quantity' | 'grossPnl' | 'fees' | 'slippage' | 'funding' | 'netPnl'
>;

export interface TradeEvidenceInput {
  /** In the order in which they closed. */
  readonly trades: readonly EvidenceTrade[];
  /** Quote currency. */
  readonly initialEquity: number;
  /** Of the profit factor's interval. */
  readonly resamples: number;
  /** Drawdown fractions whose probability is asked, such as those of the guard. */
  readonly drawdownLimits: readonly number[];
  readonly random: Random;
}

/** Drawdowns of closed trades; what a trade went through before its end does not show. */
export interface DrawdownOdds {
  /** 5 %, 50 % and 95 % quantile over random orders of the same trades: luck of the path. */
  readonly reordered: DrawdownQuantiles;
  /** The same over trades drawn with replacement: luck of the sample. */
  readonly resampled: DrawdownQuantiles;
  /** Per limit, the share of orders and of resamples that fall deeper. */
  readonly overLimit: readonly {
    readonly limit: number;
    readonly reordered: number;
    readonly resampled: number;
  }[];
}

export interface DrawdownQuantiles {
  readonly low: number | undefined;
  readonly median: number | undefined;
  readonly high: number | undefined;
}

export interface TradeEvidence {
  readonly trades: number;
  readonly profitFactor: Figure;
  /** 95 % interval over blocks of trades in their order. */
  readonly profitFactorInterval: IntervalFigure;
  readonly drawdown: Figure<DrawdownOdds>;
  /** Part of the net profit that the five best trades made; above 1 the others lost. */
  readonly bestFiveShare: Figure;
  /**
   * Fees and slippage per side, in bps of the traded value, at which nothing would have been left; funding stays as it was.
   * Negative: it lost even without them. Sizes count as traded: dearer trades would have been smaller.
   */
  readonly breakEvenBps: Figure;
  /** Fees and slippage per side that were paid. */
  readonly paidBps: Figure;
}

/** Everything that closed trades tell; their order matters, their times do not. */
export function tradeEvidence(input: TradeEvidenceInput): TradeEvidence {
  const { trades } = input;
  return {
    trades: trades.length,
    ...profitFactorOf(input),
    drawdown: trades.length < MIN_TRADES ? without('fewer than 20 trades') : { value: drawdownOdds(input) },
    bestFiveShare: bestFiveShare(trades),
    ...costsPerSide(trades),
  };
}

function profitFactorOf({
  trades,
  resamples,
  random,
}: TradeEvidenceInput): Pick<TradeEvidence, 'profitFactor' | 'profitFactorInterval'> {
  const estimate = tradeStatistics(trades).profitFactor;
  const profitFactor = figureOf(estimate, trades.length === 0 ? 'no trade' : 'no losing trade');
  if (trades.length < MIN_TRADES)
    return { profitFactor, profitFactorInterval: withoutInterval('fewer than 20 trades') };
  const net = Float64Array.from(trades, (trade) => trade.netPnl);
  const indices = stationaryResamples({
    length: net.length,
    meanBlock: Math.max(1, Math.round(Math.cbrt(net.length))),
    count: resamples,
    random: random.fork('profit-factor'),
  });
  const replicates = sorted(indices.map((rows) => profitFactorOfRows(net, rows)));
  return { profitFactor, profitFactorInterval: { low: bound(replicates, 0.025), high: bound(replicates, 0.975) } };
}

/** Infinite without a loss, so that such a resample counts as the good one it is. */
function profitFactorOfRows(net: Float64Array, rows: Int32Array): number {
  let won = 0;
  let lost = 0;
  for (let i = 0; i < rows.length; i += 1) {
    const value = net[rows[i]];
    if (value > 0) won += value;
    else lost -= value;
  }
  return lost > 0 ? won / lost : Infinity;
}

function bound(replicates: Float64Array, probability: number): Figure {
  const value = quantileOfSorted(replicates, probability);
  return value !== undefined && Number.isFinite(value) ? { value } : without('no loss in some resamples');
}

function drawdownOdds({ trades, initialEquity, drawdownLimits, random }: TradeEvidenceInput): DrawdownOdds {
  const tradeReturns = new Float64Array(trades.length);
  let equity = initialEquity;
  for (const [index, { netPnl }] of trades.entries()) {
    tradeReturns[index] = netPnl / equity;
    equity += netPnl;
  }
  const odds = monteCarloDrawdown({
    tradeReturns,
    permutations: randomPermutations(trades.length, DRAWDOWN_DRAWS, random.fork('order-of-trades')),
    resamples: drawnTrades(trades.length, random.fork('drawn-trades')),
    drawdownLimit: 1,
  });
  return {
    reordered: quantilesOf(odds.reorderDrawdowns),
    resampled: quantilesOf(odds.resampleDrawdowns),
    overLimit: drawdownLimits.map((limit) => ({
      limit,
      reordered: shareAbove(odds.reorderDrawdowns, limit),
      resampled: shareAbove(odds.resampleDrawdowns, limit),
    })),
  };
}

function drawnTrades(length: number, random: Random): readonly Int32Array[] {
  return Array.from({ length: DRAWDOWN_DRAWS }, () => {
    const drawn = new Int32Array(length);
    for (let i = 0; i < length; i += 1) drawn[i] = random.below(length);
    return drawn;
  });
}

function quantilesOf(drawdowns: Float64Array): DrawdownQuantiles {
  const [low, median, high] = drawdownQuantiles(drawdowns, [0.05, 0.5, 0.95]);
  return { low, median, high };
}

function shareAbove(values: Float64Array, limit: number): number {
  let count = 0;
  for (const value of values) if (value > limit) count += 1;
  return count / values.length;
}

function bestFiveShare(trades: readonly EvidenceTrade[]): Figure {
  if (trades.length <= BEST) return without('five trades or fewer');
  const descending = sorted(trades.map((trade) => trade.netPnl)).reverse();
  let total = 0;
  let best = 0;
  for (const [rank, value] of descending.entries()) {
    total += value;
    if (rank < BEST) best += value;
  }
  return total > 0 ? { value: best / total } : without('no net profit');
}

function costsPerSide(trades: readonly EvidenceTrade[]): Pick<TradeEvidence, 'breakEvenBps' | 'paidBps'> {
  let traded = 0;
  let beforeCosts = 0;
  let paid = 0;
  for (const { entryPrice, exitPrice, quantity, grossPnl, fees, slippage, funding } of trades) {
    traded += (entryPrice + exitPrice) * quantity;
    beforeCosts += grossPnl + slippage - funding;
    paid += fees + slippage;
  }
  if (!(traded > 0)) return { breakEvenBps: without('no trade'), paidBps: without('no trade') };
  return { breakEvenBps: { value: (beforeCosts / traded) * 1e4 }, paidBps: { value: (paid / traded) * 1e4 } };
}

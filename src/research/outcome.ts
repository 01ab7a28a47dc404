// What came out of one variant on one symbol? Plain data from which every table and report is made.
import type { FillReason } from '../domain/fill.ts';
import type { Funnel } from '../engine/funnel.ts';
import type { RoundTrip } from '../engine/round-trip.ts';
import type { Note } from '../engine/step.ts';
import type { PortfolioFigures } from './portfolio-figures.ts';
import type { RandomEntryBaseline } from './random-entries.ts';
import type { FoldStability } from './statistics/stability.ts';

/** A planned fold; times in epoch milliseconds, tests are [testStart, testEnd). */
export interface FoldWindow {
  readonly index: number;
  readonly trainStart: number;
  readonly testStart: number;
  readonly testEnd: number;
}

/** Every planned fold is one of these: reported with its figures, or failed with a reason. */
export type FoldOutcome = FoldWindow & {
  /** Candles of the test window that are there, and closes at which the strategy could decide. */
  readonly candles: number;
  readonly decidable: number;
} & (
    | { readonly status: 'failed'; readonly reason: string }
    | {
        readonly status: 'reported';
        readonly modelId: string;
        readonly trades: number;
        readonly netPnl: number;
        readonly totalReturn: number | undefined;
        readonly sharpe: number | undefined;
        readonly maxDrawdown: number | undefined;
      }
  );

/** Headline figures over the joined test windows; undefined where a figure has no meaning. */
export interface Figures {
  /** Annualised, of daily returns. */
  readonly sharpe: number | undefined;
  /** The smallest of the raw and the autocorrelation-adjusted Sharpe ratios: what targets are held against. */
  readonly sharpeCautious: number | undefined;
  readonly sortino: number | undefined;
  readonly calmar: number | undefined;
  readonly profitFactor: number | undefined;
  readonly maxDrawdown: number | undefined;
  readonly winRate: number | undefined;
  readonly trades: number;
  readonly expectancyR: number | undefined;
  /** Net result per traded entry value, basis points: what a trade earns whatever its size. */
  readonly netBpsPerTrade: number | undefined;
  readonly totalReturn: number | undefined;
  readonly cagr: number | undefined;
  /** Share of bars with a position. */
  readonly exposure: number | undefined;
  /** Mean of |position notional| / equity over all bars: how large the positions are. */
  readonly exposureGross: number | undefined;
  /** Traded notional of both sides over mean equity, per year. */
  readonly turnover: number | undefined;
}

/** Quote currency; positive is a cost. */
export interface CostFigures {
  readonly fees: number;
  readonly slippage: number;
  readonly funding: number;
  /** Price result of all trades before fees and funding, slippage taken out again. */
  readonly grossBeforeCosts: number;
  /** Funding stamps whose rate was missing and charged pessimistically. */
  readonly missingFundingStamps: number;
}

/** Trades whose order inside a candle stayed undecided, and the total return if all went wrong or right. */
export interface Ambiguity {
  readonly trades: number;
  readonly worstTotalReturn: number | undefined;
  readonly bestTotalReturn: number | undefined;
}

export interface VariantOutcome {
  readonly symbol: string;
  readonly riskLevel: string;
  readonly variant: string;
  readonly configHash: string;
  /** Span of the joined tests, epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly initialEquity: number;
  readonly finalEquity: number;
  readonly figures: Figures;
  readonly costs: CostFigures;
  readonly ambiguity: Ambiguity;
  readonly folds: readonly FoldOutcome[];
  readonly foldSharpe: FoldStability;
  readonly funnel: Funnel;
  readonly exits: Readonly<Partial<Record<FillReason, number>>>;
  readonly guardChanges: number;
  readonly notes: readonly Note[];
  readonly randomEntries: RandomEntryBaseline | undefined;
  readonly trades: readonly RoundTrip[];
  /** Equity at UTC midnights. */
  readonly days: readonly number[];
  readonly dailyEquity: readonly number[];
  readonly dailyReturns: readonly number[];
  /** Of one account over many symbols; missing: of one symbol by itself. */
  readonly portfolio?: PortfolioFigures | undefined;
}

/** An outcome of one account over many symbols. */
export type PortfolioOutcome = VariantOutcome & { readonly portfolio: PortfolioFigures };

export function isOfPortfolio(outcome: VariantOutcome): outcome is PortfolioOutcome {
  return outcome.portfolio !== undefined;
}

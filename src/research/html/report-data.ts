// What does the HTML report need to know? The result, and what stands behind it, as plain data that survives JSON.
import type { GuardMode } from '../../risk/performance-guard.ts';
import type { RoundTrip } from '../../engine/round-trip.ts';
import type { HoldoutOpening } from '../holdout.ts';
import type { ResearchResult } from '../result-file.ts';
import type { Figure } from './number-text.ts';

export interface ReportData {
  readonly result: ResearchResult;
  readonly runId?: string;
  /** What money is counted in, such as USDT. */
  readonly currency: string;
  /** The headline variant of every symbol and risk level, in the order of the result's rows. */
  readonly curves: readonly LevelCurve[];
  /** Buy and hold, one per symbol where it is defined. */
  readonly holds: readonly DailyCurve[];
  /** Candles of the tests, one per symbol; a symbol without candles gets no trade chart. */
  readonly candles: readonly CandleColumns[];
  /** Predicted against realised on the test windows, one per symbol; absent: made from the trades. */
  readonly calibration?: readonly CalibrationCurve[];
  readonly importance?: readonly FeatureImportance[];
  /** Accounts over all symbols, in the order of the result's rows; absent: none. */
  readonly accounts?: readonly AccountCurve[];
  readonly regimes?: readonly RegimeLine[];
  readonly sensitivity?: readonly SensitivityMap[];
  /** Lines of the ledger, in its order; empty: never opened. */
  readonly holdoutOpenings?: readonly HoldoutOpening[];
  readonly settings?: readonly VariantRecord[];
}

/** Equity at UTC midnights; times in epoch milliseconds, rising. */
export interface DailyCurve {
  readonly symbol: string;
  readonly days: readonly number[];
  readonly equity: readonly number[];
}

export interface LevelCurve extends DailyCurve {
  readonly riskLevel: string;
  /** In the order of their entries. */
  readonly trades: readonly ReportTrade[];
  /** Changes of the performance guard, in rising time; before the first it is NORMAL. */
  readonly guard: readonly GuardChange[];
}

/** One account over all symbols, and what it decided at its rebalances. */
export interface AccountCurve extends Omit<DailyCurve, 'symbol'> {
  readonly riskLevel: string;
  readonly variant: string;
  /** All that it could trade. */
  readonly symbols: readonly string[];
  /** In rising time; empty: nothing was selected. */
  readonly rebalances: readonly AccountRebalance[];
}

/** `weights` and `risks` in the order of `selected`, shares of 1. */
export interface AccountRebalance {
  readonly time: number;
  readonly selected: readonly string[];
  readonly weights: readonly number[];
  /** Undefined: not known. */
  readonly risks: readonly number[] | undefined;
}

export interface GuardChange {
  readonly time: number;
  readonly mode: GuardMode;
}

/** A round trip with the exits that rested on the venue; prices undefined where there was none. */
export type ReportTrade = Pick<
  RoundTrip,
  | 'direction'
  | 'entryTime'
  | 'exitTime'
  | 'entryPrice'
  | 'exitPrice'
  | 'quantity'
  | 'grossPnl'
  | 'fees'
  | 'slippage'
  | 'funding'
  | 'netPnl'
  | 'initialRisk'
  | 'reason'
  | 'probability'
  | 'regime'
  | 'ambiguous'
> & {
  readonly stopPrice: number | undefined;
  readonly targetPrice: number | undefined;
};

/** Columns of equal length; times are opens in epoch milliseconds, rising. */
export interface CandleColumns {
  readonly symbol: string;
  readonly intervalMs: number;
  /** Price step that the page keeps prices in. */
  readonly tickSize: number;
  readonly openTime: ArrayLike<number>;
  readonly open: ArrayLike<number>;
  readonly high: ArrayLike<number>;
  readonly low: ArrayLike<number>;
  readonly close: ArrayLike<number>;
}

export interface CalibrationCurve {
  readonly name: string;
  /** In rising `predicted`. */
  readonly bins: readonly CalibrationBin[];
  /** Mean probability from which on a trade pays its costs. */
  readonly breakEven?: number;
  /** What one case is worth where cases overlap, 0..1: so many independent ones; missing: 1. */
  readonly independence?: number;
}

export interface CalibrationBin {
  /** Mean predicted probability. */
  readonly predicted: number;
  readonly count: number;
  /** How many came true. */
  readonly won: number;
}

/** Shares of the total gain of all splits, mean over the models of one symbol. */
export interface FeatureImportance {
  readonly symbol: string;
  readonly features: readonly {
    readonly name: string;
    readonly share: number;
    /** Smallest and largest share of a single model. */
    readonly low: number;
    readonly high: number;
  }[];
}

/** What the regime filter of a risk level saw; spans in rising time, without overlap. */
export interface RegimeLine {
  readonly symbol: string;
  readonly riskLevel: string;
  readonly spans: readonly RegimeSpan[];
}

/** [from, to) in epoch milliseconds. */
export interface RegimeSpan {
  readonly from: number;
  readonly to: number;
  readonly regime: string;
}

/** Sharpe ratio and number of trades over a grid of two settings: one row per `ys`, one column per `xs`. A `HeatMap` fits. */
export interface SensitivityMap {
  readonly title?: string;
  readonly xKey: string;
  readonly yKey: string;
  readonly xs: readonly (number | string)[];
  readonly ys: readonly (number | string)[];
  readonly sharpe: readonly (readonly Figure[])[];
  readonly trades: readonly (readonly Figure[])[];
}

/** The resolved configuration of a variant. */
export interface VariantRecord {
  readonly riskLevel: string;
  readonly variant: string;
  readonly configHash: string;
  /** Nested settings as they are in force; undefined: only the hash is shown. */
  readonly config?: unknown;
}

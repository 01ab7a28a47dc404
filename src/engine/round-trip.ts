// What did one trade earn, from flat to flat? The record that guard, reports and statistics read.
import type { FillReason } from '../domain/fill.ts';
import type { Direction } from '../domain/side.ts';

/** A closed trade of one symbol. Money in quote currency; costs are positive; times are epoch milliseconds. */
export interface RoundTrip {
  readonly symbol: string;
  readonly direction: Direction;
  /** Close at which the entry was decided. */
  readonly decidedAt: number;
  readonly entryTime: number;
  readonly exitTime: number;
  /** Average over all fills that opened it or added to it. */
  readonly entryPrice: number;
  /** Average over all fills that took from it. */
  readonly exitPrice: number;
  /** Base units entered, and so also left, in all. */
  readonly quantity: number;
  readonly leverage: number;
  /** Price result before fees and funding, slippage already inside. */
  readonly grossPnl: number;
  readonly fees: number;
  readonly slippage: number;
  readonly funding: number;
  /** grossPnl - fees - funding. */
  readonly netPnl: number;
  /** Loss at the stop of all that was entered, before costs: the unit of R. */
  readonly initialRisk: number;
  readonly reason: FillReason;
  readonly probability: number;
  readonly confidence: number;
  readonly regime: string;
  /** Factors of the size in their order of application. */
  readonly sizing: SizingTrace;
  readonly modelId: string;
  /** One candle held stop and target and no finer candle decided. */
  readonly ambiguous: boolean;
}

/** Why a position had the size it had: base margin fraction and every factor on it. */
export interface SizingTrace {
  readonly base: number;
  readonly confidence: number;
  readonly volatility: number;
  readonly regime: number;
  readonly guard: number;
  /** Share of the portfolio layer; missing: it is off. */
  readonly share?: number;
  /** Margin fraction after the cap and the rounding to lots. */
  readonly final: number;
}

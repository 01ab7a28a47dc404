// Which way does the primary signal point? A vote, or a weighted sum, of moving averages, RSI and MACD.
import { FLAG_FILLED, FLAG_SEGMENT_START, type Candle } from '../domain/candle.ts';
import type { Direction } from '../domain/side.ts';
import { createEma } from '../indicators/ema.ts';
import type { SeriesIndicator } from '../indicators/indicator.ts';
import { createMacd, type Macd } from '../indicators/macd.ts';
import { createRsi } from '../indicators/rsi.ts';

/** Settings of section `primary`. Periods in bars; weights count in mode `weighted` only. */
export interface PrimaryParams {
  readonly combine: 'voting' | 'weighted';
  /** Voting: at least so many votes on the winning side. */
  readonly minVotes: number;
  /** Weighted: |signed sum of weights| over the sum of all enabled weights. */
  readonly minWeight: number;
  readonly ema: { readonly enabled: boolean; readonly fast: number; readonly slow: number; readonly weight: number };
  readonly rsi: {
    readonly enabled: boolean;
    readonly period: number;
    readonly oversold: number;
    readonly overbought: number;
    readonly weight: number;
  };
  readonly macd: {
    readonly enabled: boolean;
    readonly fast: number;
    readonly slow: number;
    readonly signal: number;
    readonly weight: number;
  };
}

/** One member's opinion; 0: it abstains, is still warming up or is switched off. */
export type Vote = Direction | 0;

export interface PrimarySignal {
  /** What the members together ask for at the last close. */
  readonly direction: Vote;
  /** Side of the fast average. */
  readonly emaVote: Vote;
  /** +1 below oversold, -1 above overbought. */
  readonly rsiVote: Vote;
  /** Sign of the histogram. */
  readonly macdVote: Vote;
  /** Bars after which a later start gives the same signal. */
  readonly stableAfter: number;
  /** Takes a closed candle and returns `direction`; a filled candle asks for nothing, the first of a segment starts anew. */
  update(candle: Candle): Vote;
}

/** The sign of `x` as a vote; NaN abstains. */
const voteOf = (x: number): Vote => (x > 0 ? 1 : x < 0 ? -1 : 0);

class PrimarySignalState implements PrimarySignal {
  direction: Vote = 0;
  emaVote: Vote = 0;
  rsiVote: Vote = 0;
  macdVote: Vote = 0;
  readonly stableAfter: number;
  private readonly params: PrimaryParams;
  private fast: SeriesIndicator;
  private slow: SeriesIndicator;
  private rsi: SeriesIndicator;
  private macd: Macd;

  constructor(params: PrimaryParams) {
    this.params = params;
    this.fast = createEma(params.ema.fast);
    this.slow = createEma(params.ema.slow);
    this.rsi = createRsi(params.rsi.period);
    this.macd = createMacd(params.macd.fast, params.macd.slow, params.macd.signal);
    this.stableAfter = Math.max(
      1,
      params.ema.enabled ? Math.max(this.fast.stableAfter, this.slow.stableAfter) : 0,
      params.rsi.enabled ? this.rsi.stableAfter : 0,
      params.macd.enabled ? this.macd.stableAfter : 0,
    );
  }

  update(candle: Candle): Vote {
    if ((candle.flags & FLAG_SEGMENT_START) !== 0) this.reset();
    if ((candle.flags & FLAG_FILLED) !== 0) {
      this.abstain();
      return this.direction;
    }
    const { params } = this;
    const { close } = candle;
    if (params.ema.enabled) this.emaVote = voteOf(this.fast.update(close) - this.slow.update(close));
    if (params.rsi.enabled) {
      const rsi = this.rsi.update(close);
      this.rsiVote = rsi < params.rsi.oversold ? 1 : rsi > params.rsi.overbought ? -1 : 0;
    }
    if (params.macd.enabled) this.macdVote = voteOf(this.macd.update(close));
    this.direction = params.combine === 'voting' ? this.majority() : this.weighted();
    return this.direction;
  }

  private majority(): Vote {
    const { emaVote, rsiVote, macdVote, params } = this;
    const balance = emaVote + rsiVote + macdVote;
    const cast = Math.abs(emaVote) + Math.abs(rsiVote) + Math.abs(macdVote);
    const winning = (cast + Math.abs(balance)) / 2;
    return winning >= params.minVotes ? voteOf(balance) : 0;
  }

  private weighted(): Vote {
    const { emaVote, rsiVote, macdVote } = this;
    const { ema, rsi, macd, minWeight } = this.params;
    const total = (ema.enabled ? ema.weight : 0) + (rsi.enabled ? rsi.weight : 0) + (macd.enabled ? macd.weight : 0);
    const sum = emaVote * ema.weight + rsiVote * rsi.weight + macdVote * macd.weight;
    return total > 0 && Math.abs(sum) / total >= minWeight ? voteOf(sum) : 0;
  }

  private abstain(): void {
    this.direction = 0;
    this.emaVote = 0;
    this.rsiVote = 0;
    this.macdVote = 0;
  }

  private reset(): void {
    const { params } = this;
    this.fast = createEma(params.ema.fast);
    this.slow = createEma(params.ema.slow);
    this.rsi = createRsi(params.rsi.period);
    this.macd = createMacd(params.macd.fast, params.macd.slow, params.macd.signal);
    this.abstain();
  }
}

/** The primary signal of one symbol. Voting: the side with more votes, ties 0. Weighted: the sign of the weighted sum. */
export const createPrimarySignal = (params: PrimaryParams): PrimarySignal => new PrimarySignalState(params);

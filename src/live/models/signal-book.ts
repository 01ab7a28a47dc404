// What came of the signals that were decided on? Each is labelled like a row of the training data, as soon as its horizon has passed.
import { FLAG_FILLED, FLAG_SEGMENT_START, type Candle, type CandleSeries } from '../../domain/candle.ts';
import type { FundingSeries } from '../../domain/funding.ts';
import type { Direction } from '../../domain/side.ts';
import { createAtr } from '../../indicators/atr.ts';
import type { FundingView } from '../../strategy/strategy.ts';
import { horizonBars, labelTrade, type LabelCosts, type LabelingParams } from '../../strategy/triple-barrier.ts';

/** How labels are made, the same as in training. */
export interface SignalRules {
  readonly barMs: number;
  readonly labels: LabelingParams;
  readonly costs: LabelCosts;
  readonly atrPeriod: number;
}

/** A close at which the primary signal spoke; times in epoch milliseconds. */
export interface DecidedSignal {
  readonly decidedAt: number;
  readonly direction: Direction;
  /** Columns in the order of the strategy's row names. */
  readonly row: Float64Array;
  /** The regime allowed the direction, as far as is known. */
  readonly allowed: boolean;
  /** Of its barriers; NaN: undefined. */
  readonly width: number;
  /** Undefined: not known yet, or there is none. */
  outcome: SignalOutcome | undefined;
}

export interface SignalOutcome {
  readonly knownAt: number;
  readonly won: boolean;
  /** Fraction of the entry, net of all costs. */
  readonly netReturn: number;
}

/** Signals that are remembered with their outcomes. */
const KEPT_SIGNALS = 2_000;

/** Signals of one symbol. */
export class SignalBook {
  private readonly rules: SignalRules;
  private readonly horizon: number;
  private candles: Candle[] = [];
  private stamps: { readonly time: number; readonly rate: number }[] = [];
  private signals: DecidedSignal[] = [];
  private open: DecidedSignal[] = [];
  private atr: ReturnType<typeof createAtr>;
  private width = NaN;

  constructor(rules: SignalRules) {
    this.rules = rules;
    this.horizon = horizonBars(rules.labels, rules.barMs);
    this.atr = createAtr(rules.atrPeriod);
  }

  /** All that are remembered, oldest first. */
  get remembered(): readonly DecidedSignal[] {
    return this.signals;
  }

  /** The next candle; returns the signals whose outcome is known now, oldest first. */
  candle(candle: Candle, funding: FundingView): readonly DecidedSignal[] {
    this.follow(candle, funding);
    const { barMs } = this.rules;
    const span = this.horizon * barMs;
    const due = this.open.filter(({ decidedAt }) => decidedAt + span <= candle.closeTime);
    this.open = this.open.filter(({ decidedAt }) => decidedAt + span > candle.closeTime);
    for (const signal of due) signal.outcome = this.outcomeOf(signal, candle.closeTime);
    const needed = this.open[0]?.decidedAt ?? candle.closeTime;
    this.candles = this.candles.filter(({ closeTime }) => closeTime >= needed);
    this.stamps = this.stamps.filter(({ time }) => time >= needed);
    return due.filter(({ outcome }) => outcome !== undefined);
  }

  /** A signal at the close of the last candle. */
  signal(given: Pick<DecidedSignal, 'decidedAt' | 'direction' | 'row' | 'allowed'>): DecidedSignal {
    const width = this.rules.labels.width === 'atr' ? this.width : 1;
    const signal: DecidedSignal = { ...given, width, outcome: undefined };
    this.open.push(signal);
    this.signals.push(signal);
    if (this.signals.length > 2 * KEPT_SIGNALS) this.signals = this.signals.slice(-KEPT_SIGNALS);
    return signal;
  }

  private follow(candle: Candle, { time, rate }: FundingView): void {
    this.candles.push(candle);
    if (Number.isFinite(time) && time > (this.stamps.at(-1)?.time ?? -Infinity)) this.stamps.push({ time, rate });
    if ((candle.flags & FLAG_SEGMENT_START) !== 0) this.atr = createAtr(this.rules.atrPeriod);
    if ((candle.flags & FLAG_FILLED) === 0) {
      this.width = this.atr.update(candle.high, candle.low, candle.close) / candle.close;
    }
  }

  private outcomeOf({ decidedAt, direction, width }: DecidedSignal, knownAt: number): SignalOutcome | undefined {
    const { labels: params, costs, barMs } = this.rules;
    const last = decidedAt + this.horizon * barMs;
    const bars = this.candles.filter(({ closeTime }) => closeTime >= decidedAt && closeTime <= last);
    // A candle that never came leaves the outcome unknown.
    if (bars.length !== this.horizon + 1) return undefined;
    const series = seriesOf(bars, barMs);
    const label = labelTrade(
      { series, funding: fundingOf(this.stamps), params, costs },
      { signalIndex: 0, direction, width },
    );
    if (label.kind === 'unlabelled') return undefined;
    return { knownAt, won: label.label === 1, netReturn: label.netReturn };
  }
}

function seriesOf(bars: readonly Candle[], intervalMs: number): CandleSeries {
  const column = (name: 'openTime' | 'open' | 'high' | 'low' | 'close' | 'volume'): Float64Array =>
    Float64Array.from(bars, (bar) => bar[name]);
  return {
    symbol: '',
    intervalMs,
    length: bars.length,
    openTime: column('openTime'),
    open: column('open'),
    high: column('high'),
    low: column('low'),
    close: column('close'),
    volume: column('volume'),
    flags: Uint8Array.from(bars, ({ flags }) => flags),
  };
}

function fundingOf(stamps: readonly { readonly time: number; readonly rate: number }[]): FundingSeries {
  return {
    symbol: '',
    length: stamps.length,
    time: Float64Array.from(stamps, ({ time }) => time),
    rate: Float64Array.from(stamps, ({ rate }) => rate),
  };
}

// How does one model do on the signals that it meets? What it says of each, what came of them, and whether it keeps its promises.
import { confidenceOf, probabilityOf, type MetaModel, type ThresholdScale } from '../../strategy/meta-model.ts';
import { createModelWatch, type ModelWatch, type WatchReport } from '../../training/model-watch.ts';
import type { ModelProfile } from '../../training/model-profile.ts';
import type { DecidedSignal } from './signal-book.ts';

export interface FollowedModel {
  readonly model: MetaModel;
  /** Undefined: it was not trained to trade, and promises nothing. */
  readonly profile: ModelProfile | undefined;
}

/** Above which confidence the engine would open a trade. */
export interface ConvictionRules {
  readonly threshold: number;
  readonly scale: ThresholdScale;
}

/** What a model says of a signal; account, limits and guard are left out. */
export interface ModelOpinion {
  readonly probability: number;
  readonly confidence: number;
  readonly wanted: boolean;
}

export interface FollowReport {
  readonly modelId: string;
  readonly signals: number;
  /** Signals that it would have traded. */
  readonly wanted: number;
  /** Signals whose outcome is known. */
  readonly outcomes: number;
  /** Mean squared distance of probability and outcome. */
  readonly brier: number | undefined;
  /** Wanted ones whose outcome is known: how many, how many won, and their mean net return. */
  readonly trades: number;
  readonly wins: number;
  readonly meanNetReturn: number | undefined;
}

/** Follows one model from its first signal on. */
export class ModelFollower {
  readonly followed: FollowedModel;
  private readonly rules: ConvictionRules;
  private readonly watch: ModelWatch | undefined;
  private readonly count = { signals: 0, wanted: 0, outcomes: 0, squares: 0, trades: 0, wins: 0, netReturn: 0 };

  constructor(followed: FollowedModel, rules: ConvictionRules) {
    this.followed = followed;
    this.rules = rules;
    this.watch = followed.profile && createModelWatch(followed.profile);
  }

  /** What it says of the signal. */
  see(signal: DecidedSignal): ModelOpinion {
    const opinion = this.opinionOf(signal);
    this.watch?.see(signal.row, signal.decidedAt);
    this.count.signals += 1;
    if (opinion.wanted) this.count.wanted += 1;
    return opinion;
  }

  /** The outcome of a signal that it has seen. */
  learn(signal: DecidedSignal): void {
    const { probability, wanted } = this.opinionOf(signal);
    const { outcome, decidedAt } = signal;
    if (outcome === undefined || Number.isNaN(probability)) return;
    const { knownAt, won, netReturn } = outcome;
    const traded = probability >= this.followed.model.edge.breakEven;
    this.watch?.learn({ decidedAt, knownAt, probability, won, netReturn, traded });
    this.count.outcomes += 1;
    this.count.squares += (probability - Number(won)) ** 2;
    if (!wanted) return;
    this.count.trades += 1;
    this.count.wins += Number(netReturn > 0);
    this.count.netReturn += netReturn;
  }

  /** What the watch over it says; undefined: it promises nothing. */
  watched(): WatchReport | undefined {
    return this.watch?.report();
  }

  report(): FollowReport {
    const { signals, wanted, outcomes, squares, trades, wins, netReturn } = this.count;
    return {
      modelId: this.followed.model.id,
      signals,
      wanted,
      outcomes,
      brier: outcomes === 0 ? undefined : squares / outcomes,
      trades,
      wins,
      meanNetReturn: trades === 0 ? undefined : netReturn / trades,
    };
  }

  private opinionOf({ row, allowed }: DecidedSignal): ModelOpinion {
    const { model } = this.followed;
    const { threshold, scale } = this.rules;
    const probability = probabilityOf(model, row, 0);
    const confidence = confidenceOf(probability, model.edge, scale);
    return { probability, confidence, wanted: allowed && confidence >= threshold };
  }
}

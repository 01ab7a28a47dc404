// Does a model still fit what it meets? Brier score, kept promises of probability and profit, and drift of features, as data comes in.
import { stabilityAgainst } from '../learning/drift.ts';
import { HOUR_MS } from '../domain/time.ts';
import { createShortfallDetector } from '../learning/shortfall-detector.ts';
import { DRIFT_WINDOW, type ModelProfile } from './model-profile.ts';

export interface WatchRules {
  /** Label horizons (days, as shipped) between two false alarms of a kind, at least, on average. */
  readonly alarmLength: number;
  /** Trades may win less often than promised by this much, and earn less by so many deviations, before it counts. */
  readonly slack: number;
  /** A feature has drifted when its stability index is above this many times the widest in training, and above 0.25. */
  readonly driftFactor: number;
  /** So many features must have. */
  readonly driftFeatures: number;
}

export const WATCH_RULES: WatchRules = { alarmLength: 120, slack: 0.03, driftFactor: 1.5, driftFeatures: 2 };

/** Stability indices below this are no drift, however steady the training was. */
const LEAST_DRIFT = 0.25;
/** Results further from the promise than this many deviations count as this far. */
const FURTHEST = 4;

/** A signal whose outcome is known; times in epoch milliseconds. */
export interface WatchedOutcome {
  readonly decidedAt: number;
  readonly knownAt: number;
  readonly probability: number;
  readonly won: boolean;
  readonly netReturn: number;
  /** It was good enough to trade. */
  readonly traded: boolean;
}

export type WatchAlarm =
  /** It wins less often than it says. */
  | { readonly kind: 'calibration'; readonly at: number; readonly evidence: number }
  /** Its trades earn less than those it was validated on. */
  | { readonly kind: 'results'; readonly at: number; readonly evidence: number }
  /** Features lie elsewhere than in training. */
  | { readonly kind: 'drift'; readonly at: number; readonly features: readonly string[] };

export interface WatchReport {
  readonly outcomes: number;
  /** Mean squared distance of probability and outcome, and what it would be were every probability true. */
  readonly brier: number | undefined;
  readonly promisedBrier: number | undefined;
  readonly calibrationEvidence: number;
  readonly resultEvidence: number;
  /** Features of the last full window, the most moved first. */
  readonly drift: readonly { readonly feature: string; readonly psi: number; readonly limit: number }[];
  /** The first of each kind. */
  readonly alarms: readonly WatchAlarm[];
}

export interface ModelWatch {
  /** A row that was decided on, in the order of the profile's reference. */
  see(row: ArrayLike<number>, at: number): void;
  /** In rising order of `knownAt`. */
  learn(outcome: WatchedOutcome): void;
  report(): WatchReport;
}

/** A watch over one model from its first decision on. */
export function createModelWatch(profile: ModelProfile, rules: WatchRules = WATCH_RULES): ModelWatch {
  const alarms: WatchAlarm[] = [];
  const drift = createDriftWatch(profile, rules);
  const blockMs = profile.labels.horizonHours * HOUR_MS;
  const calibration = createBlockedDetector(blockMs);
  const results = createBlockedDetector(blockMs);
  const { meanNetReturn, deviation } = profile.expected;
  let squares = 0;
  let promised = 0;
  let outcomes = 0;
  const raise = (alarm: WatchAlarm): void => {
    if (!alarms.some(({ kind }) => kind === alarm.kind)) alarms.push(alarm);
  };
  return {
    see(row, at) {
      const features = drift.see(row);
      if (features.length >= rules.driftFeatures) raise({ kind: 'drift', at, features });
    },
    learn({ decidedAt, knownAt, probability, won, netReturn, traded }) {
      squares += (probability - Number(won)) ** 2;
      promised += probability * (1 - probability);
      outcomes += 1;
      const evidence = calibration.add(decidedAt, probability - rules.slack - Number(won));
      if (evidence >= rules.alarmLength) raise({ kind: 'calibration', at: knownAt, evidence });
      if (!traded || meanNetReturn === undefined || !(deviation !== undefined && deviation > 0)) return;
      const shortfall = ((meanNetReturn - netReturn) / deviation - rules.slack) / FURTHEST;
      const poorer = results.add(decidedAt, Math.max(-1, Math.min(1, shortfall)));
      if (poorer >= rules.alarmLength) raise({ kind: 'results', at: knownAt, evidence: poorer });
    },
    report: () => ({
      outcomes,
      brier: outcomes === 0 ? undefined : squares / outcomes,
      promisedBrier: outcomes === 0 ? undefined : promised / outcomes,
      calibrationEvidence: calibration.evidence(),
      resultEvidence: results.evidence(),
      drift: drift.last(),
      alarms: [...alarms],
    }),
  };
}

/**
 * Outcomes that overlap in time say nearly the same. So the mean of all that were decided within one horizon counts as one
 * sample, and every second such block goes to a detector of its own: what a block tells is known before the next one of its
 * detector begins. Twice their mean evidence bounds false alarms in blocks, as the detector does in samples.
 */
function createBlockedDetector(blockMs: number) {
  const halves = [0, 1].map(() => ({ detector: createShortfallDetector(), block: -1, sum: 0, count: 0 }));
  const evidence = (): number => halves.reduce((sum, { detector }) => sum + detector.evidence, 0);
  return {
    evidence,
    add(decidedAt: number, shortfall: number): number {
      const block = Math.floor(decidedAt / blockMs);
      const half = halves[block % 2];
      if (half.block !== block) {
        if (half.count > 0) half.detector.add(half.sum / half.count);
        half.block = block;
        half.sum = 0;
        half.count = 0;
      }
      half.sum += shortfall;
      half.count += 1;
      return evidence();
    },
  };
}

/** Looks at every window of rows, each half new. */
function createDriftWatch({ reference }: ModelProfile, { driftFactor }: WatchRules) {
  const windows = reference.map(() => new Float64Array(DRIFT_WINDOW));
  const limits = reference.map(({ widest }) => Math.max(LEAST_DRIFT, driftFactor * widest));
  let rows = 0;
  let last: { readonly feature: string; readonly psi: number; readonly limit: number }[] = [];
  return {
    last: () => last,
    /** Features that have drifted, at the end of a window; else none. */
    see(row: ArrayLike<number>): string[] {
      windows.forEach((window, feature) => {
        window[rows % DRIFT_WINDOW] = row[feature];
      });
      rows += 1;
      if (rows < DRIFT_WINDOW || rows % (DRIFT_WINDOW / 2) !== 0) return [];
      last = reference
        .map((bins, feature) => ({
          feature: bins.feature,
          psi: stabilityAgainst(bins, windows[feature]),
          limit: limits[feature],
        }))
        .sort((a, b) => b.psi / b.limit - a.psi / a.limit);
      return last.filter(({ psi, limit }) => psi > limit).map(({ feature }) => feature);
    },
  };
}

// What leaks, and what only follows from it? Mismatches of many cuts, gathered by stage and name.
import { invariant } from '../domain/errors.ts';
import type { TracedStage } from './decision-trace.ts';

/** Stages of a decision, those of a rebalance, then what is made of many decisions: a trained model, an account that traded. */
export type LeakStage = TracedStage | 'ranking' | 'selection' | 'weight' | 'model' | 'account';

/** A stage can only make a later one differ; stages of equal rank do not read each other. */
const RANKS: Readonly<Record<LeakStage, number>> = {
  candle: 0,
  mark: 1,
  funding: 1,
  feature: 2,
  signal: 2,
  regime: 2,
  universe: 2,
  'meta-row': 3,
  model: 3,
  judgement: 4,
  ranking: 5,
  selection: 6,
  weight: 7,
  size: 8,
  order: 9,
  account: 10,
};

/** Stage and name of a column called `<stage> <name>`. @throws PerpilotError INVARIANT_BROKEN for a stage that is none */
export function placeOf(column: string): { readonly stage: LeakStage; readonly name: string } {
  const space = column.indexOf(' ');
  const stage = column.slice(0, space);
  invariant(isStage(stage), `${column} is of no known stage`);
  return { stage, name: column.slice(space + 1) };
}

function isStage(text: string): text is LeakStage {
  return Object.hasOwn(RANKS, text);
}

/** One value before a cut that changed with the future behind it. Values as they are to be shown; undefined: none. */
export interface LeakObservation {
  readonly stage: LeakStage;
  readonly name: string;
  /** Bars of the series that were kept. */
  readonly cut: number;
  /** The first bar that differs, and its close, epoch milliseconds. */
  readonly bar: number;
  readonly time: number;
  readonly withFuture: number | string | undefined;
  readonly withoutFuture: number | string | undefined;
}

/** Everything that was seen of one leaking value; the observation is the one with the earliest bar. */
export interface LeakFinding extends LeakObservation {
  /** `leak`: nothing it is made from differs. `follows`: it differs at least because something before it does. */
  readonly kind: 'leak' | 'follows';
  /** Cuts at which it differed. */
  readonly cuts: number;
  /** The farthest that a differing bar lay before its cut: at least so many bars it looks ahead. */
  readonly reachBars: number;
}

/** One finding for every stage and name, leaks first, then in the order of the stages. */
export function leakFindings(observations: readonly LeakObservation[]): LeakFinding[] {
  const byName = new Map<string, LeakObservation[]>();
  for (const observation of observations) {
    const key = `${observation.stage} ${observation.name}`;
    const known = byName.get(key);
    if (known === undefined) byName.set(key, [observation]);
    else known.push(observation);
  }
  const first = Math.min(...observations.map(({ stage }) => RANKS[stage]));
  const findings = [...byName.values()].map((seen): LeakFinding => {
    const earliest = seen.reduce((best, each) => (each.bar < best.bar ? each : best));
    return {
      ...earliest,
      kind: RANKS[earliest.stage] === first ? 'leak' : 'follows',
      cuts: seen.length,
      reachBars: Math.max(...seen.map(({ cut, bar }) => cut - bar)),
    };
  });
  return findings.sort((a, b) => RANKS[a.stage] - RANKS[b.stage]);
}

// Is there an edge, and does a risk level keep its targets? Judged on the headline variant, never on the best of many.
import type { VariantOutcome } from './outcome.ts';
import type { SelectionReport, Survival } from './selection.ts';
import type { Targets } from './settings.ts';

/**
 * With fewer round trips nothing is called an edge: two lucky trades in half a year of flat days have a Sharpe ratio whose
 * bootstrap never falls below zero, and its normal approximation is far off at such skew.
 */
export const EDGE_MIN_TRADES = 30;

export type TargetName = keyof Targets;

export interface TargetCheck {
  readonly name: TargetName;
  readonly target: number | null;
  readonly value: number | undefined;
  /** Undefined: no promise, so nothing to keep. An undefined value never passes. */
  readonly passed: boolean | undefined;
}

export interface RowVerdict {
  readonly checks: readonly TargetCheck[];
  /** Probability that the Sharpe ratio beats what the best of all trials would show without any edge, as the gate has it. */
  readonly deflatedSharpe: number | undefined;
  /** Whether it is more than the luck of the search. */
  readonly survival: Survival;
  /** It is, and it has enough trades. */
  readonly edge: boolean;
}

/** From best to worst, but for the last: then no figure can be believed. */
export type LevelWord =
  | 'recommended'
  | 'edge, targets missed'
  | 'edge, but not in most folds'
  | 'edge, but folds failed'
  | 'edge in some symbols only'
  | 'no edge found'
  | 'leak suspected';

export interface LevelVerdict {
  readonly riskLevel: string;
  readonly word: LevelWord;
}

export interface LevelsInput {
  readonly outcomes: readonly VariantOutcome[];
  /** One per outcome, in their order. */
  readonly verdicts: readonly RowVerdict[];
  readonly headlineVariant: string;
  /** A model of the run was too good to be true. */
  readonly leakSuspected: boolean;
}

export interface RowsInput {
  readonly outcomes: readonly VariantOutcome[];
  /** Of these outcomes, in their order. */
  readonly selection: Pick<SelectionReport, 'rows'>;
  /** Targets of a risk level. */
  readonly targetsOf: (riskLevel: string) => Targets;
}

/** One verdict per outcome, in their order. */
export function judgeRows({ outcomes, selection, targetsOf }: RowsInput): RowVerdict[] {
  return outcomes.map((outcome, index) => {
    const { gateDeflatedSharpe, survival } = selection.rows[index];
    return {
      checks: checkTargets(outcome, targetsOf(outcome.riskLevel)),
      deflatedSharpe: gateDeflatedSharpe.value,
      survival,
      edge: outcome.figures.trades >= EDGE_MIN_TRADES && survival.survives,
    };
  });
}

/** One verdict per risk level over the headline variant of every symbol; none where no symbol was traded by itself. */
export function judgeLevels({ outcomes, verdicts, headlineVariant, leakSuspected }: LevelsInput): LevelVerdict[] {
  const levels = [...new Set(outcomes.map((outcome) => outcome.riskLevel))];
  return levels.flatMap((riskLevel) => {
    const rows = outcomes.flatMap((outcome, index) =>
      outcome.riskLevel === riskLevel && outcome.variant === headlineVariant && outcome.portfolio === undefined
        ? [{ outcome, verdict: verdicts[index] }]
        : [],
    );
    return rows.length === 0 ? [] : [{ riskLevel, word: leakSuspected ? 'leak suspected' : wordFor(rows) }];
  });
}

function wordFor(rows: readonly { readonly outcome: VariantOutcome; readonly verdict: RowVerdict }[]): LevelWord {
  const withEdge = rows.filter(({ verdict }) => verdict.edge).length;
  if (withEdge === 0) return 'no edge found';
  if (withEdge < rows.length) return 'edge in some symbols only';
  if (rows.some(({ outcome }) => outcome.folds.some((fold) => fold.status === 'failed'))) {
    return 'edge, but folds failed';
  }
  if (rows.some(({ outcome }) => !(shareOfFoldsWon(outcome.folds) > 0.5))) return 'edge, but not in most folds';
  const isKept = rows.every(({ verdict }) => verdict.checks.every((check) => check.passed !== false));
  return isKept ? 'recommended' : 'edge, targets missed';
}

/** Folds with a net gain over all folds. A figure that a few lucky folds made is not to be relied on, however large it is. */
export function shareOfFoldsWon(folds: VariantOutcome['folds']): number {
  return folds.filter((fold) => fold.status === 'reported' && fold.netPnl > 0).length / folds.length;
}

const reaches = (value: number, target: number): boolean => value > target;
const staysWithin = (value: number, target: number): boolean => value < target;

function checkTargets({ figures }: VariantOutcome, targets: Targets): TargetCheck[] {
  const check = (
    name: TargetName,
    value: number | undefined,
    keeps: (value: number, target: number) => boolean,
  ): TargetCheck => {
    const target = targets[name];
    return { name, target, value, passed: target === null ? undefined : value !== undefined && keeps(value, target) };
  };
  return [
    check('sharpe', figures.sharpeCautious, reaches),
    check('profitFactor', figures.profitFactor, reaches),
    check('maxDrawdown', figures.maxDrawdown, staysWithin),
    check('trades', figures.trades, reaches),
  ];
}

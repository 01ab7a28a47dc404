// What does every part of the strategy earn? The whole strategy against itself with one part off, or under a stress.
import type { AblatedOutcome, AblationPart } from './ablation-plan.ts';
import { createDayResamples } from './day-resamples.ts';
import type { Figures, VariantOutcome } from './outcome.ts';
import {
  dailyDifference,
  drawsOf,
  pairedDifference,
  sharedBlockOf,
  type PairedDifference,
} from './paired-difference.ts';
import { adjustPValues } from './statistics/p-values.ts';

export type AblationFigures = Pick<
  Figures,
  'sharpe' | 'profitFactor' | 'maxDrawdown' | 'trades' | 'totalReturn' | 'netBpsPerTrade'
>;

/** The whole strategy less the one without the part: above 0, the part earned. */
export interface AblationDifference extends PairedDifference {
  /** Holm, over the parts of one symbol and risk level; undefined for a stress. */
  readonly adjustedPValue: number | undefined;
}

export type AblationFinding = 'earned' | 'cost' | 'no difference shown';

/** The headline variant of one symbol and risk level: its figures without the part, and what that part is worth. */
export interface AblationRow extends AblationFigures {
  readonly part: AblationPart;
  readonly kind: 'part' | 'stress';
  readonly symbol: string;
  readonly riskLevel: string;
  /** Of the whole strategy. */
  readonly variant: string;
  /** Of the configuration without the part; undefined where no setting says so. */
  readonly configHash: string | undefined;
  /** The same figures of the whole strategy. */
  readonly whole: AblationFigures;
  readonly difference: AblationDifference;
  /** `earned` and `cost` need an interval without 0 and an adjusted p-value below 5 %; undefined for a stress. */
  readonly finding: AblationFinding | undefined;
}

/** What is called a finding: an adjusted p-value below this, and an interval without 0. */
const ALPHA = 0.05;

interface Resampling {
  readonly seed: string;
  /** Behind every interval: 2000 or more for 95 %. */
  readonly resamples: number;
}

export interface AblationInput extends Resampling {
  readonly outcomes: readonly VariantOutcome[];
  /** As the suite orders them: all of one symbol and risk level together. */
  readonly ablations: readonly AblatedOutcome[];
  readonly headlineVariant: string;
}

/** One row per ablation, in their order. All rows of one symbol and risk level are judged on the same drawn days. */
export function ablationRows({ outcomes, ablations, headlineVariant, ...resampling }: AblationInput): AblationRow[] {
  const compared = outcomes
    .filter(({ variant }) => variant === headlineVariant)
    .map((whole) => ({
      whole,
      own: ablations.filter(({ outcome }) => outcome.symbol === whole.symbol && outcome.riskLevel === whole.riskLevel),
    }));
  return comparedRows(compared, resampling);
}

export interface AccountStressInput extends Resampling {
  /** Accounts over all symbols. */
  readonly accounts: readonly VariantOutcome[];
  readonly stresses: readonly AblatedOutcome[];
}

/** One row per stress of each account. All rows of one account are judged on the same drawn days. */
export function accountStressRows({ accounts, stresses, ...resampling }: AccountStressInput): AblationRow[] {
  const compared = accounts.map((whole) => ({
    whole,
    own: stresses.filter(({ outcome }) => outcome.riskLevel === whole.riskLevel && outcome.variant === whole.variant),
  }));
  return comparedRows(compared, resampling);
}

interface Compared {
  readonly whole: VariantOutcome;
  readonly own: readonly AblatedOutcome[];
}

function comparedRows(compared: readonly Compared[], { seed, resamples }: Resampling): AblationRow[] {
  const dayResamples = createDayResamples(`${seed}/ablation`, resamples);
  return compared.flatMap(({ whole, own }) => {
    const daily = own.map(({ outcome }) => dailyDifference(whole.dailyReturns, outcome.dailyReturns));
    const { length } = whole.dailyReturns;
    const draws = drawsOf(dayResamples.of(length, sharedBlockOf(daily)), length);
    const differences = daily.map((difference) => pairedDifference(difference, draws));
    const adjusted = holmOverParts(own, differences);
    return own.map(({ part, kind, configHash, outcome }, at): AblationRow => {
      const difference = { ...differences[at], adjustedPValue: adjusted[at] };
      return {
        part,
        kind,
        symbol: whole.symbol,
        riskLevel: whole.riskLevel,
        variant: whole.variant,
        configHash,
        ...pickFigures(outcome.figures),
        whole: pickFigures(whole.figures),
        difference,
        finding: kind === 'part' ? findingOf(difference) : undefined,
      };
    });
  });
}

/** Only parts that could be tested are counted: a stress is no question of what to leave out. */
function holmOverParts(
  own: readonly AblatedOutcome[],
  differences: readonly PairedDifference[],
): (number | undefined)[] {
  const tested = differences.flatMap(({ pValue }, at) =>
    pValue === undefined || own[at].kind === 'stress' ? [] : [{ at, pValue }],
  );
  const { holm } = adjustPValues(tested.map(({ pValue }) => pValue));
  const adjusted = new Array<number | undefined>(own.length).fill(undefined);
  tested.forEach(({ at }, index) => {
    adjusted[at] = holm[index];
  });
  return adjusted;
}

function findingOf({ interval, adjustedPValue }: AblationDifference): AblationFinding {
  if (interval === undefined || adjustedPValue === undefined || !(adjustedPValue < ALPHA)) return 'no difference shown';
  if (interval.low > 0) return 'earned';
  return interval.high < 0 ? 'cost' : 'no difference shown';
}

function pickFigures({
  sharpe,
  profitFactor,
  maxDrawdown,
  trades,
  totalReturn,
  netBpsPerTrade,
}: Figures): AblationFigures {
  return { sharpe, profitFactor, maxDrawdown, trades, totalReturn, netBpsPerTrade };
}

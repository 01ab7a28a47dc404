// Does a challenger trade better than the champion, and by more than luck? Every reason for and against, whatever the answer.
import { createDayResamples } from '../research/day-resamples.ts';
import { formatNumber, formatPercent } from '../research/format-number.ts';
import { dailyDifference, drawsOf, MIN_DAYS_APART, sharedBlockOf } from '../research/paired-difference.ts';
import { mean } from '../research/statistics/moments.ts';
import { permutationPValue } from '../research/statistics/p-values.ts';

/** Section `renewal.gate` of the configuration. */
export interface GateRules {
  readonly days: number;
  readonly minTrades: number;
  readonly minSharpe: number;
  readonly minProfitFactor: number;
  readonly maxDrawdown: number;
  readonly maxChance: number;
  readonly calibrationSlack: number;
}

/** How an account of one model did over the days of the gate. */
export interface AccountRecord {
  /** Simple returns between UTC midnights; of both accounts over the same days. */
  readonly dailyReturns: ArrayLike<number>;
  readonly trades: number;
  readonly sharpe: number | undefined;
  /** Infinity: no trade lost. */
  readonly profitFactor: number | undefined;
  readonly maxDrawdown: number | undefined;
  readonly totalReturn: number | undefined;
  /** Of its probabilities against the labels of those days; undefined: there were none. */
  readonly brier: number | undefined;
  readonly labels: number;
}

export interface GateCheck {
  readonly name: 'days' | 'trades' | 'sharpe' | 'profit-factor' | 'drawdown' | 'margin' | 'chance' | 'calibration';
  readonly holds: boolean;
  /** What was found and what was asked for. */
  readonly says: string;
}

export interface GateVerdict {
  readonly passed: boolean;
  readonly checks: readonly GateCheck[];
  /** Mean daily return over the champion's. */
  readonly margin: number | undefined;
  /** How often chance alone gives such a margin; undefined with too few days on which the two differ. */
  readonly chance: number | undefined;
}

export interface GateInput {
  /** Undefined: nobody trades yet, and nothing earns nothing. */
  readonly champion: AccountRecord | undefined;
  readonly challenger: AccountRecord;
  readonly rules: GateRules;
  readonly seed: string;
}

const RESAMPLES = 2_000;

/** All checks are made, so that every reason against is known. */
export function judgePromotion(input: GateInput): GateVerdict {
  const { challenger, champion, rules } = input;
  const { trades, sharpe, profitFactor, maxDrawdown, dailyReturns } = challenger;
  const other = champion?.dailyReturns ?? new Float64Array(dailyReturns.length);
  const difference = dailyDifference(dailyReturns, other);
  const margin = mean(difference);
  const chance = chanceOf(difference, input.seed);
  const than = champion === undefined ? 'than not trading' : 'than the champion';
  const checks: GateCheck[] = [
    {
      name: 'days',
      holds: dailyReturns.length >= rules.days - 1,
      says: `${dailyReturns.length} daily returns that neither model learnt from, ${rules.days - 1} are needed`,
    },
    { name: 'trades', holds: trades >= rules.minTrades, says: `${trades} trades, ${rules.minTrades} are needed` },
    atLeast('sharpe', 'Sharpe ratio', { value: sharpe, limit: rules.minSharpe }),
    atLeast('profit-factor', 'profit factor', { value: profitFactor, limit: rules.minProfitFactor }),
    {
      name: 'drawdown',
      holds: maxDrawdown !== undefined && maxDrawdown <= rules.maxDrawdown,
      says: `drawdown ${formatPercent(maxDrawdown)}, ${formatPercent(rules.maxDrawdown)} is allowed`,
    },
    {
      name: 'margin',
      holds: margin !== undefined && margin > 0,
      says: `${margin === undefined ? 'n/a' : formatNumber(1e4 * margin, 2)} bps a day better ${than}`,
    },
    {
      name: 'chance',
      holds: chance !== undefined && chance < rules.maxChance,
      says:
        chance === undefined
          ? `the two differ on fewer than ${MIN_DAYS_APART} days: that says nothing`
          : `chance gives such a margin in ${formatPercent(chance)} of cases, less than ${formatPercent(rules.maxChance)} is asked for`,
    },
    calibrationCheck(input),
  ];
  return { passed: checks.every(({ holds }) => holds), checks, margin, chance };
}

function atLeast(
  name: 'sharpe' | 'profit-factor',
  words: string,
  { value, limit }: { readonly value: number | undefined; readonly limit: number },
): GateCheck {
  const shown = value === Infinity ? 'without a loss' : formatNumber(value, 2);
  const holds = value !== undefined && value >= limit;
  return { name, holds, says: `${words} ${shown}, ${formatNumber(limit, 2)} is needed` };
}

function calibrationCheck({ champion, challenger, rules }: GateInput): GateCheck {
  const own = challenger.brier;
  if (own === undefined)
    return { name: 'calibration', holds: false, says: 'no label tells how true its probabilities are' };
  const other = champion?.brier;
  // A champion without a single label can be no measure, and no champion is none.
  const limit = (other ?? own) + rules.calibrationSlack;
  const beside = other === undefined ? 'nothing to compare it with' : `the champion's is ${formatNumber(other, 4)}`;
  return {
    name: 'calibration',
    holds: own <= limit,
    says: `Brier score ${formatNumber(own, 4)} on ${challenger.labels} labels; ${beside}`,
  };
}

/**
 * One-sided: how often the mean difference, moved to 0, comes out at least as large as the one seen when days are drawn in
 * blocks. Drawing a day draws both accounts of that day, so what moves both alike cancels out.
 */
function chanceOf(difference: Float64Array, seed: string): number | undefined {
  const largest = difference.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const daysApart = difference.reduce((count, value) => count + (Math.abs(value) > 0.01 * largest ? 1 : 0), 0);
  const seen = mean(difference);
  if (seen === undefined || daysApart < MIN_DAYS_APART) return undefined;
  const resamples = createDayResamples(seed, RESAMPLES).of(difference.length, sharedBlockOf([difference]));
  const strayed = drawsOf(resamples, difference.length).map((draws) => {
    let sum = 0;
    for (let day = 0; day < difference.length; day += 1) sum += draws[day] * difference[day];
    return sum / difference.length - seen;
  });
  return permutationPValue(seen, strayed);
}

// How do champions and challengers trade days that neither learnt from? Two accounts through the engine, side by side.
import { firstBarAtOrAfter, sliceSeries } from '../domain/candle.ts';
import { DAY_MS } from '../domain/time.ts';
import { performanceOf } from '../research/assess-account.ts';
import type { SymbolMarket } from '../research/market.ts';
import type { VariantSettings } from '../research/settings.ts';
import { simulatePortfolio } from '../research/simulate-portfolio.ts';
import { probabilityOf, type MetaModel } from '../strategy/meta-model.ts';
import type { Strategy } from '../strategy/strategy.ts';
import { buildDataset, type Dataset } from '../training/dataset.ts';
import { judgePromotion, type AccountRecord, type GateRules, type GateVerdict } from './promotion-gate.ts';

/** A model as it is judged. */
export interface JudgedModel {
  readonly model: MetaModel;
  /** End of the data it was made from, epoch milliseconds. */
  readonly validationUntil: number;
}

export interface Contest {
  readonly market: SymbolMarket;
  /** Undefined: nobody trades it. */
  readonly champion: JudgedModel | undefined;
  readonly challenger: JudgedModel;
}

export interface ContestInput {
  /** At least one; all of them are promoted or none is. */
  readonly contests: readonly Contest[];
  readonly settings: VariantSettings;
  readonly strategy: Strategy;
  /** Nothing later is looked at, epoch milliseconds. */
  readonly until: number;
  readonly rules: GateRules;
  readonly seed: string;
}

export interface ContestResult {
  readonly verdict: GateVerdict;
  /** The days that were traded, epoch milliseconds. */
  readonly from: number;
  readonly until: number;
  readonly champion: AccountRecord | undefined;
  readonly challenger: AccountRecord;
}

/** One account over all symbols of the contest with the champions, another with the challengers, from the end of all trainings. */
export function judgeChallengers(input: ContestInput): ContestResult {
  const { contests, rules, seed, until } = input;
  const learnt = contests.flatMap(({ champion, challenger }) => [
    challenger.validationUntil,
    ...(champion === undefined ? [] : [champion.validationUntil]),
  ]);
  // No more days than are asked for: an old pair would be judged by days long gone.
  const from = Math.max(...learnt, until - rules.days * DAY_MS);
  if (from >= until) return { verdict: noDays(rules), from, until, champion: undefined, challenger: NOTHING };
  const datasets = contests.map(({ market }) => datasetOf(input, market, from));
  const isContested = contests.some(({ champion }) => champion !== undefined);
  const champion = isContested
    ? recordOf(input, { from, datasets, modelOf: (contest) => contest.champion?.model })
    : undefined;
  const challenger = recordOf(input, { from, datasets, modelOf: (contest) => contest.challenger.model });
  return { verdict: judgePromotion({ champion, challenger, rules, seed }), from, until, champion, challenger };
}

const NOTHING: AccountRecord = {
  dailyReturns: [],
  trades: 0,
  sharpe: undefined,
  profitFactor: undefined,
  maxDrawdown: undefined,
  totalReturn: undefined,
  brier: undefined,
  labels: 0,
};

function noDays(rules: GateRules): GateVerdict {
  const says = `no day that neither model learnt from, ${rules.days} are needed`;
  return { passed: false, checks: [{ name: 'days', holds: false, says }], margin: undefined, chance: undefined };
}

interface Side {
  readonly from: number;
  readonly datasets: readonly Dataset[];
  readonly modelOf: (contest: Contest) => MetaModel | undefined;
}

function recordOf(input: ContestInput, { from, datasets, modelOf }: Side): AccountRecord {
  const { contests, settings, strategy, until } = input;
  const window = { index: 0, trainStart: from, testStart: from, testEnd: until };
  const result = simulatePortfolio({
    symbols: contests.map((contest) => ({ market: contest.market, folds: [{ window, model: modelOf(contest) }] })),
    settings,
    strategy,
    calendar: [window],
    ambiguity: 'worst',
  });
  const figures = performanceOf(result);
  return {
    dailyReturns: figures.dailyReturns,
    trades: figures.trades,
    sharpe: figures.sharpeDaily,
    profitFactor: figures.profitFactorInfinite ? Infinity : figures.profitFactor,
    maxDrawdown: figures.maxDrawdown,
    totalReturn: figures.totalReturn,
    ...calibrationOf(contests.map((contest, index) => ({ dataset: datasets[index], model: modelOf(contest), from }))),
  };
}

/** Samples decided in the days of the contest, as far as their outcome is known. */
function datasetOf(
  { settings, strategy, until }: ContestInput,
  { series, funding }: SymbolMarket,
  from: number,
): Dataset {
  const { labeling, costs, features } = settings;
  const first = Math.max(0, firstBarAtOrAfter(series, from) - strategy.warmupBars);
  const known = sliceSeries(series, first, firstBarAtOrAfter(series, until));
  return buildDataset({ series: known, funding, strategy, labeling, costs, atrPeriod: features.atrPeriod });
}

interface Calibrated {
  readonly dataset: Dataset;
  readonly model: MetaModel | undefined;
  readonly from: number;
}

function calibrationOf(parts: readonly Calibrated[]): Pick<AccountRecord, 'brier' | 'labels'> {
  let squares = 0;
  let labels = 0;
  for (const { dataset, model, from } of parts) {
    if (model === undefined) continue;
    const { values, columns } = dataset.x;
    dataset.time.forEach((time, row) => {
      const label = dataset.labels.label[row];
      if (time < from || label < 0) return;
      const probability = probabilityOf(model, values, row * columns);
      if (Number.isNaN(probability)) return;
      squares += (probability - label) ** 2;
      labels += 1;
    });
  }
  return { brier: labels === 0 ? undefined : squares / labels, labels };
}

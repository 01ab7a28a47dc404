// Is luck called luck? Verdicts of rows and risk levels on returns whose truth is known.
import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../domain/time.ts';
import { createFunnel } from '../engine/funnel.ts';
import { createRandom } from '../domain/random.ts';
import type { FoldOutcome, VariantOutcome } from './outcome.ts';
import { assessSelection } from './selection.ts';
import type { Targets } from './settings.ts';
import { foldStability } from './statistics/stability.ts';
import { trialsAlone } from './trial-log.ts';
import { EDGE_MIN_TRADES, judgeLevels, judgeRows, type LevelWord } from './verdict.ts';

const NO_TARGETS: Targets = { sharpe: null, profitFactor: null, maxDrawdown: null, trades: null };
const TARGETS: Targets = { sharpe: 1, profitFactor: 1.2, maxDrawdown: 0.15, trades: 50 };

interface Invented {
  readonly symbol?: string;
  readonly riskLevel?: string;
  readonly variant?: string;
  /** Mean of a day over its deviation. */
  readonly edge: number;
  readonly seed?: string;
  readonly days?: number;
  readonly figures?: Partial<VariantOutcome['figures']>;
  readonly folds?: readonly number[];
  readonly failedFolds?: number;
}

const window = { trainStart: 0, testStart: 0, testEnd: 1, candles: 1, decidable: 1 };

function foldsOf({ folds = [1, 1, 1], failedFolds = 0 }: Invented): FoldOutcome[] {
  const reported = folds.map((netPnl, index): FoldOutcome => ({
    ...window,
    index,
    status: 'reported',
    modelId: 'model',
    trades: 10,
    netPnl,
    totalReturn: netPnl,
    sharpe: netPnl,
    maxDrawdown: 0.1,
  }));
  const failed = Array.from({ length: failedFolds }, (_, index): FoldOutcome => ({
    ...window,
    index: folds.length + index,
    status: 'failed',
    reason: 'too few labels',
  }));
  return [...reported, ...failed];
}

function outcomeOf(invented: Invented): VariantOutcome {
  const { edge, seed = 'one', days = 400, symbol = 'AUSDT', riskLevel = 'moderate', variant = 'headline' } = invented;
  const random = createRandom(seed);
  const dailyReturns = Array.from({ length: days }, () => 0.01 * (edge + random.normal()));
  const folds = foldsOf(invented);
  return {
    symbol,
    riskLevel,
    variant,
    configHash: `${symbol} ${riskLevel} ${variant} ${seed}`,
    from: 0,
    to: 1,
    initialEquity: 1,
    finalEquity: 1,
    figures: {
      sharpe: edge * Math.sqrt(365),
      sharpeCautious: 2,
      sortino: 1,
      calmar: 1,
      profitFactor: 2,
      maxDrawdown: 0.1,
      winRate: 0.5,
      trades: 100,
      expectancyR: 0.1,
      netBpsPerTrade: 5,
      totalReturn: 0.1,
      cagr: 0.1,
      exposure: 0.5,
      exposureGross: 0.5,
      turnover: 1,
      ...invented.figures,
    },
    costs: { fees: 1, slippage: 1, funding: 1, grossBeforeCosts: 10, missingFundingStamps: 0 },
    ambiguity: { trades: 0, worstTotalReturn: 0.1, bestTotalReturn: 0.1 },
    folds,
    foldSharpe: foldStability(folds.map((fold) => (fold.status === 'reported' ? fold.sharpe : undefined))),
    funnel: createFunnel(),
    exits: {},
    guardChanges: 0,
    notes: [],
    randomEntries: undefined,
    trades: [],
    days: Array.from({ length: days + 1 }, (_, day) => day * DAY_MS),
    dailyEquity: [],
    dailyReturns,
  };
}

/** Verdicts on `outcomes`, after `trials` of the log where they are given. */
const verdictsOf = (outcomes: readonly VariantOutcome[], targets: Targets, trials = trialsAlone(outcomes)) =>
  judgeRows({
    outcomes,
    selection: assessSelection({
      rows: outcomes,
      trials,
      seed: 'verdict',
      resamples: 200,
      drawdownLimits: [],
      buyAndHold: new Map(),
    }),
    targetsOf: () => targets,
  });

const wordsOf = (all: readonly Invented[], targets = NO_TARGETS, leakSuspected = false): LevelWord[] => {
  const outcomes = all.map(outcomeOf);
  const verdicts = verdictsOf(outcomes, targets);
  return judgeLevels({ outcomes, verdicts, headlineVariant: 'headline', leakSuspected }).map(({ word }) => word);
};

/** A clear edge, and a twin of it, so that a variance of trials exists. */
const STRONG: readonly Invented[] = [{ edge: 0.3 }, { edge: 0.3, variant: 'other', seed: 'two' }];

const judge = (all: readonly Invented[], targets = TARGETS) => verdictsOf(all.map(outcomeOf), targets);

/** One trial with an edge among `count`. */
const trials = (count: number): Invented[] =>
  Array.from({ length: count }, (_, index) => ({
    edge: index === 0 ? 0.12 : 0,
    seed: `${index}`,
    variant: `${index}`,
  }));

describe('a row', () => {
  it('has an edge when it survives selection and has enough trades', () => {
    const [row] = judge(STRONG);
    expect(row).toMatchObject({ edge: true, survival: { survives: true } });
    expect(row.deflatedSharpe).toBeGreaterThan(0.99);
  });

  it('has none with too few trades, or where selection lets it through no gate', () => {
    const few = judge([{ edge: 0.3, figures: { trades: EDGE_MIN_TRADES - 1 } }, STRONG[1]])[0];
    expect(few).toMatchObject({ edge: false, survival: { survives: true } });
    expect(judge([{ edge: 0.3, figures: { trades: EDGE_MIN_TRADES } }, STRONG[1]])[0].edge).toBe(true);
    const outcomes = STRONG.map(outcomeOf);
    const selection = assessSelection({
      rows: outcomes,
      trials: trialsAlone(outcomes),
      seed: 'gates',
      resamples: 200,
      drawdownLimits: [],
      buyAndHold: new Map(),
    });
    const survival = { survives: false, gate: 'overfitting', measured: { value: 0.9 } } as const;
    const rows = selection.rows.map((row) => ({ ...row, survival }));
    const [row] = judgeRows({ outcomes, selection: { rows }, targetsOf: () => TARGETS });
    expect(row).toMatchObject({ edge: false, survival });
    expect(row.deflatedSharpe).toBe(selection.rows[0].gateDeflatedSharpe.value);
  });

  it('has none without any return, and says why', () => {
    expect(judge([{ edge: 0.3, days: 0 }, STRONG[1]])[0]).toMatchObject({
      edge: false,
      deflatedSharpe: undefined,
      survival: { gate: 'deflated Sharpe ratio', measured: { reason: 'fewer than 20 days' } },
    });
  });

  it('is deflated the more, the more trials there were, in this run or before it', () => {
    const few = judge(trials(4))[0].deflatedSharpe ?? NaN;
    const many = judge(trials(40))[0].deflatedSharpe ?? NaN;
    expect(many).toBeLessThan(few);
    const outcomes = trials(4).map(outcomeOf);
    const [after] = verdictsOf(outcomes, TARGETS, { ...trialsAlone(outcomes), trials: 200 });
    expect(after.deflatedSharpe).toBeLessThan(few);
  });

  it('keeps its edge beside a symbol that loses, however much', () => {
    const losing: Invented = { edge: -0.4, symbol: 'BUSDT', seed: 'b' };
    expect(judge([...STRONG, losing])[0].edge).toBe(true);
  });

  it('holds its figures against the targets: what only reaches a target misses it, so does undefined, no target is no promise', () => {
    const figures = { sharpeCautious: 1.001, profitFactor: 1.201, maxDrawdown: 0.149, trades: 51 };
    const passed = (more: Partial<VariantOutcome['figures']>, targets = TARGETS) =>
      judge([{ edge: 0.3, figures: { ...figures, ...more } }], targets)[0].checks.map((check) => check.passed);
    expect(passed({})).toEqual([true, true, true, true]);
    expect(passed({ sharpeCautious: 1, profitFactor: 1.2, maxDrawdown: 0.15, trades: 50 })).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(passed({ sharpeCautious: undefined, profitFactor: undefined, maxDrawdown: undefined })).toEqual([
      false,
      false,
      false,
      true,
    ]);
    expect(passed({}, NO_TARGETS)).toEqual([undefined, undefined, undefined, undefined]);
  });
});

describe('a risk level', () => {
  it.each<[LevelWord, readonly Invented[], Targets]>([
    ['recommended', STRONG, TARGETS],
    ['edge, targets missed', [{ edge: 0.3, figures: { trades: 49 } }, STRONG[1]], TARGETS],
    ['edge, but not in most folds', [{ edge: 0.3, folds: [9, -1, -1, 5] }, STRONG[1]], TARGETS],
    ['edge, but folds failed', [{ edge: 0.3, failedFolds: 1 }, STRONG[1]], TARGETS],
    ['edge in some symbols only', [...STRONG, { edge: 0, symbol: 'BUSDT', seed: 'b' }], TARGETS],
    ['no edge found', [{ edge: 0 }, { edge: 0, variant: 'other', seed: 'two' }], TARGETS],
  ])('is %s', (word, all, targets) => {
    expect(wordsOf(all, targets)).toEqual([word]);
  });

  it('is never believed when a leak is suspected', () => {
    expect(wordsOf(STRONG, TARGETS, true)).toEqual(['leak suspected']);
  });

  it('is judged by the headline variant, however good another one is', () => {
    expect(wordsOf([{ edge: 0 }, { edge: 0.5, variant: 'other', seed: 'two' }])).toEqual(['no edge found']);
  });

  it('is judged for itself, in the order of the rows', () => {
    const all = [{ edge: 0, riskLevel: 'low' }, ...STRONG];
    expect(wordsOf(all)).toEqual(['no edge found', 'recommended']);
  });
});

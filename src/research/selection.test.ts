import { describe, expect, it } from 'vitest';
import { createRandom } from '../domain/random.ts';
import { DAY_MS } from '../domain/time.ts';
import { simulatedRows, SYMBOLS } from '../../test/null/simulated-rows.ts';
import { createDayResamples } from './day-resamples.ts';
import type { Figure } from './figure.ts';
import { selectionGroup, type GroupSelection } from './selection-group.ts';
import { selectionRow, type RowContext, type RowSelection, type SelectionRow } from './selection-row.ts';
import { assessSelection, survivesSelection, type SelectionInput } from './selection.ts';
import { deflateBestTrial } from './statistics/deflated-sharpe.ts';
import { sampleVariance } from './statistics/moments.ts';
import { randomPermutations } from './statistics/monte-carlo-drawdown.ts';
import { backtestOverfitting } from './statistics/overfitting.ts';
import { estimateSharpe, probabilisticSharpe } from './statistics/probabilistic-sharpe.ts';
import { sharpeRatio } from './statistics/sharpe.ts';
import { foldStability } from './statistics/stability.ts';

const ANNUAL = Math.sqrt(365);
const NO_HOLD = new Map<string, number[]>();

function contextOf(rows: readonly SelectionRow[], trials = rows.length): RowContext & { buyAndHold: typeof NO_HOLD } {
  const sharpes = rows.map((row) => sharpeRatio(row.dailyReturns)).filter((sharpe) => sharpe !== undefined);
  return {
    trials: { trials, varianceOfSharpes: sampleVariance(sharpes) },
    seed: 'seed',
    resamples: 300,
    dayResamples: createDayResamples('seed', 300),
    drawdownLimits: [0.1],
    buyAndHold: NO_HOLD,
  };
}

const inputOf = (rows: readonly SelectionRow[], changes: Partial<SelectionInput> = {}): SelectionInput => ({
  rows,
  ...contextOf(rows),
  ...changes,
});

const ROWS = simulatedRows({ seed: 'selection', days: 200, correlation: 0.6 });
const rowOf = (dailyReturns: readonly number[], changes: Partial<SelectionRow> = {}): SelectionRow => ({
  ...ROWS[0],
  days: Array.from({ length: dailyReturns.length + 1 }, (_, index) => ROWS[0].days[0] + index * DAY_MS),
  dailyReturns,
  ...changes,
});
const returnsOf = (days: number, seed: string, drift = 0) => {
  const random = createRandom(seed);
  return Array.from({ length: days }, () => 0.01 * random.normal() + drift);
};

describe('selectionRow', () => {
  it('has the published deflated Sharpe ratio on the full number of trials', () => {
    const reference = deflateBestTrial(
      ROWS.map((row) => row.dailyReturns),
      500,
    );
    const row = ROWS[reference.bestIndex ?? 0];
    const selection = selectionRow(row, contextOf(ROWS, 500));
    expect(selection.deflatedSharpe.value).toBeCloseTo(reference.probability ?? NaN, 12);
    expect(selection.expectedMaximumSharpe.value).toBeCloseTo((reference.expectedMaximumSharpe ?? NaN) * ANNUAL, 12);
    expect(selection.probabilisticSharpe.value).toBeGreaterThan(selection.deflatedSharpe.value ?? NaN);
    const more = selectionRow(row, contextOf(ROWS, 5_000));
    expect(more.deflatedSharpe.value).toBeLessThan(selection.deflatedSharpe.value ?? NaN);
    expect(more.gateDeflatedSharpe.value).toBeLessThan(selection.gateDeflatedSharpe.value ?? NaN);
    expect(more.minimumBacktestDays.value).toBeGreaterThan(selection.minimumBacktestDays.value ?? NaN);
  });

  it('is not deflated at the gate by what some trials really earn or pay', () => {
    const context = contextOf(ROWS);
    const row = ROWS[3];
    const gate = (varianceOfSharpes: number | undefined) =>
      selectionRow(row, { ...context, trials: { trials: 36, varianceOfSharpes } }).gateDeflatedSharpe.value ?? NaN;
    expect(gate(1)).toBe(gate(10));
    expect(gate(undefined)).toBe(gate(1));
    expect(gate(1e-4)).toBeGreaterThan(gate(1));
  });

  it('takes persistence for a wider spread of chance and for fewer independent days', () => {
    const [order] = randomPermutations(400, 1, createRandom('order'));
    const gates = (edge: number, varianceOfSharpes: number) => {
      const run = { seed: 'ar', days: 400, correlation: 0.5, autocorrelation: 0.4, edge: () => edge };
      const [persistent] = simulatedRows(run);
      const shuffled = { ...persistent, dailyReturns: Array.from(order, (day) => persistent.dailyReturns[day]) };
      return [persistent, shuffled].map((row) => {
        const trials = { trials: 36, varianceOfSharpes };
        return selectionRow(row, { ...contextOf(ROWS), trials }).gateDeflatedSharpe.value ?? NaN;
      });
    };
    // A loss is no smaller for being persistent; trials of equal Sharpe ratio leave no spread to widen.
    const [persistentLoss, shuffledLoss] = gates(-1, 1);
    expect(persistentLoss).toBeLessThan(0.5 * shuffledLoss);
    const [persistent, shuffled] = gates(1, 0);
    expect(persistent).toBeLessThan(shuffled - 0.02);
  });

  it('needs as many days as give 95 % confidence', () => {
    const row = rowOf(returnsOf(300, 'track', 0.001));
    const { minimumTrackRecordDays, sharpe } = selectionRow(row, contextOf([row, ...ROWS]));
    const estimate = estimateSharpe(row.dailyReturns);
    if (estimate === undefined || minimumTrackRecordDays.value === undefined) throw new Error('undefined');
    const observations = minimumTrackRecordDays.value;
    expect(probabilisticSharpe({ ...estimate, observations }, 0)).toBeCloseTo(0.95, 12);
    expect(sharpe.value).toBeCloseTo(estimate.sharpe * ANNUAL, 12);
  });

  it('brackets Sharpe ratio and drawdown', () => {
    for (const row of ROWS.slice(0, 5)) {
      const { sharpe, sharpeInterval, maxDrawdown, maxDrawdownInterval } = selectionRow(row, contextOf(ROWS));
      expect(sharpeInterval.low.value).toBeLessThan(sharpe.value ?? NaN);
      expect(sharpeInterval.high.value).toBeGreaterThan(sharpe.value ?? NaN);
      let equity = 1;
      let peak = 1;
      let deepest = 0;
      for (const value of row.dailyReturns) {
        equity *= 1 + value;
        peak = Math.max(peak, equity);
        deepest = Math.max(deepest, 1 - equity / peak);
      }
      expect(maxDrawdown.value).toBeCloseTo(deepest, 12);
      expect(maxDrawdownInterval.low.value).toBeLessThan(maxDrawdownInterval.high.value ?? NaN);
      expect(maxDrawdownInterval.high.value).toBeLessThan(1);
    }
    expect(selectionRow(rowOf([...returnsOf(30, 'ruin'), -1]), contextOf(ROWS)).maxDrawdown.value).toBe(1);
  });

  it.each<[string, SelectionRow, readonly (keyof RowSelection)[], string]>([
    ['no days', rowOf([]), ['sharpe', 'deflatedSharpe', 'maxDrawdown'], 'fewer than 20 days'],
    ['19 days', rowOf(returnsOf(19, 'x')), ['sharpe', 'gateDeflatedSharpe', 'maxDrawdown'], 'fewer than 20 days'],
    ['no trade', rowOf(new Array<number>(50).fill(0)), ['sharpe', 'probabilisticSharpe'], 'returns do not vary'],
    [
      'a loss',
      rowOf(returnsOf(50, 'loss', -0.005)),
      ['minimumTrackRecordDays', 'minimumBacktestDays'],
      'Sharpe ratio not above 0',
    ],
    [
      'one fold',
      rowOf([], { foldSharpe: foldStability([1, undefined]) }),
      ['foldVariation'],
      'fewer than two folds with a figure',
    ],
    ['folds about 0', rowOf([], { foldSharpe: foldStability([1, -1]) }), ['foldVariation'], 'mean of folds about 0'],
  ])('%s: says why', (_what, row, names, reason) => {
    const selection = selectionRow(row, contextOf(ROWS));
    for (const name of names) expect(selection[name]).toEqual({ value: undefined, reason });
  });

  it('knows no deflation without the spread of the trials, but the gate still does', () => {
    const trials = { trials: 36, varianceOfSharpes: undefined };
    const selection = selectionRow(ROWS[0], { ...contextOf(ROWS), trials });
    expect(selection.deflatedSharpe.reason).toBe('fewer than two trials with a Sharpe ratio');
    expect(selection.gateDeflatedSharpe.value).toBeDefined();
    const alone = selectionRow(ROWS[0], { ...contextOf(ROWS), trials: { ...trials, trials: 1 } });
    expect(alone.deflatedSharpe).toEqual(alone.probabilisticSharpe);
    expect(selectionRow(rowOf([], { foldSharpe: foldStability([1, 2, 3]) }), contextOf(ROWS)).foldVariation.value).toBe(
      0.5,
    );
  });
});

/** `row` as of a symbol listed `count` days later. */
const withoutDays = (row: SelectionRow, count: number): SelectionRow => ({
  ...row,
  days: row.days.slice(count),
  dailyReturns: row.dailyReturns.slice(count),
});

const effective = (rows: readonly SelectionRow[]) =>
  selectionGroup(rows, undefined, contextOf(ROWS)).effectiveTrials.value?.participationRatio;

describe('selectionGroup', () => {
  const own = ROWS.slice(0, 18);

  it('has the PBO of the rows beside its null band', () => {
    const { overfitting, days, rows } = selectionGroup(own, SYMBOLS[0], contextOf(ROWS));
    const reference = backtestOverfitting(
      own.map((row) => row.dailyReturns),
      8,
    );
    expect(overfitting.value?.probability).toBe(reference?.probability);
    const band = overfitting.value?.nullBand;
    expect(band?.lower).toBeLessThan(band?.median ?? NaN);
    expect(band?.upper).toBeGreaterThan(band?.median ?? NaN);
    expect({ days, rows }).toEqual({ days: 200, rows: 18 });
  });

  it('finds a strong edge against flat, and none against a benchmark that earns the same', () => {
    const rows = [0, 1, 2].map((index) => rowOf(returnsOf(200, `edge ${index}`, 0.004)));
    const hold = new Map([[ROWS[0].symbol, returnsOf(200, 'hold', 0.004)]]);
    const { againstFlat, againstHold } = selectionGroup(rows, undefined, { ...contextOf(ROWS), buyAndHold: hold });
    expect(againstFlat.value?.spa).toBeLessThan(0.01);
    expect(againstFlat.value?.realityCheck).toBeLessThan(0.01);
    expect(againstHold.value?.spa).toBeGreaterThan(0.05);
    const { spaLower = NaN, spa = NaN, spaUpper = NaN } = againstHold.value ?? {};
    expect(spaLower).toBeLessThanOrEqual(spa);
    expect(spa).toBeLessThanOrEqual(spaUpper);
  });

  it('lets a row lie flat on the days that only others have', () => {
    const flat = { ...own[1], dailyReturns: own[1].dailyReturns.map((value, day) => (day < 50 ? 0 : value)) };
    const mixed = selectionGroup([own[0], withoutDays(own[1], 50), own[2]], 'S', contextOf(ROWS));
    expect(mixed).toEqual(selectionGroup([own[0], flat, own[2]], 'S', contextOf(ROWS)));
    expect(mixed.days).toBe(200);
    // A hole of one day: the return over two days stands on the second.
    const holed = { ...own[1], days: own[1].days.toSpliced(60, 1), dailyReturns: own[1].dailyReturns.toSpliced(59, 1) };
    const zeroed = { ...own[1], dailyReturns: own[1].dailyReturns.with(59, 0) };
    expect(selectionGroup([own[0], holed], 'S', contextOf(ROWS))).toEqual(
      selectionGroup([own[0], zeroed], 'S', contextOf(ROWS)),
    );
  });

  it('finds an edge among rows that never met', () => {
    const early = rowOf(returnsOf(200, 'early', 0.004));
    const late = { ...rowOf(returnsOf(200, 'late')), days: early.days.map((day) => day + 300 * DAY_MS) };
    const { againstFlat, overfitting, days } = selectionGroup([early, late], undefined, contextOf(ROWS));
    expect(days).toBe(400);
    expect(againstFlat.value?.spa).toBeLessThan(0.01);
    expect(overfitting.value).toBeDefined();
  });

  it('goes on with nothing earned after ruin', () => {
    const ruined = { ...own[1], dailyReturns: [...own[1].dailyReturns.slice(0, 99), -1] };
    const padded = { ...ruined, dailyReturns: [...ruined.dailyReturns, ...new Array<number>(100).fill(0)] };
    expect(selectionGroup([own[0], ruined], 'S', contextOf(ROWS))).toEqual(
      selectionGroup([own[0], padded], 'S', contextOf(ROWS)),
    );
  });

  it('counts copies as one effective trial and independent rows as many', () => {
    const copies = [1, 2, 3, 4].map((factor) => rowOf(own[0].dailyReturns.map((value) => factor * value)));
    expect(effective(copies)).toBeCloseTo(1, 9);
    expect(effective([1, 2, 3, 4].map((index) => rowOf(returnsOf(5_000, `free ${index}`))))).toBeGreaterThan(3.95);
  });

  it.each<[string, readonly SelectionRow[], Partial<Record<keyof GroupSelection, string>>]>([
    ['one row', [ROWS[0]], { overfitting: 'fewer than two rows', againstHold: 'no benchmark' }],
    [
      'few days',
      [rowOf(returnsOf(19, 'a')), rowOf(returnsOf(19, 'b'))],
      { overfitting: 'fewer than 20 days', againstFlat: 'fewer than 20 days', effectiveTrials: 'fewer than 20 days' },
    ],
    [
      'one row that trades',
      [ROWS[0], rowOf(new Array<number>(200).fill(0))],
      { overfitting: 'fewer than two rows that vary' },
    ],
    [
      'no row that trades',
      [1, 2].map(() => rowOf(new Array<number>(200).fill(0))),
      { againstFlat: 'returns do not vary', effectiveTrials: 'returns do not vary' },
    ],
  ])('%s: says why', (_what, rows, reasons) => {
    const group = selectionGroup(rows, undefined, contextOf(ROWS));
    for (const [name, reason] of Object.entries(reasons))
      expect(group[name as keyof GroupSelection]).toEqual({ value: undefined, reason });
  });

  it('does not compare with a benchmark of other days', () => {
    const buyAndHold = new Map([[ROWS[0].symbol, returnsOf(199, 'hold')]]);
    const { againstHold } = selectionGroup(own, undefined, { ...contextOf(ROWS), buyAndHold });
    expect(againstHold.reason).toBe('benchmark of other days');
  });
});

describe('survivesSelection', () => {
  const strong = simulatedRows({ seed: 'strong', days: 400, correlation: 0.6, edge: () => 5 });
  const context = contextOf(strong);
  const row = selectionRow(strong[0], context);
  const search = selectionGroup(strong, undefined, context);
  const none = { value: undefined, reason: 'fewer than 20 days' } as const;

  it('lets a strong edge through', () => {
    expect(survivesSelection(row, () => search)).toEqual({ survives: true });
  });

  it.each<[string, Partial<RowSelection>, Partial<GroupSelection>]>([
    ['deflated Sharpe ratio', { gateDeflatedSharpe: { value: 0.95 } }, {}],
    ['deflated Sharpe ratio', { gateDeflatedSharpe: none }, {}],
    ['Sharpe interval', { sharpeInterval: { low: { value: 0 }, high: { value: 9 } } }, {}],
    ['Sharpe interval', { sharpeInterval: { low: none, high: none } }, {}],
    ['search against flat', {}, { againstFlat: { value: { realityCheck: 0, spaLower: 0, spa: 0.05, spaUpper: 1 } } }],
    ['search against flat', {}, { againstFlat: none }],
    ['overfitting', {}, { overfitting: none }],
    [
      'overfitting',
      {},
      {
        overfitting: {
          value: {
            probability: 0.81,
            nullBand: { draws: 9, lower: 0.2, median: 0.5, upper: 0.8 },
            probabilityOfLoss: 0,
          },
        },
      },
    ],
  ])('names the gate: %s', (gate, ofRow, ofSearch) => {
    const survival = survivesSelection({ ...row, ...ofRow }, () => ({ ...search, ...ofSearch }));
    expect(survival).toMatchObject({ survives: false, gate });
  });

  it('does not ask for overfitting where nothing was picked', () => {
    const overfitting: Figure<never> = { value: undefined, reason: 'fewer than two rows' };
    expect(survivesSelection(row, () => ({ ...search, overfitting }))).toEqual({ survives: true });
  });
});

describe('assessSelection', () => {
  it('gives every row its place and is a function of rows and seed', () => {
    const rows = [...ROWS.slice(0, 4), ...ROWS.slice(18, 22)];
    const report = assessSelection(inputOf(rows));
    expect(report.rows.map(({ symbol, variant }) => `${symbol} ${variant}`)).toEqual(
      rows.map(({ symbol, variant }) => `${symbol} ${variant}`),
    );
    expect(report.symbols.map(({ symbol, rows }) => [symbol, rows])).toEqual(SYMBOLS.map((symbol) => [symbol, 4]));
    expect(report.all).toMatchObject({ symbol: undefined, rows: 8, days: 200 });
    expect(assessSelection(inputOf(rows))).toEqual(report);
    expect(assessSelection(inputOf(rows, { seed: 'other' })).rows[0].sharpeInterval).not.toEqual(
      report.rows[0].sharpeInterval,
    );
    const [single] = assessSelection(inputOf(rows.slice(5, 6), { trials: contextOf(rows).trials })).rows;
    expect({ ...single, survival: undefined }).toEqual({ ...report.rows[5], survival: undefined });
  });

  it('counts at least its own rows, and earlier trials in full', () => {
    const rows = ROWS.slice(0, 4);
    const few = assessSelection(inputOf(rows, { trials: { trials: 1, varianceOfSharpes: 0.01 } }));
    expect(few.trials).toBe(4);
    expect(few.rows[0].deflatedSharpe.value).toBeLessThan(few.rows[0].probabilisticSharpe.value ?? NaN);
    const many = assessSelection(inputOf(rows, { trials: { trials: 104, varianceOfSharpes: 0.01 } }));
    expect((many.effectiveTrials.value ?? NaN) - (few.effectiveTrials.value ?? NaN)).toBeCloseTo(100, 9);
  });

  it('puts numbers and reasons into a file, never a null', () => {
    const empty = ROWS.slice(0, 2).map((row) => ({ ...row, days: [], dailyReturns: [] }));
    const text = JSON.stringify(assessSelection(inputOf(empty)));
    expect(text).not.toMatch(/null|NaN|Infinity/);
    expect(text).toContain('{"reason":"fewer than 20 days"}');
  });
});

import { describe, expect, it } from 'vitest';
import { createRandom } from '../domain/random.ts';
import type { AblatedOutcome, AblationPart } from './ablation-plan.ts';
import { ablationRows, type AblationRow } from './ablation.ts';
import type { Figures, VariantOutcome } from './outcome.ts';
import { adjustPValues } from './statistics/p-values.ts';

const DAYS = 200;
const noise = (seed: string, spread = 0.001): number[] => {
  const random = createRandom(seed);
  return Array.from({ length: DAYS }, () => spread * random.normal());
};
const plus = (returns: readonly number[], other: readonly number[], drift = 0): number[] =>
  returns.map((value, day) => value + other[day] + drift);

const figures = (trades: number) => ({ sharpe: 1, totalReturn: 0.1, trades }) as Figures;
const whole = (symbol: string, riskLevel: string, variant = 'ensemble/standard') =>
  ({ symbol, riskLevel, variant, figures: figures(7), dailyReturns: noise(symbol) }) as unknown as VariantOutcome;
const without = (
  part: AblationPart,
  from: VariantOutcome,
  { drift = 0, kind = 'part' }: { drift?: number; kind?: 'part' | 'stress' } = {},
): AblatedOutcome => ({
  part,
  kind,
  configHash: kind === 'part' ? `hash of ${part}` : undefined,
  outcome: { ...from, figures: figures(9), dailyReturns: plus(from.dailyReturns, noise(part), -drift) },
});
const rowsOf = (outcomes: readonly VariantOutcome[], ablations: readonly AblatedOutcome[]): AblationRow[] =>
  ablationRows({ outcomes, ablations, headlineVariant: 'ensemble/standard', seed: '1', resamples: 500 });

const base = whole('AUSDT', 'moderate');
const parts = [
  without('regime filter', base, { drift: 0.0006 }),
  without('performance guard', base, { drift: -0.0006 }),
  without('confidence scaling', base),
  without('cooldown', base, { drift: 0.00015 }),
];
const stress = without('costs doubled', base, { drift: 0.001, kind: 'stress' });

describe('what a part earns', () => {
  const rows = rowsOf([base], [...parts, stress]);
  const row = (part: AblationPart): AblationRow => rows.find((each) => each.part === part) ?? expect.fail(part);

  it('is earned or cost where chance does not explain the difference, and else not shown', () => {
    expect(row('regime filter').finding).toBe('earned');
    expect(row('regime filter').difference.perYear).toBeCloseTo(0.0006 * 365, 1);
    expect(row('performance guard').finding).toBe('cost');
    expect(row('performance guard').difference.interval?.high).toBeLessThan(0);
    expect(row('confidence scaling').finding).toBe('no difference shown');
  });

  it('is held against the number of parts: an interval without 0 alone is no finding', () => {
    const tight = [0.00012, 0.00013, 0.00014, 0.00015, 0.00016, 0.00017].map((drift) =>
      without('cooldown', base, { drift }),
    );
    const alone = tight.map((each) => rowsOf([base], [each])[0]);
    const doubtful = alone.filter(
      ({ difference: { interval, pValue = 0 } }) => interval !== undefined && interval.low > 0 && pValue > 0.011,
    );
    expect(doubtful.length).toBeGreaterThan(0);
    for (const { difference, finding } of doubtful) {
      expect(finding).toBe('earned');
      const drift = tight[alone.findIndex((each) => each.difference === difference)];
      const among = rowsOf([base], [drift, ...noiseParts()]);
      expect(among[0].difference.interval?.low).toBeGreaterThan(0);
      expect(among[0].finding).toBe('no difference shown');
    }
  });

  it('has a p-value adjusted by Holm over the parts, stresses left out', () => {
    const own = rows.filter(({ kind }) => kind === 'part');
    const { holm } = adjustPValues(own.map(({ difference }) => difference.pValue ?? NaN));
    expect(own.map(({ difference }) => difference.adjustedPValue)).toEqual([...holm]);
    expect(row('costs doubled')).toMatchObject({ finding: undefined, configHash: undefined });
    expect(row('costs doubled').difference.adjustedPValue).toBeUndefined();
    expect(row('costs doubled').difference.pValue).toBeLessThan(0.05);
  });

  it('stands beside the figures with it and without it', () => {
    expect(row('cooldown')).toMatchObject({ trades: 9, whole: { trades: 7 }, configHash: 'hash of cooldown' });
  });

  it('is not told where the two hardly differ', () => {
    const same: AblatedOutcome = { ...parts[0], outcome: { ...parts[0].outcome, dailyReturns: base.dailyReturns } };
    const [idle, other] = rowsOf([base], [same, parts[1]]);
    expect(idle).toMatchObject({ finding: 'no difference shown', difference: { daysApart: 0, perYear: 0 } });
    expect(idle.difference.adjustedPValue).toBeUndefined();
    expect(other.difference.adjustedPValue).toBe(other.difference.pValue);
  });
});

/** Nine parts that differ by noise alone. */
function noiseParts(): AblatedOutcome[] {
  return Array.from({ length: 9 }, (_, at) => ({
    ...parts[2],
    outcome: { ...base, dailyReturns: plus(base.dailyReturns, noise(`idle ${at}`)) },
  }));
}

describe('the rows', () => {
  const others = [
    whole('AUSDT', 'aggressive'),
    whole('BUSDT', 'moderate'),
    whole('AUSDT', 'moderate', 'boosting/standard'),
  ];
  const all = [base, ...others];

  it('belong to the headline variant of their symbol and risk level, in its order', () => {
    const ablations = all.slice(0, 3).flatMap((each) => [without('cooldown', each), without('one bar late', each)]);
    const rows = rowsOf(all, ablations);
    expect(rows.map(({ symbol, riskLevel, part }) => `${symbol} ${riskLevel} ${part}`)).toEqual([
      'AUSDT moderate cooldown',
      'AUSDT moderate one bar late',
      'AUSDT aggressive cooldown',
      'AUSDT aggressive one bar late',
      'BUSDT moderate cooldown',
      'BUSDT moderate one bar late',
    ]);
  });

  it('do not depend on what else is asked, but for the adjustment and the drawn days', () => {
    const alone = rowsOf([base], parts);
    expect(rowsOf(all, [...parts, without('cooldown', others[1])]).slice(0, parts.length)).toEqual(alone);
    expect(rowsOf(all, [])).toEqual([]);
  });
});

// Is every variant of a sweep the configuration its name says, distinct from all others, and checked like any other?
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load-config.ts';
import { PerpilotError, type Problem } from '../domain/errors.ts';
import { gridCombinations, readDimensions, type Combination } from '../research/sweep.ts';
import { BASE_NAME, composeSweep, type ComposedSweep } from './compose-sweep.ts';
import { loadLevels } from './compose-variants.ts';

const LEVELS = ['conservative', 'moderate', 'aggressive'] as const;

function compose(
  texts: readonly string[],
  fixed: readonly string[] = [],
  riskLevels: readonly string[] = LEVELS,
): ComposedSweep {
  const dimensions = readDimensions(texts);
  return composeSweep({
    riskLevels,
    levels: loadLevels({ overrides: fixed }, riskLevels),
    fixed,
    dimensions,
    combinations: gridCombinations(dimensions),
  });
}

function problemsOf(action: () => unknown): readonly Problem[] {
  try {
    action();
  } catch (error) {
    if (error instanceof PerpilotError && error.code === 'CONFIG_INVALID') return error.problems;
    throw error;
  }
  return [];
}

describe('the variants of a sweep', () => {
  const texts = [
    'labeling.profit_barrier=0.01,0.03',
    'features.return_hours=[1,4],[1,24]',
    'primary.ema={fast: 5},{fast: 7, weight: 2}',
  ];
  const fixed = ['model.boosting.trees=30'];
  const sweep = compose(texts, fixed);

  it('are what the settings would be with each combination set by hand', () => {
    const combinations = gridCombinations(readDimensions(texts.slice(0, 2)));
    const byHand = combinations.flatMap(({ overrides }) =>
      LEVELS.map(
        (riskLevel) =>
          loadConfig({
            riskLevel,
            overrides: [...fixed, ...overrides, 'primary.ema.fast=7', 'primary.ema.weight=2'],
          }).hash,
      ),
    );
    const composed = sweep.variants
      .filter(({ settings }) => settings.variant.endsWith('/ema={fast: 7 weight: 2}'))
      .map(({ settings }) => settings.configHash);
    expect(composed.toSorted()).toEqual(byHand.toSorted());
  });

  it('have one configuration hash and one name each, level by level', () => {
    expect(sweep.variants).toHaveLength(LEVELS.length * (1 + 2 * 2 * 2));
    expect(new Set(sweep.variants.map(({ settings }) => settings.configHash)).size).toBe(sweep.variants.length);
    expect(new Set(sweep.variants.map(({ settings }) => `${settings.riskLevel} ${settings.variant}`)).size).toBe(
      sweep.variants.length,
    );
    const levels = sweep.variants.map(({ settings }) => LEVELS.indexOf(settings.riskLevel as (typeof LEVELS)[number]));
    expect(levels).toEqual(levels.toSorted((a, b) => a - b));
  });

  it('share no memory and carry what they are made from', () => {
    for (const { settings, resolved } of sweep.variants) {
      expect(settings.labeling.profitBarrier).toBe(resolved.labeling.profit_barrier);
      if (settings.variant === BASE_NAME) continue;
      expect(settings.variant).toContain(`profit_barrier=${settings.labeling.profitBarrier}/`);
      expect(settings.variant).toContain(`return_hours=[${settings.features.returnHours.join(' ')}]`);
    }
    const barriers = sweep.variants.map(({ settings }) => settings.labeling);
    expect(new Set(barriers).size).toBe(barriers.length);
  });

  it('have a place in the sweep by their hash', () => {
    const { dimensions, places } = sweep.record;
    expect(Object.keys(places)).toHaveLength(LEVELS.length * 8);
    for (const { settings } of sweep.variants.filter(({ settings }) => settings.variant !== BASE_NAME)) {
      const [barrier] = places[settings.configHash];
      expect(Number(dimensions[0].values[barrier])).toBe(settings.labeling.profitBarrier);
    }
  });
});

describe('the headline of a sweep', () => {
  it('is the combination that the settings are without it', () => {
    const sweep = compose(['labeling.profit_barrier=0.01,0.02']);
    expect(sweep.headlineVariant).toBe('profit_barrier=0.02');
    expect(sweep.variants).toHaveLength(6);
  });

  it('is the base where that is no combination, and its twin is left out where it is one at some level', () => {
    const { config } = loadConfig({ riskLevel: 'moderate' });
    const own = config.risk.confidenceThreshold;
    const sweep = compose([`risk.confidence_threshold=${own},0.987`]);
    expect(sweep.headlineVariant).toBe(BASE_NAME);
    const names = (level: string): string[] =>
      sweep.variants.filter(({ settings }) => settings.riskLevel === level).map(({ settings }) => settings.variant);
    expect(names('moderate')).toEqual([BASE_NAME, 'confidence_threshold=0.987']);
    expect(names('aggressive')).toHaveLength(3);
    const base = sweep.variants.find(({ settings }) => settings.riskLevel === 'moderate');
    expect(sweep.record.places[base?.settings.configHash ?? '']).toEqual([0]);
  });
});

describe('a sweep is refused', () => {
  it('when two of its names are one configuration', () => {
    const problems = problemsOf(() => compose(['regime.enabled=true,True,false']));
    expect(problems).toMatchObject([
      {
        message: 'no two variants may have one configuration: broken by 3 of 9 combinations',
        hint: expect.stringContaining('moderate enabled=True, which is moderate enabled=true'),
      },
    ]);
  });

  it('when two combinations with other names set the same', () => {
    const dimensions = readDimensions(['labeling.profit_barrier=0.01,0.03']);
    const [first, second] = gridCombinations(dimensions);
    const combinations: Combination[] = [first, { ...second, overrides: first.overrides }];
    const levels = loadLevels({}, ['moderate']);
    const sweep = { riskLevels: ['moderate'], levels, fixed: [], dimensions, combinations };
    expect(problemsOf(() => composeSweep(sweep))[0]?.message).toContain('one configuration');
  });

  it('when two risk levels become one', () => {
    const levels = loadLevels({}, ['moderate', 'moderate']);
    const dimensions = readDimensions(['labeling.profit_barrier=0.01']);
    const combinations = gridCombinations(dimensions);
    const sweep = { riskLevels: ['moderate', 'twin'], levels, fixed: [], dimensions, combinations };
    expect(problemsOf(() => composeSweep(sweep))[0]?.message).toContain('one configuration');
  });

  it('when combinations break a rule: the rule once, with all of them', () => {
    const problems = problemsOf(() => compose(['labeling.stop_barrier=0.01,0.2,0.3', 'risk.max_leverage=3,5,50']));
    expect(problems).toHaveLength(1);
    expect(problems[0].message).toMatch(
      /^the stop .* must lie nearer than the liquidation .*: broken by 12 of 30 combinations$/,
    );
    expect(problems[0].hint).toMatch(/conservative stop_barrier=0.2\/max_leverage=5; .*; and 7 more$/);
  });

  it('when barriers of ATR would become stops', () => {
    const problems = problemsOf(() => compose(['labeling.width=fixed,atr']));
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^labeling.width is atr, .*: broken by 3 of 6 combinations$/),
    ]);
  });

  it('when the settings without the sweep break the rule too, which count as one more', () => {
    const problems = problemsOf(() => compose(['labeling.profit_barrier=2,4'], ['labeling.width=atr'], ['moderate']));
    expect(problems[0].message).toMatch(/: broken by 3 of 3 combinations$/);
  });

  it('with every unknown setting, wrong value, fixed setting and section that holds for the run at once', () => {
    const problems = problemsOf(() =>
      compose(
        [
          'labeling.profit_barier=0.01,1',
          'primary.ema.fast=a,9,b',
          'risk.max_leverage=2,3',
          'walk_forward.test_days=9,10',
          'targets.sharpe=1',
        ],
        ['risk.max_leverage=3'],
      ),
    );
    expect(problems.map(({ where, message, hint }) => [where, message, hint])).toEqual([
      [
        '--sweep labeling.profit_barier',
        'there is no setting "labeling.profit_barier"',
        'did you mean labeling.profit_barrier?',
      ],
      ['--sweep primary.ema.fast', expect.stringContaining('got "a"'), undefined],
      ['--sweep primary.ema.fast', expect.stringContaining('got "b"'), undefined],
      ['--sweep risk.max_leverage', 'risk.max_leverage is swept, but fixed by --set risk.max_leverage=3', undefined],
      [
        '--sweep walk_forward.test_days',
        'walk_forward.test_days cannot be swept: it holds for the whole run',
        undefined,
      ],
      ['--sweep targets.sharpe', 'targets.sharpe cannot be swept: it judges results and changes none', undefined],
    ]);
  });
});

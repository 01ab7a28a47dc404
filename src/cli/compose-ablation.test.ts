// Is a part that is off the configuration that a user's own run without it has, and nothing else?
import { describe, expect, it } from 'vitest';
import type { AblationPart } from '../research/ablation-plan.ts';
import { modelKeyOf } from '../research/jobs.ts';
import type { VariantSettings } from '../research/settings.ts';
import { composeAblation } from './compose-ablation.ts';
import { composeVariants, loadLevels, type ComposedVariant } from './compose-variants.ts';

const HEADLINE = 'ensemble/standard';
const LEVELS = ['conservative', 'aggressive'];
/** One variant per level, so that little is composed. */
const FEW = ['research.ensemble_variants=[true]', 'research.regime_sensitivities=[standard]'];
const compose = (
  overrides: readonly string[] = [],
  { levels = ['moderate'], few = FEW }: { readonly levels?: readonly string[]; readonly few?: readonly string[] } = {},
): ComposedVariant[] => composeVariants(levels, loadLevels({ overrides: [...few, ...overrides] }, levels));
const plansOf = (overrides: readonly string[] = [], levels?: readonly string[]) =>
  composeAblation(compose(overrides, levels === undefined ? {} : { levels }), HEADLINE);
const partsOf = (overrides: readonly string[] = []): readonly AblationPart[] =>
  plansOf(overrides)[0].cases.map(({ part }) => part);

/** What a user would say with `--set`; the exits that are off by default are switched on first. */
const OFF: Readonly<Partial<Record<AblationPart, string>>> = {
  'regime filter': 'regime.enabled=false',
  'performance guard': 'guard.enabled=false',
  'confidence scaling': 'sizing.confidence_scaling=false',
  'volatility target': 'sizing.volatility_target=false',
  cooldown: 'risk.cooldown_hours=0',
  'profit target': 'exits.target_fraction=0',
  'trailing stop': 'exits.trailing_fraction=null',
  'exit on opposite signal': 'exits.exit_on_opposite_signal=false',
};
const EVERYTHING_ON = ['exits.trailing_fraction=0.02', 'exits.exit_on_opposite_signal=true'];

/** Dotted names of the settings in which two variants differ. */
function changed(a: object, b: object, prefix = ''): string[] {
  return Object.entries(a).flatMap(([key, value]) => {
    const other: unknown = Reflect.get(b, key);
    if (typeof value === 'object' && value !== null && typeof other === 'object' && other !== null) {
      return changed(value, other, `${prefix}${key}.`);
    }
    return Object.is(value, other) ? [] : [`${prefix}${key}`];
  });
}

describe('a part that is off', () => {
  const plans = plansOf(EVERYTHING_ON, LEVELS);

  it('is asked of the headline variant of every risk level, and of every part that is on', () => {
    expect(plans.map(({ headline }) => `${headline.riskLevel} ${headline.variant}`)).toEqual(
      LEVELS.map((level) => `${level} ${HEADLINE}`),
    );
    for (const { cases } of plans) {
      expect(cases.map(({ part }) => part)).toEqual([...Object.keys(OFF), 'costs doubled', 'one bar late']);
    }
  });

  it("has the hash and the settings of a user's own run with --set, whether that shows ablations or not", () => {
    for (const more of [[], ['research.ablation=false']]) {
      for (const { headline, cases } of plans) {
        for (const { part, settings } of cases.filter(({ kind }) => kind === 'part')) {
          const said = OFF[part] ?? '';
          const on = EVERYTHING_ON.filter((each) => each.split('=')[0] !== said.split('=')[0]);
          const own = compose([...on, said, ...more], { levels: [headline.riskLevel] });
          expect(settings, part).toEqual(own.find((each) => each.settings.variant === HEADLINE)?.settings);
        }
      }
    }
  });

  it('changes one setting and nothing else, and the models stay those of the headline variant', () => {
    const hashes = new Set<string>();
    for (const { headline, cases } of plans) {
      for (const { part, kind, settings, delayBars } of cases) {
        if (kind === 'stress') continue;
        const names = changed(headline, settings).filter((name) => name !== 'configHash');
        const said = (OFF[part] ?? '').split('=')[0];
        expect(
          names.map((name) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)),
          part,
        ).toEqual([said]);
        expect(modelKeyOf(settings, 3_600_000)).toBe(modelKeyOf(headline, 3_600_000));
        expect(delayBars).toBe(0);
        hashes.add(settings.configHash);
      }
    }
    expect(hashes.size).toBe(LEVELS.length * Object.keys(OFF).length);
  });

  it('is left out where the settings have it off already', () => {
    expect(partsOf()).not.toContain('trailing stop');
    const allOff = partsOf(
      Object.values(OFF).filter((said) => !said.includes('trailing') && !said.includes('opposite')),
    );
    expect(allOff).toEqual(['costs doubled', 'one bar late']);
  });

  it('that is a variant of the run anyway is not simulated again, and one that would need other models is not at all', () => {
    const both = compose([], { few: FEW.slice(1) });
    const twin = both.find(({ settings }) => settings.variant === 'boosting/standard');
    const [plan] = composeAblation(both, HEADLINE);
    expect(plan.inRun).toEqual([{ part: 'logistic member', configHash: twin?.settings.configHash }]);
    const [alone] = plansOf();
    expect(alone.inRun).toEqual([]);
    expect(alone.cases.map(({ part }) => part)).not.toContain('logistic member');
  });
});

describe('a stress', () => {
  const overrides = ['costs.impact_coefficient=0.5'];
  const stressOf = (
    part: AblationPart,
  ): { readonly headline: VariantSettings; readonly found: VariantSettings; readonly delayBars: number } => {
    const [{ headline, cases }] = plansOf(overrides);
    const found = cases.find((each) => each.part === part) ?? expect.fail(part);
    expect(found.kind).toBe('stress');
    return { headline, found: found.settings, delayBars: found.delayBars };
  };

  it('doubles what every fee and all slippage come to, and nothing else', () => {
    const { headline, found, delayBars } = stressOf('costs doubled');
    const doubled = ['takerFeeBps', 'makerFeeBps', 'slippageBps', 'impactCoefficient', 'liquidationFeeBps'] as const;
    expect(changed(headline, found).toSorted()).toEqual(doubled.map((name) => `costs.${name}`).toSorted());
    for (const name of doubled) expect(found.costs[name]).toBe(2 * headline.costs[name]);
    expect(delayBars).toBe(0);
  });

  it('leaves a rebate as it is', () => {
    const [{ cases }] = plansOf(['costs.maker_fee_bps=-1']);
    expect(cases.find(({ part }) => part === 'costs doubled')?.settings.costs.makerFeeBps).toBe(-1);
  });

  it('of one bar is the same settings, late', () => {
    const { headline, found, delayBars } = stressOf('one bar late');
    expect(found).toBe(headline);
    expect(delayBars).toBe(1);
  });
});

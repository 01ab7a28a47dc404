// Is every variant a configuration of its own, which no other variant can change?
import { describe, expect, it } from 'vitest';
import { composeVariants, loadLevels } from './compose-variants.ts';

const LEVELS = ['conservative', 'moderate', 'aggressive'];
const compose = (levels: readonly string[] = LEVELS, overrides: readonly string[] = []) =>
  composeVariants(levels, loadLevels({ overrides }, levels));

/** Every object inside `value`, however deep. */
function objectsIn(value: unknown, found = new Set<object>()): Set<object> {
  if (typeof value !== 'object' || value === null || found.has(value)) return found;
  found.add(value);
  for (const inner of Object.values(value)) objectsIn(inner, found);
  return found;
}

describe('variants', () => {
  const variants = compose();

  it('are every combination of level, ensemble and sensitivity, level by level', () => {
    const labels = variants.map(({ settings }) => `${settings.riskLevel} ${settings.variant}`);
    expect(labels).toHaveLength(18);
    expect(new Set(labels).size).toBe(18);
    expect(labels.slice(0, 6)).toEqual(
      ['ensemble', 'boosting'].flatMap((model) =>
        ['standard', 'relaxed', 'strict'].map((regime) => `conservative ${model}/${regime}`),
      ),
    );
  });

  it('have a hash each, and no two the same', () => {
    const hashes = variants.map(({ settings }) => settings.configHash);
    for (const hash of hashes) expect(hash).toMatch(/^[0-9a-f]{16}$/);
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('hold the settings that their names promise, not those of the last one', () => {
    for (const { settings, resolved } of variants) {
      const [model, sensitivity] = settings.variant.split('/');
      expect(settings.model.ensemble).toBe(model === 'ensemble');
      expect(settings.regime.sensitivity).toBe(sensitivity);
      expect(resolved.regime.sensitivity).toBe(sensitivity);
    }
    const leverage = LEVELS.map(
      (level) => variants.find(({ settings }) => settings.riskLevel === level)?.settings.risk.maxLeverage,
    );
    expect(leverage).toEqual([2, 3, 5]);
  });

  it('share no memory: no nested object belongs to two of them, and none can be changed', () => {
    const owner = new Map<object, string>();
    for (const { settings } of variants) {
      const label = `${settings.riskLevel} ${settings.variant}`;
      const nested = objectsIn({ ...settings });
      for (const object of nested) {
        if (object === settings) continue;
        expect(owner.get(object) ?? label, 'a shared object').toBe(label);
        owner.set(object, label);
      }
    }
    const boosting = variants[0].settings.model.boosting as { trees: number };
    expect(() => (boosting.trees = 1)).toThrow(TypeError);
    const risk = variants[0].settings.risk as { maxLeverage: number };
    expect(() => (risk.maxLeverage = 99)).toThrow(TypeError);
  });

  it('are refused when two of them are one configuration', () => {
    const levels = loadLevels({ overrides: [] }, ['moderate']);
    const twice = (): unknown => composeVariants(['moderate', 'again'], [...levels, ...levels]);
    expect(twice).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    expect(twice).toThrow(
      /again ensemble\/standard and moderate ensemble\/standard have one configuration \([0-9a-f]{16}\)/,
    );
  });

  it('are refused when levels differ in what holds for the whole run', () => {
    const [moderate] = loadLevels({ overrides: [] }, ['moderate']);
    const [other] = loadLevels({ overrides: ['walk_forward.train_days=90', 'research.seed=7'] }, ['aggressive']);
    expect(() => composeVariants(['moderate', 'aggressive'], [moderate, other])).toThrow(
      /aggressive has another section walk_forward than moderate.*; risk level aggressive has another section research/,
    );
  });

  it('are refused when exits would follow barriers that are multiples of ATR', () => {
    const atr = ['labeling.width=atr', 'labeling.profit_barrier=3', 'labeling.stop_barrier=1.5'];
    expect(() => compose(['moderate'], atr)).toThrow(/exits\.stop_fraction and exits\.target_fraction must be given/);
    const given = [...atr, 'exits.stop_fraction=0.01', 'exits.target_fraction=0.02'];
    expect(compose(['moderate'], given)).toHaveLength(6);
  });
});

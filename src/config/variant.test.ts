import { describe, expect, it } from 'vitest';
import { PerpilotError } from '../domain/errors.ts';
import { hashOf } from './hash.ts';
import { loadConfig } from './load-config.ts';
import { variantOf } from './variant.ts';

/** Every object and list inside, at every depth. */
function partsOf(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value, ...Object.values(value).flatMap(partsOf)];
}

describe('variantOf', () => {
  const { research } = loadConfig().config;
  const sweep = research.riskLevels.flatMap((riskLevel) =>
    research.ensembleVariants.flatMap((ensemble) =>
      research.regimeSensitivities.map((sensitivity) => {
        const base = loadConfig({ riskLevel });
        const variant = variantOf(base.resolved, { model: { ensemble }, regime: { sensitivity } });
        return { label: `${riskLevel} ${String(ensemble)} ${sensitivity}`, base, variant };
      }),
    ),
  );

  it('gives every variant of the shipped sweep its own hash', () => {
    expect(sweep).toHaveLength(18);
    expect(new Set(sweep.map(({ variant }) => variant.hash)).size).toBe(18);
  });

  it('changes what the patch names and nothing else', () => {
    for (const { label, base, variant } of sweep) {
      const [, ensemble, sensitivity] = label.split(' ');
      const expected = structuredClone(base.resolved) as any;
      expected.model.ensemble = ensemble === 'true';
      expected.regime.sensitivity = sensitivity;
      expect(variant.resolved).toEqual(expected);
      expect(variant.config.regime.sensitivity).toBe(sensitivity);
      expect(variant.hash).toBe(hashOf(expected));
    }
  });

  it('shares no object with its base, its patch or another variant', () => {
    const symbols = ['BTCUSDT'];
    const { resolved } = loadConfig();
    const one = variantOf(resolved, { research: { symbols } });
    const two = variantOf(one.resolved, { research: { seed: 2 } });
    const seen = new Set<object>([symbols]);
    for (const tree of [resolved, one.resolved, two.resolved]) {
      for (const part of partsOf(tree)) {
        expect(seen.has(part)).toBe(false);
        seen.add(part);
      }
    }
    symbols.push('ETHUSDT');
    expect(one.resolved.research.symbols).toEqual(['BTCUSDT']);
  });

  it('is frozen at every depth, so that a mutation is an error and never spreads', () => {
    const { config, resolved } = variantOf(loadConfig().resolved, { risk: { max_leverage: 2 } });
    for (const part of [...partsOf(config), ...partsOf(resolved)]) expect(Object.isFrozen(part)).toBe(true);
    expect(() => Object.assign(resolved.risk, { max_leverage: 9 })).toThrow(TypeError);
  });

  it('refuses settings that do not fit together', () => {
    const { resolved } = loadConfig();
    expect(() => variantOf(resolved, { regime: { adx_exit: 90 } })).toThrow(PerpilotError);
    expect(() => variantOf(resolved, { risk: { max_leverage: NaN } })).toThrow(/max_leverage/);
  });
});

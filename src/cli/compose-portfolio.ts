// Which accounts over all symbols does a run compare? The headline variant of every risk level, without selection and with each allocation.
import { variationsOf, type ConfigPatch } from '../config/variant.ts';
import { settingsOf, type ComposedVariant } from './compose-variants.ts';

const ALLOCATIONS = ['equal', 'inverse_volatility', 'risk_parity'] as const;

/** `portfolio/off` trades every symbol as far as the account goes; the others select, with the settings as they stand. */
export function composePortfolio(variants: readonly ComposedVariant[], headlineVariant: string): ComposedVariant[] {
  return variants
    .filter(({ settings }) => settings.variant === headlineVariant)
    .flatMap(({ settings: { riskLevel }, resolved }) => {
      const variation = variationsOf(resolved);
      const composed = (name: string, patch: ConfigPatch): ComposedVariant => {
        const loaded = variation(patch);
        const { portfolio } = loaded.config;
        const settings = { ...settingsOf(riskLevel, loaded), variant: `portfolio/${name}`, portfolio };
        return { settings, resolved: loaded.resolved };
      };
      return [
        composed('off', { portfolio: { cross_sectional: { enabled: false } } }),
        ...ALLOCATIONS.map((allocation) =>
          composed(allocation, { portfolio: { cross_sectional: { enabled: true, allocation } } }),
        ),
      ];
    });
}

// Which accounts over all symbols does a run compare? The headline variant with and without selection, or what a sweep combines.
import type { LoadedConfig } from '../config/load-config.ts';
import { variationsOf, variantOf, type ConfigPatch } from '../config/variant.ts';
import { stressesOf, type AccountStressPlan } from '../research/ablation-plan.ts';
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

/** Every combination of a sweep as an account, under its own name. */
export function composeSweptPortfolio(variants: readonly ComposedVariant[]): ComposedVariant[] {
  return variants.map(({ settings, resolved }) => {
    const { portfolio } = variantOf(resolved, {}).config;
    return { settings: { ...settings, portfolio }, resolved };
  });
}

/** The level with the selection switched on. */
export function withSelection({ resolved }: LoadedConfig): LoadedConfig {
  return variantOf(resolved, { portfolio: { cross_sectional: { enabled: true } } });
}

/** Every account under each stress. */
export function composeAccountStresses(accounts: readonly ComposedVariant[]): AccountStressPlan[] {
  return accounts.map(({ settings }) => ({ account: settings, cases: stressesOf(settings) }));
}

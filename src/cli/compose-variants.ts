// Which variants does a research run compare? Risk level × ensemble × regime sensitivity, each a configuration of its own.
import { PerpilotError, type Problem } from '../domain/errors.ts';
import { tryLoadConfig, type ConfigRequest, type LoadedConfig } from '../config/load-config.ts';
import type { Config, ConfigTree, DeepReadonly } from '../config/schema.ts';
import { variantOf } from '../config/variant.ts';
import type { VariantSettings } from '../research/settings.ts';

/** One variant with the configuration it is made from. */
export interface ComposedVariant {
  readonly settings: VariantSettings;
  readonly resolved: DeepReadonly<ConfigTree>;
}

/** The configuration of every risk level. @throws PerpilotError CONFIG_INVALID with the problems of all levels, each once */
export function loadLevels(request: ConfigRequest, riskLevels: readonly string[]): LoadedConfig[] {
  const outcomes = riskLevels.map((riskLevel) => tryLoadConfig({ ...request, riskLevel }));
  const problems = new Map<string, Problem>();
  let code: PerpilotError['code'] = 'CONFIG_INVALID';
  for (const outcome of outcomes) {
    if (outcome.kind === 'loaded') continue;
    if (outcome.code === 'CONFIG_MISSING') code = 'CONFIG_MISSING';
    for (const problem of outcome.problems) problems.set(`${problem.where} ${problem.message}`, problem);
  }
  if (problems.size > 0) throw new PerpilotError(code, [...problems.values()]);
  return outcomes.flatMap((outcome) => (outcome.kind === 'loaded' ? [outcome.loaded] : []));
}

/** All variants of the given levels, level by level. @throws PerpilotError INVARIANT_BROKEN if two share a configuration hash */
export function composeVariants(riskLevels: readonly string[], levels: readonly LoadedConfig[]): ComposedVariant[] {
  const variants = levels.flatMap(({ resolved, config }, index) =>
    config.research.ensembleVariants.flatMap((ensemble) =>
      config.research.regimeSensitivities.map((sensitivity) => {
        const loaded = variantOf(resolved, { model: { ensemble }, regime: { sensitivity } });
        return { settings: settingsOf(riskLevels[index], loaded), resolved: loaded.resolved };
      }),
    ),
  );
  assertDistinct(variants);
  return variants;
}

/** Name of a variant within its risk level. */
export function variantName({ model, regime }: Config): string {
  return `${model.ensemble ? 'ensemble' : 'boosting'}/${regime.sensitivity}`;
}

/** The settings that the research reads, from a whole configuration. */
export function settingsOf(riskLevel: string, { config, hash }: LoadedConfig): VariantSettings {
  const { costs, features, primary, regime, labeling, model, exits, sizing, risk, guard, targets } = config;
  return {
    riskLevel,
    variant: variantName(config),
    configHash: hash,
    initialEquity: config.account.initialEquity,
    metaModel: 'on',
    costs,
    features,
    primary,
    regime,
    labeling,
    model,
    exits,
    sizing,
    risk,
    guard,
    targets,
  };
}

function assertDistinct(variants: readonly ComposedVariant[]): void {
  const seen = new Map<string, string>();
  for (const { settings } of variants) {
    const label = `${settings.riskLevel} ${settings.variant}`;
    const other = seen.get(settings.configHash);
    if (other !== undefined) {
      throw new PerpilotError(
        'INVARIANT_BROKEN',
        `${label} and ${other} have one configuration (${settings.configHash})`,
      );
    }
    seen.set(settings.configHash, label);
  }
}

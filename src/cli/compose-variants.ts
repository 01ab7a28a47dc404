// Which variants does a research run compare? Risk level × ensemble × regime sensitivity, each a configuration of its own.
import { PerpilotError, type Problem } from '../domain/errors.ts';
import { hashOf } from '../config/hash.ts';
import { tryLoadConfig, type ConfigRequest, type LoadedConfig } from '../config/load-config.ts';
import type { Config, ConfigTree, DeepReadonly } from '../config/schema.ts';
import { variationsOf } from '../config/variant.ts';
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

/** All variants of the given levels, level by level. @throws PerpilotError CONFIG_INVALID if two have one configuration */
export function composeVariants(riskLevels: readonly string[], levels: readonly LoadedConfig[]): ComposedVariant[] {
  const variants = levels.flatMap(({ resolved, config }, index) => {
    const variation = variationsOf(resolved);
    return config.research.ensembleVariants.flatMap((ensemble) =>
      config.research.regimeSensitivities.map((sensitivity) => {
        const loaded = variation({ model: { ensemble }, regime: { sensitivity } });
        return { settings: settingsOf(riskLevels[index], loaded), resolved: loaded.resolved };
      }),
    );
  });
  refuseOtherRuns(riskLevels, levels);
  refuseTwins(variants);
  return variants;
}

/** Sections that hold for the whole run, so no risk level may have its own. */
const RUN_SECTIONS = ['data', 'walk_forward', 'research'] as const;

/** @throws PerpilotError CONFIG_INVALID when risk levels differ in what holds for the whole run */
export function refuseOtherRuns(riskLevels: readonly string[], levels: readonly LoadedConfig[]): void {
  const problems = levels.flatMap((level, index) =>
    RUN_SECTIONS.filter((name) => hashOf(level.resolved[name]) !== hashOf(levels[0].resolved[name])).map((name) => ({
      message: `risk level ${riskLevels[index]} has another section ${name} than ${riskLevels[0]}: it holds for the whole run`,
    })),
  );
  if (problems.length > 0) throw new PerpilotError('CONFIG_INVALID', problems);
}

/** Name of a variant within its risk level. */
export function variantName({ model, regime }: Config): string {
  return `${model.ensemble ? 'ensemble' : 'boosting'}/${regime.sensitivity}`;
}

/**
 * The settings that the research reads, from a whole configuration.
 * @throws PerpilotError CONFIG_INVALID when the exits would follow barriers that are no fractions
 */
export function settingsOf(riskLevel: string, { config, hash, origins }: LoadedConfig): VariantSettings {
  refuseScaledExits(config, origins.get('labeling.width'));
  const { costs, universe, features, primary, regime, labeling, model, exits, sizing, risk, guard, targets } = config;
  return {
    riskLevel,
    variant: variantName(config),
    configHash: hash,
    initialEquity: config.account.initialEquity,
    metaModel: 'on',
    costs,
    universe,
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

/** A barrier of 1.5 ATR must not become a stop 150 % away. */
function refuseScaledExits({ exits, labeling }: Config, where: string | undefined): void {
  if (labeling.width === 'fixed' || (exits.stopFraction !== null && exits.targetFraction !== null)) return;
  throw new PerpilotError('CONFIG_INVALID', [
    {
      message:
        'labeling.width is atr, so the barriers are multiples of ATR / price: exits.stop_fraction and exits.target_fraction must be given',
      ...(where === undefined ? {} : { where }),
      hint: 'set both as fractions of the entry price, or labeling.width to fixed',
    },
  ]);
}

function refuseTwins(variants: readonly ComposedVariant[]): void {
  const seen = new Map<string, string>();
  for (const { settings } of variants) {
    const label = `${settings.riskLevel} ${settings.variant}`;
    const other = seen.get(settings.configHash);
    if (other !== undefined) {
      throw new PerpilotError('CONFIG_INVALID', [
        { message: `${label} and ${other} have one configuration (${settings.configHash}): one of them is enough` },
      ]);
    }
    seen.set(settings.configHash, label);
  }
}

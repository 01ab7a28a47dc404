// How does a sweep vary a configuration? By a patch over a copy, checked like any file.
import { PerpilotError } from '../domain/errors.ts';
import { loadedFrom, PROFILES_FOLDER, riskLevelsIn, type LoadedConfig } from './load-config.ts';
import { mergeLayers } from './merge-layers.ts';
import { readLayer } from './read-layer.ts';
import type { ConfigTree, DeepReadonly } from './schema.ts';

/** Some settings of some sections. Lists are replaced as a whole. */
export type ConfigPatch = DeepPartial<ConfigTree>;

type DeepPartial<Tree> = Tree extends readonly unknown[]
  ? DeepReadonly<Tree>
  : Tree extends object
    ? { readonly [Key in keyof Tree]?: DeepPartial<Tree[Key]> }
    : Tree;

/**
 * `resolved` with `patch` laid over it; shares no memory with either, so no variant can change another.
 * @throws PerpilotError CONFIG_INVALID when the settings do not fit together
 */
export function variantOf(resolved: DeepReadonly<ConfigTree>, patch: ConfigPatch): LoadedConfig {
  return variationsOf(resolved)(patch);
}

/** The same for many patches: `resolved` is read once. */
export function variationsOf(resolved: DeepReadonly<ConfigTree>): (patch: ConfigPatch) => LoadedConfig {
  const base = readLayer({ text: JSON.stringify(resolved), locate: () => 'base' });
  const levels = [...riskLevelsIn(PROFILES_FOLDER), ...resolved.research.risk_levels];
  return (patch) => {
    const layer = readLayer({ text: JSON.stringify(patch), locate: () => 'variant' });
    const { tree, origins, problems } = mergeLayers([base, layer], levels);
    if (tree === undefined || problems.length > 0) throw new PerpilotError('CONFIG_INVALID', problems);
    return loadedFrom(tree, origins);
  };
}

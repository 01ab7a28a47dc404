// Which configuration is in force? Shipped defaults, under a user's file, under a risk level, under --set.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, isAbsolute, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PerpilotError, type ErrorCode, type Problem } from '../domain/errors.ts';
import { nearestNames } from '../domain/nearest-name.ts';
import { camelCaseKeys } from './camel-case.ts';
import { hashOf } from './hash.ts';
import { mergeLayers } from './merge-layers.ts';
import { readLayer, type Layer } from './read-layer.ts';
import { readOverride } from './read-override.ts';
import type { Config, ConfigTree, DeepReadonly } from './schema.ts';

/** config/config.yaml of this package: every setting with its safe default. */
export const DEFAULT_CONFIG_FILE: string = fileURLToPath(new URL('../../config/config.yaml', import.meta.url));

/** config/profiles of this package: one file for each risk level. */
export const PROFILES_FOLDER: string = fileURLToPath(new URL('../../config/profiles/', import.meta.url));

/** What is laid over the shipped defaults, in this order. */
export interface ConfigRequest {
  /** A user's file; it may hold some settings only. */
  readonly file?: string | undefined;
  /** Name of a profile: `moderate`. */
  readonly riskLevel?: string | undefined;
  /** Folder of the profiles; default: the shipped ones. */
  readonly profilesDir?: string | undefined;
  /** `labeling.profit_barrier=0.01`, one setting each. */
  readonly overrides?: readonly string[] | undefined;
}

/** A valid configuration. All of it is frozen: a variant is made by `variantOf`. */
export interface LoadedConfig {
  readonly config: Config;
  /** The same as plain data with snake_case keys, as it would stand in a file. */
  readonly resolved: DeepReadonly<ConfigTree>;
  /** `hashOf(resolved)`. */
  readonly hash: string;
  /** Where those settings were given that are not the shipped defaults, by dotted name. */
  readonly origins: ReadonlyMap<string, string>;
}

export type ConfigOutcome =
  | { readonly kind: 'loaded'; readonly loaded: LoadedConfig }
  | { readonly kind: 'refused'; readonly code: ErrorCode; readonly problems: readonly Problem[] };

/** The configuration in force. @throws PerpilotError CONFIG_MISSING or CONFIG_INVALID with every problem of every file */
export function loadConfig(request: ConfigRequest = {}): LoadedConfig {
  const outcome = tryLoadConfig(request);
  if (outcome.kind === 'refused') throw new PerpilotError(outcome.code, outcome.problems);
  return outcome.loaded;
}

/** The same without throwing, for commands whose answer the problems are. */
export function tryLoadConfig(request: ConfigRequest = {}): ConfigOutcome {
  const profilesDir = request.profilesDir ?? PROFILES_FOLDER;
  const levels = riskLevelsIn(profilesDir);
  const files = [DEFAULT_CONFIG_FILE];
  if (request.file !== undefined && relative(request.file, DEFAULT_CONFIG_FILE) !== '') files.push(request.file);
  const unknownLevel = request.riskLevel === undefined ? [] : levelProblems(request.riskLevel, levels);
  if (request.riskLevel !== undefined && unknownLevel.length === 0) {
    files.push(join(profilesDir, `${request.riskLevel}.yaml`));
  }
  const read = files.map(readFileLayer);
  const missing = read.flatMap((outcome) => (outcome.kind === 'unreadable' ? [outcome.problem] : []));
  const layers = read.flatMap((outcome) => (outcome.kind === 'layer' ? [outcome.layer] : []));
  const merged = mergeLayers([...layers, ...readOverrides(request.overrides ?? [])], levels);
  const problems = [...missing, ...unknownLevel, ...merged.problems];
  if (problems.length > 0 || merged.tree === undefined) {
    return { kind: 'refused', code: missing.length > 0 ? 'CONFIG_MISSING' : 'CONFIG_INVALID', problems };
  }
  return { kind: 'loaded', loaded: loadedFrom(merged.tree, merged.origins) };
}

/** A valid tree with its camelCase form and its hash. */
export function loadedFrom(tree: ConfigTree, origins: ReadonlyMap<string, string>): LoadedConfig {
  const resolved = frozenCopy(tree);
  return { config: camelCaseKeys(resolved), resolved, hash: hashOf(resolved), origins };
}

/** Names of the risk levels that a folder of profiles holds, sorted; a folder that is not there holds none. */
export function riskLevelsIn(profilesDir: string): readonly string[] {
  if (!existsSync(profilesDir)) return [];
  return readdirSync(profilesDir)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => basename(name, '.yaml'))
    .sort();
}

function levelProblems(level: string, levels: readonly string[]): Problem[] {
  if (levels.includes(level)) return [];
  const [near] = nearestNames(level, levels, 1);
  const known = levels.length === 0 ? 'there are none' : `there are ${levels.join(', ')}`;
  const hint = near === undefined ? known : `did you mean ${near}? ${known}`;
  return [{ message: `there is no risk level "${level}"`, where: '--risk-level', hint }];
}

type FileOutcome =
  | { readonly kind: 'layer'; readonly layer: Layer }
  | { readonly kind: 'unreadable'; readonly problem: Problem };

function readFileLayer(path: string): FileOutcome {
  const name = displayName(path);
  try {
    const text = readFileSync(path, 'utf8');
    return { kind: 'layer', layer: readLayer({ text, locate: (line) => `${name}:${line}` }) };
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error;
    const reason = error.code === 'ENOENT' ? 'it does not exist' : `it cannot be read (${String(error.code)})`;
    return { kind: 'unreadable', problem: { message: `no configuration from ${name}: ${reason}`, where: name } };
  }
}

function readOverrides(overrides: readonly string[]): Layer[] {
  const seen = new Map<string, string>();
  return overrides.map((text) => {
    const layer = readOverride(text);
    const problems = layer.settings.flatMap(({ name }) => {
      const earlier = seen.get(name);
      seen.set(name, text);
      if (earlier === undefined) return [];
      return [{ message: `${name} is set twice`, where: `--set ${text}`, hint: `the other one is --set ${earlier}` }];
    });
    return { ...layer, problems: [...layer.problems, ...problems] };
  });
}

/** Relative to the working folder where that is shorter to read. */
function displayName(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith('..') || isAbsolute(fromHere) ? path : fromHere;
}

function frozenCopy<Tree>(tree: Tree): Tree {
  const copy = structuredClone(tree);
  freezeDeep(copy);
  return copy;
}

function freezeDeep(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.values(value).forEach(freezeDeep);
  Object.freeze(value);
}

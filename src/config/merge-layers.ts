// What do several layers give together, and do their settings fit each other? Later layers win.
import type { Problem } from '../domain/errors.ts';
import { nearestNames } from '../domain/nearest-name.ts';
import type { Layer, Setting } from './read-layer.ts';
import { configRules } from './rules.ts';
import { configSchema, type ConfigRule, type ConfigTree } from './schema.ts';
import { shown } from './shown.ts';

export interface MergedLayers {
  /** Undefined: the layers together lack a setting. */
  readonly tree: ConfigTree | undefined;
  /** Where settings of later layers than the first were given, by dotted name. */
  readonly origins: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

interface RankedSetting extends Setting {
  /** Number of the layer. */
  readonly rank: number;
}

/** Lays the layers over each other, first to last; rules that touch a refused value are not asked. */
export function mergeLayers(layers: readonly Layer[], riskLevels: readonly string[]): MergedLayers {
  const settings = new Map<string, RankedSetting>();
  for (const [rank, layer] of layers.entries()) {
    for (const setting of layer.settings) settings.set(setting.name, { ...setting, rank });
  }
  const problems = layers.flatMap((layer) => layer.problems);
  const refused = new Set(layers.flatMap((layer) => layer.refused));
  const laidOver = [...settings.values()].filter((setting) => setting.rank > 0);
  const origins = new Map(laidOver.map(({ name, where }) => [name, where]));
  const parsed = configSchema.safeParse(treeOf(settings.values()));
  if (!parsed.success) {
    // A value that a file gets wrong has been reported with its line already.
    const lacking = problems.length > 0 ? [] : parsed.error.issues.map((issue) => lackOf(issue.path.join('.')));
    return { tree: undefined, origins, problems: [...problems, ...lacking] };
  }
  const tree = parsed.data;
  const rules = [...configRules, ...levelRules(tree, riskLevels)];
  const broken = rules
    .filter((rule) => !rule.keys.some((key) => refused.has(key)) && !rule.holds(tree))
    .map((rule) => problemOf(rule, settings));
  return { tree, origins, problems: [...problems, ...broken] };
}

/** Nested plain data from dotted names. */
export function treeOf(settings: Iterable<{ readonly name: string; readonly value: unknown }>): unknown {
  const root: Branch = new Map();
  for (const { name, value } of settings) {
    const path = name.split('.');
    const last = path.pop() ?? '';
    let branch = root;
    for (const key of path) {
      const next = branch.get(key) ?? new Map<string, unknown>();
      branch.set(key, next);
      if (next instanceof Map) branch = next;
    }
    branch.set(last, value);
  }
  return plain(root);
}

type Branch = Map<string, unknown>;

function plain(value: unknown): unknown {
  if (!(value instanceof Map)) return value;
  return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]));
}

const lackOf = (name: string): Problem => ({ message: `the setting ${name} is given nowhere` });

/** The suite may compare only risk levels that there are. */
function levelRules(tree: ConfigTree, riskLevels: readonly string[]): ConfigRule[] {
  const unknown = tree.research.risk_levels.filter((level) => !riskLevels.includes(level));
  return unknown.map((level) => {
    const [near] = nearestNames(level, riskLevels, 1);
    const meant = near === undefined ? '' : `; did you mean ${near}?`;
    return {
      keys: ['research.risk_levels'],
      says: `research.risk_levels names "${level}", but there are only ${riskLevels.join(', ') || 'none'}${meant}`,
      holds: () => false,
    };
  });
}

/** Points at the setting of the latest layer: that one brought the rest out of step. */
function problemOf(rule: ConfigRule, settings: ReadonlyMap<string, RankedSetting>): Problem {
  const given = rule.keys.flatMap((key) => settings.get(key) ?? []);
  const latest = given.reduce<RankedSetting | undefined>(
    (best, setting) => (best === undefined || setting.rank > best.rank ? setting : best),
    undefined,
  );
  const values = given.map((setting) => `${setting.name} is ${shown(setting.value)}`).join(', ');
  return { message: `${rule.says} (${values})`, ...(latest === undefined ? {} : { where: latest.where }) };
}

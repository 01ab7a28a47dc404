// Which variants does a sweep compare? Risk level × combination, each a checked configuration of its own.
import { PerpilotError, type Problem } from '../domain/errors.ts';
import { loadedFrom, PROFILES_FOLDER, riskLevelsIn, type LoadedConfig } from '../config/load-config.ts';
import { mergeLayers } from '../config/merge-layers.ts';
import { readLayer, type Layer } from '../config/read-layer.ts';
import { readOverride } from '../config/read-override.ts';
import { configRules } from '../config/rules.ts';
import { overlap, type Combination, type SweepDimension, type SweepRecord } from '../research/sweep.ts';
import { settingsOf, type ComposedVariant } from './compose-variants.ts';

export interface SweepRequest {
  readonly riskLevels: readonly string[];
  /** One for each risk level, with every `--set` laid in. */
  readonly levels: readonly LoadedConfig[];
  /** The texts of `--set`: what they fix cannot be swept. */
  readonly fixed: readonly string[];
  readonly dimensions: readonly SweepDimension[];
  readonly combinations: readonly Combination[];
}

export interface ComposedSweep {
  /** Level by level, in the order of the combinations; no two with one configuration hash. */
  readonly variants: readonly ComposedVariant[];
  /** The settings as they stand without the sweep: chosen beforehand, so the verdict is theirs. */
  readonly headlineVariant: string;
  readonly record: SweepRecord;
}

/** Name of the settings as they stand, where they are no combination of the sweep. */
export const BASE_NAME = 'base';

/** Sections that hold for a whole run, or that only judge what came out. */
const NOT_SWEPT: Readonly<Record<string, string>> = {
  data: 'it holds for the whole run',
  walk_forward: 'it holds for the whole run',
  research: 'it holds for the whole run',
  targets: 'it judges results and changes none',
};

/**
 * Every combination at every level, and the settings as they stand. Where these are one and the same combination at all
 * levels, that is the headline; else each level begins with a variant `base`, which stands for a combination equal to it.
 * @throws PerpilotError CONFIG_INVALID with every problem at once: unknown settings, wrong values, combinations whose
 * settings do not fit together (each rule with the combinations that break it), two names of one configuration
 */
export function composeSweep(request: SweepRequest): ComposedSweep {
  const { riskLevels, levels, dimensions, combinations } = request;
  const layers = readTexts(request);
  const faults = createFaults();
  const profiles = riskLevelsIn(PROFILES_FOLDER);
  const attempts = levels.map((level, at) => {
    const base = baseLayer(level);
    const known = [...profiles, ...level.config.research.riskLevels];
    return combinations.map((combination) => {
      const over = combination.overrides.flatMap((text) => layers.get(text) ?? []);
      return loadCombination([base, ...over], known, (rule) =>
        faults.add(rule, `${riskLevels[at]} ${combination.name}`),
      );
    });
  });
  const headline = combinations.find((_, at) => levels.every(({ hash }, row) => attempts[row][at]?.hash === hash));
  const places: Record<string, readonly number[]> = {};
  const rows = levels.flatMap((level, row) => {
    const riskLevel = riskLevels[row];
    const base = headline === undefined ? [{ riskLevel, name: BASE_NAME, loaded: level }] : [];
    const own = combinations.flatMap(({ name, place }, at) => {
      const loaded = attempts[row][at];
      if (loaded === undefined) return [];
      places[loaded.hash] = place;
      return headline === undefined && loaded.hash === level.hash ? [] : [{ riskLevel, name, loaded }];
    });
    return [...base, ...own];
  });
  noteTwins(rows, faults);
  const variants = rows.flatMap(({ riskLevel, name, loaded }): ComposedVariant[] => {
    const settings = faults.attempt(`${riskLevel} ${name}`, () => settingsOf(riskLevel, loaded));
    return settings === undefined ? [] : [{ settings: { ...settings, variant: name }, resolved: loaded.resolved }];
  });
  const bases = headline === undefined ? levels.length : 0;
  faults.throwIfAny(levels.length * combinations.length + bases);
  return { variants, headlineVariant: headline?.name ?? BASE_NAME, record: { dimensions, places } };
}

/** Every `key=value` of the dimensions, read once. @throws PerpilotError CONFIG_INVALID with all that are wrong */
function readTexts({ dimensions, fixed }: SweepRequest): Map<string, Layer> {
  const problems: Problem[] = [];
  const layers = new Map<string, Layer>();
  for (const { key, values } of dimensions) {
    const where = `--sweep ${key}`;
    const section = key.split('.')[0];
    const reason = Object.hasOwn(NOT_SWEPT, section) ? NOT_SWEPT[section] : undefined;
    if (reason !== undefined) problems.push({ message: `${key} cannot be swept: ${reason}`, where });
    const other = fixed.find((text) => overlap(text.split('=')[0].trim(), key));
    if (other !== undefined) problems.push({ message: `${key} is swept, but fixed by --set ${other}`, where });
    const found = new Map<string, Problem>();
    for (const value of values) {
      const text = `${key}=${value}`;
      const layer = readOverride(text);
      layers.set(text, layer);
      for (const problem of layer.problems) found.set(problem.message, { ...problem, where });
    }
    problems.push(...found.values());
  }
  if (problems.length > 0) throw new PerpilotError('CONFIG_INVALID', problems);
  return layers;
}

function baseLayer({ resolved }: LoadedConfig): Layer {
  return readLayer({ text: JSON.stringify(resolved), locate: () => 'base' });
}

/** The configuration of the layers; undefined when it breaks rules, which `onBroken` is told then. */
function loadCombination(
  layers: readonly Layer[],
  riskLevels: readonly string[],
  onBroken: (rule: string) => void,
): LoadedConfig | undefined {
  const { tree, origins, problems } = mergeLayers(layers, riskLevels);
  for (const { message } of problems) onBroken(ruleOf(message));
  return tree === undefined || problems.length > 0 ? undefined : loadedFrom(tree, origins);
}

/** The rule that a message is about, without the values that broke it. */
function ruleOf(message: string): string {
  return configRules.find(({ says }) => message.startsWith(`${says} (`))?.says ?? message;
}

interface NamedConfig {
  readonly riskLevel: string;
  readonly name: string;
  readonly loaded: LoadedConfig;
}

function noteTwins(rows: readonly NamedConfig[], faults: Faults): void {
  const owners = new Map<string, string>();
  for (const { riskLevel, name, loaded } of rows) {
    const label = `${riskLevel} ${name}`;
    const owner = owners.get(loaded.hash);
    if (owner === undefined) owners.set(loaded.hash, label);
    else faults.add('no two variants may have one configuration', `${label}, which is ${owner}`);
  }
}

interface Faults {
  /** Notes that the variant `label` breaks `rule`. */
  add(rule: string, label: string): void;
  /** The result of `action`; undefined when it failed, with its problems noted for `label`. */
  attempt<Value>(label: string, action: () => Value): Value | undefined;
  /** @throws PerpilotError CONFIG_INVALID: each rule with the variants that break it */
  throwIfAny(variants: number): void;
}

const SHOWN_LABELS = 5;

function createFaults(): Faults {
  const broken = new Map<string, string[]>();
  const add = (rule: string, label: string): void => {
    const labels = broken.get(rule);
    if (labels === undefined) broken.set(rule, [label]);
    else labels.push(label);
  };
  return {
    add,
    attempt(label, action) {
      try {
        return action();
      } catch (error) {
        // Only what the settings say wrongly is gathered; anything else is a bug.
        if (!(error instanceof PerpilotError && error.code === 'CONFIG_INVALID')) throw error;
        for (const { message } of error.problems) add(message, label);
        return undefined;
      }
    },
    throwIfAny(variants) {
      if (broken.size === 0) return;
      const problems = [...broken].map(([rule, labels]): Problem => {
        const shown = labels.slice(0, SHOWN_LABELS).join('; ');
        const more = labels.length > SHOWN_LABELS ? `; and ${labels.length - SHOWN_LABELS} more` : '';
        const message = `${rule}: broken by ${labels.length} of ${variants} combinations`;
        return { message, where: '--sweep', hint: `${shown}${more}` };
      });
      throw new PerpilotError('CONFIG_INVALID', problems);
    },
  };
}

// Which settings do the tests and benchmarks of the strategy use? The defaults of config/config.yaml.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { FeatureParams } from '../../src/strategy/feature-indicators.ts';
import type { PrimaryParams } from '../../src/strategy/primary-signal.ts';
import type { RegimeParams } from '../../src/strategy/regime-filter.ts';

const file = new URL('../../config/config.yaml', import.meta.url);
const sections = parse(readFileSync(file, 'utf8')) as Record<string, unknown>;

/** Keys in camel case, as modules take them. */
function camelCase(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()),
      camelCase(inner),
    ]),
  );
}

export const defaultFeatures = camelCase(sections['features']) as FeatureParams;
export const defaultPrimary = camelCase(sections['primary']) as PrimaryParams;
export const defaultRegime = camelCase(sections['regime']) as RegimeParams;

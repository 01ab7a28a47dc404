// When are two configurations the same? When their hash is: over every setting that can change a result.
import { createHash } from 'node:crypto';

/** Settings that say where something lies, what else a run shows, what is traded now, how the bot goes about it and is watched, or how models are renewed, not what comes out of a variant. */
const WITHOUT_EFFECT: ReadonlySet<string> = new Set([
  'data.root',
  'research.ablation',
  'discovery',
  'live',
  'operations',
  'paper',
  'alerts',
  'renewal',
]);

/** Settings that came after results had been logged, with the value at which everything is as before them: it leaves the hash alone. */
const AS_BEFORE: ReadonlyMap<string, unknown> = new Map([['model.class_weights', 'none']]);

/** The first 16 hex digits of SHA-256 over plain data as JSON with sorted keys, without the settings that have no effect. */
export function hashOf(tree: unknown): string {
  return createHash('sha256').update(canonicalJson(tree, '')).digest('hex').slice(0, 16);
}

function canonicalJson(value: unknown, path: string): string {
  if (Array.isArray(value)) return `[${value.map((entry) => canonicalJson(entry, `${path}[]`)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .map(([key, inner]) => ({ key, inner, path: path === '' ? key : `${path}.${key}` }))
    .filter(({ path, inner }) => !WITHOUT_EFFECT.has(path) && inner !== undefined)
    .filter(({ path, inner }) => !AS_BEFORE.has(path) || AS_BEFORE.get(path) !== inner)
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map((member) => `${JSON.stringify(member.key)}:${canonicalJson(member.inner, member.path)}`);
  return `{${members.join(',')}}`;
}

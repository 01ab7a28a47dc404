import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expectationOf } from './expectation.ts';
import { hashOf } from './hash.ts';
import { loadConfig } from './load-config.ts';
import { configSchema } from './schema.ts';
import { settingsOf } from './schema-walk.ts';

const tree = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.integer(),
    fc.boolean(),
    fc.string(),
    fc.constant(null),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.dictionary(fc.string(), tie('value'), { maxKeys: 5 }),
})).object;

function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(shuffled);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, inner]) => [key, shuffled(inner)]),
  );
}

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || a === null || typeof b !== 'object' || b === null) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isSame(Reflect.get(a, key), Reflect.get(b, key)))
  );
}

describe('hashOf', () => {
  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(tree, (value) => hashOf(shuffled(value)) === hashOf(value)),
      { seed: 1, numRuns: 300 },
    );
  });

  it('is the same for the same settings only', () => {
    fc.assert(
      fc.property(tree, tree, (a, b) => (hashOf(a) === hashOf(b)) === isSame(a, b)),
      { seed: 2, numRuns: 500 },
    );
  });

  it('tells apart what looks alike in JSON', () => {
    const alike = [
      { a: 1 },
      { a: '1' },
      { a: [1] },
      { a: null },
      {},
      { a: {} },
      { a: [] },
      { 'a.b': 1 },
      { a: { b: 1 } },
      { a: 'b:1' },
    ];
    expect(new Set(alike.map(hashOf)).size).toBe(alike.length);
  });

  it('is the start of SHA-256 over sorted JSON', () => {
    expect(hashOf({ b: [1, null], a: { d: 'x', c: true } })).toBe('16f72427f94cf7ca');
  });

  it('stays what it was before a setting that came later, at the value that changes nothing', () => {
    const before = { model: { trees: 100 } };
    expect(hashOf({ model: { ...before.model, class_weights: 'none' } })).toBe(hashOf(before));
    expect(hashOf({ model: { ...before.model, class_weights: 'balanced' } })).not.toBe(hashOf(before));
  });

  it('moves with every setting except where the data lies, what else is shown, what is traded now, how the bot goes about it and is watched, and how models are renewed', () => {
    const base = loadConfig();
    const hashes = new Map([[base.hash, 'base']]);
    for (const { name, schema } of settingsOf(configSchema)) {
      const changed: any = structuredClone(base.resolved);
      const path = name.split('.');
      const last = path.pop() ?? '';
      const section = path.reduce((value, key) => value[key], changed);
      section[last] = otherThan(section[last], expectationOf(schema).type);
      const hash = hashOf(changed);
      const isElsewhere = name === 'data.root' || name === 'research.ablation';
      if (isElsewhere || /^(?:discovery|live|operations|paper|alerts|renewal)\./.test(name))
        expect(hash, name).toBe(base.hash);
      else expect(hashes.get(hash), name).toBeUndefined();
      hashes.set(hash, name);
    }
  });
});

function otherThan(value: unknown, type: string): unknown {
  if (typeof value === 'boolean') return !value;
  if (typeof value === 'number') return value + 1e-9;
  if (Array.isArray(value)) return value.length === 0 ? ['another'] : value.toReversed().slice(1);
  return type.startsWith('text') ? '/elsewhere' : `${String(value)}x`;
}

// Does an edit change the value and not one byte beside it?
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { editConfig } from './edit-config.ts';
import { DEFAULT_CONFIG_FILE, PROFILES_FOLDER, riskLevelsIn } from './load-config.ts';
import { SETTING_NAMES } from './schema-walk.ts';

const shipped = readFileSync(DEFAULT_CONFIG_FILE, 'utf8');
const profiles = riskLevelsIn(PROFILES_FOLDER).map((level) =>
  readFileSync(join(PROFILES_FOLDER, `${level}.yaml`), 'utf8'),
);

const valueIn = (parsed: unknown, key: string): unknown =>
  key.split('.').reduce<unknown>((tree, part) => (tree as Record<string, unknown> | undefined)?.[part], parsed);
const valueAt = (text: string, key: string): unknown => valueIn(parse(text), key);

/** What stands before and behind the only stretch in which two texts differ. */
function around(
  before: string,
  after: string,
): { readonly head: string; readonly removed: string; readonly tail: string } {
  let head = 0;
  while (head < Math.min(before.length, after.length) && before[head] === after[head]) head += 1;
  let tail = 0;
  const most = Math.min(before.length, after.length) - head;
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return {
    head: before.slice(0, head),
    removed: before.slice(head, before.length - tail),
    tail: before.slice(before.length - tail),
  };
}

const values = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => (Object.is(value, -0) ? 0 : value)),
  fc.boolean(),
  fc.constant(null),
  fc.constantFrom('voting', 'fixed', 'platt', 'no', '1h', 'a: b', '# none', ''),
  fc.array(fc.integer(), { maxLength: 4 }),
  fc.array(fc.constantFrom('BTCUSDT', 'x, y', '1m'), { minLength: 1, maxLength: 3 }),
);

describe('editConfig', () => {
  it('keeps every comment and byte outside the value, for every setting and value', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SETTING_NAMES), values, (key, value) => {
        const edited = editConfig(shipped, [{ key, value }]);
        expect(valueAt(edited, key)).toEqual(value);
        const { head, removed, tail } = around(shipped, edited);
        // The stretch that went is part of one line's value: before any comment, behind the key.
        expect(removed).not.toMatch(/[\n#]/);
        expect(`${head}${removed}${tail}`).toBe(shipped);
        expect(edited.startsWith(head) && edited.endsWith(tail)).toBe(true);
        for (const comment of shipped.match(/#.*/g) ?? []) expect(edited).toContain(comment);
      }),
      { seed: 11, numRuns: 75 },
    );
  });

  it('replaces the characters of one value alone, for every setting of every file, and back again', () => {
    const texts = [shipped, ...profiles];
    for (const text of texts) {
      const parsed: unknown = parse(text);
      for (const key of SETTING_NAMES.filter((name) => valueIn(parsed, name) !== undefined)) {
        const there = editConfig(text, [{ key, value: 987_654 }]);
        const { head, removed, tail } = around(text, there);
        expect(head.slice(head.lastIndexOf('\n') + 1)).toContain(`${key.split('.').at(-1) ?? ''}: `);
        expect(`${head}${removed}${tail}`).toBe(text);
        expect(there.split('\n')).toHaveLength(text.split('\n').length);
        // The shipped file is long: once there is enough.
        if (text === shipped) continue;
        const back = editConfig(there, [{ key, value: valueIn(parsed, key) }]);
        expect(parse(back)).toEqual(parsed);
        expect(Math.abs(back.length - text.length)).toBeLessThan(4);
      }
    }
  });

  it('puts a new setting behind the last of its section, a new section at the end', () => {
    for (const text of profiles) {
      const inside = editConfig(text, [{ key: 'risk.max_open_positions', value: 2 }]);
      expect(inside.replace('  max_open_positions: 2\n', '')).toBe(text);
      expect(valueAt(inside, 'risk.max_open_positions')).toBe(2);
      const section = editConfig(text, [
        { key: 'labeling.profit_barrier', value: 0.03 },
        { key: 'labeling.stop_barrier', value: 0.015 },
      ]);
      expect(section).toBe(`${text}\nlabeling:\n  profit_barrier: 0.03\n  stop_barrier: 0.015\n`);
      expect(valueAt(editConfig(text, [{ key: 'primary.ema.fast', value: 5 }]), 'primary.ema')).toEqual({ fast: 5 });
    }
  });

  it('knows flow maps, block lists, comments behind values, missing line ends and Windows line ends', () => {
    const flow = 'ema: { fast: 9, slow: 21 } # both\n';
    expect(editConfig(flow, [{ key: 'ema.slow', value: 30 }])).toBe('ema: { fast: 9, slow: 30 } # both\n');
    expect(editConfig(flow, [{ key: 'ema.weight', value: 1 }])).toBe('ema: { fast: 9, slow: 21, weight: 1 } # both\n');
    expect(editConfig('a:\n  - 1\n  - 2\nb: 1\n', [{ key: 'a', value: [3] }])).toBe('a:\n  [3]\nb: 1\n');
    expect(editConfig('r:\n  a: 1 # one\n\n# next\nb: 2\n', [{ key: 'r.c', value: 3 }])).toBe(
      'r:\n  a: 1 # one\n  c: 3\n\n# next\nb: 2\n',
    );
    expect(editConfig('r:\n  a: 1', [{ key: 'r.b', value: 2 }])).toBe('r:\n  a: 1\n  b: 2\n');
    expect(
      editConfig('r:\r\n  a: 1\r\n', [
        { key: 'r.b', value: 2 },
        { key: 'r.a', value: 5 },
      ]),
    ).toBe('r:\r\n  a: 5\r\n  b: 2\r\n');
    expect(editConfig('', [{ key: 'a.b', value: 1 }])).toBe('a:\n  b: 1\n');
  });

  it('refuses what is no YAML and what is no section', () => {
    expect(() => editConfig('a: [1\n', [{ key: 'a', value: 1 }])).toThrow(/not valid YAML/);
    expect(() => editConfig('risk: 3\n', [{ key: 'risk.max_leverage', value: 1 }])).toThrow(/no section/);
  });
});

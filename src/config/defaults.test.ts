import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { describeConfig, configJsonSchema } from './describe.ts';
import { choicesOf } from './expectation.ts';
import { DEFAULT_CONFIG_FILE, loadConfig, PROFILES_FOLDER, riskLevelsIn } from './load-config.ts';
import { configSchema } from './schema.ts';
import { SETTING_NAMES, settingsOf } from './schema-walk.ts';

const text = readFileSync(DEFAULT_CONFIG_FILE, 'utf8');
const shipped = parse(text) as Record<string, any>;
const at = (tree: any, name: string): any => name.split('.').reduce((value, key) => value?.[key], tree);

function leavesOf(tree: Record<string, any>, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? leavesOf(value, `${prefix}${key}.`)
      : [`${prefix}${key}`],
  );
}

describe('the shipped settings', () => {
  it('give every setting of the schema and no other, in the same order', () => {
    expect(leavesOf(shipped)).toEqual(SETTING_NAMES);
  });

  it('are what a run without any file gets', () => {
    expect(loadConfig().resolved).toEqual(shipped);
    expect(loadConfig().origins.size).toBe(0);
  });

  it('are the defaults that the JSON Schema and the reference page state', () => {
    const schema = JSON.parse(configJsonSchema());
    const page = describeConfig();
    for (const name of SETTING_NAMES) {
      const property = name.split('.').reduce((inner, key) => inner.properties[key], schema);
      expect(property.default, name).toEqual(at(shipped, name));
      expect(page).toContain(`| \`${name}\` |`);
    }
    expect(JSON.stringify(schema)).not.toContain('"required"');
  });

  it('have a meaning each, and their comments name the same choices as the schema', () => {
    let compared = 0;
    for (const { name, schema } of settingsOf(configSchema)) {
      expect(schema.description, name).toMatch(/^[A-Z0-9|a-z].{10,}\.$/);
      const key = name.slice(name.lastIndexOf('.') + 1);
      const comment = new RegExp(`^ +${key}: [a-z_]+ +# (.*\\|.*)$`, 'm').exec(text)?.[1];
      if (comment === undefined || choicesOf(schema).length === 0) continue;
      const named = comment.split(' | ').map((part) => /^[a-z_]+/.exec(part)?.[0]);
      expect(named, name).toEqual([...choicesOf(schema)].sort((a, b) => comment.indexOf(a) - comment.indexOf(b)));
      compared += 1;
    }
    expect(compared).toBeGreaterThan(5);
  });
});

describe('the shipped risk levels', () => {
  it('are valid and differ from each other', () => {
    const levels = riskLevelsIn(PROFILES_FOLDER);
    expect(levels).toEqual(['aggressive', 'conservative', 'moderate']);
    const hashes = levels.map((riskLevel) => loadConfig({ riskLevel }).hash);
    expect(new Set(hashes).size).toBe(levels.length);
  });

  it('name no setting beyond risk, regime, guard and targets', () => {
    for (const riskLevel of riskLevelsIn(PROFILES_FOLDER)) {
      for (const name of loadConfig({ riskLevel }).origins.keys()) {
        expect(name).toMatch(/^(risk|regime|guard|targets)\./);
      }
    }
  });
});

// Which setting does one `--set key=value` give?
import { readLayer, type Layer } from './read-layer.ts';
import { schemaAt } from './schema-walk.ts';
import { nearestSettings } from './unknown-key.ts';

/** Reads `labeling.profit_barrier=0.01`; the value is YAML, so lists are written `[a, b]`. */
export function readOverride(text: string): Layer {
  const where = `--set ${text}`;
  const equals = text.indexOf('=');
  const name = (equals < 0 ? text : text.slice(0, equals)).trim();
  const value = equals < 0 ? '' : text.slice(equals + 1).trim();
  const refuse = (message: string, hint: string): Layer => ({
    settings: [],
    problems: [{ message, where, hint }],
    refused: [],
  });
  const path = name.split('.');
  const schema = schemaAt(path);
  if (name === '' || schema === undefined) {
    const near = name === '' ? [] : nearestSettings(name);
    const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : '`perpilot config show` lists all settings';
    return refuse(`there is no setting "${name}"`, hint);
  }
  if (value === '') return refuse(`${name} is given no value`, `write ${name}=VALUE; null switches off where allowed`);
  return readLayer({ text: value, locate: () => where, path, schema });
}

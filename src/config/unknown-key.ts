// What may an unknown key have meant?
import type { Problem } from '../domain/errors.ts';
import { nearestNames } from '../domain/nearest-name.ts';
import { SETTING_NAMES } from './schema-walk.ts';

/** An unknown key below `path`, with the nearest key there, else the nearest one anywhere. */
export function unknownKey(path: readonly string[], key: string, siblings: readonly string[]): Problem {
  const message =
    path.length === 0 ? `there is no setting or section "${key}"` : `${path.join('.')} has no setting "${key}"`;
  const near = nearestNames(key, siblings, 1).map((name) => [...path, name].join('.'));
  const elsewhere = near.length > 0 ? near : nearestSettings(key);
  const hint = elsewhere.length > 0 ? `did you mean ${elsewhere.join(' or ')}?` : `known here: ${siblings.join(', ')}`;
  return { message, hint };
}

const lastPart = (full: string): string => full.slice(full.lastIndexOf('.') + 1);

/** Settings whose whole name, or else last part, is near `name`; several when several sections have it. */
export function nearestSettings(name: string): readonly string[] {
  const whole = name.includes('.') ? nearestNames(name, SETTING_NAMES, 1) : [];
  if (whole.length > 0) return whole;
  const [last] = nearestNames(lastPart(name), SETTING_NAMES.map(lastPart), 1);
  return SETTING_NAMES.filter((full) => lastPart(full) === last);
}

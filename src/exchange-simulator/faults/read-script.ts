// What does a fault script say? Every fault in it, or every problem of it at once.
import type { Problem } from '../../domain/errors.ts';
import { nearestNames } from '../../domain/nearest-name.ts';
import type { FaultEntry, FaultScript } from './fault-entry.ts';
import { isList, isObject } from './json-shape.ts';
import { readEntry } from './read-entry.ts';
import { shown } from './read-values.ts';

export type ReadScript =
  | { readonly kind: 'read'; readonly script: FaultScript }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

const KEYS = ['seed', 'faults'];
/** Entries of one script at most. */
const MOST_FAULTS = 10_000;

/** Reads a parsed script: an object with `faults` and perhaps a `seed`, or the list of faults alone. */
export function readScript(written: unknown, seed = 0): ReadScript {
  if (isList(written)) return readFaults(written, seed);
  if (!isObject(written)) {
    const hint = 'write faults: and below it one fault after the other';
    return { kind: 'refused', problems: [{ message: `${shown(written)} is no fault script`, hint }] };
  }
  const problems: Problem[] = [];
  for (const key of Object.keys(written)) {
    if (KEYS.includes(key)) continue;
    const [near] = nearestNames(key, KEYS, 1);
    const hint = near === undefined ? `known here: ${KEYS.join(', ')}` : `did you mean ${near}?`;
    problems.push({ message: `a fault script has no ${key}`, where: key, hint });
  }
  const own = written['seed'] ?? seed;
  if (typeof own !== 'number' || !Number.isInteger(own) || own < 0) {
    problems.push({ message: `seed: ${shown(own)} is not a whole number from 0 on`, where: 'seed' });
  }
  const list = written['faults'] ?? [];
  if (!isList(list)) problems.push({ message: `faults: ${shown(list)} is no list`, where: 'faults' });
  const read = readFaults(isList(list) ? list : [], typeof own === 'number' ? own : seed);
  if (read.kind === 'refused') problems.push(...read.problems);
  return problems.length > 0 || read.kind === 'refused' ? { kind: 'refused', problems } : read;
}

function readFaults(list: readonly unknown[], seed: number): ReadScript {
  if (list.length > MOST_FAULTS) {
    return { kind: 'refused', problems: [{ message: `${list.length} faults are more than ${MOST_FAULTS}` }] };
  }
  const problems: Problem[] = [];
  const faults: FaultEntry[] = [];
  list.forEach((written, index) => {
    const read = readEntry(written, `faults[${index}]`);
    if (read.kind === 'read') faults.push(read.entry);
    else problems.push(...read.problems);
  });
  return problems.length > 0 ? { kind: 'refused', problems } : { kind: 'read', script: { seed, faults } };
}

// Which fault does one entry of a script mean? Every problem of the entry at once, with the nearest right word.
import type { Problem } from '../../domain/errors.ts';
import { nearestNames } from '../../domain/nearest-name.ts';
import { FAULT_CATALOGUE, rowNamed, rowOf } from './catalogue.ts';
import type {
  FaultChannel,
  FaultEntry,
  FaultExtent,
  FaultNarrowing,
  FaultTrigger,
  ParameterValue,
} from './fault-entry.ts';
import type { FaultRow } from './fault-row.ts';
import { isObject, type JsonObject } from './json-shape.ts';
import { readMoment, readParameter, readSpan, shown, type ReadValue } from './read-values.ts';

/** Words that begin a fault; at most one of them. */
const TRIGGERS = ['at', 'every', 'request', 'rate'] as const;
const EXTENTS = ['for', 'for_wall', 'count'] as const;
const CHANNELS: readonly FaultChannel[] = ['public', 'private', 'trade'];
/** What a fault can be narrowed to, by what it counts. */
const NARROWS: Readonly<Record<FaultRow['scope']['counts'], readonly string[]>> = {
  requests: ['symbol', 'path'],
  frames: ['symbol', 'topic', 'channel'],
  'client-frames': ['channel'],
  closes: ['symbol'],
};

/** Reads values of one entry and keeps what is wrong with them. */
class EntryReader {
  readonly problems: Problem[] = [];
  readonly #fields: JsonObject;
  readonly #where: string;

  constructor(fields: JsonObject, where: string) {
    this.#fields = fields;
    this.#where = where;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#fields, key) && this.#fields[key] !== undefined && this.#fields[key] !== null;
  }

  keys(): readonly string[] {
    return Object.keys(this.#fields);
  }

  refuse(message: string, key?: string, hint?: string): void {
    const where = key === undefined ? this.#where : `${this.#where}.${key}`;
    this.problems.push({ message, where, ...(hint === undefined ? {} : { hint }) });
  }

  /** Undefined: it is not there, or not as it should be. */
  read<Value>(key: string, reader: (written: unknown) => ReadValue<Value>): Value | undefined {
    if (!this.has(key)) return undefined;
    const outcome = reader(this.#fields[key]);
    if ('value' in outcome) return outcome.value;
    this.refuse(`${key}: ${outcome.problem}`, key, outcome.hint);
    return undefined;
  }

  text(key: string): string | undefined {
    return this.read(key, (written) =>
      typeof written === 'string' && written !== '' ? { value: written } : { problem: `${shown(written)} is no text` },
    );
  }

  number(key: string, low: number, isWhole: boolean): number | undefined {
    const rule = { kind: isWhole ? 'whole' : 'number', default: 0, says: '', min: low } as const;
    const value = this.read(key, (written) => readParameter(rule, written));
    return typeof value === 'number' ? value : undefined;
  }

  raw(key: string): unknown {
    return this.#fields[key];
  }
}

export type ReadEntry =
  | { readonly kind: 'read'; readonly entry: FaultEntry }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] };

/** Reads one entry; `where` names its place in the script. */
export function readEntry(written: unknown, where: string): ReadEntry {
  if (!isObject(written)) {
    return { kind: 'refused', problems: [{ message: `${shown(written)} is no fault`, where, hint: 'write fault: 1' }] };
  }
  const reader = new EntryReader(written, where);
  const row = readRow(reader);
  if (row === undefined) return { kind: 'refused', problems: reader.problems };
  refuseUnknownKeys(reader, row);
  const trigger = readTrigger(reader);
  const entry: FaultEntry = {
    row: row.number,
    trigger,
    extent: readExtent(reader, row, trigger),
    narrowing: readNarrowing(reader),
    atMost: reader.number('at_most', 1, true) ?? Infinity,
    parameters: readParameters(reader, row),
  };
  return reader.problems.length > 0 ? { kind: 'refused', problems: reader.problems } : { kind: 'read', entry };
}

function readRow(reader: EntryReader): FaultRow | undefined {
  const written = reader.raw('fault');
  const row =
    typeof written === 'number' ? rowOf(written) : typeof written === 'string' ? rowNamed(written) : undefined;
  if (row !== undefined) return row;
  const last = FAULT_CATALOGUE[FAULT_CATALOGUE.length - 1].number;
  if (!reader.has('fault')) {
    const [near] = nearestNames('fault', reader.keys(), 1);
    reader.refuse(
      'it does not say which fault',
      undefined,
      near === undefined ? `write fault: 1 to ${last}` : `did you mean fault instead of ${near}?`,
    );
    return undefined;
  }
  const names = FAULT_CATALOGUE.map(({ name }) => name);
  const [near] = typeof written === 'string' ? nearestNames(written, names, 1) : [];
  const hint = near === undefined ? `rows 1 to ${last}, or their names` : `did you mean ${near}?`;
  reader.refuse(`there is no fault ${shown(written)}`, 'fault', hint);
  return undefined;
}

function refuseUnknownKeys(reader: EntryReader, row: FaultRow): void {
  const narrows = NARROWS[row.scope.counts];
  const parameters = Object.keys(row.parameters);
  const known = ['fault', ...TRIGGERS, ...EXTENTS, 'at_most', ...narrows, ...parameters];
  for (const key of reader.keys()) {
    if (known.includes(key)) continue;
    if (['symbol', 'path', 'topic', 'channel'].includes(key)) {
      reader.refuse(`${row.name} cannot be narrowed by ${key}`, key, `it can be by ${narrows.join(', ')}`);
      continue;
    }
    const [near] = nearestNames(key, known, 1);
    const hint = near === undefined ? `known here: ${known.slice(1).join(', ')}` : `did you mean ${near}?`;
    reader.refuse(`${row.name} has no ${key}`, key, hint);
  }
}

function readTrigger(reader: EntryReader): FaultTrigger {
  const given = TRIGGERS.filter((key) => reader.has(key));
  if (given.length > 1) reader.refuse(`${given.join(' and ')} cannot both say when it begins`, given[1]);
  const time = reader.read('at', readMoment);
  const spanMs = reader.read('every', readSpan);
  const nth = reader.number('request', 1, true);
  const rate = reader.read('rate', (written) =>
    readParameter({ kind: 'number', default: 0, says: '', min: 0, max: 1 }, written),
  );
  if (time !== undefined) return { kind: 'at', time };
  if (spanMs !== undefined) return { kind: 'every', spanMs };
  if (nth !== undefined) return { kind: 'nth', nth };
  return typeof rate === 'number' ? { kind: 'rate', rate } : { kind: 'start' };
}

/** What is given, else what is usual for the row and for what makes it begin. */
function readExtent(reader: EntryReader, row: FaultRow, trigger: FaultTrigger): FaultExtent {
  const count = reader.number('count', 1, true);
  const marketMs = reader.read('for', readSpan);
  const wallMs = reader.read('for_wall', readSpan);
  if (count !== undefined || marketMs !== undefined || wallMs !== undefined) return { count, marketMs, wallMs };
  if (row.lasts.moment === true) return row.lasts;
  if (trigger.kind === 'start') return {};
  if (trigger.kind === 'at' || trigger.kind === 'every') return row.lasts;
  return row.lastsByMatch ?? { count: 1 };
}

function readNarrowing(reader: EntryReader): FaultNarrowing {
  const channel = reader.text('channel');
  const known = CHANNELS.find((each) => each === channel);
  if (channel !== undefined && known === undefined) {
    const [near] = nearestNames(channel, CHANNELS, 1);
    reader.refuse(
      `there is no channel ${shown(channel)}`,
      'channel',
      near === undefined ? CHANNELS.join(', ') : `did you mean ${near}?`,
    );
  }
  return { symbol: reader.text('symbol'), path: reader.text('path'), topic: reader.text('topic'), channel: known };
}

function readParameters(reader: EntryReader, row: FaultRow): Readonly<Record<string, ParameterValue>> {
  const values: Record<string, ParameterValue> = {};
  for (const [name, rule] of Object.entries(row.parameters)) {
    values[name] = reader.read(name, (written) => readParameter(rule, written)) ?? rule.default;
  }
  return values;
}

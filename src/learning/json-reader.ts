// Is a parsed JSON value of the shape a reader expects? Every refusal names the place and what is wrong there.
import { PerpilotError } from '../domain/errors.ts';

/** A value inside a document and the path to it, for error messages. */
export interface JsonPlace {
  readonly value: unknown;
  readonly path: string;
}

/** @throws PerpilotError MODEL_CORRUPT saying what is wrong at the place */
export function refuse(place: JsonPlace, problem: string): never {
  throw new PerpilotError('MODEL_CORRUPT', `${place.path}: ${problem}`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The member `key`, or undefined when it is absent. Refuses a place that is no object. */
export function optionalMember(place: JsonPlace, key: string): JsonPlace | undefined {
  if (!isRecord(place.value)) return refuse(place, 'must be an object');
  if (!Object.hasOwn(place.value, key) || place.value[key] === undefined) return undefined;
  return { value: place.value[key], path: `${place.path}.${key}` };
}

/** The member `key`; refuses when it is absent. */
export function member(place: JsonPlace, key: string): JsonPlace {
  return optionalMember(place, key) ?? refuse(place, `${key} is missing`);
}

/** The entries of a list. */
export function readList(place: JsonPlace): readonly unknown[] {
  return Array.isArray(place.value) ? place.value : refuse(place, 'must be a list');
}

/** The places of a list's entries. */
export function readPlaces(place: JsonPlace): JsonPlace[] {
  return readList(place).map((value, index) => ({ value, path: `${place.path}[${index}]` }));
}

export function readText(place: JsonPlace): string {
  return typeof place.value === 'string' ? place.value : refuse(place, 'must be a text');
}

/** A finite number. */
export function readNumber(place: JsonPlace): number {
  const { value } = place;
  return typeof value === 'number' && Number.isFinite(value) ? value : refuse(place, 'must be a finite number');
}

/** A finite number that is also finite as float32, rounded to it. */
export function readFloat32(place: JsonPlace): number {
  const value = Math.fround(readNumber(place));
  return Number.isFinite(value) ? value : refuse(place, 'is too large for a single-precision number');
}

/** A list of finite numbers; refuses another length than `length` where that is given. */
export function readNumbers(place: JsonPlace, length?: number): Float64Array {
  const places = readPlaces(place);
  if (length !== undefined && places.length !== length) {
    return refuse(place, `has ${places.length} entries instead of ${length}`);
  }
  return Float64Array.from(places, readNumber);
}

/** A list of texts. */
export function readTexts(place: JsonPlace): string[] {
  return readPlaces(place).map(readText);
}

/** A number that XGBoost writes as a text ("5E-1", "[5E-1]"), as a number, or as a list of one of them. */
export function readParameter(place: JsonPlace): number {
  const { value } = place;
  if (Array.isArray(value)) {
    if (value.length !== 1) return refuse(place, `must hold one number, has ${value.length}`);
    return readParameter({ value: value[0], path: `${place.path}[0]` });
  }
  if (typeof value !== 'string') return readNumber(place);
  const text = value.startsWith('[') && value.endsWith(']') ? value.slice(1, -1).trim() : value.trim();
  const isNumber = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text);
  return isNumber
    ? readNumber({ value: Number(text), path: place.path })
    : refuse(place, `'${value}' is not one number`);
}

/** A whole number of at least 0, written as a text or a number. */
export function readCount(place: JsonPlace): number {
  const value = readParameter(place);
  return Number.isSafeInteger(value) && value >= 0 ? value : refuse(place, 'must be a whole number of at least 0');
}

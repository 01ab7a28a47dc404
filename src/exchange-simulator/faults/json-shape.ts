// How is a JSON text read and changed without knowing more of it than one needs? As plain objects and lists, checked at every step.
import { parseJson } from '../venues/fields.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);

/** The object that a text holds; undefined: it holds none. */
export function objectOf(text: string): JsonObject | undefined {
  const value = parseJson(text);
  return isObject(value) ? value : undefined;
}

/** The objects of a list; anything else in it is left out. */
export const objectsIn = (value: unknown): readonly JsonObject[] => (isList(value) ? value.filter(isObject) : []);

/** The text with its value changed; a text that is no JSON stays as it is. */
export function changed(text: string, change: (value: unknown) => unknown): string {
  const value = parseJson(text);
  return value === undefined ? text : JSON.stringify(change(value));
}

/** The object with one of its values changed, where it is an object and has that value. */
export function withChanged(value: unknown, key: string, change: (inner: unknown) => unknown): unknown {
  if (!isObject(value) || !Object.hasOwn(value, key)) return value;
  return { ...value, [key]: change(value[key]) };
}

/** Every element of a list changed; what is no list stays as it is. */
export const eachChanged = (value: unknown, change: (inner: unknown) => unknown): unknown =>
  isList(value) ? value.map(change) : value;

/** A number, or the text of one, times a factor, in the form in which it came; anything else stays. */
export function scaled(value: unknown, factor: number): unknown {
  const number = typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : NaN;
  if (!Number.isFinite(number)) return value;
  const product = Number((number * factor).toPrecision(12));
  return typeof value === 'string' ? product.toFixed(8) : product;
}

/** The named values of an object scaled. */
export function withScaled(value: unknown, keys: readonly string[], factor: number): unknown {
  return keys.reduce((object, key) => withChanged(object, key, (inner) => scaled(inner, factor)), value);
}

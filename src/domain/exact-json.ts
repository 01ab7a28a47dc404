// How does a value survive as text without losing a bit? As JSON with tags for what JSON has no word for.
import { fromBase64, toBase64 } from './base64.ts';
import { invariant, PerpilotError } from './errors.ts';

/** Key that marks a tag; a plain object with this key of its own is written as a list of pairs. */
const TAG = '$';

const TYPED_ARRAYS = {
  Int8Array,
  Uint8Array,
  Uint8ClampedArray,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
} as const;

type TypedArrayName = keyof typeof TYPED_ARRAYS;

/**
 * The text of plain data: null, undefined, booleans, numbers (NaN, infinities, -0), bigints, strings, arrays, typed arrays,
 * maps, sets and plain objects, nested as they please. Equal data, keys in equal order, give equal texts. Bytes of typed
 * arrays are written as they lie in memory (little-endian on every machine that runs this).
 * @throws PerpilotError INVARIANT_BROKEN for anything else: functions, class instances, symbols, holes in arrays, cycles
 */
export function toExactJson(value: unknown): string {
  return JSON.stringify(encode(value, []));
}

/**
 * The value of a text that `toExactJson` made: deeply identical, bit for bit; views of one buffer come back with buffers of
 * their own.
 * @throws SyntaxError or PerpilotError INVARIANT_BROKEN for other texts
 */
export function fromExactJson(text: string): unknown {
  return decode(JSON.parse(text));
}

type Parents = readonly object[];

function encode(value: unknown, parents: Parents): unknown {
  switch (typeof value) {
    case 'boolean':
    case 'string':
      return value;
    case 'undefined':
      return { [TAG]: 'undefined' };
    case 'bigint':
      return { [TAG]: 'bigint', text: String(value) };
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0)
        ? value
        : { [TAG]: 'number', text: Object.is(value, -0) ? '-0' : String(value) };
    case 'object':
      return value === null ? null : encodeObject(value, parents);
    default:
      throw unknownKind(typeof value);
  }
}

function encodeObject(value: object, parents: Parents): unknown {
  invariant(!parents.includes(value), 'a value that holds itself cannot be written as text');
  const inner = [...parents, value];
  if (Array.isArray(value)) {
    return Array.from(value, (entry: unknown, index) => {
      invariant(Object.hasOwn(value, index), 'an array with holes cannot be written as text');
      return encode(entry, inner);
    });
  }
  if (ArrayBuffer.isView(value)) return encodeBytes(value);
  if (value instanceof Map) {
    return { [TAG]: 'map', pairs: [...value].map(([key, entry]) => [encode(key, inner), encode(entry, inner)]) };
  }
  if (value instanceof Set) return { [TAG]: 'set', entries: [...value].map((entry) => encode(entry, inner)) };
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw unknownKind(value.constructor.name);
  invariant(
    Object.getOwnPropertySymbols(value).length === 0,
    'an object with symbols as keys cannot be written as text',
  );
  const pairs = Object.entries(value).map(([key, entry]): [string, unknown] => [key, encode(entry, inner)]);
  return Object.hasOwn(value, TAG) ? { [TAG]: 'object', pairs } : Object.fromEntries(pairs);
}

function encodeBytes(view: ArrayBufferView): unknown {
  const name = Object.prototype.toString.call(view).slice('[object '.length, -1);
  if (!Object.hasOwn(TYPED_ARRAYS, name)) throw unknownKind(name);
  return { [TAG]: name, bytes: toBase64(new Uint8Array(view.buffer, view.byteOffset, view.byteLength)) };
}

function unknownKind(kind: string): PerpilotError {
  return new PerpilotError('INVARIANT_BROKEN', `a value of kind ${kind} cannot be written as text`);
}

function decode(json: unknown): unknown {
  if (typeof json !== 'object' || json === null) return json;
  if (Array.isArray(json)) return json.map(decode);
  if (!Object.hasOwn(json, TAG)) {
    return Object.fromEntries(Object.entries(json).map(([key, entry]) => [key, decode(entry)]));
  }
  const tagged: Record<string, unknown> = { ...json };
  const tag = String(tagged[TAG]);
  switch (tag) {
    case 'undefined':
      return undefined;
    case 'number':
      return Number(textOf(tagged['text']));
    case 'bigint':
      return BigInt(textOf(tagged['text']));
    case 'map':
      return new Map(pairsOf(tagged['pairs']));
    case 'set':
      return new Set(listOf(tagged['entries']).map(decode));
    case 'object':
      return Object.fromEntries(pairsOf(tagged['pairs']).map(([key, entry]) => [String(key), entry]));
    default:
      invariant(isTypedArrayName(tag), `no text of toExactJson: it has the tag ${tag}`);
      return new TYPED_ARRAYS[tag](fromBase64(textOf(tagged['bytes'])).buffer);
  }
}

function isTypedArrayName(tag: string): tag is TypedArrayName {
  return Object.hasOwn(TYPED_ARRAYS, tag);
}

function textOf(json: unknown): string {
  invariant(typeof json === 'string', 'no text of toExactJson: a tag lacks its text');
  return json;
}

function listOf(json: unknown): readonly unknown[] {
  invariant(Array.isArray(json), 'no text of toExactJson: a tag lacks its list');
  return json;
}

function pairsOf(json: unknown): [unknown, unknown][] {
  return listOf(json).map((pair) => {
    const [key, entry] = listOf(pair);
    return [decode(key), decode(entry)];
  });
}

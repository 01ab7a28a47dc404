// Does text give back exactly the value it was made from? Every bit of it.
import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromBase64, toBase64 } from './base64.ts';
import { fromExactJson, toExactJson } from './exact-json.ts';

const SEED = 20_240_603;

const again = (value: unknown): unknown => fromExactJson(toExactJson(value));

/** Bytes as every kind of typed array, some of them views into a larger buffer. */
const typedArray = fc
  .tuple(fc.uint8Array({ maxLength: 40 }), fc.nat({ max: 10 }), fc.nat({ max: 2 }))
  .map(([bytes, kind, offset]) => {
    const kinds = [
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
    ];
    const Kind = kinds[kind];
    const length = Math.floor(bytes.length / Kind.BYTES_PER_ELEMENT);
    const buffer = new ArrayBuffer((length + offset) * Kind.BYTES_PER_ELEMENT);
    const view = new Kind(buffer, offset * Kind.BYTES_PER_ELEMENT, length);
    new Uint8Array(buffer, view.byteOffset, view.byteLength).set(bytes.subarray(0, view.byteLength));
    return view;
  });

const { value: anything } = fc.letrec<{ readonly value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    fc.constantFrom(null, undefined, NaN, Infinity, -Infinity, -0, 0, true, false, '', '$'),
    fc.double(),
    fc.bigInt(),
    fc.string({ unit: 'binary' }),
    fc.constantFrom('\ud800', 'a\udfff', '\u2028'),
    typedArray,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('$', '__proto__', 'text', 'bytes', 'toString')), tie('value'), {
      maxKeys: 4,
      noNullPrototype: true,
    }),
    fc.array(fc.tuple(tie('value'), tie('value')), { maxLength: 3 }).map((pairs) => new Map(pairs)),
    fc.array(tie('value'), { maxLength: 3 }).map((entries) => new Set(entries)),
  ),
}));

describe('a value made text and back', () => {
  it('is deeply identical', () => {
    fc.assert(
      fc.property(anything, (value) => {
        const text = toExactJson(value);
        const back = fromExactJson(text);
        expect(isDeepStrictEqual(back, value)).toBe(true);
        expect(toExactJson(back)).toBe(text);
      }),
      { seed: SEED, numRuns: 1_500 },
    );
  });

  it('keeps every bit of every double, payloads of NaN included', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 8, maxLength: 64 }), (bytes) => {
        const doubles = new Float64Array(bytes.slice(0, bytes.length - (bytes.length % 8)).buffer);
        const back = again({ column: doubles }) as { readonly column: Float64Array };
        expect(back.column).toBeInstanceOf(Float64Array);
        expect(new Uint8Array(back.column.buffer)).toEqual(new Uint8Array(doubles.buffer));
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('keeps undefined members apart from absent ones, and -0 apart from 0', () => {
    const back = again({ a: undefined, b: [undefined, -0, 0] }) as { a: undefined; b: unknown[] };
    expect(Object.keys(back)).toEqual(['a', 'b']);
    expect(back.b.map((entry) => Object.is(entry, -0))).toEqual([false, true, false]);
  });

  it('takes for data what looks like a tag', () => {
    const value = { $: 'undefined', text: '1' };
    expect(again(value)).toEqual(value);
    expect(again({ $: { $: 'number', text: 'NaN' } })).toEqual({ $: { $: 'number', text: 'NaN' } });
  });
});

describe('what cannot be kept exactly', () => {
  it.each([
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['a date', new Date(0)],
    ['a class instance', new URL('file:///x')],
    ['a regular expression', /a/],
    ['a raw buffer', new ArrayBuffer(4)],
    ['a data view', new DataView(new ArrayBuffer(4))],
    ['an object with a symbol as key', { [Symbol('s')]: 1 }],
    ['an array with a hole', [1, , 3]], // oxlint-disable-line no-sparse-arrays
  ])('is refused: %s', (_, value) => {
    expect(() => toExactJson({ inside: [value] })).toThrow('cannot be written as text');
  });

  it('is refused when a value holds itself, not when it stands twice', () => {
    const cycle: unknown[] = [];
    cycle.push({ cycle });
    expect(() => toExactJson(cycle)).toThrow('holds itself');
    const shared = [1];
    expect(again([shared, shared])).toEqual([[1], [1]]);
  });

  it.each([
    '',
    '{"$":"date","text":"0"}',
    '{"$":"Float64Array"}',
    '{"$":"map","pairs":1}',
    '{"$":"Uint8Array","bytes":"?==="}',
  ])('is refused as text: %s', (text) => {
    expect(() => fromExactJson(text)).toThrow();
  });
});

describe('base64', () => {
  it('is that of RFC 4648, as the runtime writes it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        const text = toBase64(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64'));
        expect(fromBase64(text)).toEqual(bytes);
      }),
      { seed: SEED, numRuns: 300 },
    );
  });

  it('refuses what is none', () => {
    for (const text of ['A', 'AAA', 'A=AA', '====', 'AA A', 'ÄAAA', 'AA_-'])
      expect(() => fromBase64(text)).toThrow('no base64');
  });
});

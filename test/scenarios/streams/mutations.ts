// How does a message go wrong on its way? Bytes are cut and swapped, keys vanish, values turn into others.
import type { Random } from '../../../src/domain/random.ts';

const ODD_VALUES: readonly unknown[] = [
  null,
  '',
  0,
  -1,
  1e308,
  -0,
  '1e999',
  'NaN',
  '0x10',
  ' 1',
  '9'.repeat(400),
  '9007199254740993',
  9_007_199_254_740_992,
  true,
  [],
  {},
  [[]],
  'Ω\u0000\uD800',
  '__proto__',
  { toString: null },
];

/** A text that was a message of the venue once. */
export function mutated(text: string, random: Random): string {
  const changes = 1 + random.below(3);
  let result = text;
  for (let change = 0; change < changes; change += 1)
    result = random.next() < 0.35 ? withOtherBytes(result, random) : withOtherValues(result, random);
  return result;
}

function withOtherBytes(text: string, random: Random): string {
  const at = random.below(text.length + 1);
  switch (random.below(4)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + String.fromCharCode(random.below(0x10000)) + text.slice(at + 1);
    case 2:
      return text.slice(0, at) + text.slice(at + 1 + random.below(20));
    default:
      return text.slice(0, at) + text.slice(random.below(text.length + 1));
  }
}

function withOtherValues(text: string, random: Random): string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return withOtherBytes(text, random);
  }
  const places: { readonly parent: Record<string, unknown>; readonly key: string }[] = [];
  const walk = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    const parent = node as Record<string, unknown>;
    for (const key of Object.keys(parent)) {
      places.push({ parent, key });
      walk(parent[key]);
    }
  };
  walk(value);
  if (places.length === 0) return withOtherBytes(text, random);
  const { parent, key } = places[random.below(places.length)];
  const other = places[random.below(places.length)];
  switch (random.below(5)) {
    case 0:
      delete parent[key];
      break;
    case 1:
      parent[key] = structuredClone(other.parent[other.key]);
      break;
    case 2:
      parent[key] = [parent[key], parent[key]];
      break;
    default:
      parent[key] = ODD_VALUES[random.below(ODD_VALUES.length)];
  }
  return JSON.stringify(value);
}

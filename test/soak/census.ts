// What does a program hold on to? Every array, map and set that can be reached from an object, by the way to it, with how much is in it.

/** How much is in the collections at each way, such as `.orders.fills.known`; those in a collection are counted together. */
export function census(root: object): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  const seen = new Set<object>([root]);
  const waiting: { readonly value: object; readonly way: string }[] = [{ value: root, way: '' }];
  const visit = (value: unknown, way: string): void => {
    if (typeof value !== 'object' || value === null || seen.has(value)) return;
    seen.add(value);
    waiting.push({ value, way });
  };
  const count = (way: string, size: number): void => void sizes.set(way, (sizes.get(way) ?? 0) + size);
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { value, way } = next;
    if (ArrayBuffer.isView(value)) continue;
    if (value instanceof Map || value instanceof Set || Array.isArray(value)) {
      count(way, value instanceof Map || value instanceof Set ? value.size : value.length);
      for (const each of value instanceof Map ? value.values() : value) visit(each, `${way}[]`);
      continue;
    }
    for (const [name, each] of Object.entries(Object.getOwnPropertyDescriptors(value)))
      if ('value' in each) visit(each.value, `${way}.${name}`);
  }
  return sizes;
}

/** Collections at ways that begin so may grow, until there is so much in all of them together at one way. */
export interface MayGrow {
  readonly way: string;
  readonly most: number;
}

/** Ways at which there is more now than before, and more than may be. */
export function grown(
  before: ReadonlyMap<string, number>,
  now: ReadonlyMap<string, number>,
  mayGrow: readonly MayGrow[],
): readonly string[] {
  return [...now].flatMap(([way, size]) => {
    const was = before.get(way) ?? 0;
    const most = mayGrow.find((each) => way.startsWith(each.way))?.most ?? was;
    return size > Math.max(was, most) ? [`${way}: ${was} → ${size}`] : [];
  });
}

// How does snake_case of a file become camelCase of the code? For every key, at every depth, values untouched.

type CamelKey<Key extends string> = Key extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelKey<Tail>>}`
  : Key;

/** `Tree` with camelCase keys, readonly at every depth; lists and null pass through. */
export type CamelCased<Tree> = Tree extends readonly (infer Entry)[]
  ? readonly CamelCased<Entry>[]
  : Tree extends object
    ? { readonly [Key in keyof Tree as Key extends string ? CamelKey<Key> : Key]: CamelCased<Tree[Key]> }
    : Tree;

/** A deep copy of plain data with camelCase keys, frozen at every depth. */
export function camelCaseKeys<const Tree>(tree: Tree): CamelCased<Tree> {
  return renamed(tree) as CamelCased<Tree>;
}

function renamed(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(renamed));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]) => [camelCase(key), renamed(inner)] as const);
  return Object.freeze(Object.fromEntries(entries));
}

function camelCase(key: string): string {
  return key.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}

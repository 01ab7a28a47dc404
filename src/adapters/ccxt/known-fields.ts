// Does a message have a field that nobody here has heard of? By the names that its kind is known to have, wherever in it they stand.

export type KnownFields = ReadonlyMap<string, ReadonlySet<string>>;

/** Behind the name of a field that holds what may be named anyhow, such as amounts by their currency. */
const ANYTHING = '*';

/** Names by kind, written with blanks between them. */
export function knownFields(lists: Readonly<Record<string, string>>): KnownFields {
  return new Map(Object.entries(lists).map(([kind, names]) => [kind, new Set(names.trim().split(/\s+/))]));
}

/** Of a list so many rows are looked at: they are all alike. */
const LOOKED_AT = 20;
const LONGEST_NAME = 60;

/** Names in `value` that are not among `known`, each once, in the order in which they stand. */
export function strangersIn(value: unknown, known: ReadonlySet<string> | undefined): readonly string[] {
  if (known === undefined) return [];
  const found = new Set<string>();
  look(value, known, found);
  return [...found];
}

function look(value: unknown, known: ReadonlySet<string>, found: Set<string>): void {
  if (Array.isArray(value)) {
    for (const row of value.slice(0, LOOKED_AT)) look(row, known, found);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  for (const [name, inner] of Object.entries(value)) {
    // What a stranger holds belongs to it.
    if (known.has(name)) look(inner, known, found);
    else if (!known.has(`${name}${ANYTHING}`)) found.add(name.slice(0, LONGEST_NAME));
  }
}

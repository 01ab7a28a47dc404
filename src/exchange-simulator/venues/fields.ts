// What did the client write into a request? Its fields by name, from query or body, with the first thing that is wrong.

/** Reads fields; the first problem is kept, later ones do not replace it. Absent and empty are the same, as at the venue. */
export class Fields {
  readonly #values: ReadonlyMap<string, unknown>;
  #problem: string | undefined;

  constructor(values: ReadonlyMap<string, unknown>) {
    this.#values = values;
  }

  /** Undefined: everything that was read so far is right. */
  get problem(): string | undefined {
    return this.#problem;
  }

  refuse(problem: string): undefined {
    this.#problem ??= problem;
    return undefined;
  }

  /** A text; numbers and truth values count as their text. */
  text(name: string): string | undefined {
    const value = this.#values.get(name);
    if (value === undefined || value === null || value === '') return undefined;
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    return this.refuse(`${name} invalid`);
  }

  required(name: string): string {
    const value = this.text(name);
    if (value === undefined) this.refuse(`${name} is required`);
    return value ?? '';
  }

  /** One of the words, as written. */
  oneOf<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    return words.find((word) => word === value) ?? this.refuse(`${name} invalid`);
  }

  /** A decimal that is not negative. */
  decimal(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = /^\d{1,30}(?:\.\d{1,30})?$/.test(value) ? Number(value) : NaN;
    return Number.isFinite(number) ? number : this.refuse(`${name} invalid`);
  }

  /** A decimal with or without a minus. */
  signed(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = /^-?\d{1,30}(?:\.\d{1,30})?$/.test(value) ? Number(value) : NaN;
    return Number.isFinite(number) ? number : this.refuse(`${name} invalid`);
  }

  /** A whole number that is not negative. */
  whole(name: string): number | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const number = /^\d{1,16}$/.test(value) ? Number(value) : NaN;
    return Number.isSafeInteger(number) ? number : this.refuse(`${name} invalid`);
  }

  flag(name: string): boolean {
    const value = this.text(name);
    if (value === undefined || value === 'false') return false;
    if (value === 'true') return true;
    this.refuse(`${name} invalid`);
    return false;
  }
}

/** The fields of a query. */
export function queryFields(query: URLSearchParams): Fields {
  return new Fields(new Map(query));
}

/** The fields of a JSON object; undefined: it is none. */
export function objectFields(value: unknown): Fields | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  return new Fields(new Map(Object.entries(value)));
}

/** The value of a JSON text; undefined: it is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

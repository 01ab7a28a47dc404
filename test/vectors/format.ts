// What does a file of reference results look like, and when is a value equal to its reference?

/** One case of a vector file; `kind` and the shapes of `input` and `expected` belong to the topic. */
export interface VectorCase {
  readonly id: string;
  readonly kind?: string;
  readonly description?: string;
  readonly input: any;
  readonly expected: any;
  readonly [extra: string]: any;
}

/** A whole vector file. */
export interface VectorFile {
  readonly topic: string;
  readonly tolerance: Readonly<Record<string, any>>;
  readonly cases: readonly VectorCase[];
  readonly [extra: string]: any;
}

/** Runs one case through the implementation; returns what differs, one sentence each (none: passed). */
export type TopicRunner = (vectorCase: VectorCase, file: VectorFile) => readonly string[];

export interface Tolerance {
  readonly relative: number;
  readonly absolute: number;
}

/** The tolerance a file states (`exact` files: 0 and 0). */
export function toleranceOf(file: VectorFile): Tolerance {
  return { relative: file.tolerance['relative'] ?? 0, absolute: file.tolerance['absolute'] ?? 0 };
}

/**
 * Compares deeply; `null` in the reference matches undefined, null and NaN only, and a number never matches them.
 * Keys of the reference that are missing in `actual` count as null; extra keys of `actual` are not looked at.
 */
export function differences(actual: any, expected: any, tolerance: Tolerance, path = ''): string[] {
  if (expected === null) return isUndefined(actual) ? [] : [`${path}: expected undefined, got ${String(actual)}`];
  if (typeof expected === 'number') {
    if (typeof actual !== 'number' || Number.isNaN(actual))
      return [`${path}: expected ${expected}, got ${String(actual)}`];
    if (actual === expected) return [];
    const allowed = tolerance.absolute + tolerance.relative * Math.abs(expected);
    return Math.abs(actual - expected) <= allowed ? [] : [`${path}: expected ${expected}, got ${actual}`];
  }
  if (Array.isArray(expected)) {
    const list = ArrayBuffer.isView(actual) ? Array.from(actual as unknown as ArrayLike<number>) : actual;
    if (!Array.isArray(list)) return [`${path}: expected a list, got ${String(actual)}`];
    if (list.length !== expected.length) return [`${path}: expected ${expected.length} entries, got ${list.length}`];
    return expected.flatMap((value, index) => differences(list[index], value, tolerance, `${path}[${index}]`));
  }
  if (typeof expected === 'object') {
    if (typeof actual !== 'object' || actual === null) return [`${path}: expected an object, got ${String(actual)}`];
    return Object.keys(expected).flatMap((key) =>
      differences(actual[key], expected[key], tolerance, path === '' ? key : `${path}.${key}`),
    );
  }
  return actual === expected ? [] : [`${path}: expected ${String(expected)}, got ${String(actual)}`];
}

function isUndefined(value: unknown): boolean {
  return value === undefined || value === null || (typeof value === 'number' && Number.isNaN(value));
}

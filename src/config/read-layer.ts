// Which settings does one YAML text give, and what is wrong in it? Everything wrong, each with its line.
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, visit, type Document, type Pair } from 'yaml';
import type { z } from 'zod';
import type { Problem } from '../domain/errors.ts';
import { nearestNames } from '../domain/nearest-name.ts';
import { choicesOf, hasUniqueItems, phraseOf } from './expectation.ts';
import { configSchema } from './schema.ts';
import { isSection, type SectionSchema } from './schema-walk.ts';
import { shown } from './shown.ts';
import { unknownKey } from './unknown-key.ts';

/** One value that a layer gives, valid by itself. */
export interface Setting {
  /** Dotted: `primary.ema.fast`. */
  readonly name: string;
  readonly value: unknown;
  /** File and line, or the command-line option. */
  readonly where: string;
}

/** What one file or `--set` gives. */
export interface Layer {
  readonly settings: readonly Setting[];
  readonly problems: readonly Problem[];
  /** Settings whose value here is wrong. */
  readonly refused: readonly string[];
}

/** A YAML text, its name for messages, and the setting or section that it stands for (default: all). */
export interface LayerSource {
  readonly text: string;
  /** Says where a line stands: `config.yaml:12`. */
  readonly locate: (line: number) => string;
  readonly path?: readonly string[];
  readonly schema?: z.ZodType;
}

interface Reading {
  readonly document: Document;
  readonly whereOf: (node: unknown) => string;
  readonly settings: Setting[];
  readonly problems: Problem[];
  readonly refused: string[];
}

/** Reads one layer; wrong values are problems and no settings. An empty text gives nothing. */
export function readLayer({ text, locate, path = [], schema = configSchema }: LayerSource): Layer {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const lineOf = (offset: number): string => locate(lines.linePos(offset).line);
  const whereOf = (node: unknown): string => lineOf(startOf(node));
  const problems: Problem[] = [...document.errors, ...document.warnings].map((error) => ({
    message: `not valid YAML: ${error.message}`,
    where: lineOf(error.pos[0]),
  }));
  problems.push(...aliasesIn(document, whereOf));
  const reading: Reading = { document, whereOf, settings: [], problems, refused: [] };
  if (problems.length === 0 && document.contents !== null) {
    readValue(reading, { node: document.contents, schema, path, key: undefined });
  }
  return { settings: reading.settings, problems, refused: reading.refused };
}

interface Spot {
  readonly node: unknown;
  readonly schema: z.ZodType;
  readonly path: readonly string[];
  /** The key that the value stands behind: marks the line of an empty value. */
  readonly key: unknown;
}

function readValue(reading: Reading, spot: Spot): void {
  if (isSection(spot.schema)) readSection(reading, spot, spot.schema);
  else readSetting(reading, spot);
}

function readSection(reading: Reading, spot: Spot, schema: SectionSchema): void {
  const { node } = spot;
  const name = spot.path.join('.') || 'the file';
  if (!isMap(node)) {
    const got = shown(valueOf(reading, node));
    const hint = `write its settings beneath it: ${Object.keys(schema.shape).slice(0, 3).join(', ')} …`;
    reading.problems.push({
      message: `${name} must be a section with settings, got ${got}`,
      where: place(reading, spot),
      hint,
    });
    return;
  }
  const firstPlaces = new Map<string, string>();
  for (const pair of node.items) {
    const key = keyOf(pair);
    const where = reading.whereOf(pair.key);
    const first = firstPlaces.get(key);
    if (first !== undefined) {
      reading.problems.push({ message: `${dotted(spot.path, key)} is given twice, first at ${first}`, where });
      continue;
    }
    firstPlaces.set(key, where);
    if (Object.hasOwn(schema.shape, key)) {
      readValue(reading, { node: pair.value, schema: schema.shape[key], path: [...spot.path, key], key: pair.key });
    } else {
      reading.problems.push({ ...unknownKey(spot.path, key, Object.keys(schema.shape)), where });
    }
  }
}

function readSetting(reading: Reading, spot: Spot): void {
  const { node, schema } = spot;
  const name = spot.path.join('.');
  const value = valueOf(reading, node);
  const parsed = schema.safeParse(value);
  const repeated = parsed.success ? repeatedEntry(value, schema) : undefined;
  if (parsed.success && repeated === undefined) {
    reading.settings.push({ name, value: parsed.data, where: place(reading, spot) });
    return;
  }
  reading.refused.push(name);
  const entry = parsed.error?.issues[0].path[0];
  const item = typeof entry === 'number' && isSeq(node) ? node.items[entry] : undefined;
  const wrong = repeated ?? (item === undefined ? value : valueOf(reading, item));
  const nearest = nearestNames(String(wrong), choicesOf(schema), 1);
  reading.problems.push({
    message:
      repeated === undefined
        ? `${name} must be ${phraseOf(schema)}, got ${shown(wrong)}`
        : `${name} names ${shown(repeated)} twice`,
    where: item === undefined ? place(reading, spot) : reading.whereOf(item),
    ...(nearest.length > 0 && repeated === undefined ? { hint: `did you mean "${nearest[0]}"?` } : {}),
  });
}

const dotted = (path: readonly string[], key: string): string => [...path, key].join('.');

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

function valueOf({ document }: Reading, node: unknown): unknown {
  return isNode(node) ? node.toJS(document) : null;
}

function startOf(node: unknown): number {
  return isNode(node) ? (node.range?.[0] ?? 0) : 0;
}

/** Values are never shared between settings, so a reference to another one (`*name`) is refused. */
function aliasesIn(document: Document, whereOf: Reading['whereOf']): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Alias(_, node) {
      problems.push({ message: `the alias *${node.source} is not allowed: write the value out`, where: whereOf(node) });
    },
  });
  return problems;
}

function place(reading: Reading, spot: Spot): string {
  return reading.whereOf(spot.key ?? spot.node);
}

function repeatedEntry(value: unknown, schema: z.ZodType): unknown {
  return Array.isArray(value) && hasUniqueItems(schema)
    ? value.find((entry, index) => value.indexOf(entry) !== index)
    : undefined;
}

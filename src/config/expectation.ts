// What may a setting be? Its type and range in words, for error messages and for the reference page.
import { z } from 'zod';

/** The part of a JSON Schema that settings use. */
interface LeafSchema {
  readonly type?: string;
  readonly title?: string;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  /** Of a value or a word that stands for one: both. */
  readonly anyOf?: readonly LeafSchema[];
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly uniqueItems?: boolean;
  readonly items?: LeafSchema;
}

/** Type and range of a setting in words, apart, for the columns of a table. */
export interface Expectation {
  readonly type: string;
  /** Empty: every value of the type. */
  readonly range: string;
}

/** What the setting behind `schema` may be. */
export function expectationOf(schema: z.ZodType): Expectation {
  const json = leafSchemaOf(schema);
  const orNull = orElse(schema);
  if (json.type === 'array') {
    const entries = json.items ?? {};
    const notes = [rangeOf(entries), json.uniqueItems ? 'no entry twice' : '', json.minItems ? 'not empty' : ''];
    return { type: `list of ${pluralOf(entries)}${orNull}`, range: notes.filter((note) => note !== '').join('; ') };
  }
  return { type: `${nameOf(json)}${orNull}`, range: rangeOf(json) };
}

/** The same as one phrase that follows "must be": `a number above 0 and at most 1, or null`. */
export function phraseOf(schema: z.ZodType): string {
  const { type, range } = expectationOf(schema);
  const json = leafSchemaOf(schema);
  const orNull = orElse(schema);
  if (json.type === 'array') return `a ${type}${range === '' ? '' : ` (${range})`}`;
  if (json.enum !== undefined) return `${range}${orNull}`;
  if (json.type === 'boolean') return `true or false${orNull}`;
  return `a ${nameOf(json)}${range === '' ? '' : ` ${range}`}${orNull}`;
}

/** The values that the setting, or an entry of its list, is chosen from; empty: it is not an enumeration. */
export function choicesOf(schema: z.ZodType): readonly string[] {
  const json = leafSchemaOf(schema);
  return (json.items?.enum ?? json.enum ?? wordsOf(schema)).map(String);
}

/** Whether no entry of this list may stand twice. */
export function hasUniqueItems(schema: z.ZodType): boolean {
  return leafSchemaOf(schema).uniqueItems === true;
}

function innerOf(schema: z.ZodType): LeafSchema {
  const inner = schema instanceof z.ZodNullable ? schema.unwrap() : schema;
  return z.toJSONSchema(inner) as LeafSchema;
}

/** The schema of the values; words that may stand for one are left out. */
function leafSchemaOf(schema: z.ZodType): LeafSchema {
  const json = innerOf(schema);
  return json.anyOf?.find((option) => option.const === undefined) ?? json;
}

/** Words that may stand for a value. */
function wordsOf(schema: z.ZodType): readonly unknown[] {
  return (innerOf(schema).anyOf ?? []).flatMap((option) => (option.const === undefined ? [] : [option.const]));
}

/** What may stand instead of a value. */
function orElse(schema: z.ZodType): string {
  const words = wordsOf(schema).map(String);
  const others = schema instanceof z.ZodNullable ? [...words, 'null'] : words;
  return others.length === 0 ? '' : ` or ${others.join(' or ')}`;
}

function nameOf(json: LeafSchema): string {
  if (json.enum !== undefined) return 'choice';
  if (json.type === 'integer') return 'whole number';
  if (json.type === 'boolean') return 'true or false';
  return json.type === 'string' ? 'text' : 'number';
}

function pluralOf(json: LeafSchema): string {
  if (json.title !== undefined) return json.title;
  if (json.enum !== undefined) return 'choices';
  if (json.type === 'boolean') return 'true or false';
  return json.type === 'string' ? 'names' : `${nameOf(json)}s`;
}

function rangeOf(json: LeafSchema): string {
  if (json.enum !== undefined) return `one of ${json.enum.map(String).join(', ')}`;
  if (json.minimum !== undefined && json.maximum !== undefined) return `from ${json.minimum} to ${json.maximum}`;
  const lowest = json.minimum === undefined ? above(json.exclusiveMinimum) : `at least ${json.minimum}`;
  const highest = json.maximum === undefined ? below(json.exclusiveMaximum) : `at most ${json.maximum}`;
  return [lowest, highest].filter((bound) => bound !== '').join(' and ');
}

const above = (bound: number | undefined): string => (bound === undefined ? '' : `above ${bound}`);
const below = (bound: number | undefined): string => (bound === undefined ? '' : `below ${bound}`);

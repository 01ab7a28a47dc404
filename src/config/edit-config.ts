// How does a setting in a YAML file change while every other byte stays? The value's own characters are replaced.
import { Document, isCollection, isMap, isScalar, parseDocument, type Pair, type YAMLMap } from 'yaml';
import { PerpilotError, invariant } from '../domain/errors.ts';

/** A setting by its dotted name and its new value. */
export interface Edit {
  readonly key: string;
  readonly value: unknown;
}

/**
 * `text` with the edits made: comments, order, blanks and line ends of everything else stay. A setting that is not there
 * yet is put behind the last one of its section, a missing section at the end.
 * @throws PerpilotError CONFIG_INVALID when the text is no YAML map or something else than a section stands in the way
 */
export function editConfig(text: string, edits: readonly Edit[]): string {
  return edits.reduce(editOne, text);
}

function editOne(text: string, { key, value }: Edit): string {
  const document = parsed(text);
  const path = key.split('.');
  const written = writtenValue(value);
  const node = document.getIn(path, true);
  const range = rangeOf(node);
  const edited =
    range === undefined
      ? withNewSetting(text, document, { path, written })
      : splice(text, range, isBlockCollection(node) ? blocked(text, range, written) : written);
  const result = parsed(edited).toJS() as unknown;
  invariant(
    JSON.stringify(result) === expectedJson(document, path, value),
    `the edit of ${key} changed something else`,
  );
  return edited;
}

function parsed(text: string): Document.Parsed {
  const document = parseDocument(text, { prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) throw new PerpilotError('CONFIG_INVALID', `not valid YAML: ${error.message}`);
  return document;
}

/** One line, lists in brackets. */
function writtenValue(value: unknown): string {
  const document = new Document(value);
  if (isCollection(document.contents)) document.contents.flow = true;
  return document.toString({ flowCollectionPadding: false, lineWidth: 0 }).trimEnd();
}

type Span = readonly [start: number, end: number];

/** Where the characters of a value stand; undefined: there is none. */
function rangeOf(node: unknown): Span | undefined {
  if (!isScalar(node) && !isCollection(node)) return undefined;
  return node.range ? [node.range[0], node.range[1]] : undefined;
}

const isBlockCollection = (node: unknown): boolean => isCollection(node) && node.flow !== true;

/** A block list begins on a line of its own and ends with a line end that must stay. */
function blocked(text: string, [start, end]: Span, written: string): string {
  const before = text.slice(text.lastIndexOf('\n', start - 1) + 1, start).trim() === '' ? '' : ' ';
  return `${before}${written}${/\r?\n$/.exec(text.slice(start, end))?.[0] ?? ''}`;
}

function splice(text: string, [start, end]: Span, insertion: string): string {
  const gap = start > 0 && text[start - 1] === ':' ? ' ' : '';
  return text.slice(0, start) + gap + insertion + text.slice(end);
}

function withNewSetting(
  text: string,
  document: Document.Parsed,
  { path, written }: { readonly path: readonly string[]; readonly written: string },
): string {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n';
  const depth = deepestSection(document, path);
  const section = depth === 0 ? document.contents : document.getIn(path.slice(0, depth), true);
  const last = isMap(section) ? section.items.at(-1) : undefined;
  if (depth === 0 || !isMap(section) || last === undefined) {
    refuseOther(document, path);
    const start = text === '' || text.endsWith('\n') ? text : text + lineEnd;
    return `${start}${start.trim() === '' ? '' : lineEnd}${nested(path, written, '').join(lineEnd)}${lineEnd}`;
  }
  if (section.flow === true) {
    const end = lastOffset(last);
    return splice(text, [end, end], `, ${flowNested(path.slice(depth), written)}`);
  }
  const indent = ' '.repeat(columnOf(text, keyOffset(last)));
  const lineStop = text.indexOf('\n', Math.max(lastOffset(last) - 1, 0));
  const at = lineStop < 0 ? text.length : lineStop + 1;
  const lines = nested(path.slice(depth), written, indent).join(lineEnd);
  return lineStop < 0
    ? `${text}${lineEnd}${lines}${lineEnd}`
    : `${text.slice(0, at)}${lines}${lineEnd}${text.slice(at)}`;
}

/** How many parts of the name are sections that are there. */
function deepestSection(document: Document.Parsed, path: readonly string[]): number {
  let depth = path.length - 1;
  while (depth > 0 && !isFilledMap(document.getIn(path.slice(0, depth), true))) depth -= 1;
  return depth;
}

const isFilledMap = (node: unknown): node is YAMLMap => isMap(node) && node.items.length > 0;

function refuseOther(document: Document.Parsed, path: readonly string[]): void {
  const { contents } = document;
  if ((contents === null || isMap(contents)) && !document.hasIn([path[0]])) return;
  throw new PerpilotError(
    'CONFIG_INVALID',
    `${path.join('.')} cannot be added: ${path[0]} is no section with settings`,
  );
}

function nested(path: readonly string[], written: string, indent: string): string[] {
  return path.map(
    (key, depth) => `${indent}${'  '.repeat(depth)}${key}:${depth === path.length - 1 ? ` ${written}` : ''}`,
  );
}

function flowNested([key, ...rest]: readonly string[], written: string): string {
  return rest.length === 0 ? `${key}: ${written}` : `${key}: { ${flowNested(rest, written)} }`;
}

function keyOffset({ key }: Pair): number {
  return rangeOf(key)?.[0] ?? 0;
}

function lastOffset({ key, value }: Pair): number {
  return (rangeOf(value) ?? rangeOf(key))?.[1] ?? 0;
}

function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

/** What the text must mean after the edit. */
function expectedJson(document: Document.Parsed, path: readonly string[], value: unknown): string {
  const copy = document.clone();
  copy.setIn(path, value);
  return JSON.stringify(copy.toJS());
}

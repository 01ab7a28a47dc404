// Does every file keep the house rules that a machine can check? First line, length, names, exports, open ends.
import { describe, expect, it } from 'vitest';
import ts from 'typescript';
import { isTest, nodesOf, placeOf, readSources, sourceOf, type SourceFile } from './source-files.ts';

const MAX_LINES = 400;
const MAX_FUNCTION_LINES = 60;
/** Starts like a sentence and has the end of one: a question may be followed by how to run the file. */
const SENTENCE = /^\/\/ [A-Z0-9`'"][^\n]{8,}[.?:](?: |$)/;
const KEBAB = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.test)?\.ts$/;
const EMPTY_NAMES =
  /^(?:utils?|helpers?|managers?|services?|common|misc|index)(?:\.test)?\.ts$|-(?:utils?|helpers?|manager|service)(?:\.test)?\.ts$/;
const OPEN_END = /\b(?:TODO|FIXME|XXX|HACK)\b/;
const BANNER = /^\s*\/\/\s*[-=*#]{3,}/m;

/** The first line that says something: a command's interpreter line may stand before it. */
function firstLine({ text }: SourceFile): string {
  const [first, second = ''] = text.split('\n', 2);
  return first.startsWith('#!') ? second : first;
}

const isReexport = (statement: ts.Statement): boolean =>
  ts.isExportDeclaration(statement) && statement.moduleSpecifier !== undefined;

/** What is wrong with a file that is not a test, one line each. */
function faultsOf(file: SourceFile): string[] {
  const { path, text, tree } = file;
  const name = path.slice(path.lastIndexOf('/') + 1);
  const lines = text.split('\n').length - 1;
  const faults: string[] = [];
  if (!SENTENCE.test(firstLine(file))) faults.push(`${path}:1 does not begin with a sentence about the file`);
  if (lines > MAX_LINES) faults.push(`${path} has ${lines} lines`);
  if (!KEBAB.test(name)) faults.push(`${path} is not kebab-case`);
  if (EMPTY_NAMES.test(name)) faults.push(`${path} has a name that says nothing`);
  if (OPEN_END.test(text)) faults.push(`${path} has an open end: ${OPEN_END.exec(text)?.[0]}`);
  if (BANNER.test(text)) faults.push(`${path} has a section banner`);
  if (tree.statements.length > 0 && tree.statements.every(isReexport)) faults.push(`${path} is a barrel`);
  for (const node of nodesOf(tree)) faults.push(...nodeFaults(file, node));
  return faults;
}

function nodeFaults(file: SourceFile, node: ts.Node): string[] {
  if (ts.isExportAssignment(node) || node.kind === ts.SyntaxKind.DefaultKeyword) {
    const isSwitch = ts.isDefaultClause(node.parent);
    return isSwitch || ts.isDefaultClause(node) ? [] : [`${placeOf(file, node)} exports a default`];
  }
  if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return [];
  const start = file.tree.getLineAndCharacterOfPosition(node.getStart(file.tree)).line;
  const length = file.tree.getLineAndCharacterOfPosition(node.getEnd()).line - start + 1;
  return length > MAX_FUNCTION_LINES ? [`${placeOf(file, node)} is a function of ${length} lines`] : [];
}

describe('every source file', () => {
  const sources = readSources('src').filter((file) => !isTest(file));

  it('keeps the house rules', () => {
    expect(sources.length).toBeGreaterThan(150);
    expect(sources.flatMap(faultsOf)).toEqual([]);
  });

  it('is short as a rule: the median is near 100 lines', () => {
    const lengths = sources.map(({ text }) => text.split('\n').length - 1).toSorted((a, b) => a - b);
    expect(lengths[lengths.length >> 1]).toBeLessThan(130);
  });
});

describe('every other file', () => {
  it('says in its first line what it is for', () => {
    const others = readSources('test', 'bench', 'tools');
    expect(others.filter((file) => !SENTENCE.test(firstLine(file))).map(({ path }) => path)).toEqual([]);
  });
});

describe('the rule itself', () => {
  const SAID = '// What is planted here? Something wrong.\n';
  it.each([
    ['src/risk/planted.ts', 'export const a = 1;\n'],
    ['src/risk/planted.ts', '// short\nexport const a = 1;\n'],
    ['src/risk/planted.ts', `${SAID}export default 1;\n`],
    ['src/risk/planted.ts', `${SAID}export default function go() {}\n`],
    ['src/risk/planted.ts', `${SAID}export * from './guard.ts';\n`],
    ['src/risk/planted.ts', `${SAID}// TODO: later\nexport const a = 1;\n`],
    ['src/risk/planted.ts', `${SAID}// ---- types ----\nexport const a = 1;\n`],
    ['src/risk/guardTools.ts', `${SAID}export const a = 1;\n`],
    ['src/risk/guard-helpers.ts', `${SAID}export const a = 1;\n`],
    ['src/risk/planted.ts', `${SAID}${'export const a = 1;\n'.repeat(400)}`],
    ['src/risk/planted.ts', `${SAID}export function long() {\n${'  act();\n'.repeat(60)}}\n`],
  ])('catches in %s: %j', (path, text) => {
    expect(faultsOf(sourceOf(path, text))).toHaveLength(1);
  });

  it('lets a good file pass', () => {
    const good = `#!/usr/bin/env node\n${SAID}export function go(n: number): number {\n  switch (n) {\n    default:\n      return 1;\n  }\n}\n`;
    expect(faultsOf(sourceOf('src/risk/planted-well.ts', good))).toEqual([]);
  });
});

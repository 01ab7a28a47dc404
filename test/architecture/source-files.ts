// What stands in the source files? Every TypeScript file of the project with its syntax tree and the facts that the rules ask for.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export interface SourceFile {
  /** From the project's root, with forward slashes: `src/engine/step.ts`. */
  readonly path: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A file from its text: what planted violations are made of. */
export function sourceOf(path: string, text: string): SourceFile {
  return { path, text, tree: ts.createSourceFile(path, text, ts.ScriptTarget.ESNext, true) };
}

/** All TypeScript files below the given folders of the project. */
export function readSources(...folders: readonly string[]): SourceFile[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
      .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
      .toSorted()
      .map((path) => sourceOf(path, readFileSync(join(root, path), 'utf8'))),
  );
}

export const isTest = ({ path }: SourceFile): boolean => path.endsWith('.test.ts');

/** Folder below src that a file belongs to. */
export const folderOf = ({ path }: SourceFile): string => path.split('/')[1];

/** Rings 0 to 3: the pure core. */
export const CORE_FOLDERS: readonly string[] = [
  'domain',
  'indicators',
  'learning',
  'strategy',
  'portfolio',
  'risk',
  'engine',
];

/** Source of rings 0 to 3, tests left out. */
export const isCore = (file: SourceFile): boolean =>
  file.path.startsWith('src/') && CORE_FOLDERS.includes(folderOf(file)) && !isTest(file);

const walked = new WeakMap<ts.Node, readonly ts.Node[]>();

/** Every node of a tree, parents first. Walked once: the trees are never changed. */
export function nodesOf(tree: ts.Node): readonly ts.Node[] {
  const known = walked.get(tree);
  if (known !== undefined) return known;
  const nodes: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(tree);
  walked.set(tree, nodes);
  return nodes;
}

/** `path:line`, for messages. */
export function placeOf(file: SourceFile, node: ts.Node): string {
  const { line } = file.tree.getLineAndCharacterOfPosition(node.getStart(file.tree));
  return `${file.path}:${line + 1}`;
}

const named = new WeakMap<ts.Node, readonly string[]>();

/** Texts of all identifiers within a node. */
export function identifiersIn(node: ts.Node): readonly string[] {
  const known = named.get(node);
  if (known !== undefined) return known;
  const names: string[] = [];
  const visit = (each: ts.Node): void => {
    if (ts.isIdentifier(each)) names.push(each.text);
    ts.forEachChild(each, visit);
  };
  visit(node);
  named.set(node, names);
  return names;
}

/** The lower-case words of a camelCase or SCREAMING_CASE name. */
export function wordsOf(name: string): string[] {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

export interface ImportFact {
  /** As written: `../domain/bar-exit.ts`, `node:fs`. */
  readonly from: string;
  readonly names: readonly string[];
  readonly node: ts.Node;
}

/** What a file imports and re-exports by name. */
export function importsOf(file: SourceFile): ImportFact[] {
  return file.tree.statements.flatMap((statement): ImportFact[] => {
    if (ts.isExportDeclaration(statement)) return exportFact(statement);
    if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return [];
    const bindings = statement.importClause?.namedBindings;
    const names =
      bindings !== undefined && ts.isNamedImports(bindings)
        ? bindings.elements.map(({ name, propertyName }) => (propertyName ?? name).text)
        : [];
    return [{ from: statement.moduleSpecifier.text, names, node: statement }];
  });
}

function exportFact(statement: ts.ExportDeclaration): ImportFact[] {
  const { moduleSpecifier } = statement;
  if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return [];
  const clause = statement.exportClause;
  const names =
    clause !== undefined && ts.isNamedExports(clause)
      ? clause.elements.map(({ name, propertyName }) => (propertyName ?? name).text)
      : [];
  return [{ from: moduleSpecifier.text, names, node: statement }];
}

/** A named function of any spelling: declaration, or a constant that holds one. */
export interface FunctionFact {
  readonly name: string;
  readonly isExported: boolean;
  readonly node: ts.Node;
}

/** The named functions at the top of a file. */
export function functionsOf(file: SourceFile): FunctionFact[] {
  return file.tree.statements.flatMap((statement): FunctionFact[] => {
    const isExported =
      ts.canHaveModifiers(statement) &&
      (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    if (ts.isFunctionDeclaration(statement) && statement.name !== undefined) {
      return [{ name: statement.name.text, isExported, node: statement }];
    }
    if (!ts.isVariableStatement(statement)) return [];
    return statement.declarationList.declarations.flatMap(({ name, initializer }): FunctionFact[] => {
      const holds =
        initializer !== undefined && (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer));
      return holds && ts.isIdentifier(name) ? [{ name: name.text, isExported, node: statement }] : [];
    });
  });
}

// Is the core pure, and does it not know in which mode it runs? Rings 0 to 3 have no clock, chance, runtime, waiting or mode flag.
import { describe, expect, it } from 'vitest';
import ts from 'typescript';
import {
  importsOf,
  isCore,
  nodesOf,
  placeOf,
  readSources,
  sourceOf,
  wordsOf,
  type SourceFile,
} from './source-files.ts';

/** Names that reach out of the core: clock, runtime, timers, promises, network, locale. */
const OUTSIDE = new Set(
  (
    'Date performance Intl Temporal process console globalThis global require navigator Buffer ' +
    'setTimeout setInterval setImmediate queueMicrotask Promise AbortController fetch WebSocket crypto Worker eval'
  ).split(' '),
);
const LOCALE = /^toLocale|^localeCompare$/;
const MODES = new Set(['backtest', 'live', 'paper']);
const FRAGMENT = /-config\.ts$/;

/** The name that stands before a dot is a name of its own; the one behind it belongs to its object. */
function isOwnName(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent) && parent.name === node) return false;
  if (ts.isBindingElement(parent)) return parent.propertyName !== node;
  const isKey = ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isPropertyDeclaration(parent);
  return !(isKey && parent.name === node);
}

function impurityOf(node: ts.Node): string | undefined {
  if (ts.isIdentifier(node)) {
    if (OUTSIDE.has(node.text) && isOwnName(node)) return node.text;
    if (LOCALE.test(node.text)) return node.text;
    const mode = wordsOf(node.text).find((word) => MODES.has(word));
    return mode === undefined ? undefined : `the mode word ${mode}`;
  }
  if (ts.isPropertyAccessExpression(node) && node.expression.getText() === 'Math' && node.name.text === 'random') {
    return 'Math.random';
  }
  if (ts.isStringLiteralLike(node) && MODES.has(node.text.toLowerCase())) return `the mode ${node.text}`;
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'async';
  if (ts.isAwaitExpression(node)) return 'await';
  if (ts.isMetaProperty(node)) return 'import.meta';
  return ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword ? 'import()' : undefined;
}

/** Everything in a file that the core must not have, one line each. */
function impurities(file: SourceFile): string[] {
  const found: string[] = [];
  for (const node of nodesOf(file.tree)) {
    const impurity = impurityOf(node);
    if (impurity !== undefined) found.push(`${placeOf(file, node)} uses ${impurity}`);
  }
  for (const { from, node } of importsOf(file)) {
    const isAllowed = from.startsWith('.') || (from === 'zod' && FRAGMENT.test(file.path));
    if (!isAllowed) found.push(`${placeOf(file, node)} imports ${from}`);
  }
  return found;
}

describe('rings 0 to 3', () => {
  const core = readSources('src').filter(isCore);

  it('are there', () => {
    expect(core.length).toBeGreaterThan(80);
  });

  it('reach for nothing outside and know no mode', () => {
    expect(core.flatMap(impurities)).toEqual([]);
  });
});

describe('the rule itself', () => {
  it.each([
    'const now = Date.now();',
    'const made = new Date(0);',
    'let later: Promise<void>;',
    'const roll = Math.random();',
    'console.log(1);',
    'if (process.env.X) stop();',
    'setTimeout(act, 10);',
    'async function go() {}',
    'const go = async () => 1;',
    "import { readFileSync } from 'node:fs';",
    "import { z } from 'zod';",
    "export { z } from 'zod';",
    "const lazy = import('./other.ts');",
    'const here = import.meta.url;',
    'function step(isLive: boolean) {}',
    'interface Params { readonly paperTrading: boolean }',
    'const BACKTEST = 1;',
    "if (mode === 'live') skip();",
    'names.sort((a, b) => a.localeCompare(b));',
  ])('catches: %s', (text) => {
    expect(impurities(sourceOf('src/engine/planted.ts', text))).toHaveLength(1);
  });

  it('leaves alone what only looks like it', () => {
    const innocent = [
      '// Fed by backtest, paper and live alike; Date and Math.random do not occur.',
      "import { barExit } from '../domain/bar-exit.ts';",
      "const text = 'delivered live from paper';",
      'const { process: processed } = record;',
      'order.process.date = Math.max(1, 2);',
      'const alive = olive + newspaper;',
    ].join('\n');
    expect(impurities(sourceOf('src/engine/planted.ts', innocent))).toEqual([]);
    expect(impurities(sourceOf('src/engine/exits-config.ts', "import { z } from 'zod';"))).toEqual([]);
  });
});

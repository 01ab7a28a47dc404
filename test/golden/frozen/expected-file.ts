// What is expected of the frozen runs, and how does a run differ from it? One JSON file, compared bit by bit.
import { fileURLToPath } from 'node:url';
import type { Figures, Leaf } from './frozen-figures.ts';

/** The file with all expected figures. */
export const EXPECTED_FILE: string = fileURLToPath(new URL('expected.json', import.meta.url));

export interface Expected {
  /** Says what the file is to whoever opens it: JSON has no comments. */
  readonly about: string;
  /** Node.js the figures were made with; Math.exp, Math.log and Math.pow may differ in their last bit between engines. */
  readonly node: string;
  readonly runs: Readonly<Record<string, Figures>>;
}

const ABOUT =
  'Exact figures of the frozen runs. Written by `node test/golden/frozen/accept.ts`, never by hand; every change needs a line in CHANGELOG.md that says why.';

/** How to take a change for good; stands at the end of every failure. */
export const HOW_TO_ACCEPT =
  'Not intended? Then this is a defect. Intended? Run `node test/golden/frozen/accept.ts` and say in CHANGELOG.md why the figures change.';

/** The text of the file: two spaces, the order of the runs as given, the order of figures as they are made. */
export function textOf(runs: ReadonlyMap<string, Figures>, node: string): string {
  const expected: Expected = { about: ABOUT, node, runs: Object.fromEntries(runs) };
  return `${JSON.stringify(expected, null, 2)}\n`;
}

/** The file's content. */
export function expectedOf(text: string): Expected {
  return JSON.parse(text) as Expected;
}

/** One line for each figure that is not the same double or text: `run: figure was …, is …`. */
export function differences(run: string, was: Figures | undefined, is: Figures): string[] {
  if (was === undefined) return [`${run}: the run is new`];
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  return names.flatMap((name) => {
    const [before, after] = [was[name], is[name]];
    if (Object.hasOwn(was, name) === Object.hasOwn(is, name) && Object.is(before, after)) return [];
    return [`${run}: ${name} was ${shown(before)}, is ${shown(after)}${changeOf(before, after)}`];
  });
}

/** What a failing run says: every difference, the runtime where it is another one, and how to accept. */
export function failureOf(lines: readonly string[], runtime: { readonly was: string; readonly is: string }): string {
  const { was, is } = runtime;
  const other = was === is ? [] : [`The figures were made with Node.js ${was}; this is ${is}: last bits may differ.`];
  return [...lines.map((line) => `  ${line}`), ...other, HOW_TO_ACCEPT].join('\n');
}

function shown(leaf: Leaf | undefined): string {
  if (leaf === undefined) return 'not there';
  if (leaf === null) return 'undefined';
  const text = String(leaf);
  return /^[0-9a-f]{64}$/.test(text) ? `${text.slice(0, 12)}…` : text === '' ? 'empty' : text;
}

/** How far a figure has moved, for the eye. */
function changeOf(before: Leaf | undefined, after: Leaf | undefined): string {
  const [from, to] = [Number(before ?? NaN), Number(after ?? NaN)];
  if (!Number.isFinite(from) || !Number.isFinite(to) || before === '' || after === '') return '';
  const change = to - from;
  return ` (${change >= 0 ? '+' : ''}${Number(change.toPrecision(3))})`;
}

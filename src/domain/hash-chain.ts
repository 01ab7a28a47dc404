// How does an append-only log show that nobody touched it? Every line holds the hash of the line before and its own.
import { sha256Hex } from './sha256.ts';

/** Where a chain ends: its number of lines and the hash of the last. */
export interface ChainHead {
  readonly lines: number;
  /** SHA-256 as 64 hex digits. */
  readonly hash: string;
}

/** The end of a chain without lines; the first line holds this hash as that of the line before. */
export const CHAIN_START: ChainHead = { lines: 0, hash: '0'.repeat(64) };

export type ChainReading =
  | {
      readonly kind: 'sound';
      readonly head: ChainHead;
      /** What the lines hold, oldest first. */
      readonly entries: readonly unknown[];
      /** Characters of the whole lines. */
      readonly length: number;
      /** What follows them: the beginning of a line whose writing was cut off. Empty after a clean end. */
      readonly torn: string;
      /** The last line is whole but for its line feed, which is still to be written. */
      readonly lacksLineFeed: boolean;
    }
  | {
      readonly kind: 'broken';
      /** Counted from 1: the first line that is not as it was written. */
      readonly line: number;
      readonly reason: string;
    };

const LINE = /^(\{"line":(\d+),"previous":"([0-9a-f]{64})","entry":(.+)),"hash":"([0-9a-f]{64})"\}$/;

/**
 * `entries` as lines that follow `head`, each ended by a line feed, and the new end. Characters outside ASCII are escaped,
 * so that one character is one byte wherever a crash cuts.
 * @throws RangeError for a number that is not finite: JSON would silently make it null
 */
export function chainLines(
  head: ChainHead,
  entries: readonly unknown[],
): { readonly text: string; readonly head: ChainHead } {
  let text = '';
  let { lines, hash } = head;
  for (const entry of entries) {
    const begin = `{"line":${lines + 1},"previous":"${hash}","entry":${asciiJson(entry)}`;
    lines += 1;
    hash = hashOf(begin);
    text += `${begin},"hash":"${hash}"}\n`;
  }
  return { text, head: { lines, hash } };
}

/**
 * Reads a whole log, one character per byte. `anchor` is an end that the log is known to have had: lines up to it must all
 * be there, which also shows when the last lines were removed or all were written anew.
 */
export function readChain(text: string, anchor: ChainHead = CHAIN_START): ChainReading {
  const entries: unknown[] = [];
  let head = CHAIN_START;
  let start = 0;
  while (start < text.length) {
    const feed = text.indexOf('\n', start);
    const isCutOff = feed < 0;
    const line = readLine(text.slice(start, isCutOff ? text.length : feed), head);
    if ('reason' in line) {
      if (!isCutOff) return { kind: 'broken', line: head.lines + 1, reason: line.reason };
      break;
    }
    entries.push(line.entry);
    head = { lines: head.lines + 1, hash: line.hash };
    if (head.lines === anchor.lines && head.hash !== anchor.hash)
      return { kind: 'broken', line: head.lines, reason: 'is not the line that was written here' };
    start = isCutOff ? text.length : feed + 1;
  }
  if (head.lines < anchor.lines)
    return { kind: 'broken', line: head.lines + 1, reason: `is missing or cut off, of ${anchor.lines} written` };
  return {
    kind: 'sound',
    head,
    entries,
    length: start,
    torn: text.slice(start),
    lacksLineFeed: start > 0 && text[start - 1] !== '\n',
  };
}

function readLine(
  line: string,
  head: ChainHead,
): { readonly entry: unknown; readonly hash: string } | { readonly reason: string } {
  const [, begin = '', number, previous, json = '', hash = ''] = LINE.exec(line) ?? [];
  if (hash === '') return { reason: 'is not a line of a log' };
  if (hashOf(begin) !== hash) return { reason: 'was changed' };
  if (Number(number) !== head.lines + 1 || previous !== head.hash)
    return { reason: 'does not follow the line before: lines were changed, removed, inserted or moved' };
  return { entry: JSON.parse(json), hash };
}

function hashOf(ascii: string): string {
  return sha256Hex([Uint8Array.from(ascii, (character) => character.charCodeAt(0))]);
}

function asciiJson(entry: unknown): string {
  const json = JSON.stringify(entry, (key, value: unknown) => {
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new RangeError(`a log cannot hold ${value} (${key})`);
    return value;
  });
  return json.replace(/[^ -~]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

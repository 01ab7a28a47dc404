// May real money be traded? Only on a report of readiness that passed a few days ago, for this account and these settings.
import { isoTime } from '../../domain/iso-time.ts';
import { sha256Hex } from '../../domain/sha256.ts';
import { DAY_MS, MINUTE_MS } from '../../domain/time.ts';
import type { StartFinding } from './start-finding.ts';

const FORMAT = 'perpilot-readiness';
const VERSION = 1;

/** A report that is older than this says nothing any more. */
const LONGEST_DAYS = 7;
/** A report from the future was not made by a right clock; so much of it may be the difference of two clocks. */
const CLOCK_SLACK_MS = MINUTE_MS;

/** One item of the checklist. */
export interface ReadinessLine {
  /** Such as `L8`, or a name. */
  readonly id: string;
  readonly what: string;
  /** `signed`: a machine cannot know it, and somebody has put his name to it. */
  readonly result: 'passed' | 'failed' | 'signed';
  /** Who signed it and when (ISO date); missing on what a machine has checked. */
  readonly signedBy?: string;
  readonly signedOn?: string;
}

/** What the file holds besides its seal. */
export interface ReadinessReport {
  readonly format: typeof FORMAT;
  readonly version: typeof VERSION;
  /** UTC epoch milliseconds. */
  readonly createdAt: number;
  readonly result: 'passed' | 'failed';
  /** `accountId` of the account that it is about. */
  readonly account: string;
  /** Hash over all settings that were in force. */
  readonly configHash: string;
  readonly codeVersion: string;
  readonly lines: readonly ReadinessLine[];
}

/** What the report has to be about. */
export interface ReadinessQuestion {
  readonly account: string;
  readonly configHash: string;
  readonly codeVersion: string;
  /** UTC epoch milliseconds. */
  readonly now: number;
}

/** The same key at the same venue gives the same id, from which nobody finds the key. */
export function accountId(venue: string, environment: string, key: string): string {
  return hashOf(`${venue}\n${environment}\n${key}`).slice(0, 16);
}

/** Hash of a report: who changes a word of it by hand has to know how the seal is made, and then has meant it. */
export function sealOf(report: ReadinessReport): string {
  return hashOf(canonical(report));
}

/** Everything that speaks against the report in `text` (undefined: there is none); empty: it holds. */
export function judgeReadiness(text: string | undefined, question: ReadinessQuestion): readonly StartFinding[] {
  if (text === undefined) return [finding('READINESS_MISSING', 'there is no report of readiness')];
  const read = readReport(text);
  if (typeof read === 'string') return [finding('READINESS_UNREADABLE', `the report of readiness ${read}`)];
  const { report, seal } = read;
  if (seal !== sealOf(report)) {
    return [finding('READINESS_UNREADABLE', 'the report of readiness was changed after it was written')];
  }
  return [...judgeResult(report), ...judgeAge(report, question), ...judgeSubject(report, question)];
}

function judgeResult({ result, lines }: ReadinessReport): readonly StartFinding[] {
  const failed = lines.filter((line) => line.result === 'failed');
  if (result === 'passed' && failed.length === 0 && lines.length > 0) return [];
  const names = failed.map(({ id }) => id).join(', ');
  const why = lines.length === 0 ? 'it checked nothing' : `it failed${names === '' ? '' : `: ${names}`}`;
  return [finding('READINESS_FAILED', `the report of readiness does not pass: ${why}`)];
}

function judgeAge({ createdAt }: ReadinessReport, { now }: ReadinessQuestion): readonly StartFinding[] {
  const written = `the report of readiness is of ${isoTime(createdAt)} UTC`;
  if (createdAt > now + CLOCK_SLACK_MS) return [finding('READINESS_OUTDATED', `${written}, which is still to come`)];
  if (now - createdAt <= LONGEST_DAYS * DAY_MS) return [];
  return [finding('READINESS_OUTDATED', `${written}; it holds for ${LONGEST_DAYS} days`)];
}

function judgeSubject(report: ReadinessReport, question: ReadinessQuestion): readonly StartFinding[] {
  const { account, configHash, codeVersion } = report;
  const others = [
    account === question.account ? [] : ['another account'],
    configHash === question.configHash ? [] : ['other settings'],
    codeVersion === question.codeVersion ? [] : [`another version (${codeVersion})`],
  ].flat();
  if (others.length === 0) return [];
  return [finding('READINESS_FOREIGN', `the report of readiness is about ${others.join(' and ')}`)];
}

const finding = (code: StartFinding['code'], message: string): StartFinding => ({ code, message });

interface Sealed {
  readonly report: ReadinessReport;
  readonly seal: string;
}

/** The report, or what is wrong with the text. */
function readReport(text: string): Sealed | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'is not JSON';
  }
  const fields = fieldsOf(value);
  if (fields?.get('format') !== FORMAT) return 'is something else';
  if (fields.get('version') !== VERSION)
    return `is of version ${String(fields.get('version'))}, which is not known here`;
  const createdAt = fields.get('createdAt');
  const result = fields.get('result');
  const [account, configHash, codeVersion, seal] = ['account', 'configHash', 'codeVersion', 'seal'].map((name) =>
    textOf(fields.get(name)),
  );
  const lines = linesOf(fields.get('lines'));
  if (typeof createdAt !== 'number' || !Number.isSafeInteger(createdAt)) return 'has no time';
  if (result !== 'passed' && result !== 'failed') return 'has no result';
  if (lines === undefined) return 'has lines that cannot be read';
  if (account === undefined || configHash === undefined || codeVersion === undefined || seal === undefined) {
    return 'does not say what it is about';
  }
  const report = {
    format: FORMAT,
    version: VERSION,
    createdAt,
    result,
    account,
    configHash,
    codeVersion,
    lines,
  } as const;
  return { report, seal };
}

function linesOf(value: unknown): readonly ReadinessLine[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const lines = value.flatMap((entry: unknown) => lineOf(entry) ?? []);
  return lines.length === value.length ? lines : undefined;
}

function lineOf(value: unknown): ReadinessLine | undefined {
  const fields = fieldsOf(value);
  const id = textOf(fields?.get('id'));
  const what = textOf(fields?.get('what'));
  const result = fields?.get('result');
  const signedBy = textOf(fields?.get('signedBy'));
  const signedOn = textOf(fields?.get('signedOn'));
  if (id === undefined || what === undefined) return undefined;
  if (result === 'passed' || result === 'failed') return { id, what, result };
  if (result !== 'signed' || signedBy === undefined || signedOn === undefined) return undefined;
  return { id, what, result, signedBy, signedOn };
}

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  return typeof value === 'object' && value !== null ? new Map<string, unknown>(Object.entries(value)) : undefined;
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

const hashOf = (text: string): string => sha256Hex([new TextEncoder().encode(text)]);

/** Members in a fixed order, so that equal reports give equal texts. */
function canonical({ lines, ...head }: ReadinessReport): string {
  const entries = Object.entries(head).sort(([a], [b]) => (a < b ? -1 : 1));
  const rows = lines.map(({ id, what, result, signedBy = '', signedOn = '' }) => [
    id,
    what,
    result,
    signedBy,
    signedOn,
  ]);
  return JSON.stringify([entries, rows]);
}

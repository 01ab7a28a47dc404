// Which lines of the log are wanted, and how does a person read them?
import { styleText } from 'node:util';
import { isoTime } from '../domain/iso-time.ts';
import { LOG_LEVELS, type LogLevel } from '../ports/logger.ts';

export interface LogChoice {
  readonly level: LogLevel;
  readonly symbol: string | undefined;
  readonly since: number | undefined;
}

export interface LogEntry {
  readonly level: LogLevel;
  readonly time: number;
  readonly message: string;
  /** All others. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** As it stands in the file. */
  readonly line: string;
}

/** Undefined: no entry, such as the last line of a program that was killed. */
export function logEntryOf(line: string): LogEntry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    if (typeof value !== 'object' || value === null) return undefined;
    const { level, time, msg, ...facts } = value as Readonly<Record<string, unknown>>;
    const known = LOG_LEVELS.find((each) => each === level);
    if (known === undefined || typeof time !== 'number') return undefined;
    return { level: known, time, message: String(msg), facts, line };
  } catch {
    return undefined;
  }
}

export function isWanted({ level, time, facts }: LogEntry, { level: least, symbol, since }: LogChoice): boolean {
  if (LOG_LEVELS.indexOf(level) < LOG_LEVELS.indexOf(least)) return false;
  if (symbol !== undefined && facts['symbol'] !== symbol) return false;
  return since === undefined || time >= since;
}

const COLOUR: Readonly<Record<LogLevel, 'dim' | 'green' | 'yellow' | 'red'>> = {
  debug: 'dim',
  info: 'green',
  warn: 'yellow',
  error: 'red',
};

/** Facts that stand on every line. */
const SILENT = new Set(['bot', 'mode', 'pid']);

export function logText({ level, time, message, facts }: LogEntry, colour: boolean): string {
  const paint = (style: 'dim' | 'green' | 'yellow' | 'red', text: string): string =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  const rest = Object.entries(facts)
    .filter(([name]) => !SILENT.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
  const words = paint(COLOUR[level], level.padEnd(5));
  return `${isoTime(time)}  ${words}  ${message}${rest === '' ? '' : `  ${paint('dim', rest)}`}`;
}

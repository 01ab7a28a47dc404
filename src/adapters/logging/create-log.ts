// How is the log written? By pino, one JSON object a line, washed of secrets as a whole, into files that turn.
import { pino } from 'pino';
import type { Logger, LogLevel } from '../../ports/logger.ts';
import { createRedactor } from './redact.ts';
import { RotatingFile, type RotatingFileSetup } from './rotating-file.ts';

export interface LogSetup extends RotatingFileSetup {
  readonly level: LogLevel;
  /** Values that may stand nowhere. */
  readonly secrets: readonly string[];
  /** On every line: which bot it is. */
  readonly base: Readonly<Record<string, unknown>>;
}

export function createLog({ level, secrets, base, ...files }: LogSetup): Logger {
  const file = new RotatingFile(files);
  const redact = createRedactor(secrets);
  const log = pino(
    {
      level,
      base,
      timestamp: () => `,"time":${files.now()}`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => file.write(redact(line)) },
  );
  return {
    log: (of, message, facts = {}) => log[of](plainFacts(facts), message),
    close: () => file.end(),
  };
}

/** What JSON has no word for, as text. */
function plainFacts(facts: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, plain(value, 0)]));
}

const DEEPEST = 6;

function plain(value: unknown, depth: number): unknown {
  if (typeof value === 'bigint') return String(value);
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= DEEPEST) return '…';
  if (Array.isArray(value)) return value.map((each) => plain(each, depth + 1));
  if (value instanceof Map || value instanceof Set) return plain([...value], depth + 1);
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each, depth + 1)]));
}

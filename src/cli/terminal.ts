// What does the command line write to? Streams, seen as narrowly as commands need them.

/** A stream that may be a terminal, such as process.stderr. */
export interface TerminalStream {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  /** Width in characters, where it is a terminal. */
  readonly columns?: number;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** Whether colour may be written: only to a terminal, and never where NO_COLOR is set (https://no-color.org). */
export function mayColour(stream: TerminalStream, env: Environment): boolean {
  return stream.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb';
}

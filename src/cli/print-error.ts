// How is a failure told to a person, and to a program?
import { styleText } from 'node:util';
import { ERROR_CODES, PerpilotError, type Problem } from '../domain/errors.ts';
import { VENUE_ERROR_CODES, VenueError } from '../domain/venue-error.ts';
import { EXIT, exitCodeOf, type ExitCode } from './exit-codes.ts';

export function exitCodeOfError(error: unknown): ExitCode {
  if (error instanceof VenueError) return EXIT.NEGATIVE;
  return error instanceof PerpilotError ? exitCodeOf(error.code) : EXIT.BUG;
}

/** A list for people: the code and its meaning, then every problem with where it is and what would be right. */
export function errorText(error: unknown, colour: boolean): string {
  const paint = (style: 'red' | 'dim', text: string): string =>
    colour ? styleText(style, text, { validateStream: false }) : text;
  if (error instanceof VenueError) {
    return `${paint('red', `error ${error.code}`)}: ${VENUE_ERROR_CODES[error.code]}\n  ${error.message}\n`;
  }
  if (!(error instanceof PerpilotError)) return bugText(error, paint('red', 'internal error'));
  const lines = [`${paint('red', `error ${error.code}`)}: ${ERROR_CODES[error.code]}`];
  lines.push(...problemLines(error.problems, (where) => paint('dim', where)));
  if (exitCodeOf(error.code) === EXIT.BUG) lines.push(error.stack ?? '');
  return `${lines.join('\n')}\n`;
}

/** One line for each problem, and one more for its hint. */
export function problemLines(
  problems: readonly Problem[],
  paint: (where: string) => string = (text) => text,
): string[] {
  return problems.flatMap(({ message, code, where, hint }) => [
    `  ${code === undefined ? '' : `${code}: `}${where === undefined ? '' : `${paint(`${where}:`)} `}${message}`,
    ...(hint === undefined ? [] : [`      ${hint}`]),
  ]);
}

/** One object for programs: `{ "error": { code, message, problems } }`. */
export function errorJson(error: unknown): string {
  if (error instanceof PerpilotError) {
    const { code, problems } = error;
    return JSON.stringify({ error: { code, message: ERROR_CODES[code], problems } });
  }
  if (error instanceof VenueError) {
    const { code, message } = error;
    return JSON.stringify({ error: { code, message: VENUE_ERROR_CODES[code], problems: [{ message }] } });
  }
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? error.stack : undefined;
  return JSON.stringify({ error: { code: 'INVARIANT_BROKEN', message, problems: [], stack } });
}

function bugText(error: unknown, title: string): string {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `${title}: this is a bug in perpilot; please report it with the lines below\n${detail}\n`;
}

import { describe, expect, it } from 'vitest';
import { ERROR_CODES, PerpilotError, type ErrorCode } from '../domain/errors.ts';
import { VENUE_ERROR_CODES, VenueError } from '../domain/venue-error.ts';
import { exitCodeOf } from './exit-codes.ts';
import { errorJson, errorText, exitCodeOfError } from './print-error.ts';

describe('errors on the command line', () => {
  const error = new PerpilotError('DATA_CORRUPT', [
    { message: 'no such column', where: 'a.parquet:3', hint: 'write it' },
    { message: 'empty' },
  ]);

  it('are a list for people and an object for programs', () => {
    expect(errorText(error, false)).toBe(
      `error DATA_CORRUPT: ${ERROR_CODES.DATA_CORRUPT}\n  a.parquet:3: no such column\n      write it\n  empty\n`,
    );
    expect(JSON.parse(errorJson(error))).toEqual({
      error: { code: 'DATA_CORRUPT', message: ERROR_CODES.DATA_CORRUPT, problems: error.problems },
    });
  });

  it('of a venue say what to do, and are no bug', () => {
    const failure = new VenueError({ code: 'TIMEOUT', message: 'no reply', retryable: true, orderMayExist: false });
    expect(errorText(failure, false)).toBe(`error TIMEOUT: ${VENUE_ERROR_CODES.TIMEOUT}\n  no reply\n`);
    const error = { code: 'TIMEOUT', message: VENUE_ERROR_CODES.TIMEOUT, problems: [{ message: 'no reply' }] };
    expect(JSON.parse(errorJson(failure))).toEqual({ error });
    expect(exitCodeOfError(failure)).toBe(1);
  });

  it('show the stack of a bug, and only of a bug', () => {
    const bug = new TypeError('x is undefined');
    expect(errorText(bug, false)).toContain(bug.stack);
    expect(errorText(new PerpilotError('INVARIANT_BROKEN', 'odd'), false)).toContain('print-error.test.ts');
    expect(errorText(error, false)).not.toContain('print-error.test.ts');
    expect(JSON.parse(errorJson(bug)).error).toMatchObject({ code: 'INVARIANT_BROKEN', message: 'x is undefined' });
    expect(errorText('thrown text', false)).toContain('thrown text');
  });

  it('have an exit code each', () => {
    const codes = Object.keys(ERROR_CODES).map((code) => [code, exitCodeOf(code as ErrorCode)]);
    expect(Object.fromEntries(codes)).toMatchObject({
      FOLD_FAILED: 1,
      CONFIG_INVALID: 2,
      INVARIANT_BROKEN: 3,
      INTERRUPTED: 130,
    });
    expect(exitCodeOfError(new Error('odd'))).toBe(3);
  });
});

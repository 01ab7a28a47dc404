// What does one look at the bot's surroundings say? A stable name, what is so, and the mend where something is wrong.
import { PerpilotError } from '../../domain/errors.ts';
import { VenueError } from '../../domain/venue-error.ts';

export const AREAS = ['machine', 'settings', 'venue', 'bot'] as const;

/** `unknown`: it could not be found out from here. */
export type CheckResult = 'ok' | 'warning' | 'failed' | 'unknown';

export interface Check {
  readonly id: string;
  readonly area: (typeof AREAS)[number];
  readonly result: CheckResult;
  /** One sentence. */
  readonly says: string;
  /** What to do; null: nothing. */
  readonly mend: string | null;
}

export interface CheckMaker {
  readonly ok: (id: string, says: string) => Check;
  readonly warning: (id: string, says: string, mend: string) => Check;
  readonly failed: (id: string, says: string, mend: string) => Check;
  readonly unknown: (id: string, says: string, mend?: string) => Check;
}

export function checksOf(area: Check['area']): CheckMaker {
  return {
    ok: (id, says) => ({ id, area, result: 'ok', says, mend: null }),
    warning: (id, says, mend) => ({ id, area, result: 'warning', says, mend }),
    failed: (id, says, mend) => ({ id, area, result: 'failed', says, mend }),
    unknown: (id, says, mend) => ({ id, area, result: 'unknown', says, mend: mend ?? null }),
  };
}

/** What went wrong, as failed checks: one for each problem. @throws whatever is a bug */
export function failuresOf(error: unknown, id: string, { failed }: CheckMaker, mend: string): readonly Check[] {
  if (error instanceof VenueError) return [failed(id, `${error.code}: ${error.message}`, mend)];
  if (!(error instanceof PerpilotError)) throw error;
  return error.problems.map(({ message, where, hint }) =>
    failed(id, `${where === undefined ? '' : `${where}: `}${message}`, hint ?? mend),
  );
}

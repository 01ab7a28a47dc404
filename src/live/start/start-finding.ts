// What can speak against a start? A code that never changes, and one sentence about what is so.
import type { ErrorCode } from '../../domain/errors.ts';

/** Codes of what stands against a start, besides those of the venue. */
export type StartCode = Extract<
  ErrorCode,
  | 'MARGIN_MODE_WRONG'
  | 'POSITION_MODE_WRONG'
  | 'LEVERAGE_TOO_HIGH'
  | 'OTHER_INSTANCE'
  | 'REAL_MONEY_UNCONFIRMED'
  | 'READINESS_MISSING'
  | 'READINESS_UNREADABLE'
  | 'READINESS_FAILED'
  | 'READINESS_OUTDATED'
  | 'READINESS_FOREIGN'
>;

export interface StartFinding {
  readonly code: StartCode;
  readonly message: string;
}

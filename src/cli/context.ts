// What is a command given besides its options?
import type { InterruptGuard } from '../adapters/system/interrupt-guard.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Environment, TerminalStream } from './terminal.ts';

export interface CliContext {
  /** Writes one line of the answer to standard output. */
  readonly out: (line: string) => void;
  /** For progress and remarks; the answer never goes there. */
  readonly stderr: TerminalStream;
  readonly env: Environment;
  /** Its signal tells a long command to stop; what must be removed then is registered with it. */
  readonly interrupt: InterruptGuard;
  /** The exit code of a command that ran to its end (default: OK). Failures are thrown instead. */
  readonly finish: (exitCode: ExitCode) => void;
}

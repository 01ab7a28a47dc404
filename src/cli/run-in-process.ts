// How is a command joined to its process? To its signals, its streams and its exit code.
import { withEnvFile } from '../adapters/system/env-file.ts';
import { createInterruptGuard, type InterruptGuard } from '../adapters/system/interrupt-guard.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { errorText, exitCodeOfError } from './print-error.ts';
import { mayColour, type Environment, type TerminalStream } from './terminal.ts';

/** What a command runs in; tests hand in their own. */
export interface Surroundings {
  readonly stdout: TerminalStream;
  readonly stderr: TerminalStream;
  readonly env: Environment;
  readonly interrupt: InterruptGuard;
}

/** How long a command may take to end by itself after the first signal, in milliseconds. */
const GRACE_MS = 5_000;

/**
 * Runs `command` and sets the exit code. The first SIGINT or SIGTERM aborts `interrupt`; the second, or the end of the
 * time of grace, runs the clean-ups and leaves with 130. A closed reader (`| head`) ends the process without a word.
 */
export async function runInProcess(command: (surroundings: Surroundings) => Promise<ExitCode>): Promise<void> {
  const { stdout, stderr } = process;
  const { env, fault } = withEnvFile(process.env, process.cwd());
  // Said, and no reason to stop: whoever kills or closes in a hurry has other cares.
  if (fault !== undefined) stderr.write(`warning: ${fault}\n`);
  const interrupt = createInterruptGuard();
  const tidy = (): void => {
    for (const error of interrupt.cleanUp()) stderr.write(errorText(error, mayColour(stderr, env)));
  };
  const leave = (exitCode: number): never => {
    tidy();
    process.exit(exitCode);
  };
  const onSignal = (signal: NodeJS.Signals): void => {
    if (interrupt.signal.aborted) leave(EXIT.INTERRUPTED);
    stderr.write(`\n${signal}: stopping; once more stops at once\n`);
    interrupt.interrupt();
    setTimeout(leave, GRACE_MS, EXIT.INTERRUPTED).unref();
  };
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal);
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      leave(Number(process.exitCode ?? EXIT.OK));
    });
  }
  process.on('uncaughtException', (error) => {
    stderr.write(errorText(error, mayColour(stderr, env)));
    leave(exitCodeOfError(error));
  });
  process.exitCode = await command({ stdout, stderr, env, interrupt });
  tidy();
}

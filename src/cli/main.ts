#!/usr/bin/env node
// What happens when perpilot is called? The only place of the command line that catches.
import { CommanderError } from 'commander';
import { PerpilotError } from '../domain/errors.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { errorJson, errorText, exitCodeOfError } from './print-error.ts';
import { createProgram } from './program.ts';
import { runInProcess, type Surroundings } from './run-in-process.ts';
import { mayColour } from './terminal.ts';

/** Runs one command line (without node and script) and returns its exit code; every failure is printed. */
export async function main(args: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { stdout, stderr, env, interrupt } = surroundings;
  let answer: ExitCode = EXIT.OK;
  const program = createProgram({
    out: (line) => void stdout.write(`${line}\n`),
    stderr,
    env,
    interrupt,
    finish: (exitCode) => {
      answer = exitCode;
    },
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return interrupt.signal.aborted ? EXIT.INTERRUPTED : answer;
  } catch (error) {
    if (error instanceof CommanderError && hasPrintedHelp(error))
      return error.exitCode === 0 ? EXIT.OK : EXIT.BAD_INPUT;
    const failure = error instanceof CommanderError ? wrongArguments(error) : error;
    return report(failure, { ...surroundings, json: args.includes('--json') });
  }
}

function report(
  failure: unknown,
  { stdout, stderr, env, interrupt, json }: Surroundings & { json: boolean },
): ExitCode {
  stderr.write(errorText(failure, mayColour(stderr, env)));
  if (json) stdout.write(`${errorJson(failure)}\n`);
  return interrupt.signal.aborted ? EXIT.INTERRUPTED : exitCodeOfError(failure);
}

const hasPrintedHelp = ({ code }: CommanderError): boolean =>
  code === 'commander.help' || code === 'commander.helpDisplayed' || code === 'commander.version';

/** `error: unknown option '--jsn'`, then the suggestion in brackets on a line of its own. */
function wrongArguments({ message }: CommanderError): PerpilotError {
  const [first, ...rest] = message.replace(/^error: /, '').split('\n');
  const suggestion = rest.join(' ').replaceAll(/^\(|\)$/g, '');
  const hint =
    suggestion === '' ? 'perpilot --help lists all commands, perpilot COMMAND --help their options' : suggestion;
  return new PerpilotError('ARGUMENT_INVALID', [{ message: first, hint }]);
}

if (import.meta.main) await runInProcess((surroundings) => main(process.argv.slice(2), surroundings));

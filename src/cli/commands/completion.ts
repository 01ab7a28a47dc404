// What does a shell complete? `perpilot completion SHELL` prints its script, made of the commands that there are.
import { Argument, type Command } from 'commander';
import { examples } from '../arguments.ts';
import { bashScript } from '../completion/bash-script.ts';
import { fishScript } from '../completion/fish-script.ts';
import { wordsOfProgram } from '../completion/words-of-program.ts';
import { zshScript } from '../completion/zsh-script.ts';
import type { CliContext } from '../context.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

type Shell = keyof typeof SCRIPTS;

export function registerCompletion(program: Command, context: CliContext): void {
  program
    .command('completion')
    .description('print what a shell needs to complete commands and options')
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SCRIPTS)))
    .addHelpText('after', examples('completion bash', 'completion zsh', 'completion fish'))
    .action((shell: Shell) => context.out(SCRIPTS[shell](wordsOfProgram(program))));
}

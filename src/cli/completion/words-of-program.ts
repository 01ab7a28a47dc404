// What may stand on a command line? The tree of commands with their options and choices, as a shell needs it.
import type { Argument, Command, Option } from 'commander';

/** What the value of an option or argument is, as far as a shell can help with it. */
export type ValueKind =
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'path' | 'other' };

export interface OptionWords {
  /** Short and long form. */
  readonly flags: readonly string[];
  readonly description: string;
  /** Undefined: a switch. */
  readonly value: ValueKind | undefined;
}

export interface CommandWords {
  /** Names from the program's on down, without the program's. */
  readonly path: readonly string[];
  readonly description: string;
  readonly options: readonly OptionWords[];
  readonly subcommands: readonly { readonly name: string; readonly description: string }[];
  /** Of the first argument; the others are completed as it is. */
  readonly argument: ValueKind | undefined;
}

/** Every command, parents before their children. */
export function wordsOfProgram(program: Command): readonly CommandWords[] {
  const walk = (command: Command, path: readonly string[]): readonly CommandWords[] => {
    const children = command.commands.filter((child) => child.name() !== 'help');
    const words: CommandWords = {
      path,
      description: command.description(),
      options: command.createHelp().visibleOptions(command).map(optionWords),
      subcommands: children.map((child) => ({ name: child.name(), description: firstClause(child.description()) })),
      argument: command.registeredArguments.map(argumentKind)[0],
    };
    return [words, ...children.flatMap((child) => walk(child, [...path, child.name()]))];
  };
  return walk(program, []);
}

function optionWords(option: Option): OptionWords {
  const flags = [option.short, option.long].filter((flag) => flag !== undefined && flag !== null);
  const takesValue = option.required || option.optional;
  return {
    flags,
    description: firstClause(option.description),
    value: takesValue ? kindOf(option.argChoices, option.flags) : undefined,
  };
}

const argumentKind = (argument: Argument): ValueKind => kindOf(argument.argChoices, `<${argument.name()}>`);

/** A placeholder that names a file or folder is completed from the disk. */
const PATHS = /[<[][a-z_-]*(?:dir|file|path|folder|run|journal|backup|artefact)[a-z_-]*(?:\.\.\.)?[>\]]/i;

function kindOf(choices: readonly string[] | undefined, placeholder: string): ValueKind {
  if (choices !== undefined && choices.length > 0) return { kind: 'choice', choices };
  return { kind: PATHS.test(placeholder) ? 'path' : 'other' };
}

/** The first clause of a description: what fits beside a word in a list. */
const firstClause = (text: string): string => text.split(/[:;(]|, /)[0].trim();

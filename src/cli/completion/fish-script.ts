// How does fish learn the command line? One line a word, each with the command before it as its condition.
import type { CommandWords, OptionWords } from './words-of-program.ts';

export function fishScript(words: readonly CommandWords[]): string {
  const children = new Map(words.map(({ path, subcommands }) => [path.join(' '), subcommands.map(({ name }) => name)]));
  return [
    '# fish completion of perpilot; load it with: perpilot completion fish | source',
    'complete -c perpilot -f',
    ...words.flatMap((command) => linesOf(command, children)),
  ].join('\n');
}

type Children = ReadonlyMap<string, readonly string[]>;

function linesOf({ path, options, subcommands, argument }: CommandWords, children: Children): readonly string[] {
  const condition = conditionOf(path, children);
  const line = (rest: string): string => `complete -c perpilot -n ${quoted(condition)} ${rest}`;
  return [
    ...subcommands.map(({ name, description }) => line(`-a ${name} -d ${quoted(description)}`)),
    ...options.map((option) => line(optionRest(option))),
    ...(argument?.kind === 'choice' ? [line(`-a ${quoted(argument.choices.join(' '))}`)] : []),
    ...(argument?.kind === 'path' ? [line('-F')] : []),
  ];
}

/** True where exactly this command was typed, and none below it. */
function conditionOf(path: readonly string[], children: Children): string {
  const below = children.get(path.join(' ')) ?? [];
  const seen = path.map((name) => `__fish_seen_subcommand_from ${name}`);
  if (path.length === 0) return '__fish_use_subcommand';
  return [...seen, ...(below.length === 0 ? [] : [`not __fish_seen_subcommand_from ${below.join(' ')}`])].join(
    '; and ',
  );
}

function optionRest({ flags, description, value }: OptionWords): string {
  const names = flags.map((flag) => (flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
  const taken =
    value === undefined
      ? ''
      : value.kind === 'choice'
        ? ` -x -a ${quoted(value.choices.join(' '))}`
        : value.kind === 'path'
          ? ' -r -F'
          : ' -x';
  return `${names.join(' ')}${taken} -d ${quoted(description)}`;
}

const quoted = (text: string): string => `'${text.replaceAll('\\', String.raw`\\`).replaceAll("'", String.raw`\'`)}'`;

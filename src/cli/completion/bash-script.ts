// How does bash learn the command line? A function that finds the command typed so far and offers what may follow it.
import type { CommandWords, OptionWords, ValueKind } from './words-of-program.ts';

export function bashScript(words: readonly CommandWords[]): string {
  const commands = words.filter(({ subcommands }) => subcommands.length > 0);
  return `# bash completion of perpilot; load it with: source <(perpilot completion bash)
_perpilot() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path='' word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case "$path/$word" in
${commands.flatMap(({ path, subcommands }) => subcommands.map(({ name }) => `      ${caseOf(path, name)}) path="$path/$word" ;;`)).join('\n')}
    esac
  done
  COMPREPLY=()
  case "$path $prev" in
${words.flatMap(valueCases).join('\n')}
  esac
  case "$path" in
${words.map(wordCase).join('\n')}
  esac
}
complete -o bashdefault -o default -F _perpilot perpilot`;
}

const pathOf = (path: readonly string[]): string => path.map((name) => `/${name}`).join('');
const caseOf = (path: readonly string[], name: string): string => `'${pathOf(path)}/${name}'`;

/** What follows an option with a value; nothing else may. */
function valueCases({ path, options }: CommandWords): readonly string[] {
  return options.flatMap((option) => {
    const { value } = option;
    if (value === undefined) return [];
    return [`    ${option.flags.map((flag) => `'${pathOf(path)} ${flag}'`).join(' | ')}) ${reply(value)}; return ;;`];
  });
}

function reply(value: ValueKind): string {
  if (value.kind === 'choice') return `COMPREPLY=($(compgen -W '${value.choices.join(' ')}' -- "$cur"))`;
  // Files are what bash completes by itself where nothing is offered.
  return value.kind === 'path' ? ':' : 'compopt +o default +o bashdefault 2>/dev/null';
}

const flagsOf = (options: readonly OptionWords[]): readonly string[] => options.flatMap(({ flags }) => flags);

function wordCase({ path, options, subcommands, argument }: CommandWords): string {
  const choices = argument?.kind === 'choice' ? argument.choices : [];
  const plain = [...subcommands.map(({ name }) => name), ...choices].join(' ');
  const flags = flagsOf(options).join(' ');
  return `    '${pathOf(path)}') if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W '${flags}' -- "$cur")); else COMPREPLY=($(compgen -W '${plain}' -- "$cur")); fi ;;`;
}

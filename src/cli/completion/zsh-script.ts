// How does zsh learn the command line? The same walk as in bash, with a description beside every word.
import type { CommandWords, OptionWords, ValueKind } from './words-of-program.ts';

export function zshScript(words: readonly CommandWords[]): string {
  const parents = words.filter(({ subcommands }) => subcommands.length > 0);
  const moves = parents.flatMap(({ path, subcommands }) =>
    subcommands.map(({ name }) => `      '${pathOf(path)}/${name}') at="$at/$word" ;;`),
  );
  return `#compdef perpilot
# zsh completion of perpilot; load it with: source <(perpilot completion zsh)
_perpilot() {
  local cur=\${words[CURRENT]} prev=\${words[CURRENT-1]} at='' word i
  for ((i = 2; i < CURRENT; i++)); do
    word=\${words[i]}
    case "$at/$word" in
${moves.join('\n')}
    esac
  done
  local -a offered
  case "$at $prev" in
${words.flatMap(valueCases).join('\n')}
  esac
  case "$at" in
${words.map(wordCase).join('\n')}
  esac
}
compdef _perpilot perpilot`;
}

const pathOf = (path: readonly string[]): string => path.map((name) => `/${name}`).join('');

function valueCases({ path, options }: CommandWords): readonly string[] {
  return options.flatMap(({ flags, value }) =>
    value === undefined
      ? []
      : [`    ${flags.map((flag) => `'${pathOf(path)} ${flag}'`).join(' | ')}) ${offer(value)}; return ;;`],
  );
}

function offer(value: ValueKind): string {
  if (value.kind === 'choice') return `compadd -- ${value.choices.map(quoted).join(' ')}`;
  return value.kind === 'path' ? '_files' : ':';
}

function wordCase({ path, options, subcommands, argument }: CommandWords): string {
  const names = subcommands.map(({ name, description }) => quoted(described(name, description))).join(' ');
  const rest =
    names === '' ? (argument === undefined ? ':' : offer(argument)) : `offered=(${names}); _describe 'command' offered`;
  return `    '${pathOf(path)}') if [[ $cur == -* ]]; then offered=(${flagWords(options)}); _describe 'option' offered; else ${rest}; fi ;;`;
}

const flagWords = (options: readonly OptionWords[]): string =>
  options.flatMap(({ flags, description }) => flags.map((flag) => quoted(described(flag, description)))).join(' ');

const described = (word: string, description: string): string => `${word}:${description.replaceAll(':', '\\:')}`;

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

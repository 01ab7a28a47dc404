// Do the shells themselves offer the commands, options and values that there are, and nothing else?
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bashScript } from '../completion/bash-script.ts';
import { fishScript } from '../completion/fish-script.ts';
import { wordsOfProgram, type CommandWords } from '../completion/words-of-program.ts';
import { zshScript } from '../completion/zsh-script.ts';
import { createProgram } from '../program.ts';

const program = createProgram({
  out: () => undefined,
  stderr: process.stderr,
  env: {},
  interrupt: { signal: new AbortController().signal, holdOff: () => () => undefined },
  finish: () => undefined,
} as unknown as Parameters<typeof createProgram>[0]);
const words = wordsOfProgram(program);
const folder = mkdtempSync(join(tmpdir(), 'perpilot-completion-'));
const scripts = { bash: bashScript(words), zsh: zshScript(words), fish: fishScript(words) };
const fileOf = (shell: Shell): string => join(folder, `completion.${shell}`);

type Shell = keyof typeof scripts;

/** What each shell offers at the end of a line, by the shell's own means. */
const asking: Readonly<Record<Shell, (typed: readonly string[]) => string>> = {
  bash: (typed) =>
    `compopt() { :; }; source '${fileOf('bash')}'; COMP_WORDS=(perpilot ${typed.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${typed.length}; _perpilot; printf '%s\\n' "\${COMPREPLY[@]}"`,
  zsh: (typed) =>
    `compdef() { :; }; _files() { print FILES; }; compadd() { shift; print -l -- $@; }; _describe() { print -l -- \${(P)2%%:*}; }; source '${fileOf('zsh')}'; words=(perpilot ${typed.map((word) => `'${word}'`).join(' ')}); CURRENT=${typed.length + 1}; _perpilot`,
  fish: (typed) => `source '${fileOf('fish')}'; complete -C 'perpilot ${typed.join(' ')}'`,
};

function offered(shell: Shell, typed: readonly string[]): readonly string[] {
  const { stdout, stderr, status } = spawnSync(shell, ['-c', asking[shell](typed)], {
    encoding: 'utf8',
    env: { ...process.env, HOME: folder },
    cwd: folder,
  });
  expect({ stderr, status }).toEqual({ stderr: '', status: 0 });
  const last = typed.at(-1) ?? '';
  return stdout
    .split('\n')
    .map((line) => line.split('\t')[0])
    .filter((word) => word !== '' && word.startsWith(last))
    .toSorted();
}

const has = (shell: string): boolean => spawnSync(shell, ['--version']).error === undefined;
const namesOf = ({ subcommands }: CommandWords): readonly string[] => subcommands.map(({ name }) => name).toSorted();
const longOf = ({ options }: CommandWords): readonly string[] =>
  options.flatMap(({ flags }) => flags.filter((flag) => flag.startsWith('--'))).toSorted();

beforeAll(() => {
  for (const shell of ['bash', 'zsh', 'fish'] as const) writeFileSync(fileOf(shell), `${scripts[shell]}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('the tree of words', () => {
  it('holds every command once, with its parents before it', () => {
    const paths = words.map(({ path }) => path.join(' '));
    expect(new Set(paths).size).toBe(paths.length);
    expect(paths).toContain('data download');
    for (const { path } of words) if (path.length > 1) expect(paths).toContain(path.slice(0, -1).join(' '));
  });
});

describe.each(['bash', 'zsh', 'fish'] as const)('%s', (shell) => {
  const run = it.skipIf(!has(shell));

  run('offers every command and its subcommands', () => {
    for (const command of words.filter(({ subcommands }) => subcommands.length > 0))
      expect(offered(shell, [...command.path, ''])).toEqual(namesOf(command));
  });

  run(
    'offers the options of the command that was typed, of every command',
    () => {
      for (const command of words.filter(({ path }) => path.length > 0))
        expect(offered(shell, [...command.path, '--'])).toEqual(longOf(command));
    },
    60_000,
  );

  run('offers the choices of an option, and only those that begin as typed', () => {
    expect(offered(shell, ['bot', '--mode', ''])).toEqual(['demo', 'live', 'paper', 'rehearsal', 'testnet']);
    expect(offered(shell, ['bot', '--mode', 're'])).toEqual(['rehearsal']);
    expect(offered(shell, ['completion', ''])).toEqual(['bash', 'fish', 'zsh']);
  });

  run('finds the command behind options that stand before it', () => {
    expect(offered(shell, ['models', '--json', 'roll'])).toEqual(['rollback']);
  });
});

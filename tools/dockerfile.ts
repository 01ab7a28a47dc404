// What does a Dockerfile say, step by step? The part of its language that ours uses; anything else is refused.

export interface Step {
  readonly instruction: string;
  /** `--from=packages` and such, by name. */
  readonly flags: Readonly<Record<string, string>>;
  /** What follows the flags, with continued lines joined. */
  readonly rest: string;
  /** The words of a JSON array, where it is one. */
  readonly words: readonly string[] | undefined;
}

const KNOWN = 'FROM RUN COPY WORKDIR USER VOLUME STOPSIGNAL HEALTHCHECK ENTRYPOINT CMD'.split(' ');

export function readDockerfile(text: string): readonly Step[] {
  const lines = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n')
    .replaceAll(/\\\n/g, ' ')
    .split('\n');
  return lines.filter((line) => line.trim() !== '').map(readStep);
}

function readStep(line: string): Step {
  const [, instruction, tail] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? ['', '', ''];
  if (!KNOWN.includes(instruction)) throw new Error(`not understood: ${line}`);
  const flags: Record<string, string> = {};
  let rest = tail;
  for (let found = flagOf(rest); found !== undefined; found = flagOf(rest)) {
    flags[found.name] = found.value;
    rest = rest.slice(found.length);
  }
  const command = instruction === 'HEALTHCHECK' ? rest.replace(/^CMD\s+/, '') : rest;
  const words = command.startsWith('[') ? wordsOf(command) : undefined;
  return { instruction, flags, rest: command.trim(), words };
}

function flagOf(text: string) {
  const found = /^--([a-z-]+)=(\S+)\s+/.exec(text);
  return found === null ? undefined : { name: found[1], value: found[2], length: found[0].length };
}

function wordsOf(text: string): readonly string[] {
  const words: unknown = JSON.parse(text);
  if (!Array.isArray(words)) throw new Error(`not an array: ${text}`);
  return words.map(String);
}

// What does a person at the terminal answer? One line for each question; secrets are not shown while they are typed.
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

export interface Person {
  /** What was written, without blanks around it; `otherwise` where that is nothing. */
  readonly ask: (question: string, otherwise: string) => Promise<string>;
  /** The same, not shown. */
  readonly askSecret: (question: string) => Promise<string>;
  readonly leave: () => void;
}

export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  readonly output: { write(text: string): unknown };
  /** Ends a question that waits. */
  readonly signal: AbortSignal;
}

export function askPerson({ input, output, signal }: Terminal): Person {
  const shown = { echo: true };
  const screen = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (shown.echo) output.write(chunk.toString());
      done();
    },
  });
  const lines = createInterface({ input, output: screen, terminal: true });
  return {
    async ask(question, otherwise) {
      const hint = otherwise === '' ? '' : ` [${otherwise}]`;
      const answer = (await lines.question(`${question}${hint}: `, { signal })).trim();
      return answer === '' ? otherwise : answer;
    },
    async askSecret(question) {
      output.write(`${question} (not shown): `);
      shown.echo = false;
      try {
        return (await lines.question('', { signal })).trim();
      } finally {
        shown.echo = true;
        output.write('\n');
      }
    },
    leave: () => lines.close(),
  };
}

// Is everything in order? Runs every check, two at a time, one line each; `--without-tests` leaves the tests out.
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import packageFacts from '../package.json' with { type: 'json' };

interface Check {
  readonly name: string;
  readonly command: string;
}

interface Outcome {
  readonly name: string;
  readonly passed: boolean;
  readonly output: string;
}

const root = fileURLToPath(new URL('../', import.meta.url));
const { scripts } = packageFacts;

/** The slowest first, so that nothing long starts last. */
const checks: readonly Check[] = [
  { name: 'test', command: scripts.test },
  { name: 'typecheck', command: scripts.typecheck },
  { name: 'lint', command: scripts.lint },
  { name: 'rings', command: scripts.rings },
  { name: 'dead-code', command: scripts['dead-code'] },
  { name: 'reference', command: 'node tools/write-reference.ts --check' },
  { name: 'format:check', command: scripts['format:check'] },
];

/** Runs one check in the package's folder with its own binaries first on the path. */
function run({ name, command }: Check): Promise<Outcome> {
  const startedAt = performance.now();
  const path = [join(root, 'node_modules', '.bin'), process.env['PATH'] ?? ''].join(delimiter);
  const child = spawn(command, { cwd: root, shell: true, env: { ...process.env, PATH: path, NO_COLOR: '1' } });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => {
    const end = (passed: boolean, extra = ''): void => {
      const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
      console.log(`${passed ? 'ok    ' : 'FAILED'} ${name.padEnd(13)} ${seconds.padStart(6)} s`);
      resolve({ name, passed, output: Buffer.concat(chunks).toString() + extra });
    };
    child.on('error', (error) => end(false, error.message));
    child.on('close', (code) => end(code === 0));
  });
}

/** Takes checks from the queue until it is empty. */
async function work(queue: Check[], outcomes: Outcome[]): Promise<void> {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) outcomes.push(await run(next));
}

const startedAt = performance.now();
const queue = checks.filter(({ name }) => name !== 'test' || !process.argv.includes('--without-tests'));
const outcomes: Outcome[] = [];
const lanes = Math.min(2, availableParallelism());
await Promise.all(Array.from({ length: lanes }, () => work(queue, outcomes)));

const failures = outcomes.filter((outcome) => !outcome.passed);
for (const { name, output } of failures) console.log(`\n${name}:\n${output.trimEnd()}`);
const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
console.log(
  `\n${failures.length === 0 ? 'all checks passed' : `${failures.length} of ${outcomes.length} checks failed`} in ${seconds} s`,
);
if (failures.length > 0) process.exitCode = 1;

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createChainedFile } from './chained-file.ts';

let folder = '';
let path = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perpilot-log-'));
  path = join(folder, 'trials.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

const parse = (value: unknown) => (typeof value === 'string' ? value : undefined);
const openLog = () => createChainedFile({ path, parse });

/** A program that writes to the log of the test; `body` may use `log`, `path` and `say`. */
function program(body: string): string[] {
  const module = JSON.stringify(new URL('./chained-file.ts', import.meta.url).href);
  const source = `
    import { createChainedFile } from ${module};
    import { statSync } from 'node:fs';
    const path = ${JSON.stringify(path)};
    const log = createChainedFile({ path, parse: (value) => value });
    const say = (text) => process.stdout.write(text);
    ${body}`;
  return ['--input-type=module', '-e', source];
}

describe('with other processes', () => {
  it('two writers at once do not break the chain, and lose nothing', async () => {
    const rounds = 15;
    const body = `say('ready');
      await new Promise((resolve) => process.stdin.once('data', resolve));
      for (let n = 0; n < ${rounds}; n += 1)
        await log.append((known) => [\`\${process.argv[1]} \${n}\`, \`\${known.length + 1}\`]);
      process.exit();`;
    const writers = ['a', 'b'].map((name) => spawn(process.execPath, [...program(body), name]));
    const ends = writers.map((writer) => new Promise((resolve) => writer.on('close', resolve)));
    await Promise.all(writers.map((writer) => new Promise((resolve) => writer.stdout.once('data', resolve))));
    for (const writer of writers) writer.stdin.write('go');
    expect(await Promise.all(ends)).toEqual([0, 0]);
    const entries = await openLog().entries();
    expect(entries).toHaveLength(4 * rounds);
    for (const name of ['a', 'b']) {
      const own = entries.filter((entry) => entry.startsWith(name));
      expect(own).toEqual(Array.from({ length: rounds }, (_, n) => `${name} ${n}`));
    }
    for (const [index, entry] of entries.entries()) if (index % 2 === 1) expect(entry).toBe(String(index));
  });

  it.skipIf(process.platform === 'win32')('a full disk leaves the old log as it was', async () => {
    await openLog().append(() => ['old']);
    const body = `for (;;) {
      const size = statSync(path).size;
      try { await log.append((known) => ['x'.repeat(700), String(known.length)]); say('.'); }
      catch (error) { say(\`\${error.code} \${statSync(path).size - size}\`); break; }
    }`;
    const limited = ['-c', `trap '' XFSZ; ulimit -f 8; exec "$@"`, 'sh', process.execPath, ...program(body)];
    const { stdout } = spawnSync('/bin/sh', limited, { encoding: 'utf8' });
    expect(stdout).toMatch(/^\.+OUTPUT_UNWRITABLE 0$/);
    const appends = stdout.indexOf('O');
    expect(await openLog().entries()).toHaveLength(1 + 2 * appends);
    expect(readdirSync(folder).sort()).toEqual(['trials.jsonl', 'trials.jsonl.head']);
    await openLog().append(() => ['more']);
  });

  it('goes on past the lock and the half-written end that a killed writer left', async () => {
    const body = 'for (let n = 0; ; n += 1) { await log.append(() => [String(n)]); say("."); }';
    let written = 0;
    for (const stopAt of [1, 6]) {
      const child = spawn(process.execPath, program(body));
      let said = 0;
      await new Promise<void>((resolve) => {
        child.stdout.on('data', (chunk: Buffer) => {
          said += chunk.length;
          if (said >= stopAt) child.kill('SIGKILL');
        });
        child.on('close', () => resolve());
      });
      const entries = await openLog().entries();
      expect(entries.length - written).toBeGreaterThanOrEqual(said);
      written = entries.length;
    }
    await openLog().append((known) => [String(known.length)]);
    expect((await openLog().entries()).at(-1)).toBe(String(written));

    const inside = spawnSync(
      process.execPath,
      program(`await log.append(() => process.kill(process.pid, 'SIGKILL'));`),
    );
    expect(inside.signal).toBe('SIGKILL');
    expect(readdirSync(folder)).toContain('trials.jsonl.lock');
    expect(await openLog().append((known) => [String(known.length)])).toEqual([String(written + 1)]);
    expect(readdirSync(folder)).not.toContain('trials.jsonl.lock');
  });
});

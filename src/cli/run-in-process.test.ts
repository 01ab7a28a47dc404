import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const folder = mkdtempSync(join(tmpdir(), 'perpilot-process-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A command of its own module: `body` sees stdout, stderr, env, interrupt, and `temporary`, a file to be cleaned up. */
function start(body: string) {
  const temporary = join(folder, 'half-written');
  const program = `
    import { rmSync, writeFileSync } from 'node:fs';
    import { runInProcess } from ${JSON.stringify(new URL('./run-in-process.ts', import.meta.url).href)};
    const temporary = ${JSON.stringify(temporary)};
    await runInProcess(async ({ stdout, stderr, interrupt }) => { ${body} });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ended = new Promise<{ code: number | null; err: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, err }));
  });
  return { child, ended };
}

const endless = `
  writeFileSync(temporary, 'half');
  interrupt.onInterrupt(() => rmSync(temporary));
  const alive = setInterval(() => undefined, 1_000);
  stdout.write('ready');`;

describe('runInProcess', () => {
  it('lets a command end by itself after SIGINT, cleans up and leaves with 130', async () => {
    const { child, ended } = start(`${endless}
      await new Promise((resolve) => interrupt.signal.addEventListener('abort', resolve));
      clearInterval(alive);
      return 130;`);
    child.stdout.once('data', () => child.kill('SIGINT'));
    expect(await ended).toMatchObject({ code: 130, err: expect.stringContaining('SIGINT: stopping') });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves at once on the second signal when a command does not listen', async () => {
    const { child, ended } = start(`${endless} await new Promise(() => undefined);`);
    child.stdout.once('data', () => child.kill('SIGTERM'));
    child.stderr.once('data', () => child.kill('SIGINT'));
    expect((await ended).code).toBe(130);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes a closed reader for no failure', async () => {
    const { child, ended } = start(`
      const write = () => { stdout.write('line\\n'.repeat(10_000)); setImmediate(write); };
      write();
      await new Promise(() => undefined);`);
    child.stdout.once('data', () => child.stdout.destroy());
    expect(await ended).toEqual({ code: 0, err: '' });
  });

  it('calls an error that nobody caught a bug', async () => {
    const { ended } = start(
      `setImmediate(() => { throw new TypeError('lost'); }); await new Promise(() => undefined);`,
    );
    expect(await ended).toMatchObject({ code: 3, err: expect.stringMatching(/internal error[^]*TypeError: lost/) });
  });

  it('sets the exit code of the command', async () => {
    const { ended } = start('return 1;');
    expect(await ended).toEqual({ code: 1, err: '' });
  });
});

describe('main.ts', () => {
  it('is a program', async () => {
    writeFileSync(join(folder, 'x.yaml'), '');
    const child = spawn(process.execPath, [new URL('./main.ts', import.meta.url).pathname, 'config', 'shw']);
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const code = await new Promise((resolve) => child.on('close', resolve));
    expect(code).toBe(2);
    expect(err).toContain('Did you mean show?');
  });
});

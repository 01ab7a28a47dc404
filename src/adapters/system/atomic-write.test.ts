import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertWritableFolder, writeFileAtomically } from './atomic-write.ts';
import { createInterruptGuard } from './interrupt-guard.ts';
import { outputError } from './output-error.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perpilot-write-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const unwritable = (reason: RegExp) =>
  expect.objectContaining({ code: 'OUTPUT_UNWRITABLE', message: expect.stringMatching(reason) });

describe('writeFileAtomically', () => {
  it('writes texts and bytes, over an older file too, and leaves nothing else', async () => {
    const path = join(folder, 'result.json');
    await writeFileAtomically(path, 'older and longer');
    await writeFileAtomically(path, Uint8Array.of(0, 255, 10));
    expect([...readFileSync(path)]).toEqual([0, 255, 10]);
    await writeFileAtomically(path, 'µ');
    expect(readFileSync(path, 'utf8')).toBe('µ');
    expect(readdirSync(folder)).toEqual(['result.json']);
  });

  it('keeps what stands there when the writing fails, and removes its temporary file', async () => {
    const path = join(folder, 'taken');
    mkdirSync(join(path, 'inner'), { recursive: true });
    await expect(writeFileAtomically(path, 'text')).rejects.toEqual(unwritable(/a folder is in the way/));
    expect(readdirSync(folder)).toEqual(['taken']);
    await expect(writeFileAtomically(join(folder, 'no', 'file'), 'x')).rejects.toEqual(
      unwritable(/folder does not exist/),
    );
    const odd = Object.defineProperty(new Uint8Array(1), 'byteLength', { value: -1 });
    await expect(writeFileAtomically(join(folder, 'odd'), Object.create(odd))).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['taken']);
  });

  it('removes its temporary file on an interrupt in the middle', async () => {
    const guard = createInterruptGuard();
    const writing = writeFileAtomically(join(folder, 'file'), 'x'.repeat(1e6), guard);
    const outcome = expect(writing)
      .resolves.toBeUndefined()
      .catch(() => undefined);
    guard.interrupt();
    expect(guard.cleanUp()).toEqual([]);
    await outcome;
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('shows a reader whole files only, whenever the writer is killed', async () => {
    const path = join(folder, 'state');
    const program = `
      import { writeFileAtomically } from ${JSON.stringify(new URL('./atomic-write.ts', import.meta.url).href)};
      for (let round = 0; ; round += 1) {
        await writeFileAtomically(${JSON.stringify(path)}, String(round % 10).repeat(1e6));
        process.stdout.write('.');
      }`;
    for (const rounds of [1, 2, 3]) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program]);
      let written = 0;
      await new Promise<void>((resolve) => {
        child.stdout.on('data', (chunk: Buffer) => {
          written += chunk.length;
          if (written >= rounds) child.kill('SIGKILL');
        });
        child.on('close', () => resolve());
      });
      const text = readFileSync(path, 'utf8');
      expect(text).toHaveLength(1e6);
      expect(new Set(text).size).toBe(1);
    }
  });
});

describe('assertWritableFolder', () => {
  it('creates the folder and leaves nothing in it', async () => {
    const path = join(folder, 'a', 'b');
    await assertWritableFolder(path);
    await assertWritableFolder(path);
    expect(readdirSync(path)).toEqual([]);
  });

  it('says that a file is in the way', async () => {
    writeFileSync(join(folder, 'file'), '');
    await expect(assertWritableFolder(join(folder, 'file'))).rejects.toEqual(unwritable(/a file is in the way/));
    await expect(assertWritableFolder(join(folder, 'file', 'below'))).rejects.toEqual(
      unwritable(/a file is in the way/),
    );
    expect(existsSync(join(folder, 'file'))).toBe(true);
  });

  it('says that a name is too long', async () => {
    await expect(assertWritableFolder(join(folder, 'n'.repeat(300)))).rejects.toEqual(unwritable(/name is too long/));
  });
});

describe('outputError', () => {
  it.each([
    ['EACCES', /permission denied/],
    ['EROFS', /read-only/],
    ['ENOSPC', /no space is left/],
    ['EIO', /odd/],
  ])('gives the reason for %s', (code, reason) => {
    expect(outputError('out', Object.assign(new Error('odd'), { code }))).toEqual(unwritable(reason));
  });

  it('does not dress up a bug', () => {
    const bug = new TypeError('x is undefined');
    expect(outputError('out', bug)).toBe(bug);
  });
});

describe('a folder that the system never makes', () => {
  it.skipIf(process.platform !== 'linux')('is refused instead of tried for ever', async () => {
    await expect(assertWritableFolder('/proc/nothing/below')).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  });
});

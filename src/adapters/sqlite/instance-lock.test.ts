import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PerpilotError } from '../../domain/errors.ts';
import { lockInstance } from './instance-lock.ts';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perpilot-lock-'));
  file = join(folder, 'deep', 'lock.sqlite');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function problemOf(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof PerpilotError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'none';
}

describe('a lock', () => {
  it('is held by one at a time, and says by whom', () => {
    const first = lockInstance(file, 'this account');
    const second = problemOf(() => lockInstance(file, 'this account'));
    expect(second).toMatch(/^INSTANCE_RUNNING another perpilot works on this account: process \d+ on /);
    first.release();
    expect(problemOf(() => lockInstance(file, 'this account').release())).toBe('none');
  });

  it('goes with the process that held it, killed at once', async () => {
    const module = new URL('./instance-lock.ts', import.meta.url).href;
    const code = `const { lockInstance } = await import('${module}'); lockInstance('${file}', 'x'); console.log('held'); setInterval(() => 0, 1000);`;
    const holder = spawn(process.execPath, ['--input-type=module', '-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await once(holder.stdout, 'data');
    expect(problemOf(() => lockInstance(file, 'x'))).toContain(`process ${holder.pid} `);
    holder.kill('SIGKILL');
    await once(holder, 'exit');
    expect(problemOf(() => lockInstance(file, 'x').release())).toBe('none');
  });

  it('says when the folder cannot be written', () => {
    expect(problemOf(() => lockInstance(join(import.meta.filename, 'lock.sqlite'), 'x'))).toContain(
      'OUTPUT_UNWRITABLE',
    );
  });
});

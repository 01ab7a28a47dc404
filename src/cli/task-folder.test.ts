// Does a folder of finished tasks serve its own run and no other?
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createInterruptGuard } from '../adapters/system/interrupt-guard.ts';
import type { KeptRun } from '../research/task-key.ts';
import { openTaskFolder } from './task-folder.ts';

const KEY = '0'.repeat(64);
const RUN: KeptRun = { codeVersion: '1+abc', symbols: [{ symbol: 'A', dataHash: 'aa' }] };

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'perpilot-task-folder-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const open = (now: KeptRun = RUN): ReturnType<typeof openTaskFolder> =>
  openTaskFolder(join(root, 'kept', 'tasks'), now, createInterruptGuard());

describe('a folder of tasks', () => {
  it('is made, and gives a later run of the same code and data what was kept', async () => {
    await (await open()).write(KEY, 'text');
    expect(await (await open()).read(KEY)).toBe('text');
  });

  it('remembers nothing of a market but its name and the hash of its data', async () => {
    const market = { symbol: 'A', dataHash: 'aa', series: { openTime: new Float64Array(2) } };
    await open({ ...RUN, symbols: [market] });
    await (await open()).write(KEY, 'text');
    expect(JSON.parse(readFileSync(join(root, 'kept', 'tasks', 'run.json'), 'utf8')).symbols).toEqual(RUN.symbols);
  });

  it('refuses other code and other data, and learns of further symbols', async () => {
    await open();
    await expect(open({ ...RUN, codeVersion: '2' })).rejects.toMatchObject({ code: 'MANIFEST_MISMATCH' });
    const wider = { ...RUN, symbols: [{ symbol: 'B', dataHash: 'bb' }] };
    await open(wider);
    await open(RUN);
    const otherData = { ...RUN, symbols: [{ symbol: 'B', dataHash: 'changed' }] };
    await expect(open(otherData)).rejects.toThrow('B: the kept tasks were made from other data (bb, now changed)');
  });

  it('refuses a folder whose record is damaged, and leaves it as it is', async () => {
    await open();
    const path = join(root, 'kept', 'tasks', 'run.json');
    for (const text of ['', '{', '{}', readFileSync(path, 'utf8').replace('tasks-1', 'tasks-9')]) {
      writeFileSync(path, text);
      await expect(open()).rejects.toMatchObject({ code: 'MANIFEST_MISMATCH' });
      expect(readFileSync(path, 'utf8')).toBe(text);
    }
  });

  it('says when it cannot be made', async () => {
    writeFileSync(join(root, 'kept'), 'a file in the way');
    await expect(open()).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
  });
});

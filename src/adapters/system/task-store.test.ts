// Is a kept task given back only when every byte of it is as it was written?
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createTaskStore } from './task-store.ts';

const KEY = 'a'.repeat(64);
const OTHER = 'b'.repeat(64);
const TEXT = '{"kind":"train","n":[1,2.5],"s":"ä\\ud800"}';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'perpilot-tasks-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const fileOf = (key: string): string => join(root, 'kept', `${key}.json`);

describe('a store of tasks', () => {
  it('gives back what was written, also to another store, and nothing for other keys', async () => {
    const store = createTaskStore(join(root, 'kept'));
    expect(await store.read(KEY)).toBeUndefined();
    await store.write(KEY, TEXT);
    await store.write(OTHER, '');
    const later = createTaskStore(join(root, 'kept'));
    expect(await later.read(KEY)).toBe(TEXT);
    expect(await later.read(OTHER)).toBe('');
    expect(await later.read('c'.repeat(64))).toBeUndefined();
    await later.write(KEY, '1');
    expect(await store.read(KEY)).toBe('1');
  });

  it('writes JSON and leaves no temporary file', async () => {
    await createTaskStore(join(root, 'kept')).write(KEY, TEXT);
    expect(readdirSync(join(root, 'kept'))).toEqual([`${KEY}.json`]);
    expect(JSON.parse(readFileSync(fileOf(KEY), 'utf8'))).toMatchObject({ key: KEY, value: { kind: 'train' } });
  });

  it('believes no file of which a single byte was changed, removed or added', async () => {
    const store = createTaskStore(join(root, 'kept'));
    await store.write(KEY, TEXT);
    const whole = readFileSync(fileOf(KEY));
    for (let at = 0; at < whole.length; at += 1) {
      const changed = Uint8Array.from(whole);
      changed[at] ^= 1;
      for (const damaged of [
        changed,
        whole.subarray(0, at),
        Buffer.concat([whole.subarray(0, at), Buffer.from(' '), whole.subarray(at)]),
      ]) {
        writeFileSync(fileOf(KEY), damaged);
        expect(await store.read(KEY)).toBeUndefined();
      }
    }
    await store.write(KEY, TEXT);
    expect(await store.read(KEY)).toBe(TEXT);
  });

  it('believes no file that was given another name', async () => {
    const store = createTaskStore(join(root, 'kept'));
    await store.write(KEY, TEXT);
    renameSync(fileOf(KEY), fileOf(OTHER));
    expect(await store.read(OTHER)).toBeUndefined();
    const renamedInside = readFileSync(fileOf(OTHER), 'utf8').replace(KEY, OTHER);
    writeFileSync(fileOf(OTHER), renamedInside);
    expect(await store.read(OTHER)).toBeUndefined();
  });

  it('says when it cannot write, and lets no key be a path', async () => {
    writeFileSync(join(root, 'kept'), 'a file in the way');
    const store = createTaskStore(join(root, 'kept'));
    await expect(store.write(KEY, TEXT)).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE' });
    expect(await store.read(KEY)).toBeUndefined();
    await expect(store.read('../outside')).rejects.toMatchObject({ code: 'INVARIANT_BROKEN' });
  });
});

// Is exactly one champion loadable whatever happens on the way, and is every damage found by the name of its file?
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRandom } from '../../domain/random.ts';
import { challenged, promoted, rolledBack, slotOf, withdrawn } from '../../training/registry-changes.ts';
import type { ModelStore } from '../../ports/model-store.ts';
import { systemFiles, type FileOperations } from './file-operations.ts';
import { createModelFiles } from './model-files.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perpilot-models-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const open = (files?: FileOperations): ModelStore =>
  createModelFiles({ folder, keepBackups: 3, ...(files === undefined ? {} : { files }) });
const cause = (at: number) => ({ at, by: 'retrain', reasons: ['a test'] });
const promote = async (store: ModelStore, text: string, at = 1): Promise<string> => {
  const version = await store.add(text);
  await store.change((record) => promoted(record, [{ symbol: 'BTCUSDT', version }], cause(at)));
  return version;
};
const championOf = async (store: ModelStore): Promise<string | undefined> =>
  slotOf(await store.registry(), 'BTCUSDT').champion;
const failure = (code: string, words: string) =>
  expect.objectContaining({ code, message: expect.stringContaining(words) });

const die = (): never => {
  throw new Error('the program is dead');
};
const nothing = async (): Promise<void> => undefined;
const place = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

/** A file system of a program that dies in the middle of its step number `last`: nothing it does afterwards happens. */
function dyingAt(last: number): { readonly files: FileOperations; readonly steps: () => number } {
  let step = 0;
  const live = async <Value>(half: () => Promise<unknown>, whole: () => Promise<Value>): Promise<Value> => {
    step += 1;
    if (step > last) return die();
    if (step < last) return whole();
    await half();
    return die();
  };
  return {
    steps: () => step,
    files: {
      readText: (path) => live(nothing, () => systemFiles.readText(path)),
      markOf: (path) => live(nothing, () => systemFiles.markOf(path)),
      writeNew: (path, text) =>
        live(
          () => systemFiles.writeNew(path, text.slice(0, text.length / 2)),
          () => systemFiles.writeNew(path, text),
        ),
      rename: (from, to) => live(nothing, () => systemFiles.rename(from, to)),
      flushFolder: (path) => live(nothing, () => systemFiles.flushFolder(path)),
      makeFolder: (path) => live(nothing, () => systemFiles.makeFolder(path)),
      list: (path) => live(nothing, () => systemFiles.list(path)),
      remove: (path) => live(nothing, () => systemFiles.remove(path)),
    },
  };
}

describe('the store of models', () => {
  it('keeps a model under the hash of its text, and who trades', async () => {
    const store = open();
    expect(await store.registry()).toEqual({ revision: 0, slots: [], changes: [] });
    const first = await promote(store, 'first');
    expect(first).toBe('a7937b64b8caa58f03721bb6bacf5c78cb235febe0e70b1b84cd99541461a08e');
    const second = await promote(store, 'second', 2);
    const again = open();
    expect(await again.read(first)).toBe('first');
    expect(await again.versions()).toEqual([first, second].sort());
    expect(await again.registry()).toMatchObject({
      revision: 2,
      slots: [{ symbol: 'BTCUSDT', champion: second, predecessors: [first] }],
      changes: [
        { kind: 'promote', to: first, at: 1, revision: 1 },
        { kind: 'promote', from: first, to: second, at: 2, revision: 2 },
      ],
    });
    expect(await again.verify()).toEqual([]);
  });

  it('refuses to promote what is not there or damaged, and a model nobody kept', async () => {
    const store = open();
    const first = await promote(store, 'first');
    const other = 'f'.repeat(64);
    const change = (version: string) =>
      store.change((record) => promoted(record, [{ symbol: 'BTCUSDT', version }], cause(2)));
    await expect(change(other)).rejects.toEqual(failure('MODEL_MISSING', 'ffffffffffff'));
    const damaged = await store.add('damaged');
    writeFileSync(join(folder, 'versions', `${damaged}.json`), 'Damaged');
    await expect(change(damaged)).rejects.toEqual(failure('MODEL_CORRUPT', damaged));
    expect(await championOf(store)).toBe(first);
  });

  it('finds a flipped bit in any file, and names the file', async () => {
    const store = open();
    const first = await promote(store, 'first');
    await promote(store, 'second', 2);
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.length).toBeGreaterThanOrEqual(5);
    const random = createRandom('bits');
    for (const { parentPath, name } of files) {
      const path = join(parentPath, name);
      const whole = readFileSync(path);
      for (let round = 0; round < 12; round += 1) {
        const bytes = Uint8Array.from(whole);
        bytes[Math.floor(random.next() * bytes.length)] ^= 1 << Math.floor(random.next() * 8);
        writeFileSync(path, bytes);
        const faults = await open().verify();
        expect(
          faults.map(({ file }) => join(folder, file)),
          name,
        ).toContain(path);
      }
      writeFileSync(path, whole);
    }
    writeFileSync(join(folder, 'versions', `${first}.json`), 'firsT');
    await expect(open().read(first)).rejects.toEqual(failure('MODEL_CORRUPT', first));
  });

  it('lets a damaged champion go, and others be promoted beside it', async () => {
    const store = open();
    await promote(store, 'first');
    const second = await promote(store, 'second', 2);
    writeFileSync(join(folder, 'versions', `${second}.json`), 'x');
    const other = await store.add('for another symbol');
    await store.change((record) => promoted(record, [{ symbol: 'ETHUSDT', version: other }], cause(3)));
    await store.change((record) => rolledBack(record, 'BTCUSDT', cause(4)));
    expect(await store.read((await championOf(store)) ?? '')).toBe('first');
  });

  it('does not take a record that is gone for a store without models', async () => {
    const store = open();
    await promote(store, 'first');
    await promote(store, 'second', 2);
    rmSync(join(folder, 'registry.json'));
    await expect(store.registry()).rejects.toEqual(failure('MODEL_CORRUPT', 'registry.json'));
    await store.restore(1, { at: 3, by: 'person', reason: 'it was gone' });
    expect(await store.read((await championOf(store)) ?? '')).toBe('first');
  });

  it('brings back a backup with models that were lost or damaged since', async () => {
    const store = open();
    const first = await promote(store, 'first');
    const second = await promote(store, 'second', 2);
    await store.change((record) => withdrawn(record, 'BTCUSDT', cause(3)));
    expect((await store.backups()).map(({ revision, champions }) => [revision, champions])).toEqual([
      [2, 1],
      [1, 1],
    ]);
    rmSync(join(folder, 'versions', `${first}.json`));
    writeFileSync(join(folder, 'versions', `${second}.json`), '');
    const record = await store.restore(2, { at: 9, by: 'person', reason: 'disk' });
    expect(record.revision).toBe(4);
    expect(record.changes.at(-1)).toMatchObject({ kind: 'restore', from: undefined, to: second, reasons: ['disk'] });
    expect(await store.read(second)).toBe('second');
    // What had no copy and is gone can not be gone back to.
    expect(slotOf(record, 'BTCUSDT').predecessors).toEqual([]);
    await expect(store.restore(77, { at: 9, by: 'person', reason: '' })).rejects.toEqual(
      failure('MODEL_MISSING', '77'),
    );
  });

  it('mends a damaged champion without changing who trades', async () => {
    const store = open();
    await promote(store, 'first');
    const second = await promote(store, 'second', 2);
    writeFileSync(join(folder, 'versions', `${second}.json`), 'second?');
    const before = await store.registry();
    expect(await store.restore(undefined, { at: 9, by: 'person', reason: 'disk' })).toEqual(before);
    expect(await store.read(second)).toBe('second');
    // A record that is damaged itself comes back from the newest backup.
    writeFileSync(join(folder, 'registry.json'), '{}');
    expect(await store.restore(undefined, { at: 9, by: 'person', reason: 'disk' })).toMatchObject({ revision: 2 });
    expect(await store.read((await championOf(store)) ?? '')).toBe('first');
  });

  it('keeps so many backups and no copy that none of them needs', async () => {
    const store = open();
    for (let round = 0; round < 8; round += 1) await promote(store, `model ${round}`, round);
    expect((await store.backups()).map(({ revision }) => revision)).toEqual([7, 6, 5]);
    expect(readdirSync(join(folder, 'backups', 'versions'))).toHaveLength(4);
    await store.remove(await store.versions());
    expect(await store.versions()).toHaveLength(2);
    expect(await store.verify()).toEqual([]);
  });

  it('lets one retrain at a time', async () => {
    const store = open();
    const { promise, resolve } = Promise.withResolvers<void>();
    const long = store.whileRetraining(() => promise);
    const second = async (): Promise<string> => {
      for (;;) {
        if (readdirSync(folder).includes('retraining')) return open().whileRetraining(async () => 'both');
        await new Promise((next) => setImmediate(next));
      }
    };
    await expect(second()).rejects.toEqual(failure('RETRAINING_UNDER_WAY', 'process'));
    resolve();
    await long;
    expect(await open().whileRetraining(async () => 'alone')).toBe('alone');
    await expect(open().whileRetraining(() => Promise.reject(new Error('own')))).rejects.toThrow('own');
  });
});

describe('a program that dies while it promotes', () => {
  it('leaves one loadable champion, the old or the new one, at every step', async () => {
    const first = await promote(open(), 'first');
    await promote(open(), 'second', 2);
    await open().change((record) => rolledBack(record, 'BTCUSDT', cause(3)));
    const outcomes = new Set<string>();
    let died = 0;
    for (let last = 1; ; last += 1) {
      const { files, steps } = dyingAt(last);
      const text = `candidate ${last}`;
      const before = await championOf(open());
      const ended = await promote(open(files), text, 10 + last).then(
        () => true,
        () => false,
      );
      const store = open();
      const champion = (await championOf(store)) ?? 'none';
      const loaded = await store.read(champion);
      expect([text, await store.read(before ?? '')], `step ${last}`).toContain(loaded);
      expect((await store.registry()).slots).toHaveLength(1);
      expect(await store.verify(), `step ${last}`).toEqual([]);
      outcomes.add(loaded === text ? 'new' : 'old');
      // The next life does what this one did not.
      await promote(store, `${text} again`, 20 + last);
      if (ended) {
        expect(steps()).toBeLessThan(last);
        break;
      }
      died += 1;
    }
    expect(died).toBeGreaterThan(15);
    expect(outcomes).toEqual(new Set(['old', 'new']));
    expect(await open().read(first)).toBe('first');
  });

  it('leaves one loadable champion when the disk is full at any step', async () => {
    const first = await promote(open(), 'first');
    const full = Object.assign(new Error('full'), { code: 'ENOSPC' });
    for (let last = 1; last < 6; last += 1) {
      let writes = 0;
      const files: FileOperations = {
        ...systemFiles,
        writeNew: (path, text) => {
          writes += 1;
          return writes >= last ? Promise.reject(full) : systemFiles.writeNew(path, text);
        },
      };
      const outcome = await promote(open(files), `candidate ${last}`, last).catch((error: unknown) => error);
      if (typeof outcome === 'string') return;
      expect(outcome).toEqual(failure('OUTPUT_UNWRITABLE', 'no space is left'));
      expect(await championOf(open())).toBe(first);
      expect(await open().verify()).toEqual([]);
    }
    throw new Error('it never had room enough');
  });

  it('leaves one loadable champion when the system kills it', async () => {
    const program = `
      import { createModelFiles } from ${place('./model-files.ts')};
      import { promoted } from ${place('../../training/registry-changes.ts')};
      const store = createModelFiles({ folder: ${JSON.stringify(folder)}, keepBackups: 3 });
      for (let round = 0; ; round += 1) {
        const version = await store.add('x'.repeat(20_000) + process.pid + '/' + round);
        await store.change((record) => promoted(record, [{ symbol: 'BTCUSDT', version }], { at: round, by: 'test', reasons: [] }));
        process.stdout.write('.');
      }`;
    const random = createRandom('kills');
    for (let life = 0; life < 6; life += 1) {
      const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      let rounds = 0;
      const most = 1 + Math.floor(random.next() * 4);
      for await (const chunk of child.stdout) {
        rounds += String(chunk).length;
        if (rounds >= most) break;
      }
      child.kill('SIGKILL');
      const store = open();
      const champion = await championOf(store);
      expect(await store.read(champion ?? '')).toMatch(/^x+\d+\/\d+$/);
      expect((await store.verify()).filter(({ file }) => !file.startsWith('.'))).toEqual([]);
    }
  }, 60_000);

  it('keeps a challenger apart from the champion', async () => {
    const store = open();
    const first = await promote(store, 'first');
    const second = await store.add('second');
    await store.change((record) => challenged(record, [{ symbol: 'BTCUSDT', version: second }], cause(5)));
    expect(slotOf(await open().registry(), 'BTCUSDT')).toMatchObject({
      champion: first,
      challenger: second,
      challengerSince: 5,
    });
  });
});

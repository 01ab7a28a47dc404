import { existsSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { removeDeadWaiters, withFileLock } from './file-lock.ts';

let folder = '';
let lock = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'perpilot-lock-'));
  lock = join(folder, 'log.lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

const holder = (changes: object) =>
  JSON.stringify({ token: 'other', host: hostname(), pid: process.pid, started: undefined, ...changes });
const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid;

describe('withFileLock', () => {
  it('lets one in at a time and cleans up, also after a failure', async () => {
    let inside = 0;
    const enter = async (fails: boolean) =>
      withFileLock(lock, async () => {
        inside += 1;
        expect(inside).toBe(1);
        expect(readdirSync(folder)).toContain('log.lock');
        await Promise.resolve();
        inside -= 1;
        if (fails) throw new Error('inside');
      });
    const results = await Promise.allSettled([enter(false), enter(true), enter(false)]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes the lock of a dead process away, though many see it at once and one died doing so', async () => {
    writeFileSync(lock, holder({ pid: deadPid() }));
    writeFileSync(`${lock}.x`, holder({ pid: deadPid() }));
    const order: number[] = [];
    await Promise.all(
      [0, 1, 2, 3].map((index) =>
        withFileLock(lock, async () => {
          order.push(index);
          expect(existsSync(lock)).toBe(true);
        }),
      ),
    );
    expect(order.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3]);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('leaves what those wait with who live, and takes away what the dead have left', async () => {
    writeFileSync(`${lock}.0badcafe`, holder({ pid: deadPid() }));
    writeFileSync(`${lock}.1badcafe`, '');
    writeFileSync(`${lock}.2badcafe`, holder({}));
    writeFileSync(join(folder, 'other'), '');
    await removeDeadWaiters(lock);
    expect(readdirSync(folder).toSorted()).toEqual(['log.lock.2badcafe', 'other']);
  });

  it.skipIf(!existsSync('/proc/self/stat'))(
    'is not fooled by a process that got the number of a dead one',
    async () => {
      writeFileSync(lock, holder({ started: '1' }));
      await expect(withFileLock(lock, async () => 'in')).resolves.toBe('in');
    },
  );

  it.each([
    ['a living process', {}],
    ['a process of another machine', { host: 'elsewhere', pid: deadPid() }],
  ])('leaves the lock of %s alone', async (_who, changes) => {
    writeFileSync(lock, holder(changes));
    const entering = withFileLock(lock, async () => 'in', 20);
    await expect(entering).rejects.toMatchObject({ code: 'OUTPUT_UNWRITABLE', message: /writing for too long/ });
    expect(readFileSync(lock, 'utf8')).toBe(holder(changes));
    expect(readdirSync(folder)).toEqual(['log.lock']);
  });

  it('does not take away what somebody else locked meanwhile', async () => {
    writeFileSync(lock, holder({ token: 'dead', pid: deadPid() }));
    writeFileSync(`${lock}.x`, holder({}));
    const entering = withFileLock(lock, async () => 'in', 100);
    const outcome = expect(entering).rejects.toMatchObject({ message: /writing for too long/ });
    while (!readdirSync(folder).some((name) => name.startsWith('log.lock.x.'))) await new Promise(setImmediate);
    writeFileSync(`${lock}.new`, holder({ token: 'meanwhile' }));
    renameSync(`${lock}.new`, lock);
    rmSync(`${lock}.x`);
    await outcome;
    expect(readFileSync(lock, 'utf8')).toContain('meanwhile');
  });

  it('does not take any file for a lock', async () => {
    writeFileSync(lock, '{}');
    await expect(withFileLock(lock, async () => 'in')).rejects.toMatchObject({ message: /is not a lock/ });
  });
});

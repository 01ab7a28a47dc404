// O9: does the bot back itself up when it is due, keep so many, say when it cannot, and end without a half-written one?
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { backupsIn } from '../../../src/adapters/backup/backup-folder.ts';
import { openJournal } from '../../../src/adapters/sqlite/journal.ts';
import { startBackupSchedule } from '../../../src/cli/backup-schedule.ts';
import { loadConfig } from '../../../src/config/load-config.ts';

const HOUR = 3_600_000;
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

async function place(overrides: readonly string[] = []) {
  const home = mkdtempSync(join(tmpdir(), 'schedule-'));
  folders.push(home);
  const folder = join(home, 'bot');
  mkdirSync(folder);
  (await openJournal({ file: join(folder, 'journal.sqlite'), now: () => 0 })).close();
  const time = { now: Date.now(), waiting: [] as { readonly at: number; readonly act: () => void }[] };
  const heard = { done: [] as string[], failed: [] as string[] };
  let wake: (() => void) | undefined;
  const begin = () =>
    startBackupSchedule({
      settings: loadConfig({ overrides }).config.operations.backup,
      folder,
      configFile: undefined,
      clock: {
        now: () => time.now,
        after: (ms, act) => {
          const timer = { at: time.now + ms, act };
          time.waiting.push(timer);
          return () => void time.waiting.splice(time.waiting.indexOf(timer), 1);
        },
      },
      onDone: (says) => {
        heard.done.push(says);
        wake?.();
      },
      onFailed: (says) => {
        heard.failed.push(says);
        wake?.();
      },
    });
  /** Lets time pass, minute by minute; whoever waits is woken in order. */
  const pass = (ms: number): void => {
    const until = time.now + ms;
    for (;;) {
      const next = time.waiting.toSorted((a, b) => a.at - b.at)[0];
      if (next === undefined || next.at > until) break;
      time.waiting.splice(time.waiting.indexOf(next), 1);
      time.now = next.at;
      next.act();
    }
    time.now = until;
  };
  const said = (): Promise<void> => new Promise((resolve) => (wake = resolve));
  return { folder, backups: `${folder}-backups`, begin, pass, said, heard, time };
}

describe('the backups of a bot', () => {
  it('begin ten minutes after the first start, and come again when the newest is old', async () => {
    const { backups, begin, pass, said, heard } = await place();
    const end = begin();
    pass(9 * 60_000);
    expect(backupsIn(backups)).toEqual([]);
    const first = said();
    pass(2 * 60_000);
    await first;
    expect(heard).toMatchObject({ done: [expect.stringContaining('files')], failed: [] });
    expect(backupsIn(backups)).toHaveLength(1);
    pass(23 * HOUR);
    expect(heard.done).toHaveLength(1);
    // A name of its own second: the time of this test goes faster than that of the machine.
    renameSync(join(backups, backupsIn(backups)[0]), join(backups, 'backup_20200101T000000Z'));
    const second = said();
    pass(2 * HOUR);
    await second;
    end();
    expect(heard.done).toHaveLength(2);
    expect(heard.failed).toEqual([]);
  });

  it('are made where operations.backup.folder says, and no more are kept than operations.backup.keep', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'elsewhere-'));
    folders.push(elsewhere);
    const settings = [
      `operations.backup.folder=${elsewhere}`,
      'operations.backup.keep=1',
      'operations.backup.every_hours=1',
    ];
    const { begin, pass, said, heard } = await place(settings);
    mkdirSync(join(elsewhere, 'backup_20200101T000000Z'));
    const made = said();
    const end = begin();
    await made;
    pass(0);
    end();
    expect(heard.failed).toEqual([]);
    expect(backupsIn(elsewhere)).toHaveLength(1);
    expect(backupsIn(elsewhere)[0]).not.toContain('2020');
  });

  it('are none where operations.backup.every_hours is null', async () => {
    const { begin, pass, backups, time } = await place(['operations.backup.every_hours=null']);
    begin()();
    pass(100 * HOUR);
    expect(time.waiting).toEqual([]);
    expect(backupsIn(backups)).toEqual([]);
  });

  it('that cannot be made are told of in words, and tried again an hour later', async () => {
    const { backups, begin, pass, said, heard } = await place();
    writeFileSync(backups, 'a file where the folder should be');
    const end = begin();
    const failed = said();
    pass(11 * 60_000);
    await failed;
    expect(heard.failed[0]).toMatch(/ENOTDIR|EEXIST|cannot/);
    rmSync(backups);
    const made = said();
    pass(HOUR);
    await made;
    end();
    expect(heard.done).toHaveLength(1);
    expect(readdirSync(backups).every((name) => name.startsWith('backup_'))).toBe(true);
  });
});

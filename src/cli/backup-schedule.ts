// When does the bot back itself up? Every so often while it runs, by a process of its own, so that its loop never waits for a disk.
import { execFile } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { backupsIn, backupTime } from '../adapters/backup/backup-folder.ts';
import type { Config } from '../config/schema.ts';
import { HOUR_MS, MINUTE_MS } from '../domain/time.ts';
import type { Clock } from '../ports/clock.ts';
import { backupFolderOf } from './backup-folder-of.ts';
import { MAIN } from './this-program.ts';

export interface BackupScheduleSetup {
  readonly settings: Config['operations']['backup'];
  /** Folder of the bot. */
  readonly folder: string;
  /** Settings that go with it; undefined: none were named. */
  readonly configFile: string | undefined;
  readonly clock: Clock;
  readonly onDone: (says: string) => void;
  readonly onFailed: (says: string) => void;
}

/** A bot that has no backup yet makes its first one so long after its start. */
const FIRST_AFTER_MS = 10 * MINUTE_MS;
const LOOK_MS = MINUTE_MS;
const LONGEST_MS = 10 * MINUTE_MS;

/** Returns what ends it; a backup that is being made is ended as well, and leaves nothing half-written. */
export function startBackupSchedule(setup: BackupScheduleSetup): () => void {
  const { settings, folder, clock, onDone, onFailed } = setup;
  const { everyHours } = settings;
  if (everyHours === null) return () => undefined;
  const place = settings.folder ?? backupFolderOf(folder);
  const startedAt = clock.now();
  let child: ChildProcess | undefined;
  let triedAt = -Infinity;
  let stopWaiting: (() => void) | undefined;
  const look = (): void => {
    const now = clock.now();
    const due = dueAt(place, startedAt, everyHours * HOUR_MS);
    // What failed is tried again after an hour, or after the whole span where that is shorter.
    const again = triedAt + Math.min(HOUR_MS, everyHours * HOUR_MS);
    if (child === undefined && now >= due && now >= again) {
      triedAt = now;
      const words = wordsFor(setup, place);
      child = execFile(process.execPath, [MAIN, ...words], { timeout: LONGEST_MS }, (error, stdout, stderr) => {
        child = undefined;
        if (error === null) onDone(stdout.trim());
        else if (!ended) onFailed(stderr.trim() === '' ? error.message : stderr.trim());
      });
    }
    stopWaiting = clock.after(LOOK_MS, look);
  };
  let ended = false;
  look();
  return () => {
    ended = true;
    stopWaiting?.();
    child?.kill('SIGTERM');
  };
}

function dueAt(place: string, startedAt: number, everyMs: number): number {
  const newest = backupsIn(place)[0];
  return newest === undefined ? startedAt + Math.min(FIRST_AFTER_MS, everyMs) : backupTime(newest) + everyMs;
}

function wordsFor({ settings, folder, configFile }: BackupScheduleSetup, place: string): readonly string[] {
  const config = configFile === undefined ? [] : ['--config', configFile];
  return ['backup', 'create', folder, '--out', place, '--keep', String(settings.keep), ...config];
}

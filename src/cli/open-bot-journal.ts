// How does a bot open its journal, and what does it say when it cannot? Which backup is the newest whole one, and what brings it back.
import { join } from 'node:path';
import { backupsIn, backupTime, verifyBackup } from '../adapters/backup/backup-folder.ts';
import { copiedAt, newestSoundBackup } from '../adapters/sqlite/journal-backups.ts';
import { openJournal } from '../adapters/sqlite/journal.ts';
import { PerpilotError } from '../domain/errors.ts';
import { isoTime } from '../domain/iso-time.ts';
import type { Journal } from '../ports/journal.ts';
import { backupFolderOf } from './backup-folder-of.ts';

/** @throws PerpilotError as `openJournal`; for a damaged or newer journal with the commands that bring the newest whole backup back */
export async function openBotJournal(folder: string, now: () => number): Promise<Journal> {
  const file = join(folder, 'journal.sqlite');
  try {
    return await openJournal({ file, now });
  } catch (error) {
    if (!(error instanceof PerpilotError)) throw error;
    if (error.code !== 'JOURNAL_CORRUPT' && error.code !== 'JOURNAL_NEWER') throw error;
    const upgrade = error.code === 'JOURNAL_NEWER' ? 'install the newer perpilot again; or, to go back: ' : '';
    const [{ message }] = error.problems;
    throw new PerpilotError(error.code, [{ message, where: file, hint: `${upgrade}${await wayBack(folder, file)}` }]);
  }
}

async function wayBack(folder: string, file: string): Promise<string> {
  const found = [await newestWhole(backupFolderOf(folder)), newestBeside(file)].filter((each) => each !== undefined);
  const [newest] = found.toSorted((a, b) => b.at - a.at);
  const untouched = 'nothing was sent to the venue, and stops that rest there stay';
  if (newest === undefined) {
    return `there is no whole backup; ${untouched}. Look at the account, close it where you want (perpilot flatten --yes), move the folder away and begin anew`;
  }
  const to = `${folder}-restored`;
  return (
    `the newest whole backup is ${newest.place} of ${isoTime(newest.at)} UTC. perpilot backup restore ${newest.place} ${to}, ` +
    `then perpilot bot --state ${to} as before, with --take-over if it meets orders that the backup does not know yet. Until then ${untouched}`
  );
}

interface Found {
  readonly place: string;
  /** When it was made, UTC epoch milliseconds. */
  readonly at: number;
}

async function newestWhole(folder: string): Promise<Found | undefined> {
  for (const name of backupsIn(folder)) {
    const place = join(folder, name);
    try {
      await verifyBackup(place);
      (await openJournal({ file: join(place, 'journal.sqlite'), now: () => 0, readOnly: true })).close();
      return { place, at: backupTime(name) };
    } catch (error) {
      // The next older one is looked at.
      if (!(error instanceof PerpilotError)) throw error;
    }
  }
  return undefined;
}

function newestBeside(file: string): Found | undefined {
  const place = newestSoundBackup(file);
  return place === undefined ? undefined : { place, at: copiedAt(place) };
}

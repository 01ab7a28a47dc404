// How does a bot outlive its disk? `perpilot backup`: journal, models, settings and switches, copied while it runs, without keys.
import { statSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InvalidArgumentError, type Command } from 'commander';
import {
  backupsIn,
  createBackup,
  pruneBackups,
  restoreBackup,
  restoreJournal,
  verifyBackup,
} from '../../adapters/backup/backup-folder.ts';
import { createRedactor, secretsOf } from '../../adapters/logging/redact.ts';
import { openJournal } from '../../adapters/sqlite/journal.ts';
import { codeVersion } from '../../adapters/system/code-version.ts';
import { PerpilotError } from '../../domain/errors.ts';
import { isoTime } from '../../domain/iso-time.ts';
import { examples } from '../arguments.ts';
import { backupFolderOf } from '../backup-folder-of.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit-codes.ts';
import { assertBotFolder } from '../status-file.ts';

interface CreateOptions {
  readonly out?: string;
  readonly config?: string;
  readonly keep?: number;
  readonly json: boolean;
}

export function registerBackup(program: Command, context: CliContext): void {
  const backup = program.command('backup').description('copy a bot, look whether a copy is whole, bring it back');
  backup
    .command('create')
    .description('copy journal, models, settings and switches while the bot runs; keys are never in it')
    .argument('<dir>', 'folder of the bot: where its journal lies')
    .option('-o, --out <dir>', 'folder of the backups (default: that of the bot with -backups behind)')
    .option('-c, --config <file>', 'settings that the bot runs with, to go with it')
    .option('--keep <number>', 'remove all but so many of the newest afterwards', countOf)
    .option('--json', 'one JSON object', false)
    .addHelpText('after', examples('backup create state/paper-bot --config my.yaml --keep 14'))
    .action((bot: string, options: CreateOptions) => create(bot, options, context));
  backup
    .command('list')
    .description('list the backups in a folder, newest first, and whether each is whole; exit code 1: one is not')
    .argument('<dir>', 'folder of the backups')
    .option('--json', 'one JSON object', false)
    .action((folder: string, { json }: { readonly json: boolean }) => list(folder, json, context));
  backup
    .command('verify')
    .description('look at every file of a backup, and at every row of its journal')
    .argument('<backup>', 'folder of one backup')
    .action(async (folder: string) => {
      context.out(`${folder} is whole: ${await verified(folder)}`);
      context.finish(EXIT.OK);
    });
  backup
    .command('restore')
    .description('bring a backup back into a folder without a bot, after looking whether it is whole')
    .argument('<backup>', 'folder of one backup, or a copy of a journal such as an upgrade leaves in backups')
    .argument('<dir>', 'new folder of the bot')
    .addHelpText('after', examples('backup restore state/paper-bot-backups/backup_20260301T000000Z state/restored'))
    .action((from: string, bot: string) => restore(from, bot, context));
  backup
    .command('prune')
    .description('remove all but the newest backups')
    .argument('<dir>', 'folder of the backups')
    .option('--keep <number>', 'so many stay', countOf, 14)
    .action(async (folder: string, { keep }: { readonly keep: number }) => {
      const gone = await pruneBackups(folder, keep);
      context.out(gone.length === 0 ? 'nothing to remove' : `removed: ${gone.join(', ')}`);
      context.finish(EXIT.OK);
    });
}

async function create(bot: string, options: CreateOptions, context: CliContext): Promise<void> {
  assertBotFolder(bot);
  const to = options.out ?? backupFolderOf(bot);
  const folder = await createBackup({
    from: bot,
    to,
    at: Date.now(),
    program: codeVersion(),
    settings: options.config === undefined ? undefined : await settingsIn(options.config),
    redact: createRedactor(secretsOf(context.env)),
  });
  const facts = await verified(folder);
  const removed = options.keep === undefined ? [] : await pruneBackups(to, options.keep);
  if (options.json) context.out(JSON.stringify({ folder, facts, removed }));
  else context.out(`${folder}: ${facts}${removed.length === 0 ? '' : `; removed ${removed.length} older`}`);
  context.finish(EXIT.OK);
}

async function restore(from: string, bot: string, context: CliContext): Promise<void> {
  const isJournal = statSync(from, { throwIfNoEntry: false })?.isFile() === true;
  const facts = isJournal ? `journal up to row ${await lastRowOf(from)}` : await verified(from);
  if (isJournal) await restoreJournal(from, join(dirname(dirname(from)), 'models'), bot);
  else await restoreBackup(from, bot);
  context.out(`restored into ${bot}: ${facts}`);
  context.out(`perpilot bot --state ${bot} goes on from there; what happened since is asked of the venue`);
  context.finish(EXIT.OK);
}

async function settingsIn(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => undefined);
  if (text !== undefined) return text;
  throw new PerpilotError('CONFIG_MISSING', [{ message: 'it cannot be read', where: file }]);
}

/** What is in it. @throws PerpilotError BACKUP_CORRUPT, JOURNAL_CORRUPT */
async function verified(folder: string): Promise<string> {
  const { files, createdAt, program } = await verifyBackup(folder);
  const last = await lastRowOf(join(folder, 'journal.sqlite'));
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  return `${files.length} files, ${(bytes / 1_048_576).toFixed(1)} MB, journal up to row ${last}, made ${isoTime(Math.floor(createdAt / 1_000) * 1_000)} UTC by perpilot ${program}`;
}

/** After a look at every row. @throws PerpilotError JOURNAL_CORRUPT, JOURNAL_NEWER */
async function lastRowOf(file: string): Promise<number> {
  const journal = await openJournal({ file, now: () => Date.now(), readOnly: true });
  const last = [...journal.read({ last: 1 })][0]?.sequence ?? 0;
  journal.close();
  return last;
}

async function list(folder: string, json: boolean, context: CliContext): Promise<void> {
  const rows: { readonly name: string; readonly whole: boolean; readonly says: string }[] = [];
  for (const name of backupsIn(folder)) {
    const row = await verified(join(folder, name)).then(
      (says) => ({ name, whole: true, says }),
      (error: unknown) => ({ name, whole: false, says: error instanceof Error ? error.message : String(error) }),
    );
    rows.push(row);
  }
  if (json) context.out(JSON.stringify({ backups: rows }));
  else for (const { name, whole, says } of rows) context.out(`${name}  ${whole ? 'whole' : 'DAMAGED'}  ${says}`);
  if (rows.length === 0 && !json) context.out(`no backups in ${folder}`);
  context.finish(rows.every(({ whole }) => whole) ? EXIT.OK : EXIT.NEGATIVE);
}

function countOf(text: string): number {
  const count = Number(text);
  if (!Number.isInteger(count) || count < 1) throw new InvalidArgumentError('Write a whole number from 1 on.');
  return count;
}

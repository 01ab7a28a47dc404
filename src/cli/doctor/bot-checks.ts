// How is the bot in a folder, whether it runs or not? Lock, status, switches, watchdog, journal, models and backups.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { backupsIn, backupTime } from '../../adapters/backup/backup-folder.ts';
import { lockHolder } from '../../adapters/sqlite/instance-lock.ts';
import { openJournal } from '../../adapters/sqlite/journal.ts';
import { createLatchFiles } from '../../adapters/system/latch-files.ts';
import type { Config } from '../../config/schema.ts';
import { isoTime } from '../../domain/iso-time.ts';
import { DAY_MS } from '../../domain/time.ts';
import { healthRulesOf } from '../../live/status/operations-config.ts';
import type { StatusView } from '../../live/status/read-status.ts';
import type { SymbolStatus } from '../../live/status/status-document.ts';
import { LATCH_NAMES } from '../../ports/latch-store.ts';
import type { Strategy } from '../../strategy/strategy.ts';
import { backupFolderOf } from '../backup-folder-of.ts';
import { modelInFile } from '../kept-models.ts';
import { readStatus } from '../status-file.ts';
import { checksOf, failuresOf, type Check } from './check.ts';

const maker = checksOf('bot');
const { ok, warning, failed, unknown } = maker;

export interface BotQuestion {
  readonly folder: string;
  readonly mode: string;
  readonly config: Config;
  readonly strategy: Strategy;
  /** UTC epoch milliseconds. */
  readonly now: number;
}

/** Reads only: the bot does not notice. */
export async function botChecks(question: BotQuestion): Promise<readonly Check[]> {
  const { folder, config, now } = question;
  if (statSync(folder, { throwIfNoEntry: false }) === undefined)
    return [ok('bot', `no bot has worked in ${folder} yet`)];
  const holder = lockHolder(join(folder, 'lock.sqlite'));
  const view = readStatus(folder, healthRulesOf(config.operations), now);
  return [
    ...runningChecks(view, holder),
    ...switchChecks(folder),
    ...(holder === undefined ? [] : watchdogChecks(question)),
    ...(await journalChecks(folder)),
    ...(view.kind === 'status' ? modelChecks(question, view.document.symbols) : []),
    ...backupChecks(question),
  ];
}

function runningChecks(view: StatusView, holder: string | undefined): readonly Check[] {
  if (holder === undefined) return [ok('bot', 'no bot runs here now')];
  const runs = ok('bot', `a bot runs: ${holder}`);
  const log = 'perpilot status and perpilot logs --level warn say more';
  if (view.kind !== 'status') {
    return [runs, failed(view.finding.code, view.finding.message, 'wait half a minute; then mend the rights of logs/')];
  }
  const { issues, warnings } = view.document;
  return [
    runs,
    ...issues.map(({ code, message }) => failed(code, message, log)),
    ...warnings.map(({ code, message }) => warning(code, message, log)),
    ...(issues.some(({ code }) => code === 'candle-stale' || code === 'close-late')
      ? []
      : [ok('data', 'every close was decided, with fresh candles')]),
    ...deliveryChecks(view.document.lastAlert),
  ];
}

function deliveryChecks(last: { readonly channel: string | null; readonly time: number } | null): readonly Check[] {
  if (last === null) return [ok('last-alert', 'no alert was sent in this life of the bot')];
  const at = isoTime(Math.floor(last.time / 1_000) * 1_000);
  if (last.channel !== null) return [ok('last-alert', `the last alert was taken by ${last.channel} at ${at} UTC`)];
  return [failed('last-alert', `no channel took the alert of ${at} UTC`, 'perpilot alerts test says why')];
}

function switchChecks(folder: string): readonly Check[] {
  const latches = createLatchFiles(folder);
  const found = LATCH_NAMES.flatMap((name) => {
    const latch = latches.read(name);
    if (latch === undefined) return [];
    const says = `${name} is set by ${latch.by}: ${latch.reason}`;
    if (name === 'kill')
      return [failed('switches', says, `look at the account, then perpilot resume ${folder} --confirm`)];
    return [warning('switches', says, `perpilot resume ${folder}`)];
  });
  return found.length > 0 ? found : [ok('switches', 'neither kill nor pause is set')];
}

function watchdogChecks({ folder, mode, config }: BotQuestion): readonly Check[] {
  if (mode === 'paper') return [ok('watchdog', 'a paper account needs none')];
  const watching = lockHolder(join(folder, 'watchdog.sqlite'));
  if (watching !== undefined) return [ok('watchdog', `it watches: ${watching}`)];
  const says = 'no watchdog watches this bot';
  const mend = config.live.watchdog.enabled
    ? 'look into watchdog.log; the bot starts it again'
    : 'perpilot watchdog, or live.watchdog.enabled';
  return [warning('watchdog', says, mend)];
}

/** Every hash of it is looked at. */
async function journalChecks(folder: string): Promise<readonly Check[]> {
  const file = join(folder, 'journal.sqlite');
  if (statSync(file, { throwIfNoEntry: false }) === undefined) return [ok('journal', 'there is no journal yet')];
  try {
    const journal = await openJournal({ file, now: () => Date.now(), readOnly: true });
    const last = [...journal.read({ last: 1 })][0];
    journal.close();
    const rows =
      last === undefined ? 'empty' : `${last.sequence} rows, the last of ${shortTime(last.receivedTime)} UTC`;
    return [ok('journal', `whole: ${rows}`)];
  } catch (error) {
    return failuresOf(error, 'journal', maker, 'perpilot backup restore brings a whole one back');
  }
}

const shortTime = (time: number): string => isoTime(Math.floor(time / 1_000) * 1_000);

function modelChecks({ folder, strategy }: BotQuestion, symbols: readonly SymbolStatus[]): readonly Check[] {
  const mend = 'put it back: perpilot backup restore, or perpilot models restore';
  const found = symbols.flatMap(({ symbol, modelId }): readonly Check[] => {
    if (modelId === null) return [warning('models', `${symbol} has no model, so nothing is opened there`, 'train one')];
    try {
      if (modelInFile(join(folder, 'models', `${modelId}.json`), strategy) !== undefined) return [];
      return [failed('models', `${symbol}: model ${modelId} is not in ${folder}/models`, mend)];
    } catch (error) {
      return failuresOf(error, 'models', maker, mend);
    }
  });
  return found.length > 0 ? found : [ok('models', `${symbols.length} symbols have a model that can be read`)];
}

function backupChecks({ folder, now }: BotQuestion): readonly Check[] {
  const place = backupFolderOf(folder);
  const mend = `perpilot backup create ${folder}`;
  const newest = backupsIn(place)[0];
  if (newest === undefined) return [warning('backups', `there is no backup in ${place}`, mend)];
  const days = (now - backupTime(newest)) / DAY_MS;
  const says = `the newest backup is ${days.toFixed(1)} days old`;
  if (!Number.isFinite(days)) return [unknown('backups', `${newest} does not say when it was made`)];
  return [days <= 2 ? ok('backups', says) : warning('backups', says, mend)];
}
